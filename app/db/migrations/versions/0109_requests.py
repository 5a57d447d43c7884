"""An act keeps the request that led to it: a session id that is given out again brings the same request for another act."""

import sqlalchemy as sa
from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operations", sa.Column("request", sa.String(80), nullable=True))
    op.execute("UPDATE operations SET request = key WHERE length(key) = 65")
    op.create_index("ix_operations_request", "operations", ["request"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
