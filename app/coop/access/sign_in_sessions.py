"""Sign-ins on the phone and in the list: the number that opens one, those that are open, and their end."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, true, update
from sqlalchemy.orm import Session

from app.coop.access.models import SignIn
from app.coop.access.sign_in import LONGEST, SECOND_LIVES, TRIES
from app.coop.act import Act
from app.coop.offices import audit

MOST_LISTED = 20


class WaitingSignIn(msgspec.Struct, frozen=True):
    """A sign-in whose code was right, and that waits for its number: which browser asked, from where."""

    id: int
    family: str
    address: str
    asked_at: datetime


class ListedSignIn(msgspec.Struct, frozen=True):
    """A sign-in: since when, from where, by which family of browsers; `open` while it may still be used."""

    id: int
    opened_at: datetime
    family: str
    address: str
    open: bool
    ended_at: datetime | None


def waiting_for_number(reader: Connection | Session, person_id: int, now: datetime) -> list[WaitingSignIn]:
    """Return the sign-ins of an officer that wait for the number on the page, newest first."""
    waits = (SignIn.person_id == person_id) & (SignIn.used_at > now - SECOND_LIVES) & SignIn.opened_at.is_(None)
    waits &= SignIn.confirmed_at.is_(None) & SignIn.ended_at.is_(None) & (SignIn.second_tries < TRIES)
    rows = select(SignIn.id, SignIn.family, SignIn.address, SignIn.used_at).where(waits).order_by(SignIn.id.desc()).limit(5)
    return [WaitingSignIn(one.id, one.family, one.address, one.used_at) for one in reader.execute(rows)]


def confirm_number(session: Session, act: Act, sign_in: int, typed: str) -> int | None:
    """Confirm the number that a page shows, after the PIN; None when it fits, else how many tries are left (0: none, or gone)."""
    row = session.scalar(select(SignIn).where(SignIn.id == sign_in, SignIn.person_id == act.person_id).with_for_update())
    if row is None or not any(one.id == sign_in for one in waiting_for_number(session, act.person_id, act.now)):
        return 0
    if row.number != typed:
        row.second_tries += 1
        session.flush()
        return TRIES - row.second_tries
    row.confirmed_at = act.now
    audit.note(session, act, "console confirmed", f"sign_in:{row.id}")
    session.flush()
    return None


def sign_ins_of(reader: Connection, person_id: int, now: datetime) -> list[ListedSignIn]:
    """Return an officer's last sign-ins, newest first."""
    rows = select(SignIn.id, SignIn.opened_at, SignIn.family, SignIn.address, SignIn.ended_at)
    opened = rows.where(SignIn.person_id == person_id, SignIn.opened_at.is_not(None))
    found = reader.execute(opened.order_by(SignIn.id.desc()).limit(MOST_LISTED))
    return [_listed(one.id, one.opened_at, one.family, one.address, one.ended_at, now) for one in found if one.opened_at]


def sign_out(session: Session, act: Act, sign_in: int | None = None, *, but: int | None = None) -> int:
    """End an officer's sign-in, or (None) all but one: cookies, and copies of them, open nothing any more. Return how many."""
    theirs = (SignIn.person_id == act.person_id) & SignIn.ended_at.is_(None) & SignIn.opened_at.is_not(None)
    which = SignIn.id == sign_in if sign_in is not None else SignIn.id.is_distinct_from(but)
    ended = session.scalars(update(SignIn).where(theirs, which).values(ended_at=act.now).returning(SignIn.id)).all()
    for one in ended:
        audit.note(session, act, "console sign-out", f"sign_in:{one}")
    return len(ended)


def close_all(session: Session, now: datetime, person_id: int | None = None) -> int:
    """End every sign-in, or all of one person, also those under way: by the operator. Return how many were open."""
    whose = true() if person_id is None else SignIn.person_id == person_id
    ended = (
        update(SignIn)
        .where(whose, SignIn.ended_at.is_(None), SignIn.used_at.is_not(None))
        .values(ended_at=now)
        .returning(SignIn.opened_at)
    )
    return sum(opened is not None and opened > now - LONGEST for opened in session.scalars(ended))


def _listed(id_: int, opened_at: datetime, family: str, address: str, ended_at: datetime | None, now: datetime) -> ListedSignIn:
    return ListedSignIn(id_, opened_at, family, address, ended_at is None and opened_at > now - LONGEST, ended_at)
