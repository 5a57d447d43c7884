"""Withdrawals, advances and leases with their instalments; one control account of a kind in a co-operative."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    control = sa.text("member_id IS NULL")
    op.create_index(
        "uq_accounts_control",
        "accounts",
        ["cooperative_id", "kind"],
        unique=True,
        sqlite_where=control,
        postgresql_where=control,
    )
    op.create_table(
        "payouts",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("cooperative_id", Id, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asset", sa.String(length=20), nullable=True),
        sa.Column("instalments", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("asked_by", Id, nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("handed_by", Id, nullable=True),
        sa.Column("handed_at", Utc(), nullable=True),
        sa.Column("handed_entry_id", Id, nullable=True),
        sa.Column("signature", sa.String(length=10), nullable=True),
        sa.Column("signed_by", Id, nullable=True),
        sa.Column("countersigned_by", Id, nullable=True),
        sa.Column("paid_at", Utc(), nullable=True),
        sa.Column("paid_entry_id", Id, nullable=True),
        sa.CheckConstraint("kind IN ('withdrawal', 'advance', 'leasing')", name=op.f("ck_payouts_kind")),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'handed', 'paid', 'refused', 'cancelled')", name=op.f("ck_payouts_state")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payouts_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("cooperative_id", "reference", name=op.f("uq_payouts_cooperative_id_reference")),
        *(sa.UniqueConstraint(one, name=op.f(f"uq_payouts_{one}")) for one in ("operation", "handed_entry_id", "paid_entry_id")),
        *_to(
            "payouts",
            cooperative_id="cooperatives",
            member_id="members",
            asked_by="people",
            handed_by="people",
            signed_by="people",
            countersigned_by="people",
            handed_entry_id="journal_entries",
            paid_entry_id="journal_entries",
        ),
    )
    on = sa.text("state IN ('asked', 'approved', 'handed')")
    op.create_index("uq_payouts_open", "payouts", ["member_id", "kind"], unique=True, sqlite_where=on, postgresql_where=on)
    op.create_index("ix_payouts_scope", "payouts", ["cooperative_id", "state"], unique=False)
    op.create_index(op.f("ix_payouts_member_id"), "payouts", ["member_id"], unique=False)
    op.create_table(
        "instalments",
        sa.Column("payout_id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("payout_id", "number", name=op.f("pk_instalments")),
        *_to("instalments", payout_id="payouts"),
    )


def _to(table: str, **columns: str) -> list[sa.Constraint]:
    return [sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in columns.items()]


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
