"""A broadcast's number is one broadcast's."""

from app.db import indexes

revision = "2026_11_26_broadcast_index"
down_revision = "2026_11_26_broadcast_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    indexes.create_index("uq_broadcasts_number", "broadcasts", ["number"], unique=True)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
