"""A broadcast has a number of its own from its `OUI` on."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_broadcast_numbers"
down_revision = "2026_11_26_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the number; it is none for estimates, and for what was ordered before."""
    op.add_column("broadcasts", sa.Column("number", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
