"""The co-operatives of imports are there: checked without keeping anybody away."""

from alembic import op

revision = "2026_11_26_imports_whose_chk"
down_revision = "2026_11_26_imports_whose"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Check the rows; SQLite has, making the table anew."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE imports VALIDATE CONSTRAINT fk_imports_cooperative_id")


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
