"""Every contest is in one of the states that there are."""

from alembic import op

revision = "2026_11_26_withdrawn_checked"
down_revision = "2026_11_26_withdrawn"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Check the rows; SQLite has, making the table anew."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE contests VALIDATE CONSTRAINT ck_contests_state")


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
