"""Who agreed to hear of jobs is found without reading what everybody agreed to."""

import sqlalchemy as sa

from app.db import indexes

revision = "2026_11_26_consents_jobs"
down_revision = "2026_11_26_partners_checked"
branch_labels = None
depends_on = None

WHERE = sa.text("purpose = 'emploi' AND given IS TRUE")


def upgrade() -> None:
    """Make the index."""
    indexes.create_index("ix_consents_jobs", "consents", ["phone", "id"], sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
