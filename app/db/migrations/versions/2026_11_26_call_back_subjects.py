"""A call back keeps all its subjects."""

import sqlalchemy as sa

from app.db import triggers

revision = "2026_11_26_call_back_subjects"
down_revision = "2026_11_26_statement_index_old"
branch_labels = None
depends_on = None

WIDENS = "PostgreSQL widens a varchar in its catalogue alone, under a lock that the time-out keeps short"
ALLOWED = {"changing-column-type": WIDENS, "prefer-text-field": WIDENS}


def upgrade() -> None:
    """Give the subjects room."""
    with triggers.alter_table("call_backs") as table:
        table.alter_column("topic", existing_type=sa.String(24), type_=sa.String(120), existing_nullable=False)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
