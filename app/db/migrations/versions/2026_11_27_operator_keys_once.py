"""An operator's reference settles one payment, in whatever letters it comes."""

from app.db import indexes

revision = "2026_11_27_operator_keys_once"
down_revision = "2026_11_27_operator_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    indexes.create_index("uq_payments_operator_key", "payments", ["operator_key"], unique=True)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
