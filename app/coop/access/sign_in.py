"""Signing in at the console: a code by SMS to the officer's own number, then a number confirmed on the phone, or an authenticator.

No PIN is typed in a browser: it confirms the number on the phone, under Bureau 14. Nobody without the telephone gets as far as the
second step. A code belongs to the browser that asked for it: what others type counts against codes of their own.
"""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.access import authenticators
from app.coop.access.identity import serves_several
from app.coop.access.models import SignIn
from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.members import notices
from app.coop.members.models import Member, Number, Person
from app.coop.offices import audit
from app.coop.offices.queries import offices_of
from app.coop.rights import Office, Right
from app.coop.scope import Scope
from app.db.database import Database
from app.db.rows import store
from app.keys import every

TRIES, LIVES = 5, timedelta(minutes=5)
"""Tries of a code, and of the second step; how long a code lives."""
SECOND_LIVES = timedelta(minutes=10)
"""How long the second step may take after the code."""
CODES, WITHIN = 3, timedelta(hours=1)
"""Codes to a number within a time, for all browsers that nobody has signed in with; each other one has as many of its own."""
LONGEST = timedelta(hours=12)
"""However busy, a session ends after this."""
KEPT = timedelta(days=1)
"""How long a code that opened nothing is kept."""


class SignInServices(msgspec.Struct, frozen=True):
    """What signing in needs: the database, the key of our hashes, the key that seals authenticators' secrets."""

    database: Database
    key: bytes
    seal: bytes


class Browser(msgspec.Struct, frozen=True):
    """A browser that asks: a `secret` of its own, its family, and its address cut short."""

    secret: str
    family: str = ""
    address: str = ""


class SecondStep(msgspec.Struct, frozen=True):
    """What a browser whose code was right waits for: `number` is typed on the phone; or a code of the `authenticator`."""

    number: str
    authenticator: bool
    until: datetime


class SignedIn(msgspec.Struct, frozen=True):
    """An officer who is signed in, by the widest office that may enter of the scope that they have chosen; `place` names it.

    `offices` are all that they hold, `phone` is their number.
    """

    sign_in: int
    person_id: int
    office: Office
    place: str = ""
    phone: str = ""
    offices: tuple[Office, ...] = ()

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Return for whom they may act here; who has several chooses one."""
        return tuple(dict.fromkeys(office.scope for office in self.offices if office.may("console")))

    def may(self, right: Right) -> bool:
        """Tell whether an office of theirs in that scope has a right."""
        return any(office.may(right) for office in (self.office, *self.offices) if office.scope == self.office.scope)


def ask_code(
    desk: SignInServices,
    phone: str,
    browser: Browser,
    *,
    known: bool,
    now: datetime,
    draw: Callable[[int], int] = secrets.randbelow,
) -> datetime | None:
    """Send a code to a number, if it is an officer's and hasn't had CODES; return None, or from when on another may be asked for.

    Both are the same for every number: what is asked is counted for numbers of nobody, too. `known` says that the browser has
    signed in on this number before. An officer's number is locked, so that of many requests at once no more than CODES get one.
    """
    with desk.database.transaction() as session:
        session.execute(select(Number.id).where(Number.phone == phone).order_by(Number.id).with_for_update())
        mark = _mark(browser.secret, desk.key)
        marks = [_mark(browser.secret, key) for key in every(desk.key)]
        same = SignIn.browser.in_(marks) if known else SignIn.known.is_(False)
        lately = select(SignIn.asked_at).where(SignIn.phone == phone, SignIn.asked_at > now - WITHIN, SignIn.known.is_(known), same)
        times = session.scalars(lately.order_by(SignIn.asked_at.desc()).limit(CODES)).all()
        if len(times) == CODES:
            return times[-1] + WITHIN
        officer = any(_office(session, person, now) for person, _ in _own(session, phone))
        typed = f"{draw(1_000_000):06d}"
        digest = _digest(typed, phone, mark, desk.key) if officer else ""
        row = SignIn(
            phone=phone,
            browser=mark,
            known=known,
            digest=digest,
            asked_at=now,
            expires_at=now + LIVES,
            family=browser.family,
            address=browser.address,
        )
        store(session, row)
        if officer:
            act = Act(0, "web", f"console:{row.id}", now)
            notices.tell_number(session, act, phone, "code", act.operation, texts.say("console_code", secret=typed))
    return None


def type_code(
    desk: SignInServices,
    phone: str,
    browser: Browser,
    *,
    code: str,
    place: str,
    now: datetime,
    draw: Callable[[int], int] = secrets.randbelow,
) -> bool:
    """Use up the newest code of this browser, typed right and by the right place; tell whether it was. A try is counted first."""
    marks = {_mark(browser.secret, key): key for key in every(desk.key)}
    usable = (SignIn.id == _newest(phone, marks)) & SignIn.used_at.is_(None) & (SignIn.expires_at > now) & (SignIn.tries < TRIES)
    with desk.database.transaction() as session:
        counting = update(SignIn).where(usable).values(tries=SignIn.tries + 1).returning(SignIn.id, SignIn.digest, SignIn.browser)
        # Committed before the code is compared: however many requests come at once, none gets a sixth look.
        counted = session.execute(counting).first()
    if counted is None:
        return False
    # The row of a number of nobody has an empty hash, which no code has.
    if not secrets.compare_digest(counted.digest, _digest(code, phone, counted.browser, marks[counted.browser])):
        return False
    person = _person(desk.database, phone, place, now)
    if person is None:
        return False
    with desk.database.transaction() as session:
        # Of two pages with the right code one goes on.
        right = update(SignIn).where(SignIn.id == counted.id, SignIn.used_at.is_(None))
        used = right.values(used_at=now, person_id=person, number=f"{draw(1_000):03d}").returning(SignIn.id)
        return session.scalar(used) is not None


def second_step(desk: SignInServices, phone: str, browser: Browser, *, now: datetime) -> SecondStep | None:
    """Return what this browser waits for, None when it typed no right code lately or has tried too often."""
    with desk.database.read() as reader:
        row = reader.execute(
            select(SignIn.number, SignIn.person_id, SignIn.used_at).where(_at_second_step(desk, phone, browser, now))
        ).first()
        if row is None:
            return None
        return SecondStep(row.number, authenticators.is_on(reader, row.person_id), row.used_at + SECOND_LIVES)


def enter(desk: SignInServices, phone: str, browser: Browser, *, now: datetime, code: str | None = None) -> SignedIn | None:
    """Let an officer in whose number was confirmed on the phone, or by an authenticator's code; None when it isn't so (yet).

    A try of a code is counted before it is compared; a wrong one takes nothing else away.
    """
    with desk.database.transaction() as session:
        row = session.scalar(select(SignIn).where(_at_second_step(desk, phone, browser, now)).with_for_update())
        if row is None or row.person_id is None:
            return None
        if code is None:
            fits = row.confirmed_at is not None
        else:
            row.second_tries += 1
            fits = authenticators.check(session, row.person_id, code, seal=desk.seal, now=now)
        office = _office(session, row.person_id, now) if fits else None
        if office is None:
            return None
        row.opened_at = now
        act = Act(row.person_id, "web", f"console sign-in:{row.id}", now, by=office, phone=phone)
        audit.note(session, act, "console sign-in", f"sign_in:{row.id}")
        words = texts.say("console_opened", day=now, hour=now)
        notices.tell_person(session, act, row.person_id, f"console:{row.id}:opened", words)
        return SignedIn(row.id, row.person_id, office)


def caller_of(reader: Connection, sign_in: int, now: datetime, scope: Scope | None = None) -> SignedIn | None:
    """Return who is signed in, by an office of the chosen scope where they have one there now.

    None when the session or all offices have ended, another PIN was chosen since, or the number wouldn't get a code any more:
    barred, given up, its member blocked. Four SELECTs at most.
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
    offices = offices_of(reader, row.person_id, now.date())
    office = _widest(one for one in offices if one.scope == scope) or _widest(offices)
    if office is None:
        return None
    place = (
        reader.scalar(select(Cooperative.name).where(Cooperative.id == office.cooperative_id)) if office.cooperative_id else None
    )
    return SignedIn(sign_in, row.person_id, office, place or "Fédération", row.phone, offices)


def forget(session: Session, now: datetime) -> None:
    """Delete codes that opened nothing and are older than KEPT."""
    session.execute(delete(SignIn).where(SignIn.opened_at.is_(None), SignIn.asked_at <= now - KEPT))


def _at_second_step(desk: SignInServices, phone: str, browser: Browser, now: datetime) -> Any:
    marks = [_mark(browser.secret, key) for key in every(desk.key)]
    right = (SignIn.id == _newest(phone, marks)) & (SignIn.used_at > now - SECOND_LIVES)
    return right & SignIn.opened_at.is_(None) & SignIn.ended_at.is_(None) & (SignIn.second_tries < TRIES)


def _newest(phone: str, marks: Iterable[str]) -> Any:
    return select(func.max(SignIn.id)).where(SignIn.phone == phone, SignIn.browser.in_([*marks])).scalar_subquery()


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
    return _widest(offices_of(reader, person_id, now.date()))


def _widest(offices: Iterable[Office]) -> Office | None:
    """Return the widest office by which a person may enter: the federation's last, one that reads all before one for figures."""
    found = sorted((one for one in offices if one.may("console")), key=lambda one: (one.scope.is_federation, one.may("read")))
    return found[-1] if found else None


def _mark(browser: str, key: bytes) -> str:
    return _hash(browser, key, b"console browser")


def _digest(code: str, phone: str, mark: str, key: bytes) -> str:
    return _hash(f"{code}:{phone}:{mark}", key, b"console code")


def _hash(words: str, key: bytes, use: bytes) -> str:
    return blake2b(words.encode("utf-8", "replace"), key=key[:64], digest_size=32, person=use).hexdigest()
