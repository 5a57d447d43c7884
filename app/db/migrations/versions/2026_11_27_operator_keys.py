"""A payment keeps its operator's reference as it is compared, too."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_27_operator_keys"
down_revision = "2026_11_26_run_works"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was noted before has none, and is compared by its reference."""
    op.add_column("payments", sa.Column("operator_key", sa.String(40)))


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
