"""A number has one holder without a place at the most: two who were given it at once would both be out of reach."""

import sqlalchemy as sa
from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None


def upgrade() -> None:
    alone = sa.text("place IS NULL")
    op.create_index("uq_numbers_alone", "numbers", ["phone"], unique=True, sqlite_where=alone, postgresql_where=alone)


def downgrade() -> None:
    """Refuse: a backup is restored instead."""
    raise RuntimeError("restore a backup instead")
