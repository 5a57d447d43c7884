"""Publish menus: proved, a row in SQL, a copy in Redis."""

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import redis
import structlog
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app.db.database import Database
from app.db.menu_versions import MenuPointer, MenuVersion
from app.db.rows import store
from app.texts.catalogues import catalogues
from app.ussd.compiler import Finding, Unreadable, compile_menu
from app.ussd.menu import Menu, menu_as_json, menu_from_json
from app.ussd.proof import Proof
from app.ussd.redis_store import POINTER
from menus.registry import bindings, sources

log = structlog.get_logger()
CONSTANTS = {"cost": "m" * 20, "code": "*" * 20, "help": "*" * 22}
"""The longest that settings may give (config.settings refuses more)."""
_COPY = "ussd:menu:"


STALE_SECONDS = 30.0
"""How long a process follows the store's pointer before it looks at SQL's again."""
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


def prove(menu: Menu) -> list[Finding]:
    """Return what keeps a menu from being published."""
    return Proof(menu, bindings, CONSTANTS).findings()


def demand_bound(menu: Menu) -> None:
    """Raise NotBound when a menu names what this program's functions don't give."""
    for screen, lacks in Proof(menu, bindings, CONSTANTS).bound():
        raise NotBound(f"{screen.name}: {lacks}")


def publish(session: Session, menu: Menu, *, by: str, now: datetime) -> str:
    """Publish a menu and return its version; once that is committed, `serve` has the store follow at once.

    The version served now stays served to its live sessions. Raises Unreadable with the findings when the proof fails.
    """
    findings = prove(menu)
    if findings:
        raise Unreadable(findings)
    data, version = menu_as_json(menu), version_of(menu)
    if session.get(MenuVersion, version) is None:
        needs = bindings.needs()
        store(session, MenuVersion(hash=version, compiled=data.decode(), needs=needs, published_at=now, published_by=by[:60]))
    _point(session, version, now)
    return version


def version_of(menu: Menu) -> str:
    """Return the name of a menu's version: the hash of its bytes."""
    return hashlib.sha256(menu_as_json(menu)).hexdigest()


def served_before(reader: Connection, begins: str | None) -> str:
    """Return the version that was served before this one, or the one whose hash begins so. Raises NotPublished."""
    wanted = begins or reader.scalar(select(MenuPointer.previous))
    found = reader.scalars(select(MenuVersion.hash).where(MenuVersion.hash.startswith(wanted or "-", autoescape=True))).all()
    if len(found) != 1:
        raise NotPublished(wanted or "no previous version")
    return str(found[0])


def roll_back(session: Session, version: str, *, now: datetime) -> None:
    """Serve a published version again; once that is committed, `serve` has the store follow at once.

    Raises NotBound, and then moves nothing.
    """
    demand_bound(menu_from_json(session.get_one(MenuVersion, version).compiled.encode()))
    _point(session, version, now)


def serve(database: Database, store: Any) -> None:
    """Copy the version that SQL points to into the store. Where that fails, or is never done, a shelf does it at its next look."""
    with database.read() as reader:
        served = select(MenuVersion.hash, MenuVersion.compiled).join(MenuPointer, MenuPointer.current == MenuVersion.hash)
        row = reader.execute(served).first()
    if row is not None:
        # The copy first: who follows the pointer then finds it.
        _put(store, {_COPY + row.hash: row.compiled, POINTER: row.hash})


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
        self._compared_at = float("-inf")
        self._last: str | None = None
        self._lock = threading.Lock()

    def current(self, version: str | None) -> tuple[str, Menu]:
        """Return the version that the store points to; without a good pointer SQL's, which is put back into the store.

        Every STALE_SECONDS the pointer is held against SQL's: whoever published may have died before the store had it.
        """
        stale = self._compared_at + STALE_SECONDS <= self._clock()
        try:
            if stale:
                self._compared_at = self._clock()  # the other threads go on with what they have
            if stale or version not in self._menus:
                # One thread reads a version that is new, and the others find it in memory then.
                with self._lock:
                    known = self.version(version) if version else None
                    # a store that keeps a pointer to nothing (a replica, a full one) mustn't cost SQL at every hop
                    if stale or version is None:
                        version = self._restore(version if known else None)
                        self.version(version)
        # Whatever is down, a call goes on with the menu that is there.
        except Exception:
            log.exception("the current menu can't be read; serving the one in memory")
        if version is None or version not in self._menus:
            return self.remembered()
        self._last = version
        return version, self._menus[version]

    def remembered(self) -> tuple[str, Menu]:
        """Return the version served last, or the package's own."""
        if self._last is None:
            menu = compiled()
            self._last = version_of(menu)
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
            _put(self._store, {_COPY + version: data})
        menu = menu_from_json(data)
        try:
            demand_bound(menu)
        except NotBound as fault:
            log.error("a menu can't be served by this version of the program", version=version[:12], fault=str(fault))
            return None
        return menu

    def _restore(self, version: str | None) -> str:
        """Return SQL's pointer, put into the store when `version`, what stands there, is another."""
        with self._database.read() as reader:
            current: str | None = reader.scalar(select(MenuPointer.current))
        if current is None:
            raise NotPublished("run jappoo menus publish")
        if current != version:
            _put(self._store, {POINTER: current})
        return current

    def _copied(self, version: str) -> bytes | None:
        try:
            copy: bytes | None = self._store.get(_COPY + version)
        except redis.RedisError:
            return None
        # The store is no place of truth: a menu says where PINs are typed, and its name is the hash of what was proved.
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


def _put(store: Any, values: dict[str, str | bytes]) -> None:
    """Put values into the store, in their order; a store that takes none gets them later."""
    try:
        for name, value in values.items():
            store.set(name, value)
    except redis.RedisError:
        log.warning("the store takes no copy of the menu now")
