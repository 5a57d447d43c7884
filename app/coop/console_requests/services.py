"""Ask for an act at the console, do it by the PIN on the officer's own phone, or let it go.

Nothing is done before the PIN, and nothing on what was read long ago: what the act rests on is read anew, and the act's own
service checks it as always.
"""

import json
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from app.coop.access import activation
from app.coop.act import Act
from app.coop.console_requests.kinds import KINDS, RequestDone, RequestKind, kind_of
from app.coop.console_requests.models import ConsoleRequest
from app.coop.cooperatives.models import Cooperative
from app.coop.offices import audit
from app.coop.offices.queries import office_for
from app.coop.scope import Scope
from app.db.rows import store
from app.gsm7 import fold, septets

LIVES = timedelta(hours=12)
"""After this a request that nobody confirmed is expired."""
KEPT = timedelta(days=365)
"""How long the request is kept; what came of it stays in the journal of acts."""
MOST_SAID = 104
"""Septets of a request's sentence, so that it stands beside the PIN's question on one page."""
MOST_WAITING = 20
"""Requests of one officer that wait."""


class RequestClosed(Exception):
    """The request isn't this officer's, was decided, or is too old."""


class RequestChanged(Exception):
    """What the request says has changed since it was read."""


class TooManyRequests(Exception):
    """MOST_WAITING of this officer wait already."""


class RequestTooLong(Exception):
    """The sentence is longer than MOST_SAID."""


class RequestImpossible(Exception):
    """What is asked can't be done as things are; the argument says why, in French, without a full stop."""


class RequestConfirmed(msgspec.Struct, frozen=True):
    """What came of a request: `state` *done* or *failed*, `said` the words for it.

    `issued` is the operation that draws an activation number, "" without one.
    """

    state: str
    said: str
    issued: str = ""


def ask(session: Session, act: Act, arguments: msgspec.Struct) -> int:
    """Have an act wait for its officer's PIN, and return its id; the same that waits already is given again.

    Raises NotYours without the kind's right, TooManyRequests, RequestTooLong, RequestImpossible.
    """
    kind = kind_of(arguments)
    office = office_for(session, act.person_id, kind.right, act.today, scope=act.office.scope)
    given = msgspec.to_builtins(arguments)
    # Sorted, so that the same asked twice has one mark, in whichever order its arguments come.
    mark = _hash(json.dumps([kind.name, office.cooperative_id, given], sort_keys=True))
    open_ = select(ConsoleRequest.id, ConsoleRequest.mark).where(
        ConsoleRequest.person_id == act.person_id, ConsoleRequest.state == "waiting", ConsoleRequest.expires_at > act.now
    )
    waiting: dict[str, int] = {row.mark: row.id for row in session.execute(open_)}
    if mark in waiting:
        return waiting[mark]
    if len(waiting) >= MOST_WAITING:
        raise TooManyRequests
    expire(session, act.now, act.person_id)  # a dead one would bar the same asked anew
    words = _said(session, kind, office.scope, act.now, arguments, strict=True)
    if septets(fold(words)) > MOST_SAID:
        raise RequestTooLong(words)
    row = ConsoleRequest(
        kind=kind.name,
        arguments=given,
        mark=mark,
        cooperative_id=office.cooperative_id,
        person_id=act.person_id,
        member_id=kind.concerns(session, arguments) if kind.concerns else None,
        words=words,
        asked_at=act.now,
        expires_at=act.now + LIVES,
        state="waiting",
    )
    store(session, row)
    audit.note(session, msgspec.structs.replace(act, by=office), "console asked", f"request:{row.id}", row)
    return row.id


def confirm(session: Session, act: Act, request_id: int, seen: str, *, key: bytes) -> RequestConfirmed:
    """Do what was asked, in its officer's name: the PIN was given. `seen` is the mark of the sentence that was read.

    The row is locked, so it happens once; a denial of the act's own service ends the request with its reason. `key` draws the
    activation number of somebody new. Raises RequestClosed, RequestChanged, NotYours.
    """
    row = _taken(session, act, request_id)
    kind = KINDS[row.kind]
    office = office_for(session, act.person_id, kind.right, act.today, scope=Scope(row.cooperative_id))
    arguments = msgspec.convert(row.arguments, kind.arguments)
    row.words = _said(session, kind, office.scope, act.now, arguments)
    if mark_of(row.words) != seen:
        raise RequestChanged
    act = msgspec.structs.replace(act, by=office, operation=f"console:{row.id}")
    row.state, row.ended_at = "done", act.now
    done = _done(session, kind, act, arguments)
    if isinstance(done, str):
        row.state, row.outcome = "failed", f"Impossible: {done}. Rien n'est changé."
    else:
        row.outcome = done.said
    audit.note(session, act, f"console {row.state}", f"request:{row.id}", row)
    session.flush()
    if isinstance(done, str) or done.opens is None:
        return RequestConfirmed(row.state, row.outcome)
    activation.issue(session, done.opens, key=key, now=act.now, draw=activation.drawn_from(act.operation, key))
    return RequestConfirmed(row.state, row.outcome, act.operation)


def end(session: Session, act: Act, request_id: int, state: str) -> None:
    """Let one's own request go: *refused* on the phone, *withdrawn* at the console. Raises RequestClosed."""
    row = _taken(session, act, request_id)
    row.state, row.ended_at = state, act.now
    audit.note(session, act, f"console {state}", f"request:{row.id}", row)
    session.flush()


def sweep(session: Session, now: datetime) -> None:
    """Expire what nobody confirmed, and delete what is older than KEPT."""
    expire(session, now)
    session.execute(delete(ConsoleRequest).where(ConsoleRequest.expires_at < now - KEPT, ConsoleRequest.state != "waiting"))


def expire(session: Session, now: datetime, person_id: int | None = None) -> None:
    """Expire what is too old, of one officer or of all."""
    old = (ConsoleRequest.state == "waiting") & (ConsoleRequest.expires_at <= now)
    if person_id is not None:
        old &= ConsoleRequest.person_id == person_id
    session.execute(update(ConsoleRequest).where(old).values(state="expired", ended_at=now))


def said(reader: Connection | Session, kind: str, cooperative_id: int | None, arguments: object, now: datetime) -> str:
    """Return the sentence of a request as it is now."""
    known = KINDS[kind]
    return _said(reader, known, Scope(cooperative_id), now, msgspec.convert(arguments, known.arguments))


def mark_of(words: str) -> str:
    """Return the mark of a sentence, by which a phone's session knows what was read on it."""
    return _hash(words)[:8]


def _said(
    reader: Connection | Session, kind: RequestKind, scope: Scope, now: datetime, arguments: msgspec.Struct, *, strict: bool = False
) -> str:
    code = reader.scalar(select(Cooperative.code).where(Cooperative.id == scope.cooperative_id))
    try:
        words = kind.say(reader, scope, now, arguments)
    except Exception as fault:
        why = kind.why(fault)
        if why is None:
            raise
        if strict:
            raise RequestImpossible(why) from fault
        words = f"{kind.title}: impossible, {why}."
    return f"{code or 'Fédération'}: {words}"


def _done(session: Session, kind: RequestKind, act: Act, arguments: msgspec.Struct) -> RequestDone | str:
    """Do it, or return the reason why nothing is done."""
    # What the act has begun is taken back, and the request still ends, with its reason.
    undone = session.begin_nested()
    try:
        done = kind.do(session, act, arguments)
        undone.commit()
    except Exception as fault:
        undone.rollback()
        why = kind.why(fault)
        if why is None:
            raise
        return why
    return done


def _taken(session: Session, act: Act, request_id: int) -> ConsoleRequest:
    wanted = select(ConsoleRequest).where(ConsoleRequest.id == request_id, ConsoleRequest.person_id == act.person_id)
    row = session.scalar(wanted.with_for_update())
    if row is None or row.state != "waiting" or row.expires_at <= act.now:
        raise RequestClosed(request_id)
    return row


def _hash(words: str) -> str:
    return blake2b(words.encode(), digest_size=16).hexdigest()
