"""An SMS that came is written by the webhook and worked on by a worker."""

import sqlalchemy as sa
from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sms_inbox", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    new = sa.text("state = 'new'")
    op.create_index("ix_sms_inbox_new", "sms_inbox", ["tries", "id"], sqlite_where=new, postgresql_where=new)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
