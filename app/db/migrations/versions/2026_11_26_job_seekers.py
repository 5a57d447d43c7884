"""Numbers of nobody here that wish to hear of jobs, with their commune; those of applications that stand are copied."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_job_seekers"
down_revision = "2026_11_26_orders_untold"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and keep what strangers were promised when they applied."""
    op.create_table(
        "job_seekers",
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["communes.id"], name="fk_job_seekers_commune_id"),
        sa.PrimaryKeyConstraint("phone", name="pk_job_seekers"),
    )
    op.execute(
        "INSERT INTO job_seekers (phone, commune_id, at) SELECT phone, max(commune_id), max(applied_at) FROM training_applications "
        "WHERE member_id IS NULL AND wants_jobs AND phone IS NOT NULL AND commune_id IS NOT NULL GROUP BY phone"
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
