"""A settlement is a payout, handed over and confirmed; an approval that came to nothing says why.

Settlements that wait for officers in the old way are asked anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("payouts") as table:
        table.add_column(sa.Column("paper", sa.String(length=10), nullable=True))
        table.drop_constraint(op.f("ck_payouts_kind"), type_="check")
        table.create_check_constraint(op.f("ck_payouts_kind"), "kind IN ('withdrawal', 'advance', 'leasing', 'settlement')")
        table.drop_constraint(op.f("ck_payouts_amount"), type_="check")
        table.create_check_constraint(op.f("ck_payouts_amount"), "amount > 0 OR (amount = 0 AND kind = 'settlement')")
    op.add_column("approvals", sa.Column("why", sa.String(length=48), nullable=True))
    op.execute("UPDATE approvals SET state = 'dead', decided_at = expires_at WHERE kind = 'settlement' AND state = 'waiting'")


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
