"""A broadcast keeps the quiet hours that it rests in, so that what is late rests too."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Utc

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("rests_at", "rests_until"):
        op.add_column("broadcasts", sa.Column(name, Utc(), nullable=True))


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
