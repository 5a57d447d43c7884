"""Payments that were settled before their operator's reference was kept as it is compared are found among few."""

import sqlalchemy as sa

from app.db import indexes

revision = "2026_11_27_operator_keys_before"
down_revision = "2026_11_27_operator_keys_once"
branch_labels = None
depends_on = None

WITHOUT_KEY = sa.text("operator_key IS NULL AND provider_reference IS NOT NULL")


def upgrade() -> None:
    """Make the index."""
    indexes.create_index(
        "ix_payments_without_key", "payments", ["provider_reference"], sqlite_where=WITHOUT_KEY, postgresql_where=WITHOUT_KEY
    )


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
