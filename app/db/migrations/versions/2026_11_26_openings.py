"""Balances come over from paper, and deliveries of before; what a machine's operator brings in is asked for by nobody."""

import sqlalchemy as sa
from alembic import op

from app.db.triggers import alter_table

revision = "2026_11_26_openings"
down_revision = "2026_11_26_call_back_subjects"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
UNDER_WAY = sa.text("state IN ('noted', 'waiting', 'approved')")
APPROVED = sa.text("state = 'approved'")
ALLOWED = {
    "ban-drop-not-null": "no version before reads who asked of what a file brought: none has such a row",
    "ban-drop-constraint": "its wider form takes its place in the same transaction",
}
ABOUT = "CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END + CASE WHEN weighing_id IS NULL THEN 0 ELSE 1 END"
ABOUT += " + CASE WHEN payout_id IS NULL THEN 0 ELSE 1 END = CASE WHEN subject = 'opening' THEN 0 ELSE 1 END"


def upgrade() -> None:
    """Make the tables; let askers be nobody, and a contest be about what was brought over."""
    op.create_table(
        "openings",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("stated", sa.JSON(), nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_openings"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_openings_cooperative_id"),
        sa.CheckConstraint("state IN ('noted', 'waiting', 'approved', 'posted', 'refused')", name="ck_openings_state"),
    )
    op.create_index("ix_openings_cooperative_id", "openings", ["cooperative_id"])
    op.create_index("ix_openings_approved", "openings", ["id"], sqlite_where=APPROVED, postgresql_where=APPROVED)
    where = {"sqlite_where": UNDER_WAY, "postgresql_where": UNDER_WAY}
    op.create_index("uq_openings_under_way", "openings", ["cooperative_id"], unique=True, **where)
    op.create_table(
        "opening_balances",
        sa.Column("id", ID, nullable=False),
        sa.Column("opening_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("savings", sa.BigInteger(), nullable=False),
        sa.Column("payable", sa.BigInteger(), nullable=False),
        sa.Column("advance", sa.BigInteger(), nullable=False),
        sa.Column("leasing", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", ID),
        sa.Column("left_out", sa.String(40)),
        sa.Column("answer", sa.String(9)),
        sa.Column("answered_at", MOMENT),
        sa.Column("contest_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_opening_balances"),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name="fk_opening_balances_opening_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_opening_balances_member_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name="fk_opening_balances_entry_id"),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name="fk_opening_balances_contest_id"),
        sa.UniqueConstraint("opening_id", "member_id", name="uq_opening_balances_opening_id_member_id"),
        sa.CheckConstraint(
            "shares >= 0 AND savings >= 0 AND payable >= 0 AND advance >= 0 AND leasing >= 0", name="ck_opening_balances_sides"
        ),
        sa.CheckConstraint("answer IN ('right', 'contested')", name="ck_opening_balances_answer"),
    )
    op.create_index("ix_opening_balances_member_id", "opening_balances", ["member_id"])
    op.create_table(
        "past_deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("grade", sa.String(8)),
        sa.Column("price", sa.BigInteger()),
        sa.Column("gross", sa.BigInteger()),
        sa.Column("share", sa.BigInteger()),
        sa.Column("repaid", sa.BigInteger()),
        sa.Column("reference", sa.String(6)),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_past_deliveries"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_past_deliveries_cooperative_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_past_deliveries_member_id"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_past_deliveries_product_id"),
        sa.UniqueConstraint("cooperative_id", "mark", name="uq_past_deliveries_cooperative_id_mark"),
    )
    op.create_index("ix_past_deliveries_member", "past_deliveries", ["member_id", "day"])
    with alter_table("approvals") as approvals:
        approvals.alter_column("asked_by", existing_type=ID, nullable=True)
    with alter_table("price_proposals") as proposals:
        proposals.alter_column("proposed_by", existing_type=ID, nullable=True)
    with alter_table("import_rows") as rows:
        rows.alter_column("member_id", existing_type=ID, nullable=True)
        rows.add_column(sa.Column("made_id", sa.BigInteger(), nullable=True))
    with alter_table("contests") as contests:
        contests.drop_constraint("ck_contests_about", type_="check")
        contests.create_check_constraint("ck_contests_about", ABOUT, postgresql_not_valid=True)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
