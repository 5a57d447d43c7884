"""Lanes that rest, and what the sweeper looks things up by.

Revision ID: 0040
Revises: 0060
"""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0040"
down_revision = "0060"
branch_labels = None
depends_on = None

QUEUED, DOUBTED = "state = 'queued'", "state = 'maybe'"
PARKED, NEW, OPEN = "fate = 'parked'", "fate = 'new'", "mended_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "sms_halts",
        sa.Column("id", Id, nullable=False),
        sa.Column("lane", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("tried_at", Utc(), nullable=False),
        sa.Column("mended_at", Utc(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_halts"),
    )
    _index("uq_sms_halts_open", "sms_halts", "lane", OPEN, unique=True)
    _index("ix_sms_messages_expiring", "sms_messages", "expires_at", QUEUED)
    _index("ix_sms_messages_doubted", "sms_messages", "changed_at", DOUBTED)
    _index("ix_sms_reports_parked_number", "sms_reports", "number", PARKED)
    _index("ix_sms_reports_new", "sms_reports", "id", NEW)


def _index(name: str, table: str, column: str, where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], unique=unique, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for name in ("ix_sms_reports_new", "ix_sms_reports_parked_number"):
        op.drop_index(name, "sms_reports")
    for name in ("ix_sms_messages_doubted", "ix_sms_messages_expiring"):
        op.drop_index(name, "sms_messages")
    op.drop_table("sms_halts")
