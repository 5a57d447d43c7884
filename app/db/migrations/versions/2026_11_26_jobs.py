"""Jobs of companies, and who is interested."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_jobs"
down_revision = "2026_11_26_solidarity"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("company", sa.String(20), nullable=False),
        sa.Column("trade", sa.String(20), nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(6), server_default="open", nullable=False),
        sa.CheckConstraint("state IN ('open', 'filled', 'closed')", name="ck_jobs_state"),
        sa.CheckConstraint("places > 0", name="ck_jobs_places"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_until", "jobs", ["until"])
    op.create_table(
        "job_interests",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("member_id", ID),
        sa.Column("phone", sa.String(16)),
        sa.Column("name", sa.String(40)),
        sa.Column("agreed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("news", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.CheckConstraint("state IN ('interested', 'withdrawn')", name="ck_job_interests_state"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_interests_job_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_job_interests_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job_interests"),
        sa.UniqueConstraint("operation", name="uq_job_interests_operation"),
    )
    op.create_index("ix_job_interests_job", "job_interests", ["job_id", "state"])
    op.create_index("ix_job_interests_member", "job_interests", ["member_id"])
    op.create_index("ix_job_interests_phone", "job_interests", ["phone"])
    news = sa.text("news")
    op.create_index("ix_job_interests_news", "job_interests", ["id"], sqlite_where=news, postgresql_where=news)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
