"""Connections to the scratch database that stand from test to test: a new one has the whole catalogue to read again.

Only one that its pool gave back, idle, is kept, and only the test of the moment is given it: whoever another test left behind
finds no way in (tests/scratch.py). Behind a test that disturbs the server nothing is kept.
"""

import os
from threading import local
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from app.db.database import Database
from app.db.patience import Bounded

MOST = 12

_idle: list[Bounded] = []
_of_parent: list[Bounded] = []
_role = ""
_disposing = local()


def stand() -> None:
    """Have the connections of databases that are disposed of kept, and given to those that come."""
    connect, dispose, close = Bounded.connect, Database.dispose, PGDialect_psycopg.do_close

    def given(**options: Any) -> Bounded:
        wanted = {name: options[name] for name in options if name not in ("user", "context")}
        found = next((one for one in _idle if options["user"] == _role and vars(one)["wanted"] == wanted), None)
        if found:
            _idle.remove(found)
        connection = found or connect(**options)
        vars(connection).update(wanted=wanted, role=options["user"])
        return connection

    def dispose_kept(database: Database) -> None:
        _disposing.now = True
        try:
            dispose(database)
        finally:
            _disposing.now = False

    def close_unless_kept(dialect: PGDialect_psycopg, connection: Any) -> None:
        if getattr(_disposing, "now", False) and _role and vars(connection).get("role") == _role and _ready(connection):
            _idle.append(connection)
        else:
            close(dialect, connection)

    for owner, name, does in (
        (Bounded, "connect", given),
        (Database, "dispose", dispose_kept),
        (PGDialect_psycopg, "do_close", close_unless_kept),
    ):
        setattr(owner, name, does)
    os.register_at_fork(after_in_child=_forget)


def allow(role: str) -> list[int]:
    """Give what is kept to a role alone, and drop it for ""; return the ids of the backends that are kept."""
    global _role
    _role = role
    while _idle and not role:
        _idle.pop().close()
    return [one.info.backend_pid for one in _idle]


def _forget() -> None:
    """In a child they are its parent's still: closed here, the server would close them there."""
    global _role
    _role = ""
    _of_parent.extend(_idle)
    _idle.clear()


def _ready(connection: Bounded) -> bool:
    if connection.closed or connection.info.transaction_status != TransactionStatus.IDLE or len(_idle) >= MOST:
        return False
    connection.autocommit = True
    connection.execute("RESET ALL")
    connection.autocommit = False
    return True
