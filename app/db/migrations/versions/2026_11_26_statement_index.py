"""What moved an account is read from the newest on."""

from app.db import indexes

revision = "2026_11_26_statement_index"
down_revision = "2026_11_26_withdrawn_checked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index; the next migration drops the one that it makes needless."""
    indexes.create_index("ix_postings_account", "postings", ["account_id", "entry_id"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
