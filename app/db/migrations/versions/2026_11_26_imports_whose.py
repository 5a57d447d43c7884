"""An import knows whose file it was: one that was cut off is taken back whole, and nothing of another's with it."""

import sqlalchemy as sa

from app.db.triggers import alter_table

revision = "2026_11_26_imports_whose"
down_revision = "2026_11_26_job_seekers"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = "fk_imports_cooperative_id"


def upgrade() -> None:
    """Add the column, empty; the next migration checks the reference."""
    with alter_table("imports") as table:
        table.add_column(sa.Column("cooperative_id", ID))
        table.create_foreign_key(KEY, "cooperatives", ["cooperative_id"], ["id"], postgresql_not_valid=True)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
