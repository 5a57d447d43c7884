"""Trainings with applications, days, certificates and the questions after them; what stood in training_sessions is copied."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_trainings"
down_revision = "2026_11_26_boutiques_chain"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STATES = (
    "'applied', 'waiting', 'offered', 'seated', 'certified', 'given_back', 'lapsed', 'declined', 'unplaced', 'dropped', 'cancelled'"
)


def upgrade() -> None:
    """Make the tables, and copy what was open."""
    _trainings()
    _applications()
    _what_follows()
    op.execute(
        "INSERT INTO trainings (id, title, place, starts_on, ends_on, apply_until, seats) "
        "SELECT id, title, place, starts_on, starts_on, starts_on, seats FROM training_sessions WHERE seats > 0"
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('trainings', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM trainings), false)"
        )


def _trainings() -> None:
    op.create_table(
        "trainings",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID),
        sa.Column("kind", sa.String(5), server_default="short", nullable=False),
        sa.Column("state", sa.String(9), server_default="open", nullable=False),
        sa.Column("audience", sa.String(7), server_default="all", nullable=False),
        sa.Column("title", sa.String(20), nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("apply_until", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("min_age", sa.Integer(), server_default=sa.text("16"), nullable=False),
        sa.Column("max_age", sa.Integer(), server_default=sa.text("60"), nullable=False),
        sa.Column("level", sa.String(16)),
        sa.Column("contract", sa.String(20)),
        sa.Column("company_chooses", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("exclusive", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("queue", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("kind IN ('short', 'pf2e')", name="ck_trainings_kind"),
        sa.CheckConstraint("state IN ('open', 'cancelled')", name="ck_trainings_state"),
        sa.CheckConstraint("audience IN ('all', 'members')", name="ck_trainings_audience"),
        sa.CheckConstraint("seats > 0", name="ck_trainings_seats"),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_trainings_days"),
        sa.CheckConstraint("min_age BETWEEN 16 AND max_age AND max_age < 100", name="ck_trainings_ages"),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name="fk_trainings_cooperative_id"),
        sa.PrimaryKeyConstraint("id", name="pk_trainings"),
    )
    op.create_index("ix_trainings_starts_on", "trainings", ["starts_on"])


def _applications() -> None:
    table = "training_applications"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("training_id", ID, nullable=False),
        sa.Column("member_id", ID),
        sa.Column("phone", sa.String(16)),
        sa.Column("name", sa.String(40)),
        sa.Column("mark", sa.String(32)),
        sa.Column("commune_id", sa.Integer()),
        sa.Column("born_in", sa.Integer()),
        sa.Column("guardian", sa.String(40)),
        sa.Column("wants_jobs", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("queued", sa.Integer()),
        sa.Column("told_rank", sa.Integer()),
        sa.Column("told_rank_on", sa.Date()),
        sa.Column("code", sa.String(6)),
        sa.Column("offer_ends", MOMENT),
        sa.Column("news", sa.String(5)),
        sa.Column("applied_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name="ck_training_applications_state"),
        sa.CheckConstraint("news IN ('state', 'moved')", name="ck_training_applications_news"),
        sa.CheckConstraint(
            "state <> 'offered' OR (offer_ends IS NOT NULL AND code IS NOT NULL)", name="ck_training_applications_offer"
        ),
        sa.ForeignKeyConstraint(["commune_id"], ["communes.id"], name="fk_training_applications_commune_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_training_applications_member_id"),
        sa.ForeignKeyConstraint(["training_id"], ["trainings.id"], name="fk_training_applications_training_id"),
        sa.PrimaryKeyConstraint("id", name="pk_training_applications"),
        sa.UniqueConstraint("operation", name="uq_training_applications_operation"),
    )
    op.create_index(f"ix_{table}_training", table, ["training_id", "state"])
    op.create_index(f"ix_{table}_member", table, ["member_id"])
    op.create_index(f"ix_{table}_phone", table, ["phone"])
    for name, columns, condition in (
        ("waiting", ["training_id", "queued"], "state = 'waiting'"),
        ("offered", ["offer_ends"], "state = 'offered'"),
        ("news", ["id"], "news IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(f"ix_{table}_{name}", table, columns, sqlite_where=where, postgresql_where=where)


def _what_follows() -> None:
    op.create_table(
        "training_days",
        sa.Column("training_id", ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("code", sa.String(6), nullable=False),
        sa.ForeignKeyConstraint(["training_id"], ["trainings.id"], name="fk_training_days_training_id"),
        sa.PrimaryKeyConstraint("training_id", "on_day", name="pk_training_days"),
    )
    op.create_table(
        "attendance",
        sa.Column("application_id", ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by_list", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["training_applications.id"], name="fk_attendance_application_id"),
        sa.PrimaryKeyConstraint("application_id", "on_day", name="pk_attendance"),
    )
    op.create_table(
        "certificates",
        sa.Column("number", sa.String(9), nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("title", sa.String(20), nullable=False),
        sa.Column("initials", sa.String(4), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_by", ID),
        sa.ForeignKeyConstraint(["application_id"], ["training_applications.id"], name="fk_certificates_application_id"),
        sa.ForeignKeyConstraint(["given_by"], ["people.id"], name="fk_certificates_given_by"),
        sa.PrimaryKeyConstraint("number", name="pk_certificates"),
        sa.UniqueConstraint("application_id", name="uq_certificates_application_id"),
    )
    op.create_table(
        "placement_questions",
        sa.Column("application_id", ID, nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(6), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("works", sa.Boolean()),
        sa.Column("answered_at", MOMENT),
        sa.CheckConstraint("months IN (3, 6)", name="ck_placement_questions_months"),
        sa.ForeignKeyConstraint(["application_id"], ["training_applications.id"], name="fk_placement_questions_application_id"),
        sa.PrimaryKeyConstraint("application_id", "months", name="pk_placement_questions"),
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
