"""Solidarity funds: why aid is asked for, the rules, what members are told; whose word doesn't count."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_solidarity"
down_revision = "2026_11_26_payout_kinds"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE payouts VALIDATE CONSTRAINT ck_payouts_kind")
    op.add_column("approvals", sa.Column("barred_id", ID))
    op.create_table(
        "fund_rules",
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("most", sa.BigInteger(), server_default=sa.text("50000"), nullable=False),
        sa.Column("a_year", sa.Integer(), server_default=sa.text("2"), nullable=False),
        sa.Column("urgent", sa.BigInteger(), server_default=sa.text("25000"), nullable=False),
        sa.Column("reasons", sa.String(40), server_default="death,illness,catch,other", nullable=False),
        sa.CheckConstraint("most > 0 AND a_year > 0 AND urgent BETWEEN 0 AND most", name="ck_fund_rules_bounds"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_fund_rules_cooperative_id"),
        sa.PrimaryKeyConstraint("cooperative_id", name="pk_fund_rules"),
    )
    op.create_table(
        "aids",
        sa.Column("payout_id", ID, nullable=False),
        sa.Column("reason", sa.String(7)),
        sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("relative_id", ID),
        sa.Column("refused_why", sa.String(5)),
        sa.CheckConstraint("reason IN ('death', 'illness', 'catch', 'other')", name="ck_aids_reason"),
        sa.CheckConstraint("refused_why IN ('rules', 'fund', 'come')", name="ck_aids_refused_why"),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="fk_aids_payout_id"),
        sa.ForeignKeyConstraint(["relative_id"], ["people.id"], name="fk_aids_relative_id"),
        sa.PrimaryKeyConstraint("payout_id", name="pk_aids"),
    )
    op.create_table(
        "fund_reports",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("came_in", sa.BigInteger(), nullable=False),
        sa.Column("went_out", sa.BigInteger(), nullable=False),
        sa.Column("aids", sa.Integer(), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_fund_reports_cooperative_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fund_reports"),
        sa.UniqueConstraint("cooperative_id", "until", name="uq_fund_reports_cooperative_id_until"),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
