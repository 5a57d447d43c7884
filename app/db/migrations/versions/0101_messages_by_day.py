"""Find the day's messages: a BRIN index on PostgreSQL, which costs sending next to nothing."""

from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_sms_messages_created", "sms_messages", ["created_at"], postgresql_using="brin")


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
