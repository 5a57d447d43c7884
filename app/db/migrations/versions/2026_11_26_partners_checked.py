"""What trainings and jobs refer to is there: checked without keeping anybody away."""

from alembic import op

revision = "2026_11_26_partners_checked"
down_revision = "2026_11_26_partners"
branch_labels = None
depends_on = None

CHECKED = ("trainings.centre_id", "trainings.company_id", "jobs.company_id", "jobs.filiere_id", "jobs.commune_id")


def upgrade() -> None:
    """Check the rows; SQLite has, making the tables anew."""
    if op.get_context().dialect.name == "postgresql":
        for one in CHECKED:
            table, column = one.split(".")
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT fk_{table}_{column}")


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
