"""The journal is read until a day without searching for it."""

from app.db import indexes

revision = "2026_11_26_acts_at"
down_revision = "2026_11_26_acts_about"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    indexes.create_index("ix_officer_acts_at", "officer_acts", ["at"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
