"""Publish menus: proved, a row in SQL, a copy in Redis."""

import hashlib
import threading
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


class NotPublished(Exception):
    """No menu was ever published, or not this version."""


def compiled(file: Path | None = None) -> Menu:
    """Compile the package's menu; raises Unreadable.

    A `file` takes the place of the package's of the same name. Any other is compiled alone if it leads nowhere outside itself; if
    not, it takes the place of the file that has the start, or joins them when it has none.
    """
    ours = sources()
    if file is None:
        return compile_menu(ours, catalogues())
    given = {file.stem: file.read_text("utf-8")}
    if file.stem not in ours:
        try:
            alone = compile_menu(given, catalogues())
        except Unreadable:
            return compile_menu(ours | given, catalogues())
        if alone.closed():
            return alone
        del ours["member"]
    return compile_menu(ours | given, catalogues())


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
    """Serve the previous version again, or the one whose hash begins so; raises NotPublished."""
    with database.transaction() as session:
        pointer = session.get(MenuPointer, 1)
        wanted = version or (pointer.previous if pointer else None)
        rows = session.scalars(select(MenuVersion).where(MenuVersion.hash.startswith(wanted or "-"))).all()
        if len(rows) != 1:
            raise NotPublished(wanted or "no previous version")
        _point(session, rows[0].hash, now)
        found, data = rows[0].hash, rows[0].compiled.encode()
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

    def __init__(self, database: Database, store: Any) -> None:
        self._database, self._store = database, store
        self._menus: dict[str, Menu] = {}
        self._last: str | None = None
        self._lock = threading.Lock()

    def current(self, version: str | None) -> tuple[str, Menu]:
        """Return the version that the store points to; without a pointer SQL's, put back into the store."""
        if version and version in self._menus:
            self._last = version
            return version, self._menus[version]
        try:
            with self._lock:
                if version is None:
                    version = self._restore()
                menu = self.version(version)
            if menu is not None:
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
        """Return a version's menu, kept in memory for good: there are few, and they never change."""
        if version not in self._menus:
            data = self._copied(version)
            if data is None:
                with self._database.read() as reader:
                    row = reader.scalar(select(MenuVersion.compiled).where(MenuVersion.hash == version))
                data = row.encode() if row else None
                if data:
                    _copy(self._store, version, data, moved=False)
            if data is None:
                return None
            self._menus[version] = menu_from_json(data)
        return self._menus[version]

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
        return copy


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
