"""Publish menus: proved, a row in SQL, a copy in Redis."""

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import redis
import structlog
from babel.messages.pofile import read_po
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.database import Database
from app.db.menu_versions import MenuPointer, MenuVersion
from app.ussd.compiling import Finding, Unreadable, compile_menu
from app.ussd.menu import Menu, menu_as_json, menu_from_json
from app.ussd.proof import Proof
from app.ussd.redis_store import POINTER
from menus.whole import bindings, sources

log = structlog.get_logger()
CONSTANTS = {"cost": "m" * 20, "code": "*" * 20, "help": "*" * 22}
"""The longest that settings may give (config.settings refuses more)."""
_COPY = "ussd:menu:"


_MOST_UNKNOWN = 100
_UNKNOWN_SECONDS = 30.0
"""How long a version that nobody knows isn't asked for again."""


class NotPublished(Exception):
    """No menu was ever published, or not this version."""


class NotBound(Exception):
    """A version can't be served by this program; its argument says what the program lacks."""


def compiled(file: Path | None = None) -> Menu:
    """Compile the package's menu; raises Unreadable.

    A `file` takes the place of the package's of the same name. Any other is compiled alone if it leads nowhere outside itself; if
    not, it takes the place of the file that has the start, or joins them when it has none.
    """
    ours = sources()
    if file is None:
        return compile_menu(ours, catalogues(), bindings)
    given = {file.stem: file.read_text("utf-8")}
    if file.stem not in ours:
        try:
            alone = compile_menu(given, catalogues(), bindings)
        except Unreadable:
            return compile_menu(ours | given, catalogues(), bindings)
        if alone.closed():
            return alone
        del ours["member"]
    return compile_menu(ours | given, catalogues(), bindings)


def catalogues() -> dict[str, dict[str, str]]:
    """Return the reviewed translations by language: a fuzzy one is not served."""
    found: dict[str, dict[str, str]] = {}
    folder = files("menus") / "locales"
    for language in sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []:
        with (folder / language / "LC_MESSAGES" / "menus.po").open("rb") as file:
            catalogue = read_po(file)
        found[language] = {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string and not entry.fuzzy}
    return found


def prove(menu: Menu) -> list[Finding]:
    """Return what keeps a menu from being published."""
    return Proof(menu, bindings, CONSTANTS).findings()


def demand_bound(menu: Menu) -> None:
    """Raise NotBound when a menu names what this program's functions don't give."""
    for screen, lacks in Proof(menu, bindings, CONSTANTS).bound():
        raise NotBound(f"{screen.name}: {lacks}")


def publish(database: Database, store: Any | None, menu: Menu, *, by: str, now: datetime) -> str:
    """Publish a menu and return its version; the version served now stays served to its live sessions.

    Raises Unreadable with the findings when the proof fails. A store that is down gets its copy when it is back.
    """
    findings = prove(menu)
    if findings:
        raise Unreadable(findings)
    data = menu_as_json(menu)
    version = hashlib.sha256(data).hexdigest()
    with database.transaction() as session:
        if session.get(MenuVersion, version) is None:
            needs = bindings.needs()
            session.add(MenuVersion(hash=version, compiled=data.decode(), needs=needs, published_at=now, published_by=by[:60]))
            session.flush()
        _point(session, version, now)
    _copy(store, version, data, moved=True)
    return version


def roll_back(database: Database, store: Any | None, version: str | None, *, now: datetime) -> str:
    """Serve the previous version again, or the one whose hash begins so.

    Raises NotPublished or NotBound, and then moves nothing.
    """
    with database.transaction() as session:
        pointer = session.get(MenuPointer, 1)
        wanted = version or (pointer.previous if pointer else None)
        rows = session.scalars(select(MenuVersion).where(MenuVersion.hash.startswith(wanted or "-"))).all()
        if len(rows) != 1:
            raise NotPublished(wanted or "no previous version")
        found, data = rows[0].hash, rows[0].compiled.encode()
        demand_bound(menu_from_json(data))
        _point(session, found, now)
    _copy(store, found, data, moved=True)
    return found


def versions(database: Database) -> list[tuple[str, datetime, str, bool]]:
    """Return what was published, newest first: hash, when, by whom, whether it is served."""
    with database.read() as reader:
        current = reader.scalar(select(MenuPointer.current))
        rows = reader.execute(
            select(MenuVersion.hash, MenuVersion.published_at, MenuVersion.published_by).order_by(MenuVersion.published_at.desc())
        )
        return [(found, at, by, found == current) for found, at, by in rows]


class SqlShelf:
    """The engine's Shelf: memory first, then the store's copy, then SQL; the package's own menu when nothing answers."""

    def __init__(self, database: Database, store: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._store, self._clock = database, store, clock
        self._menus: dict[str, Menu] = {}
        self._unknown: dict[str, float] = {}
        self._restored_at = float("-inf")
        self._last: str | None = None
        self._lock = threading.Lock()

    def current(self, version: str | None) -> tuple[str, Menu]:
        """Return the version that the store points to; without a good pointer SQL's, which is put back into the store."""
        if version and version in self._menus:
            self._last = version
            return version, self._menus[version]
        try:
            with self._lock:
                menu = self.version(version) if version else None
                if menu is None and not (version and self._restored_at + _UNKNOWN_SECONDS > self._clock()):
                    # a store that keeps a pointer to nothing (a replica, a full one) mustn't cost SQL at every hop
                    self._restored_at = self._clock()
                    version = self._restore()
                    menu = self.version(version)
            if version and menu is not None:
                self._last = version
                return version, menu
        except Exception:
            log.exception("the current menu can't be read; serving the one in memory")
        return self.remembered()

    def remembered(self) -> tuple[str, Menu]:
        """Return the version served last, or the package's own."""
        if self._last is None:
            menu = compiled()
            self._last = hashlib.sha256(menu_as_json(menu)).hexdigest()
            self._menus[self._last] = menu
        return self._last, self._menus[self._last]

    def version(self, version: str) -> Menu | None:
        """Return a version's menu, kept in memory for good: there are few, and they never change.

        None when nobody knows it, or when this program can't serve it; neither is looked for again for a while.
        """
        if version in self._menus:
            return self._menus[version]
        if self._unknown.get(version, 0.0) > self._clock():
            return None
        menu = self._read(version)
        if menu is None:
            if len(self._unknown) >= _MOST_UNKNOWN:
                self._unknown.clear()  # a store that somebody fills with pointers must not fill this process
            self._unknown[version] = self._clock() + _UNKNOWN_SECONDS
        else:
            self._menus[version] = menu
        return menu

    def _read(self, version: str) -> Menu | None:
        data = self._copied(version)
        if data is None:
            with self._database.read() as reader:
                row = reader.scalar(select(MenuVersion.compiled).where(MenuVersion.hash == version))
            if row is None:
                return None
            data = row.encode()
            _copy(self._store, version, data, moved=False)
        menu = menu_from_json(data)
        try:
            demand_bound(menu)
        except NotBound as fault:
            log.error("a menu can't be served by this version of the program", version=version[:12], fault=str(fault))
            return None
        return menu

    def _restore(self) -> str:
        with self._database.read() as reader:
            current: str | None = reader.scalar(select(MenuPointer.current))
        if current is None:
            raise NotPublished("run jappoo menus publish")
        try:
            self._store.set(POINTER, current)
        except redis.RedisError:
            log.warning("the store has no pointer and takes none")
        return current

    def _copied(self, version: str) -> bytes | None:
        try:
            copy: bytes | None = self._store.get(_COPY + version)
        except redis.RedisError:
            return None
        if copy is None or hashlib.sha256(copy).hexdigest() == version:
            return copy
        log.error("the store's copy of a menu is not what was published", version=version[:12])
        return None


def _point(session: Session, version: str, now: datetime) -> None:
    pointer = session.get(MenuPointer, 1)
    if pointer is None:
        session.add(MenuPointer(id=1, current=version, previous=None, moved_at=now))
    elif pointer.current != version:
        session.execute(update(MenuPointer).values(current=version, previous=pointer.current, moved_at=now))


def _copy(store: Any | None, version: str, data: bytes, *, moved: bool) -> None:
    if store is None:
        return
    try:
        store.set(_COPY + version, data)
        if moved:
            store.set(POINTER, version)
    except redis.RedisError:
        log.warning("the store takes no copy of the menu now", version=version[:12])
