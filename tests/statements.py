"""What engines learn, shared by all of a process: each test has engines of its own, which compiled the same statements anew.

So does what a first connection asks the server about itself: all have the same server.
"""

from collections.abc import Callable
from functools import partialmethod
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_SHARED: Any = LRUCache(5_000)
_LEARNT: dict[tuple[Any, ...], dict[str, Any]] = {}


def share() -> None:
    """Have engines made from now on share what they compile; a dialect is known by its kind, since all are set up alike."""

    def engine_created(cls: type, engine: Engine) -> None:
        del cls
        engine._compiled_cache = _SHARED

    def initialize(self: Any, connection: Any, ask: Callable[..., None]) -> None:
        kind = type(self), self._on_connect_isolation_level
        if kind not in _LEARNT:
            before = dict(vars(self))
            ask(self, connection)
            _LEARNT[kind] = {name: value for name, value in vars(self).items() if name not in before or before[name] is not value}
        vars(self).update(_LEARNT[kind])

    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.engine_created = classmethod(engine_created)
        dialect.initialize = partialmethod(initialize, ask=dialect.initialize)
        dialect.__hash__ = lambda self: hash(type(self))
        dialect.__eq__ = lambda self, other: type(self) is type(other)
