"""Wrong codes by sender, answers by number and day, answers to letters that wait for their code,
estimates that only the PIN confirms, wrong PINs by number and person."""

import sqlalchemy as sa
from alembic import op

from app.db.base import Id, Utc

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_code_misses",
        sa.Column("sender", sa.String(20), primary_key=True),
        sa.Column("hour_from", Utc(), nullable=False),
        sa.Column("in_hour", sa.Integer(), nullable=False),
        sa.Column("day_from", Utc(), nullable=False),
        sa.Column("in_day", sa.Integer(), nullable=False),
        sa.Column("dead_until", Utc(), nullable=True),
    )
    op.create_table(
        "sms_allowances",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("spender", sa.String(24), primary_key=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "reply_drafts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("sender", sa.String(16), nullable=False),
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.String(32), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_reply_drafts_sender", "reply_drafts", ["sender", "id"])
    op.add_column("broadcasts", sa.Column("by_pin", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_column("broadcasts", "tries")
    op.add_column("people", sa.Column("pin_tried_at", Utc(), nullable=True))
    op.create_table(
        "wrong_pins",
        sa.Column("id", Id, primary_key=True),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_wrong_pins_phone", "wrong_pins", ["phone", "at"])
    op.create_index("ix_wrong_pins_person", "wrong_pins", ["person_id", "at"])
    op.create_index("ix_wrong_pins_at", "wrong_pins", ["at"])


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
