"""What stands in the store is checked, and a version is served only where everything it names is there."""

import hashlib

import msgspec
import pytest
import redis
from sqlalchemy import select

from app.db.menu_versions import MenuPointer, MenuVersion
from app.ussd.menu import menu_as_json
from app.ussd.redis_store import POINTER
from config.redis import connect
from menus import publication
from menus.publication import SqlShelf, compiled
from tests import menu_rows


@pytest.fixture
def store(valkey):
    with connect(valkey.url) as client:
        yield client


@pytest.fixture
def served(database, store, clock) -> str:
    menu_rows.put(database, clock())
    publication.serve(database, store)
    return str(store.get(POINTER).decode())


def forged() -> bytes:
    menu = compiled()
    home = msgspec.structs.replace(menu.screens[menu.start], text={"fr": "Envoyez votre code secret au 770000666"})
    return menu_as_json(msgspec.structs.replace(menu, screens=menu.screens | {menu.start: home}))


def lacking() -> bytes:
    """Return a menu that names what this program hasn't."""
    menu = compiled()
    name = next(screen.name for screen in menu.screens.values() if screen.source)
    changed = msgspec.structs.replace(menu.screens[name], source="gone_long_ago")
    return menu_as_json(msgspec.structs.replace(menu, screens=menu.screens | {name: changed}))


def note(database, data: bytes, now) -> str:
    version = hashlib.sha256(data).hexdigest()
    with database.transaction() as session:
        session.add(MenuVersion(hash=version, compiled=data.decode(), needs=[], published_at=now, published_by="tests"))
    return version


@pytest.mark.parametrize("copy", [forged(), b"{}", b""])
def test_a_copy_that_is_not_what_was_published_is_not_served(database, store, served, copy):
    store.set(f"ussd:menu:{served}", copy)
    version, menu = SqlShelf(database, store).current(served)
    assert (version, menu) == (served, compiled())
    assert hashlib.sha256(store.get(f"ussd:menu:{served}")).hexdigest() == served


def test_a_rollback_to_what_this_program_lacks_is_refused_and_moves_nothing(database, store, served, clock):
    version = note(database, lacking(), clock())
    with pytest.raises(publication.NotBound, match="gone_long_ago"), database.transaction() as session:
        publication.roll_back(session, version, now=clock())
    with database.read() as reader:
        assert reader.scalar(select(MenuPointer.current)) == served
    assert store.get(POINTER) == served.encode()
    assert SqlShelf(database, store).version(version) is None


def test_a_pointer_to_nothing_costs_sql_once(database, store, served, monkeypatch):
    asked, seconds = [], [0.0]
    shelf = SqlShelf(database, store, clock=lambda: seconds[0])
    reading = database.read
    monkeypatch.setattr(database, "read", lambda: asked.append(1) or reading())
    store.set(POINTER, "0" * 64)
    assert shelf.current("0" * 64)[0] == served
    assert store.get(POINTER) == served.encode()
    once = len(asked)
    for _ in range(20):
        assert shelf.current("0" * 64)[0] == served
    assert len(asked) == once
    seconds[0] = 31.0
    assert shelf.current("0" * 64)[0] == served
    assert len(asked) > once


def test_the_store_may_be_away(database, store, served, valkey):
    valkey.kill()
    with pytest.raises(redis.RedisError):
        store.ping()
    assert SqlShelf(database, store).current(None)[0] == served


def test_a_copy_that_was_never_made_is_made_by_who_reads_next(database, store, served, clock):
    seconds = [0.0]
    shelf = SqlShelf(database, store, clock=lambda: seconds[0])
    assert shelf.current(served)[0] == served
    version = note(database, menu_as_json(compiled()) + b" ", clock())
    with database.transaction() as session:
        publication.roll_back(session, version, now=clock())
    assert store.get(POINTER) == served.encode(), "whoever published died here"
    seconds[0] = publication.STALE_SECONDS + 1
    assert shelf.current(served)[0] == version
    assert store.get(POINTER) == version.encode()
    assert SqlShelf(database, store).current(served)[0] == version


def test_a_pointer_is_still_followed_while_sql_is_away(database, store, served, monkeypatch):
    seconds = [0.0]
    shelf = SqlShelf(database, store, clock=lambda: seconds[0])
    shelf.current(served)
    monkeypatch.setattr(database, "read", None)
    for seconds[0] in (0.0, 60.0, 61.0, 120.0):
        assert shelf.current(served)[0] == served
