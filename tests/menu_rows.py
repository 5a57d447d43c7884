"""The published menu as rows: proved once a run, written for each test that serves it."""

import hashlib
from datetime import datetime
from functools import cache

from app.db.database import Database
from app.db.menu_versions import MenuPointer, MenuVersion
from app.ussd.menu import menu_as_json
from menus.publication import compiled, prove
from menus.registry import bindings
from tests.samples import sample


@sample
def put(database: Database, now: datetime) -> None:
    """Have a database serve the package's menu, as `publish` leaves it."""
    version, data = _proved()
    needs = bindings.needs()
    with database.transaction() as session:
        session.add(MenuVersion(hash=version, compiled=data, needs=needs, published_at=now, published_by="tests"))
        session.flush()
        session.add(MenuPointer(id=1, current=version, previous=None, moved_at=now))


@cache
def _proved() -> tuple[str, str]:
    menu = compiled()
    assert prove(menu) == []
    data = menu_as_json(menu)
    return hashlib.sha256(data).hexdigest(), data.decode()
