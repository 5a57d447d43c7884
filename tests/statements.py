"""Compiled statements shared by all engines of a process: each test has engines of its own, and compiled the same ones anew."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_SHARED: Any = LRUCache(5_000)


def share() -> None:
    """Have engines made from now on share what they compile; a dialect is known by its kind, since all are set up alike."""

    def engine_created(cls: type, engine: Engine) -> None:
        del cls
        engine._compiled_cache = _SHARED

    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.engine_created = classmethod(engine_created)
        dialect.__hash__ = lambda self: hash(type(self))
        dialect.__eq__ = lambda self, other: type(self) is type(other)
