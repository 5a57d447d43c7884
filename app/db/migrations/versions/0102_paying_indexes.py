"""What paying looks up by co-operative: deliveries that wait, payments that were confirmed."""

from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_weighings_scope", "weighings", ["cooperative_id", "weighed_at"], unique=False)
    op.create_index("ix_payments_paid", "payments", ["cooperative_id", "paid_at"], unique=False)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
