"""Every contest that there was is held against its new condition, without keeping anybody away."""

from alembic import op

revision = "2026_11_26_openings_checked"
down_revision = "2026_11_26_openings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Validate it; SQLite did so when it made the table anew."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE contests VALIDATE CONSTRAINT ck_contests_about")


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
