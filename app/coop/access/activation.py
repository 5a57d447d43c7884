"""First use: the activation number on the card, the notice, a PIN of one's own."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, case, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.coop.access import pins
from app.coop.access.models import Activation
from app.coop.act import Act
from app.coop.members import consent, privacy_notice
from app.coop.members.models import Member, Person
from app.db.database import Database
from app.keys import every

TRIES, DAYS = 5, 30
PRINTED_DAYS = 90
"""How long a number lives that is printed for a whole register: long enough to be handed out in every village."""


class ActivationOpened(msgspec.Struct, frozen=True):
    """The number is right."""


class ActivationRefused(msgspec.Struct, frozen=True):
    """The number is wrong; `left` tries are left."""

    left: int


class Dead(msgspec.Struct, frozen=True):
    """The number is used, too old, tried too often, or there is none: the secretary issues another."""


def issue(
    session: Session,
    person_id: int,
    *,
    key: bytes,
    now: datetime,
    days: int = DAYS,
    draw: Callable[[int], int] = secrets.randbelow,
) -> str:
    """Return a new activation number of six digits that lives for so many days; older ones of the person die.

    Only a keyed hash of it is kept.
    """
    number = f"{draw(1_000_000):06d}"
    session.execute(delete(Activation).where(Activation.person_id == person_id))
    session.add(
        Activation(person_id=person_id, digest=digest(number, person_id, key), tries=0, expires_at=now + timedelta(days=days))
    )
    return number


def drawn_from(operation: str, key: bytes) -> Callable[[int], int]:
    """Return a draw that an operation fixes: its officer's screen can show the number again, and no row has to hold it."""
    drawn = int.from_bytes(
        blake2b(operation.encode("utf-8", "replace"), key=key[:64], digest_size=8, person=b"activation").digest()
    )
    return lambda below: drawn % below


def try_activation(
    database: Database, person_id: int, number: str, mark: str, *, key: bytes, now: datetime
) -> ActivationOpened | ActivationRefused | Dead:
    """Count a try in SQL, then compare; the same hop again is not counted twice, and a right one makes up for the wrong ones."""
    with database.transaction() as session:
        counted = session.execute(
            update(Activation)
            .where(
                Activation.person_id == person_id,
                Activation.used_at.is_(None),
                Activation.expires_at > now,
                or_(Activation.tries < TRIES, Activation.last_try == mark),
            )
            .values(tries=case((Activation.last_try == mark, Activation.tries), else_=Activation.tries + 1), last_try=mark)
            .returning(Activation.digest, Activation.tries)
        ).first()
        if counted is None:
            return Dead()
        if any(secrets.compare_digest(counted.digest, digest(number, person_id, one)) for one in every(key)):
            # One and not none: `activate` uses up only what was tried.
            session.execute(update(Activation).where(Activation.person_id == person_id).values(tries=1))
            return ActivationOpened()
    return ActivationRefused(TRIES - counted.tries) if counted.tries < TRIES else Dead()


def whose(reader: Connection, people: Sequence[int], number: str, *, key: bytes) -> int | None:
    """Return whose activation number of these people it is; it counts no try, so `try_activation` must follow."""
    rows = reader.execute(select(Activation.person_id, Activation.digest).where(Activation.person_id.in_(people))).all()
    for person, kept in rows:
        if any(secrets.compare_digest(kept, digest(number, person, one)) for one in every(key)):
            return int(person)
    return None


def activate(session: Session, act: Act, hashed: str, pepper: int) -> bool:
    """Make a pending member active with a PIN, use the number up, note the consent; False when it was used or renewed meanwhile.

    One that was never tried was made since its caller tried another. An officer of the federation who is no member gets a first
    PIN so, too. Whoever has a PIN gets none this way, though a number may have been issued anew to prove a telephone with.
    """
    person_id, now = act.person_id, act.now
    used = session.execute(
        update(Activation)
        .where(Activation.person_id == person_id, Activation.used_at.is_(None), Activation.tries > 0)
        .values(used_at=now)
        .returning(Activation.person_id)
    ).first()
    if used is None:
        return False
    pending = update(Member).where(Member.person_id == person_id, Member.state == "pending").values(state="active")
    if session.execute(pending.returning(Member.id)).first() is None:
        new = select(Person.id).where(
            Person.id == person_id, Person.pin_hash.is_(None), ~exists().where(Member.person_id == person_id)
        )
        if session.scalar(new) is None:
            return False
    pins.set_pin(session, person_id, hashed, pepper, now=now)
    consent.note(session, act, consent.PURPOSES, given=True, notice=privacy_notice.VERSION)
    return True


def digest(number: str, person_id: int, key: bytes) -> str:
    """Return the keyed hash of a number, bound to its person."""
    return blake2b(f"{person_id}:{number}".encode("utf-8", "replace"), key=key[:64], digest_size=32).hexdigest()
