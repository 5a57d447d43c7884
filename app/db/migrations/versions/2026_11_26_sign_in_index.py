"""An officer's sign-ins are found by their person."""

from app.db import indexes

revision = "2026_11_26_sign_in_index"
down_revision = "2026_11_26_sign_in_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    indexes.create_index("ix_sign_ins_person", "sign_ins", ["person_id", "id"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
