"""A member takes their contest back: it is withdrawn."""

import sqlalchemy as sa

from app.db import triggers

revision = "2026_11_26_withdrawn"
down_revision = "2026_11_26_boutiques_lots"
branch_labels = None
depends_on = None

ALLOWED = {"ban-drop-constraint": "its wider form takes its place in the same transaction"}
STATES = sa.text("state IN ('open', 'upheld', 'dismissed', 'withdrawn')")


def upgrade() -> None:
    """Allow the state; the next migration checks the rows that are there."""
    with triggers.alter_table("contests") as table:
        table.drop_constraint("ck_contests_state", type_="check")
        table.create_check_constraint("ck_contests_state", STATES, postgresql_not_valid=True)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
