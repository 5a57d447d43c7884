"""What an officer asked at the console: what waits for their PIN, and what became of it."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from app.coop.console_requests.kinds import KINDS
from app.coop.console_requests.models import ConsoleRequest
from app.coop.console_requests.services import MOST_WAITING, mark_of, said
from app.coop.scope import Scope
from app.db.pages import behind
from app.db.rows import total

PAGE = 50


class WaitingRequest(msgspec.Struct, frozen=True):
    """A request that waits; `words` says it as things are now, `mark` marks these words."""

    id: int
    title: str
    words: str
    mark: str
    asked_at: datetime


class AskedRequest(msgspec.Struct, frozen=True):
    """A request of an officer: in what words it was asked, its state, and what came of it."""

    id: int
    title: str
    words: str
    state: str
    outcome: str | None
    asked_at: datetime
    expires_at: datetime
    ended_at: datetime | None


def waiting_for(
    reader: Connection, person_id: int, scope: Scope | None, now: datetime, only: int | None = None
) -> list[WaitingRequest]:
    """Return an officer's requests that wait, oldest first; of one scope where the officer has chosen one, or one by its id."""
    row = ConsoleRequest
    which = _open((person_id,), now) if scope is None else _open((person_id,), now) & scope.own(row.cooperative_id)
    if only is not None:
        which &= row.id == only
    columns = select(row.id, row.kind, row.cooperative_id, row.arguments, row.asked_at).where(which)
    found = []
    for request, kind, cooperative, arguments, at in reader.execute(columns.order_by(row.id).limit(MOST_WAITING)):
        words = said(reader, kind, cooperative, arguments, now)
        found.append(WaitingRequest(request, KINDS[kind].title, words, mark_of(words), at))
    return found


def waiting_count(reader: Connection, persons: Collection[int], now: datetime) -> int:
    """Return how many requests of these officers wait for their PIN."""
    if not persons:
        return 0
    return total(reader, select(func.count()).select_from(ConsoleRequest).where(_open(persons, now)))


def asked_by(reader: Connection, person_id: int, now: datetime, before: int | None = None) -> list[AskedRequest]:
    """Return a page of what an officer asked, the newest first; `before` is the last id of the page before."""
    row = ConsoleRequest
    columns = (row.id, row.kind, row.words, row.state, row.outcome, row.asked_at, row.expires_at, row.ended_at)
    rows = select(*columns).where(row.person_id == person_id)
    rows = rows.where(behind(row.id, before))
    found = []
    for request, kind, words, state, outcome, asked_at, expires_at, ended_at in reader.execute(
        rows.order_by(row.id.desc()).limit(PAGE)
    ):
        now_ = "expired" if state == "waiting" and expires_at <= now else state
        title = KINDS[kind].title if kind in KINDS else kind
        found.append(AskedRequest(request, title, words, now_, outcome, asked_at, expires_at, ended_at))
    return found


def _open(persons: Collection[int], now: datetime) -> ColumnElement[bool]:
    open_ = (ConsoleRequest.state == "waiting") & (ConsoleRequest.expires_at > now)
    # A row may be of a kind that this version of the program doesn't know: nobody could do it.
    return open_ & ConsoleRequest.person_id.in_(persons) & ConsoleRequest.kind.in_(KINDS)
