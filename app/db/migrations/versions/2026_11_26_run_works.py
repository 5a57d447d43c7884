"""Work on a run that is noted after it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_run_works"
down_revision = "2026_11_26_day_figures"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "run_works",
        sa.Column("event_id", ID, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.CheckConstraint("minutes > 0 AND workers > 0 AND cost >= 0", name="ck_run_works_amounts"),
        sa.ForeignKeyConstraint(["event_id"], ["lot_events.id"], name="fk_run_works_event_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_run_works_person_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_run_works"),
    )
    op.create_index("ix_run_works_at", "run_works", ["at"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
