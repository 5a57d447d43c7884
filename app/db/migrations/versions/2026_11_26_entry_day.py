"""A co-operative's entries are read by their day."""

from app.db import indexes

revision = "2026_11_26_entry_day"
down_revision = "2026_11_26_sign_in_index"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    indexes.create_index("ix_journal_entries_day", "journal_entries", ["cooperative_id", "at"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
