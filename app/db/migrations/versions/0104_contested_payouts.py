"""Contests of what the till handed over: savings, advances, leases."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None

COLUMNS = ("payment_id", "weighing_id", "payout_id")
ABOUT = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in COLUMNS) + " = 1"


def upgrade() -> None:
    op.add_column("payouts", sa.Column("contested", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("contests") as table:
        table.add_column(sa.Column("payout_id", Id, nullable=True))
        table.create_foreign_key(op.f("fk_contests_payout_id"), "payouts", ["payout_id"], ["id"])
        table.create_unique_constraint("uq_contests_payout", ["subject", "payout_id"])
        table.drop_constraint(op.f("ck_contests_about"), type_="check")
        table.create_check_constraint(op.f("ck_contests_about"), ABOUT)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
