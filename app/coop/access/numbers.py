"""A person's telephones: a new one that must be proved, one whose SIM has changed hands, one given up.

A number opens nothing before it is proved: by the activation number that an officer tells its holder and the person's own PIN,
or, when there is no PIN to ask for, by a second officer. So no officer alone puts a telephone on a member's account.

The owner of a number has no place digit until a second holder, with a PIN, has proved it: whoever waits for that has a digit
already.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import CompoundSelect, Connection, delete, exists, func, select, update
from sqlalchemy.orm import Session

from app.coop.access.freezes import freeze_money
from app.coop.access.models import Activation, NumberChange
from app.coop.members.models import Member, Number, Person
from app.coop.members.telephones import numbers_of
from app.db.rows import each

MOST_OWN, MOST_TRUSTED, MOST_PLACES = 2, 1, 9
SETTLED = timedelta(hours=72)
"""How long a number must have been a person's before it vouches for others, or confirms a broadcast."""

FREED_AFTER = timedelta(days=90)
"""How long after a member left their numbers still say so; then they are free."""


class TooManyNumbers(Exception):
    """A person has two numbers and a trusted one at the most, and a number serves nine people."""


class NumberKnown(Exception):
    """The person has this number already."""


def attach(
    session: Session,
    person_id: int,
    phone: str,
    *,
    trusted: bool = False,
    proof_wanted: bool = True,
    by_person_id: int | None,
    now: datetime,
) -> int | None:
    """Give a person a number, E.164; return their place digit when somebody has it already.

    Its owner gets a place when it is shared, now or later: see `share`. Amounts by SMS end for the person when it is trusted.
    Raises NumberKnown, TooManyNumbers.
    """
    holders = _holders(session, phone)
    mine = numbers_of(session, person_id)
    if any(number.phone == phone for number in mine):
        raise NumberKnown(phone)
    if sum(number.trusted == trusted for number in mine) >= (MOST_TRUSTED if trusted else MOST_OWN):
        raise TooManyNumbers
    if len(holders) >= MOST_PLACES:
        raise TooManyNumbers
    free = _free(holders)[any(holder.place is None for holder in holders) :]  # the first one is kept for the owner
    place = free[0] if holders else None
    session.add(
        Number(phone=phone, person_id=person_id, place=place, registered_at=now, trusted=trusted, proof_wanted=proof_wanted)
    )
    if trusted:
        _stop_amounts(session, person_id)
    if not proof_wanted:
        share(session, person_id, phone)
    _note(session, person_id, phone, "added", by_person_id, now)
    return place


def prove(session: Session, person_id: int, phone: str, *, by_person_id: int | None, now: datetime) -> bool:
    """Let a number open the account, share it and freeze money; False when there is nothing to prove."""
    _holders(session, phone)
    proved = (
        update(Number)
        .where(Number.person_id == person_id, Number.phone == phone, Number.proof_wanted)
        .values(proof_wanted=False, registered_at=now)
        .returning(Number.id)
    )
    if session.execute(proved).first() is None:
        return False
    share(session, person_id, phone)
    freeze_money(session, person_id, now)
    _note(session, person_id, phone, "proved", by_person_id, now)
    return True


def share(session: Session, person_id: int, phone: str) -> bool:
    """Give the owner of a number a place, if this person with a place has proved it and has a PIN; tell whether one was given.

    Amounts by SMS end for both: whoever calls from it is asked for a place from now on.
    """
    holders = _holders(session, phone)
    owner = next((holder for holder in holders if holder.place is None), None)
    proved = any(holder.person_id == person_id and holder.place and not holder.proof_wanted for holder in holders)
    if owner is None or not proved or not session.scalar(select(Person.pin_hash.is_not(None)).where(Person.id == person_id)):
        return False
    owner.place = _free(holders)[0]
    for one in (owner.person_id, person_id):
        _stop_amounts(session, one)
    session.flush()
    return True


def share_all(session: Session, person_id: int) -> list[str]:
    """Share each of a person's numbers as `share` does; return those whose owner got a place: all who have one are to be told."""
    return [number.phone for number in numbers_of(session, person_id) if share(session, person_id, number.phone)]


def enrol(session: Session, person_id: int, phone: str, *, now: datetime) -> bool:
    """Prove a number by its activation number, tried before, and the PIN, right before: both are its caller's to have checked.

    Uses the activation number up; False when it was used or renewed meanwhile.
    """
    used = (
        update(Activation)
        .where(Activation.person_id == person_id, Activation.used_at.is_(None), Activation.expires_at > now, Activation.tries > 0)
        .values(used_at=now)
        .returning(Activation.person_id)
    )
    return session.execute(used).first() is not None and prove(session, person_id, phone, by_person_id=None, now=now)


def flag(session: Session, person_id: int, number_id: int, *, by_person_id: int | None, now: datetime) -> str | None:
    """Note that a number's SIM has changed: it opens nothing until it is proved again, and money is frozen; return the number."""
    flagged = (
        update(Number)
        .where(Number.id == number_id, Number.person_id == person_id)
        # Its days begin anew: whoever has the SIM now vouches for nobody before SETTLED.
        .values(proof_wanted=True, registered_at=now)
        .returning(Number.phone)
    )
    phone: str | None = session.scalar(flagged)
    if phone is None:
        return None
    _stop_amounts(session, person_id)
    _shut_reset(session, person_id)
    freeze_money(session, person_id, now)
    _note(session, person_id, phone, "flagged", by_person_id, now)
    return phone


def release(session: Session, person_id: int, number_id: int, *, by_person_id: int | None, now: datetime) -> str | None:
    """Take a number from a person, lost or given to somebody else by the operator: it shows nothing of theirs from now on."""
    phone: str | None = session.scalar(
        delete(Number).where(Number.id == number_id, Number.person_id == person_id).returning(Number.phone)
    )
    if phone is None:
        return None
    _shut_reset(session, person_id)
    freeze_money(session, person_id, now)
    _note(session, person_id, phone, "released", by_person_id, now)
    return phone


def free_departed(session: Session, now: datetime, *, most: int = 200) -> int:
    """Take their numbers from members who left FREED_AFTER ago, and return how many: somebody else may have them by now."""
    left = select(Member.person_id).where(Member.state == "departed", Member.left_on <= (now - FREED_AFTER).date())
    held = select(Number.id, Number.person_id).where(Number.person_id.in_(left)).order_by(Number.id).limit(most)
    rows = [(number, (number, person)) for number, person in session.execute(held)]
    each(session, "a number that becomes free", rows, lambda row: release(session, row[1], row[0], by_person_id=None, now=now))
    return len(rows)


def phones_of(person_id: int) -> CompoundSelect[str]:
    """Return the SELECT of the numbers that somebody has or ever gave up: whoever has the telephone may still have it."""
    given_up = select(NumberChange.phone).where(NumberChange.person_id == person_id, NumberChange.act == "released")
    return select(Number.phone).where(Number.person_id == person_id).union(given_up.where(NumberChange.phone.is_not(None)))


def share_a_number(reader: Connection | Session, one: int, other: int) -> bool:
    """Tell whether somebody is reached by a number that `one` has or had, or they are the same."""
    both = select(exists().where(Number.person_id == other, Number.phone.in_(phones_of(one))))
    return one == other or bool(reader.scalar(both))


def opens(reader: Connection | Session, person_id: int, phone: str) -> bool:
    """Tell whether a number is the person's now, wants no proof, and the account isn't closed: a call may outlive all three."""
    proved = (Number.person_id == person_id) & (Number.phone == phone) & Number.proof_wanted.is_(False)
    closed = exists().where(Member.person_id == person_id, Member.state.in_(("blocked", "departed")))
    return bool(reader.scalar(select(exists().where(proved, ~closed))))


def settled(reader: Connection | Session, person_id: int, phone: str, now: datetime) -> bool:
    """Tell whether a number has been the person's own, proved, for SETTLED."""
    mine = select(func.count()).where(
        Number.person_id == person_id,
        Number.phone == phone,
        Number.trusted.is_(False),
        Number.proof_wanted.is_(False),
        Number.registered_at <= now - SETTLED,
    )
    return bool(reader.scalar(mine))


def lost_lately(reader: Connection | Session, person_id: int, now: datetime) -> bool:
    """Tell whether a number was barred or taken off a person's account within SETTLED."""
    lost = (NumberChange.person_id == person_id) & NumberChange.act.in_(("flagged", "released")) & (NumberChange.at > now - SETTLED)
    return bool(reader.scalar(select(exists().where(lost))))


def proved_before(reader: Connection | Session, person_id: int, phone: str) -> bool:
    """Tell whether a number was the person's before its SIM changed: that was noted then."""
    flagged = (NumberChange.person_id == person_id) & (NumberChange.phone == phone) & (NumberChange.act == "flagged")
    return bool(reader.scalar(select(exists().where(flagged))))


def lock_person(session: Session, person_id: int) -> None:
    """Have two acts on one person wait for each other."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def _holders(session: Session, phone: str) -> Sequence[Number]:
    """Lock a number's holders, so that no two get one place."""
    rows = select(Number).where(Number.phone == phone).order_by(Number.id).with_for_update()
    return session.scalars(rows, execution_options={"populate_existing": True}).all()


def _free(holders: Sequence[Number]) -> list[int]:
    return sorted(set(range(1, MOST_PLACES + 1)) - {holder.place for holder in holders})


def _stop_amounts(session: Session, person_id: int) -> None:
    session.execute(update(Member).where(Member.person_id == person_id).values(amounts_by_sms=False))


def _shut_reset(session: Session, person_id: int) -> None:
    """Shut a window for a new PIN: without this number the one that is left, somebody else's, would be good for it."""
    session.execute(update(Person).where(Person.id == person_id, Person.reset_until.is_not(None)).values(reset_until=None))


def _note(session: Session, person_id: int, phone: str, act: str, by: int | None, now: datetime) -> None:
    session.add(NumberChange(person_id=person_id, phone=phone, act=act, by_person_id=by, at=now))
