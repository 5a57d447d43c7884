"""Equipment and its half-days, techniques, innovations."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_boutiques_technology"
down_revision = "2026_11_26_boutiques_ideas"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "techniques",
        sa.Column("id", ID, nullable=False),
        sa.Column("filiere_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("steps", sa.String(600), nullable=False),
        sa.Column("yield_low", sa.Integer()),
        sa.Column("yield_high", sa.Integer()),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("yield_low BETWEEN 1 AND yield_high AND yield_high <= 100", name="ck_techniques_yield"),
        sa.ForeignKeyConstraint(["filiere_id"], ["filieres.id"], name="fk_techniques_filiere_id"),
        sa.PrimaryKeyConstraint("id", name="pk_techniques"),
        sa.UniqueConstraint("name", name="uq_techniques_name"),
    )
    op.create_index("ix_techniques_filiere_id", "techniques", ["filiere_id"])
    op.create_table(
        "equipment",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("state", sa.String(7), server_default="usable", nullable=False),
        sa.Column("horizon", sa.Integer(), server_default=sa.text("14"), nullable=False),
        sa.Column("most", sa.Integer(), server_default=sa.text("4"), nullable=False),
        sa.Column("fee", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("deposit", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("approval", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("state IN ('usable', 'repair', 'retired')", name="ck_equipment_state"),
        sa.CheckConstraint("fee >= 0 AND deposit >= 0", name="ck_equipment_amounts"),
        sa.CheckConstraint("horizon BETWEEN 1 AND 90 AND most > 0", name="ck_equipment_bounds"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_equipment_cooperative_id"),
        sa.PrimaryKeyConstraint("id", name="pk_equipment"),
    )
    op.create_index("ix_equipment_cooperative_id", "equipment", ["cooperative_id"])
    op.create_table(
        "bookings",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("equipment_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(2), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("deposit", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("out_by", ID),
        sa.Column("out_at", MOMENT),
        sa.Column("out_state", sa.String(20)),
        sa.Column("back_by", ID),
        sa.Column("back_at", MOMENT),
        sa.Column("back_state", sa.String(20)),
        sa.CheckConstraint("half IN ('am', 'pm')", name="ck_bookings_half"),
        sa.CheckConstraint(
            "state IN ('asked', 'booked', 'out', 'back', 'cancelled', 'missed', 'refused', 'off')", name="ck_bookings_state"
        ),
        sa.ForeignKeyConstraint(["back_by"], ["people.id"], name="fk_bookings_back_by"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_bookings_cooperative_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_bookings_decided_by"),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name="fk_bookings_equipment_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_bookings_member_id"),
        sa.ForeignKeyConstraint(["out_by"], ["people.id"], name="fk_bookings_out_by"),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
        sa.UniqueConstraint("operation", name="uq_bookings_operation"),
    )
    op.create_index("ix_bookings_cooperative_id", "bookings", ["cooperative_id"])
    op.create_index(
        "ix_bookings_live",
        "bookings",
        ["equipment_id", "on_day"],
        sqlite_where=sa.text("state IN ('asked', 'booked', 'out')"),
        postgresql_where=sa.text("state IN ('asked', 'booked', 'out')"),
    )
    op.create_index("ix_bookings_member", "bookings", ["member_id", "on_day"])
    op.create_table(
        "innovations",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("words", sa.String(48), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("technique_id", ID),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint("(state = 'adopted') = (technique_id IS NOT NULL)", name="ck_innovations_adopted"),
        sa.CheckConstraint("state IN ('waiting', 'open', 'kept_out', 'adopted')", name="ck_innovations_state"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_innovations_cooperative_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_innovations_decided_by"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_innovations_member_id"),
        sa.ForeignKeyConstraint(["technique_id"], ["techniques.id"], name="fk_innovations_technique_id"),
        sa.PrimaryKeyConstraint("id", name="pk_innovations"),
        sa.UniqueConstraint("operation", name="uq_innovations_operation"),
    )
    op.create_index("ix_innovations_member_id", "innovations", ["member_id"])
    op.create_index(
        "ix_innovations_waiting",
        "innovations",
        ["cooperative_id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "lent_equipment",
        sa.Column("equipment_id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_lent_equipment_cooperative_id"),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name="fk_lent_equipment_equipment_id"),
        sa.PrimaryKeyConstraint("equipment_id", "cooperative_id", name="pk_lent_equipment"),
    )
    op.create_table(
        "followed_innovations",
        sa.Column("innovation_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["innovation_id"], ["innovations.id"], name="fk_followed_innovations_innovation_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_followed_innovations_member_id"),
        sa.PrimaryKeyConstraint("innovation_id", "member_id", name="pk_followed_innovations"),
    )
    op.create_table(
        "half_days",
        sa.Column("equipment_id", ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(2), nullable=False),
        sa.Column("booking_id", ID),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_half_days_booking_id"),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name="fk_half_days_equipment_id"),
        sa.PrimaryKeyConstraint("equipment_id", "on_day", "half", name="pk_half_days"),
        sa.UniqueConstraint("booking_id", name="uq_half_days_booking_id"),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
