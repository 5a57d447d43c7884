"""What was done last about a thing is found at once."""

from app.db import indexes

revision = "2026_11_26_acts_about"
down_revision = "2026_11_26_import_columns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    indexes.create_index("ix_officer_acts_about", "officer_acts", ["about"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
