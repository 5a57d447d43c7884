"""Broadcasts, their budget, and what audiences are looked up by."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Json, Utc

revision = "0100"
down_revision = "0081"
branch_labels = None
depends_on = None

OPEN = "state IN ('expanding', 'scheduled', 'sending', 'stopping')"


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", Id, nullable=False),
        sa.Column("cooperative_id", Id, nullable=True),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("sender", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("audience", Json(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("alphabet", sa.String(length=6), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("capped", sa.Integer(), nullable=False),
        sa.Column("without", sa.Integer(), nullable=False),
        sa.Column("code_digest", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("wanted_at", Utc(), nullable=True),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("estimated_at", Utc(), nullable=False),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("ended_by", Id, nullable=True),
        sa.Column("budget_day", sa.Date(), nullable=True),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("frozen_to", Id, nullable=True),
        sa.Column("cursor", Id, nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("doubted", sa.Integer(), nullable=False),
        sa.Column("counted_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "state IN ('estimated', 'dead', 'expanding', 'scheduled', 'sending', 'done', 'stopping', 'stopped')",
            name=op.f("ck_broadcasts_state"),
        ),
        sa.CheckConstraint("purpose IN ('broadcast', 'urgent')", name=op.f("ck_broadcasts_purpose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    op.create_index("ix_broadcasts_code", "broadcasts", ["sender", "code_digest"], unique=False)
    op.create_index("ix_broadcasts_scope", "broadcasts", ["cooperative_id", "confirmed_at"], unique=False)
    op.create_index("ix_broadcasts_confirmed", "broadcasts", ["confirmed_at"], unique=False)
    op.create_table(
        "sms_budget_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_sms_budget_days")),
    )
    _index("ix_broadcasts_open", "broadcasts", ["state", "id"], OPEN)
    _index("ix_consents_stopped", "consents", ["purpose", "phone", "id"], "given IS FALSE")
    _index("ix_numbers_shared", "numbers", ["phone"], "place IS NOT NULL")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
