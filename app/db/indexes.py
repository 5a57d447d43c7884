"""An index on a table that is in use, made by a migration without keeping writers away."""

from collections.abc import Sequence
from typing import Any

from alembic import op

from app.db.schema import LOCK_TIMEOUT


def create_index(name: str, table: str, columns: Sequence[str], **options: Any) -> None:
    """Make an index CONCURRENTLY where there is that; nothing else may stand in its migration.

    It runs outside a transaction: broken off, it leaves an index that is of no use, and the next try drops that first.
    """
    context = op.get_context()
    if context.dialect.name != "postgresql":
        op.create_index(name, table, columns, **options)
        return
    with context.autocommit_block():
        op.execute("SET lock_timeout = 0")  # nobody waits behind it
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True, **options)
        op.execute(LOCK_TIMEOUT)
