"""Signing in at the console: a code by SMS to the officer's own number first, and only then the PIN.

Nobody without the telephone gets as far as the PIN, so nobody on the internet can try it, or lock it by trying. A code belongs
to the browser that asked for it: what others type counts against codes of their own.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.access import pins
from app.coop.access.identity import serves_several
from app.coop.access.models import SignIn
from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.members import notices
from app.coop.members.models import Member, Number, Person
from app.coop.offices import audit
from app.coop.offices.queries import offices_of
from app.coop.rights import Office
from app.db.database import Database
from app.keys import every
from app.service import service_of

TRIES, LIVES = 5, timedelta(minutes=5)
CODES, WITHIN = 3, timedelta(hours=1)
"""Codes to a number within a time, for all browsers that nobody has signed in with; each other one has as many of its own."""
LONGEST = timedelta(hours=12)
"""However busy, a session ends after this."""
KEPT = timedelta(days=1)
"""How long a code that opened nothing is kept."""


class SignInServices(msgspec.Struct, frozen=True):
    """What signing in needs: database, peppers, the key of our hashes."""

    database: Database
    peppers: pins.Peppers
    key: bytes


class SignedIn(msgspec.Struct, frozen=True):
    """An officer who is signed in, by the widest office that may read; `place` names where it holds, `phone` is their number."""

    sign_in: int
    person_id: int
    office: Office
    place: str = ""
    phone: str = ""


def ask_code(
    desk: SignInServices, phone: str, browser: str, *, known: bool, now: datetime, draw: Callable[[int], int] = secrets.randbelow
) -> None:
    """Send a code to a number, if it is an officer's and hasn't had CODES; what happened is not told.

    `browser` is a secret of the browser that asks, `known` says that it has signed in on this number before. The number's rows
    are locked, so that of many requests at once no more than CODES get one.
    """
    with desk.database.transaction() as session:
        session.execute(select(Number.id).where(Number.phone == phone).order_by(Number.id).with_for_update())
        if not any(_office(session, person, now) for person, _ in _own(session, phone)):
            return
        session.execute(delete(SignIn).where(SignIn.phone == phone, SignIn.opened_at.is_(None), SignIn.asked_at <= now - KEPT))
        mark = _mark(browser, desk.key)
        marks = [_mark(browser, key) for key in every(desk.key)]
        same = SignIn.browser.in_(marks) if known else SignIn.known.is_(False)
        lately = select(func.count()).where(SignIn.phone == phone, SignIn.asked_at > now - WITHIN, SignIn.known.is_(known), same)
        if (session.scalar(lately) or 0) >= CODES:
            return
        typed = f"{draw(1_000_000):06d}"
        digest = _digest(typed, phone, mark, desk.key)
        row = SignIn(phone=phone, browser=mark, known=known, digest=digest, asked_at=now, expires_at=now + LIVES)
        session.add(row)
        session.flush()
        act = Act(0, "web", f"console:{row.id}", now)
        notices.tell_number(session, act, phone, "code", act.operation, texts.say("console_code", secret=typed))


def sign_in(desk: SignInServices, phone: str, browser: str, *, code: str, place: str, pin: str, now: datetime) -> SignedIn | None:
    """Let an officer in by the newest code of this browser and the PIN; None when anything is wrong, and not what.

    A try of the code is counted before it is compared; typed right it is used up; then the PIN is tried, with its locks.
    """
    row = _right_code(desk, phone, browser, code, now)
    if row is None:
        return None
    person = _person(desk.database, phone, place, now)
    if person is None:
        return None

    act = Act(person, "web", f"console sign-in:{row}", now, phone=phone)

    def told(session: Session, locked: pins.Locked) -> None:
        words = notices.lock_words(locked.until, service_of(session).code)
        notices.tell_person(session, act, person, f"lock:console:{row}", words)

    tried = pins.try_pin(desk.database, person, pin, f"console:{row}", peppers=desk.peppers, now=now, tell=told)
    if not isinstance(tried, pins.Right):
        return None
    with desk.database.transaction() as session:
        office = _office(session, person, now)
        if office is None:
            return None
        session.execute(update(SignIn).where(SignIn.id == row).values(person_id=person, opened_at=now))
        audit.note(session, msgspec.structs.replace(act, by=office), "console sign-in", f"sign_in:{row}")
        words = texts.say("console_opened", day=now, hour=now)
        notices.tell_person(session, act, person, f"console:{row}:opened", words)
    return SignedIn(row, person, office)


def caller_of(reader: Connection, sign_in: int, now: datetime) -> SignedIn | None:
    """Return who is signed in; None when the session or the office has ended, another PIN was chosen since, or the number wouldn't
    get a code any more: barred, given up, its member blocked. Four SELECTs at most.
    """
    held = (
        select(SignIn.person_id, SignIn.phone)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.id == sign_in, SignIn.ended_at.is_(None), SignIn.opened_at > now - LONGEST)
        .where(or_(Person.pin_set_at.is_(None), Person.pin_set_at <= SignIn.opened_at))
    )
    row = reader.execute(held).first()
    if row is None or row.person_id not in dict(_own(reader, row.phone)):
        return None
    office = _office(reader, row.person_id, now)
    if office is None:
        return None
    place = (
        reader.scalar(select(Cooperative.name).where(Cooperative.id == office.cooperative_id)) if office.cooperative_id else None
    )
    return SignedIn(sign_in, row.person_id, office, place or "Fédération", row.phone)


def sign_out(session: Session, caller: SignedIn, *, now: datetime) -> None:
    """End a session: its cookie, and any copy of it, opens nothing any more."""
    ended = update(SignIn).where(SignIn.id == caller.sign_in, SignIn.ended_at.is_(None)).values(ended_at=now)
    if session.scalar(ended.returning(SignIn.id)) is not None:
        act = Act(caller.person_id, "web", f"console sign-out:{caller.sign_in}", now, by=caller.office)
        audit.note(session, act, "console sign-out", f"sign_in:{caller.sign_in}")


def _right_code(desk: SignInServices, phone: str, browser: str, code: str, now: datetime) -> int | None:
    marks = {_mark(browser, key): key for key in every(desk.key)}
    newest = select(func.max(SignIn.id)).where(SignIn.phone == phone, SignIn.browser.in_(marks)).scalar_subquery()
    usable = (SignIn.id == newest) & SignIn.used_at.is_(None) & (SignIn.expires_at > now) & (SignIn.tries < TRIES)
    with desk.database.transaction() as session:
        counting = update(SignIn).where(usable).values(tries=SignIn.tries + 1).returning(SignIn.id, SignIn.digest, SignIn.browser)
        counted = session.execute(counting).first()
    if counted is None:
        return None
    if not secrets.compare_digest(counted.digest, _digest(code, phone, counted.browser, marks[counted.browser])):
        return None
    with desk.database.transaction() as session:
        used = update(SignIn).where(SignIn.id == counted.id, SignIn.used_at.is_(None)).values(used_at=now)
        row: int | None = session.scalar(used.returning(SignIn.id))
    return row


def _person(database: Database, phone: str, place: str, now: datetime) -> int | None:
    """Return the officer whom a number means: by the place digit where it serves several."""
    with database.read() as reader:
        several = serves_several(reader, phone)
        for person, digit in _own(reader, phone):
            if (not several or str(digit) == place) and _office(reader, person, now):
                return person
    return None


def _own(reader: Connection | Session, phone: str) -> list[tuple[int, int | None]]:
    """Return who has this number as their own, proved one, and a PIN, with their place; nobody who was blocked or has left."""
    people = (
        select(Number.person_id, Number.place)
        .join(Person, (Person.id == Number.person_id) & Person.pin_hash.is_not(None))
        .outerjoin(Member, Member.person_id == Person.id)
        .where(Number.phone == phone, Number.trusted.is_(False), Number.proof_wanted.is_(False))
        .where(or_(Member.id.is_(None), Member.state == "active"))
    )
    return [(person, place) for person, place in reader.execute(people.order_by(Number.place, Number.id))]


def _office(reader: Connection | Session, person_id: int, now: datetime) -> Office | None:
    """Return the widest office by which a person may read now."""
    found = [office for office in offices_of(reader, person_id, now.date()) if office.may("read")]
    return found[-1] if found else None


def _mark(browser: str, key: bytes) -> str:
    return _hash(browser, key, b"console browser")


def _digest(code: str, phone: str, mark: str, key: bytes) -> str:
    return _hash(f"{code}:{phone}:{mark}", key, b"console code")


def _hash(words: str, key: bytes, use: bytes) -> str:
    return blake2b(words.encode("utf-8", "replace"), key=key[:64], digest_size=32, person=use).hexdigest()
