"""Numbers that change, PINs that are reset, people who join and leave; freezes."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("reset_until", Utc(), nullable=True))
    op.add_column("members", sa.Column("leaving_on", sa.Date(), nullable=True))
    op.add_column("members", sa.Column("money_frozen_until", Utc(), nullable=True))
    op.add_column("members", sa.Column("paper", sa.String(length=10), nullable=True))
    for flag in ("trusted", "proof_wanted"):
        op.add_column("numbers", sa.Column(flag, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "number_changes",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("by_person_id", Id, nullable=True),
        sa.Column("at", Utc(), nullable=False),
        *_to("number_changes", person_id="people", by_person_id="people"),
    )
    op.create_table(
        "resets",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("first_by", Id, nullable=False),
        sa.Column("first_phone", sa.String(length=16), nullable=False),
        sa.Column("second_by", Id, nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=True),
        sa.Column("used_at", Utc(), nullable=True),
        sa.CheckConstraint("kind IN ('officer', 'peers')", name=op.f("ck_resets_kind")),
        *_to("resets", person_id="people", first_by="people", second_by="people"),
    )
    op.create_table(
        "applications",
        sa.Column("id", Id, nullable=False),
        sa.Column("cooperative_id", Id, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("paper", sa.String(length=10), nullable=True),
        sa.Column("entered_by", Id, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("member_id", Id, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'refused')", name=op.f("ck_applications_state")),
        *_to("applications", cooperative_id="cooperatives", entered_by="people", decided_by="people", member_id="members"),
    )
    op.create_table(
        "departures",
        sa.Column("id", Id, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("paper", sa.String(length=10), nullable=True),
        sa.Column("noted_by", Id, nullable=True),
        sa.Column("noted_at", Utc(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_by", Id, nullable=True),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.CheckConstraint("kind IN ('withdrawal', 'exclusion', 'death')", name=op.f("ck_departures_kind")),
        sa.CheckConstraint("state IN ('open', 'closed', 'withdrawn')", name=op.f("ck_departures_state")),
        *_to("departures", member_id="members", noted_by="people", closed_by="people"),
    )
    op.create_table(
        "card_aliases",
        sa.Column("card", sa.String(length=12), nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_card_aliases_member_id")),
        sa.PrimaryKeyConstraint("card", name=op.f("pk_card_aliases")),
    )
    for table, columns in {
        "number_changes": ("person_id", "phone"),
        "resets": ("person_id", "first_by", "second_by"),
        "applications": ("phone",),
        "departures": ("member_id",),
        "card_aliases": ("member_id",),
    }.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    op.create_index("ix_applications_scope", "applications", ["cooperative_id", "state"], unique=False)
    still = sa.text("state = 'open'")
    op.create_index("uq_departures_open", "departures", ["member_id"], unique=True, sqlite_where=still, postgresql_where=still)


def _to(table: str, **columns: str) -> list[sa.Constraint]:
    keys = [sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in columns.items()]
    return [*keys, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
