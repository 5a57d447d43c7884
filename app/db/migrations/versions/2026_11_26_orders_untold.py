"""Orders that are over and of which nobody was told are found without reading all that ever were."""

import sqlalchemy as sa

from app.db import indexes

revision = "2026_11_26_orders_untold"
down_revision = "2026_11_26_consents_jobs"
branch_labels = None
depends_on = None

WHERE = sa.text("state = 'expired' AND reminded_at IS NULL")


def upgrade() -> None:
    """Make the index."""
    indexes.create_index("ix_orders_untold", "orders", ["reserved_until"], sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
