"""SMS that no command understood become letters to officers; those that came before are closed."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

LETTERS = sa.text("state = 'unparsed' AND closed_at IS NULL")


def upgrade() -> None:
    op.add_column("sms_inbox", sa.Column("reason", sa.String(40), nullable=True))
    op.add_column("sms_inbox", sa.Column("cooperative_id", Id, nullable=True))
    op.add_column("sms_inbox", sa.Column("closed_at", Utc(), nullable=True))
    op.add_column("sms_inbox", sa.Column("closed_by", Id, nullable=True))
    op.execute("UPDATE sms_inbox SET closed_at = received_at WHERE state = 'unparsed'")
    op.create_index("ix_sms_inbox_letters", "sms_inbox", ["cooperative_id", "id"], sqlite_where=LETTERS, postgresql_where=LETTERS)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
