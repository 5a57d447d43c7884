"""Orders of goods, the lots that offers sell, counts of the day's end."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_boutiques_orders"
down_revision = "2026_11_26_openings_checked"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
RESERVED = sa.text("state = 'reserved'")
STRANGERS = sa.text("state = 'reserved' AND member_id IS NULL AND phone <> ''")


def upgrade() -> None:
    op.create_table(
        "day_counts",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("offer_id", ID),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("books", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(7), nullable=False),
        sa.Column("counted_by", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'noted', 'refused')", name="ck_day_counts_state"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_day_counts_cooperative_id"),
        sa.ForeignKeyConstraint(["counted_by"], ["people.id"], name="fk_day_counts_counted_by"),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name="fk_day_counts_offer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_day_counts"),
        sa.UniqueConstraint("operation", name="uq_day_counts_operation"),
    )
    op.create_index("ix_day_counts_cooperative_id", "day_counts", ["cooperative_id"])
    op.create_table(
        "offered_lots",
        sa.Column("offer_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name="fk_offered_lots_lot_id"),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name="fk_offered_lots_offer_id"),
        sa.PrimaryKeyConstraint("offer_id", name="pk_offered_lots"),
    )
    op.create_index("ix_offered_lots_lot_id", "offered_lots", ["lot_id"])
    op.create_table(
        "orders",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("offer_id", ID, nullable=False),
        sa.Column("member_id", ID),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("buyer", sa.String(40)),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(7), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("code", sa.String(6), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reserved_until", MOMENT, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("sold_by", ID),
        sa.Column("sold_at", MOMENT),
        sa.Column("entry_id", ID),
        sa.Column("invoice", sa.String(12)),
        sa.Column("due_on", sa.Date()),
        sa.Column("paid_at", MOMENT),
        sa.Column("reminded_at", MOMENT),
        sa.CheckConstraint(
            "state IN ('reserved', 'sold', 'delivered', 'cancelled', 'expired', 'refunded')", name="ck_orders_state"
        ),
        sa.CheckConstraint("way IN ('cash', 'account', 'invoice')", name="ck_orders_way"),
        sa.CheckConstraint("quantity > 0 AND amount > 0", name="ck_orders_amounts"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_orders_cooperative_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name="fk_orders_entry_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_orders_member_id"),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name="fk_orders_offer_id"),
        sa.ForeignKeyConstraint(["sold_by"], ["people.id"], name="fk_orders_sold_by"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("cooperative_id", "invoice", name="uq_orders_cooperative_id_invoice"),
        sa.UniqueConstraint("entry_id", name="uq_orders_entry_id"),
        sa.UniqueConstraint("operation", name="uq_orders_operation"),
    )
    op.create_index("ix_orders_member_id", "orders", ["member_id"])
    op.create_index("ix_orders_offer_id", "orders", ["offer_id"])
    op.create_index("ix_orders_phone", "orders", ["phone", "at"])
    op.create_index(
        "ix_orders_until",
        "orders",
        ["reserved_until"],
        sqlite_where=RESERVED,
        postgresql_where=RESERVED,
    )
    op.create_index(
        "uq_orders_code",
        "orders",
        ["cooperative_id", "code"],
        unique=True,
        sqlite_where=RESERVED,
        postgresql_where=RESERVED,
    )
    op.create_index(
        "uq_orders_stranger",
        "orders",
        ["phone"],
        unique=True,
        sqlite_where=STRANGERS,
        postgresql_where=STRANGERS,
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
