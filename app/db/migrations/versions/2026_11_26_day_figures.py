"""What `/metrics` says of the day's SMS is added up by the scheduler and kept here."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_day_figures"
down_revision = "2026_11_26_months"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sms_day_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_sms_day_figures"),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
