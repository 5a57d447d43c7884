"""Lots, what happened to them, and the mass of units."""

import sqlalchemy as sa
from alembic import op

from app.db.triggers import append_only, create

revision = "2026_11_26_boutiques_lots"
down_revision = "2026_11_26_boutiques_technology"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TRIGGERS = (*append_only("lot_events"), *append_only("lot_moves"))


def upgrade() -> None:
    op.create_table(
        "lot_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("technique_id", ID),
        sa.Column("entered", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer()),
        sa.Column("workers", sa.Integer()),
        sa.Column("reason", sa.String(20)),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.CheckConstraint(
            "kind IN ('delivery', 'bought', 'run', 'split', 'merge', 'move', 'count', 'expire', 'sale', 'refund', 'correction')",
            name="ck_lot_events_kind",
        ),
        sa.CheckConstraint("cost >= 0", name="ck_lot_events_cost"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_lot_events_cooperative_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_lot_events_person_id"),
        sa.ForeignKeyConstraint(["technique_id"], ["techniques.id"], name="fk_lot_events_technique_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lot_events"),
        sa.UniqueConstraint("operation", name="uq_lot_events_operation"),
    )
    op.create_index("ix_lot_events_scope", "lot_events", ["cooperative_id", "at"])
    op.create_table(
        "measures",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("grams > 0", name="ck_measures_grams"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_measures_product_id"),
        sa.PrimaryKeyConstraint("product_id", "unit", name="pk_measures"),
    )
    op.create_table(
        "lots",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("grams", sa.BigInteger()),
        sa.Column("offered", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("made_units", sa.BigInteger(), nullable=False),
        sa.Column("made_grams", sa.BigInteger()),
        sa.Column("best_before", sa.Date()),
        sa.Column("source", sa.String(40)),
        sa.Column("public", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("told_at", MOMENT),
        sa.CheckConstraint("grams >= 0", name="ck_lots_grams"),
        sa.CheckConstraint("made_units > 0", name="ck_lots_made"),
        sa.CheckConstraint("units >= 0 AND offered >= 0 AND offered <= units", name="ck_lots_stock"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_lots_cooperative_id"),
        sa.ForeignKeyConstraint(["made_by"], ["lot_events.id"], name="fk_lots_made_by"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_lots_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lots"),
        sa.UniqueConstraint("code", name="uq_lots_code"),
    )
    op.create_index(
        "ix_lots_left",
        "lots",
        ["cooperative_id", "product_id"],
        sqlite_where=sa.text("units > 0"),
        postgresql_where=sa.text("units > 0"),
    )
    op.create_index("ix_lots_made_by", "lots", ["made_by"])
    op.create_table(
        "lot_consents",
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name="fk_lot_consents_lot_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_lot_consents_member_id"),
        sa.PrimaryKeyConstraint("lot_id", "member_id", name="pk_lot_consents"),
    )
    op.create_table(
        "lot_moves",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("grams", sa.BigInteger()),
        sa.ForeignKeyConstraint(["event_id"], ["lot_events.id"], name="fk_lot_moves_event_id"),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name="fk_lot_moves_lot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lot_moves"),
    )
    op.create_index("ix_lot_moves_event_id", "lot_moves", ["event_id"])
    op.create_index("ix_lot_moves_lot_id", "lot_moves", ["lot_id"])
    op.create_table(
        "lot_deliveries",
        sa.Column("weighing_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("grams", sa.BigInteger()),
        sa.Column("corrected_at", MOMENT),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name="fk_lot_deliveries_lot_id"),
        sa.ForeignKeyConstraint(["weighing_id"], ["weighings.id"], name="fk_lot_deliveries_weighing_id"),
        sa.PrimaryKeyConstraint("weighing_id", name="pk_lot_deliveries"),
    )
    op.create_index("ix_lot_deliveries_lot_id", "lot_deliveries", ["lot_id"])

    create(*TRIGGERS)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
