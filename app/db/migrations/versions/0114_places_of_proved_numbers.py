"""An owner whose number nobody else has proved is asked for no place: those noted before are put right."""

from alembic import op

revision = "0114"
down_revision = "0113"
branch_labels = None
depends_on = None

OWNERS_ALONE = """UPDATE numbers SET place = NULL WHERE place IS NOT NULL AND NOT proof_wanted
    AND EXISTS (SELECT 1 FROM numbers AS other WHERE other.phone = numbers.phone AND other.id <> numbers.id)
    AND NOT EXISTS (SELECT 1 FROM numbers AS other WHERE other.phone = numbers.phone AND other.id <> numbers.id
        AND (NOT other.proof_wanted OR EXISTS (SELECT 1 FROM number_changes AS noted
            WHERE noted.phone = other.phone AND noted.person_id = other.person_id AND noted.act = 'flagged')))"""
"""One that was proved before its SIM changed is a second holder."""


def upgrade() -> None:
    op.execute(OWNERS_ALONE)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
