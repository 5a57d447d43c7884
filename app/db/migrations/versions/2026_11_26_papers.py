"""How many numbers were printed for a co-operative's weighings on paper."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_papers"
down_revision = "2026_11_26_broadcast_templates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count them; none was printed yet."""
    op.add_column("cooperatives", sa.Column("papers_printed", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
