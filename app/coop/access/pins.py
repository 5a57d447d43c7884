"""PINs: four digits behind a pepper and argon2id, tries counted before they are checked, locks that grow."""

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
from nacl import pwhash
from nacl.exceptions import InvalidkeyError
from sqlalchemy import ColumnElement, Connection, case, func, or_, select, update
from sqlalchemy.orm import Session

from app import deadline
from app.coop.access.common_pins import common
from app.coop.members.models import Person
from app.db.database import Database
from app.db.rows import total
from app.digits import is_number

TRIES = 3
LAPSES = timedelta(seconds=10)
"""A counted try that was never held against the PIN makes room after this: its process died."""
FIRST_LOCK, SECOND_LOCK = timedelta(hours=1), timedelta(days=1)
MEMORY_KIB, PASSES = 7168, 5
"""argon2id's m and t; p is 1. The same hash as argon2-cffi's, in half the time."""

SEATS = 40
"""How many tries a process has under way at once; the next is Busy. Each holds a thread of the web server while it waits."""
TURN_SECONDS = 0.6
"""How long a try waits for its turn: what comes after it needs the rest of the hop's time."""
_seats, _turn = threading.BoundedSemaphore(SEATS), threading.Lock()
"""A process checks one PIN at a time: whoever only reads a menu finds a core meanwhile."""

Peppers = Mapping[int, bytes]


class Right(msgspec.Struct, frozen=True):
    """The PIN is right; `hashed` is what it was held against, and changes with it."""

    hashed: str


class Wrong(msgspec.Struct, frozen=True):
    """The PIN is wrong; `left` tries are left."""

    left: int


class Locked(msgspec.Struct, frozen=True):
    """No try is taken until then, or until a reset with None; `fresh` when this very try locked, the `round`-th lock."""

    until: datetime | None
    fresh: bool = False
    round: int = 0


class Busy(msgspec.Struct, frozen=True):
    """Three tries are being checked at this very moment, or too many people's: this one was neither counted nor checked."""


def well_formed(pin: str) -> bool:
    """Tell whether it is exactly four ASCII digits."""
    return is_number(pin, 4, least=4)


def trivial(pin: str, phone: str) -> bool:
    """Tell whether anybody would guess it: a common one, a run, a year of birth, the number's last four."""
    # Modulo ten, so that 7890 and 1098 are runs, too.
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return common(pin) or steps in ({1}, {9}) or pin[:2] in ("19", "20") or pin == phone[-4:]


def hash_pin(pin: str, peppers: Peppers) -> tuple[str, int]:
    """Return the hash of a PIN and the number of the pepper in it, the newest."""
    number = max(peppers)
    hashed = pwhash.argon2id.str(_peppered(pin, peppers[number]), opslimit=PASSES, memlimit=MEMORY_KIB * 1024)
    return hashed.decode("ascii"), number


def try_pin(
    database: Database,
    person_id: int,
    pin: str,
    mark: str,
    *,
    peppers: Peppers,
    now: datetime,
    tell: Callable[[Session, Locked], None] | None = None,
) -> Right | Wrong | Locked | Busy:
    """Count a try, then check it. The count is committed before the hash, so that no race gets a fourth look.

    `mark` names the hop: the same hop again is not counted twice. A right PIN clears the tries. The third wrong one locks for an
    hour, the third after that for a day, the third after that until a reset; `tell` is called in the lock's transaction. While
    three are being checked others are Busy: that three were counted says nothing yet.
    """
    with _a_turn() as given:
        checked = _checked(database, person_id, pin, mark, peppers, now) if given else Busy()
    if not isinstance(checked, tuple):
        return checked
    right, hashed, tries = checked
    if not right and tries < TRIES:
        return Wrong(TRIES - tries)
    with database.transaction() as session:
        if right and hashed:
            # Only under the hash that was checked: a PIN that was changed meanwhile keeps a count of its own.
            cleared = update(Person).where(Person.id == person_id, Person.pin_hash == hashed)
            unlocked = {"pin_last_try": None, "pin_locked_until": None, "pin_locked_for_good": False}
            session.execute(cleared.values(pin_tries=0, pin_rounds=0, **unlocked))
            return Right(hashed)
        return _lock(session, person_id, mark, now, tell)


@contextmanager
def _a_turn() -> Iterator[bool]:
    """Wait for one's turn and keep it; gives False where too many wait, or it takes too long."""
    seated = _seats.acquire(blocking=False)
    given = seated and _turn.acquire(timeout=deadline.left(TURN_SECONDS))
    try:
        yield given
    finally:
        if given:
            _turn.release()
        if seated:
            _seats.release()


def _checked(
    database: Database, person_id: int, pin: str, mark: str, peppers: Peppers, now: datetime
) -> tuple[bool, str, int] | Locked | Busy:
    """Count a try and check it; return whether it is right, the hash that it was held against, and the tries so far."""
    # A try in the place of one whose process died (LAPSES) is the third again, no fourth.
    again = or_(Person.pin_last_try == mark, Person.pin_tries >= TRIES)
    with database.transaction() as session:
        counted = session.execute(
            update(Person)
            .where(
                Person.id == person_id,
                Person.pin_hash.is_not(None),
                Person.pin_locked_for_good.is_(False),
                or_(Person.pin_locked_until.is_(None), Person.pin_locked_until <= now),
                or_(Person.pin_tries < TRIES, Person.pin_last_try == mark, _lapsed(now)),
            )
            .values(
                pin_tries=case((again, Person.pin_tries), else_=Person.pin_tries + 1),
                pin_last_try=mark,
                pin_tried_at=now,
            )
            .returning(Person.pin_hash, Person.pin_pepper, Person.pin_tries)
        ).first()
        if counted is None:
            return _barred(session, person_id, now)
    hashed, pepper, tries = counted
    return hashed is not None and pepper in peppers and _verify(hashed, _peppered(pin, peppers[pepper])), hashed or "", tries


def set_pin(session: Session, person_id: int, hashed: str, pepper: int, *, now: datetime) -> None:
    """Give a person a new PIN, by its hash; locks and tries are cleared, and a reset's window is shut."""
    fresh: dict[str, object] = {
        "reset_until": None,
        "pin_tries": 0,
        "pin_rounds": 0,
        "pin_last_try": None,
        "pin_locked_until": None,
        "pin_locked_for_good": False,
    }
    session.execute(
        update(Person).where(Person.id == person_id).values(pin_hash=hashed, pin_pepper=pepper, pin_set_at=now, **fresh)
    )


def matches(pin: str, hashed: str, pepper: bytes) -> bool:
    """Hold a PIN against a hash; counts no try, so only for a PIN that the same person has just chosen."""
    return _verify(hashed, _peppered(pin, pepper))


def is_current(reader: Connection | Session, person_id: int, pin: str, peppers: Peppers) -> bool:
    """Tell whether a PIN is the person's present one; counts no try, so only for who has just given it."""
    row = reader.execute(select(Person.pin_hash, Person.pin_pepper).where(Person.id == person_id)).first()
    return bool(row and row.pin_hash and matches(pin, row.pin_hash, peppers[row.pin_pepper]))


def _lapsed(now: datetime) -> ColumnElement[bool]:
    """Return the condition for a third try that takes the place of one whose process died: without it nobody would ever lock."""
    return (Person.pin_tries >= TRIES) & or_(Person.pin_tried_at.is_(None), Person.pin_tried_at <= now - LAPSES)


def _barred(session: Session, person_id: int, now: datetime) -> Locked | Busy:
    """Answer a try that wasn't taken: it is locked, or three others are being checked."""
    locked = select(Person.pin_locked_for_good | func.coalesce(Person.pin_locked_until > now, False) | Person.pin_hash.is_(None))
    return _locked(session, person_id) if session.scalar(locked.where(Person.id == person_id)) else Busy()


def _lock(session: Session, person_id: int, mark: str, now: datetime, tell: Callable[[Session, Locked], None] | None) -> Locked:
    """Lock after the third wrong try, the one with this mark; once, and tell."""
    rounds = total(session, select(Person.pin_rounds).where(Person.id == person_id))
    until = (now + FIRST_LOCK, now + SECOND_LOCK, None)[min(rounds, 2)]
    row = session.execute(
        update(Person)
        # Several wrong ones may come here at once: the round and the mark let one of them lock, and tell.
        .where(Person.id == person_id, Person.pin_tries >= TRIES, Person.pin_rounds == rounds, Person.pin_last_try == mark)
        .values(pin_tries=0, pin_last_try=None, pin_rounds=rounds + 1, pin_locked_until=until, pin_locked_for_good=until is None)
        .returning(Person.id)
    ).first()
    if row is None:
        return _locked(session, person_id)
    locked = Locked(until, fresh=True, round=rounds + 1)
    if tell:
        tell(session, locked)
    return locked


def _locked(session: Session, person_id: int) -> Locked:
    until, for_good = session.execute(
        select(Person.pin_locked_until, Person.pin_locked_for_good).where(Person.id == person_id)
    ).one()
    return Locked(None if for_good else until)


def _peppered(pin: str, pepper: bytes) -> bytes:
    # With the database alone ten thousand PINs would be tried through in minutes: the pepper isn't in it.
    return hmac.new(pepper, pin.encode("utf-8", "replace"), hashlib.sha256).digest()


def _verify(hashed: str, peppered: bytes) -> bool:
    try:
        return pwhash.argon2id.verify(hashed.encode("ascii"), peppered)
    except InvalidkeyError:
        return False
