"""Batches of payments, and what members contest."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0080"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cooperatives", sa.Column("payment_threshold", sa.BigInteger(), nullable=False, server_default=sa.text("500000")))
    op.create_table(
        "payment_batches",
        sa.Column("id", Id, nullable=False),
        sa.Column("cooperative_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("made_by", Id, nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'open', 'closed')", name=op.f("ck_payment_batches_state")),
        sa.CheckConstraint("way IN ('cash', 'mobile')", name=op.f("ck_payment_batches_way")),
        *_to("payment_batches", cooperative_id="cooperatives", product_id="products", made_by="people"),
        sa.UniqueConstraint("operation", name=op.f("uq_payment_batches_operation")),
    )
    op.create_table(
        "payments",
        sa.Column("id", Id, nullable=False),
        sa.Column("batch_id", Id, nullable=False),
        sa.Column("cooperative_id", Id, nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=6), nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=11), nullable=False),
        sa.Column("handed_by", Id, nullable=True),
        sa.Column("handed_role", sa.String(length=16), nullable=True),
        sa.Column("handed_at", Utc(), nullable=True),
        sa.Column("handed_entry_id", Id, nullable=True),
        sa.Column("provider_reference", sa.String(length=40), nullable=True),
        sa.Column("signature", sa.String(length=10), nullable=True),
        sa.Column("signed_by", Id, nullable=True),
        sa.Column("countersigned_by", Id, nullable=True),
        sa.Column("paid_at", Utc(), nullable=True),
        sa.Column("paid_entry_id", Id, nullable=True),
        sa.CheckConstraint("state IN ('open', 'handed_over', 'paid', 'contested', 'cancelled')", name=op.f("ck_payments_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        *_to("payments", batch_id="payment_batches", cooperative_id="cooperatives", member_id="members"),
        *_keys("payments", handed_by="people", signed_by="people", countersigned_by="people"),
        *_keys("payments", handed_entry_id="journal_entries", paid_entry_id="journal_entries"),
        sa.UniqueConstraint("cooperative_id", "season", "reference", name=op.f("uq_payments_cooperative_id_season_reference")),
    )
    op.create_table(
        "payment_lines",
        sa.Column("weighing_id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        *_keys("payment_lines", weighing_id="weighings", payment_id="payments"),
        sa.PrimaryKeyConstraint("weighing_id", name=op.f("pk_payment_lines")),
    )
    op.create_table(
        "contests",
        sa.Column("id", Id, nullable=False),
        sa.Column("cooperative_id", Id, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("number", sa.String(length=6), nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("payment_id", Id, nullable=True),
        sa.Column("weighing_id", Id, nullable=True),
        sa.Column("reference", sa.String(length=6), nullable=False),
        sa.Column("before", sa.String(length=11), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("investigate_by", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=60), nullable=True),
        sa.Column("answered_by", Id, nullable=True),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name=op.f("ck_contests_state")),
        sa.CheckConstraint("(payment_id IS NULL) = (weighing_id IS NOT NULL)", name=op.f("ck_contests_about")),
        *_to("contests", cooperative_id="cooperatives", member_id="members", payment_id="payments", weighing_id="weighings"),
        *_keys("contests", answered_by="people"),
        sa.UniqueConstraint("cooperative_id", "number", name=op.f("uq_contests_cooperative_id_number")),
        sa.UniqueConstraint("subject", "payment_id", name="uq_contests_payment"),
        sa.UniqueConstraint("subject", "weighing_id", name="uq_contests_weighing"),
    )
    op.create_index("ix_payment_batches_scope", "payment_batches", ["cooperative_id", "state"], unique=False)
    op.create_index(op.f("ix_payments_batch_id"), "payments", ["batch_id"], unique=False)
    op.create_index("ix_payments_member", "payments", ["member_id", "state"], unique=False)
    op.create_index("uq_payments_provider_reference", "payments", ["provider_reference"], unique=True)
    still = sa.text("state = 'open'")
    op.create_index("ix_payments_open", "payments", ["cooperative_id"], unique=False, sqlite_where=still, postgresql_where=still)
    op.create_index(op.f("ix_payment_lines_payment_id"), "payment_lines", ["payment_id"], unique=False)
    op.create_index(op.f("ix_contests_member_id"), "contests", ["member_id"], unique=False)
    op.create_index("ix_contests_scope", "contests", ["state", "cooperative_id"], unique=False)


def _to(table: str, **columns: str) -> list[sa.Constraint]:
    return [*_keys(table, **columns), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _keys(table: str, **columns: str) -> list[sa.Constraint]:
    return [sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in columns.items()]


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
