"""Confirm a broadcast by its code: budget reserved, recipients frozen, the first messages written, the others told."""

from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.audience.query import Limits, reach, recipients, strangers
from app.coop.audience.words import Audience
from app.coop.broadcasts.estimates import Nobody, digest, limits_of, same_before, when_over
from app.coop.members import notices
from app.coop.members.models import Number
from app.coop.members.telephones import first_numbers
from app.coop.offices import audit
from app.coop.offices.queries import holders_of_right, offices_of
from app.coop.rights import NotYours, Office
from app.db.rows import require, total
from app.service import service_of
from app.sms.broadcasts import budget, expansion, texts
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.rounds import CODE_LASTS
from app.sms.broadcasts.terms import Terms
from app.sms.purposes import lane_of

FRESH = timedelta(hours=72)
"""A number registered less than this ago can't confirm: it may have been changed to order this."""
MOST_LISTED = 40
"""Estimates that an officer is shown, the newest."""
MOST_AT_ONCE = 20
"""Confirmations at the same moment of which each finds a number."""
WRITTEN_AT_ONCE = 2 * expansion.SLICE
"""Messages that are written with the confirmation; the rest by the lane's worker."""


class WaitingEstimate(msgspec.Struct, frozen=True):
    """An estimate that waits for its officer's word: its text as typed and as it will be read; `francs` is its cost in XOF."""

    id: int
    purpose: str
    said: str
    recipients: int
    francs: int
    typed: str
    text: str
    at: datetime


class WrongBroadcastCode(Exception):
    """No broadcast of this sender has this code."""


class TooOld(Exception):
    """The code opens nothing any more, by its age or since newer estimates took its place; `broadcast` is what it was for."""

    def __init__(self, broadcast: Broadcast) -> None:
        super().__init__(broadcast.id)
        self.broadcast = broadcast


class FreshNumber(Exception):
    """The sender's number was registered or changed less than 72 hours ago."""


class LeftAlready(Exception):
    """Somebody confirmed the same text after this was estimated; `before` is theirs."""

    def __init__(self, before: Broadcast) -> None:
        super().__init__(before.id)
        self.before = before


def find(session: Session, sender: str, code: str, key: bytes, *, now: datetime) -> Broadcast:
    """Return the sender's broadcast with this code, locked, whatever became of it. Raises WrongBroadcastCode, or TooOld."""
    mine = select(Broadcast).where(Broadcast.sender == sender, Broadcast.code_digest == digest(key, sender, code))
    found = require(session.scalar(mine.order_by(Broadcast.id.desc()).limit(1).with_for_update()), WrongBroadcastCode(code))
    if found.state == "dead" or (found.state == "estimated" and (found.by_pin or found.estimated_at <= now - CODE_LASTS)):
        raise TooOld(found)
    return found


def taken_over(reader: Connection | Session, dead: Broadcast) -> bool:
    """Tell whether the sender asked for a later estimate of the same text."""
    same = (Broadcast.sender == dead.sender) & (Broadcast.fingerprint == dead.fingerprint) & (Broadcast.id > dead.id)
    return reader.scalar(select(Broadcast.id).where(same).limit(1)) is not None


def waiting_for_pin(reader: Connection | Session, person_id: int, phone: str, now: datetime) -> tuple[WaitingEstimate, ...]:
    """Return the open estimates that an officer asked for from a number, newest first: the PIN needs none of their codes."""
    cost = Broadcast.recipients * Broadcast.parts * Broadcast.price
    of = (Broadcast.id, Broadcast.purpose, Broadcast.said, Broadcast.recipients)
    rows = select(*of, cost, Broadcast.typed, Broadcast.text, Broadcast.estimated_at)
    mine = (Broadcast.sender == phone) & (Broadcast.person_id == person_id) & (Broadcast.state == "estimated")
    open_ones = rows.where(mine, Broadcast.estimated_at > now - CODE_LASTS)
    return tuple(WaitingEstimate(*row) for row in reader.execute(open_ones.order_by(Broadcast.id.desc()).limit(MOST_LISTED)))


def find_for_pin(session: Session, broadcast_id: int, person_id: int, phone: str, now: datetime) -> Broadcast | None:
    """Return an officer's own broadcast, locked, when it waits for a word or was confirmed already; None otherwise."""
    mine = (Broadcast.id == broadcast_id) & (Broadcast.sender == phone) & (Broadcast.person_id == person_id)
    open_one = (Broadcast.state == "estimated") & (Broadcast.estimated_at > now - CODE_LASTS)
    return session.scalar(select(Broadcast).where(mine, open_one | Broadcast.confirmed_at.is_not(None)).with_for_update())


def office_of(session: Session, broadcast: Broadcast, person_id: int, today: date) -> Office:
    """Return the office by which a person may order or stop this broadcast now. Raises NotYours."""
    for office in offices_of(session, person_id, today):
        if office.may("broadcast") and office.scope.includes(broadcast.cooperative_id):
            return office
    raise NotYours("broadcast")


def confirm(session: Session, act: Act, broadcast: Broadcast, terms: Terms, *, at_once: int = WRITTEN_AT_ONCE) -> None:
    """Order an estimated broadcast that `find` or `find_for_pin` has locked, and write about so many of its messages.

    Raises FreshNumber, LeftAlready, budget.OverBudget, Nobody or TooSlow, and has then changed nothing.
    """
    registered = select(Number.registered_at).where(Number.phone == broadcast.sender, Number.person_id == act.person_id)
    since = session.scalar(registered)
    if since is None or since > act.now - FRESH:
        raise FreshNumber
    _freeze(session, broadcast, terms, act.now)
    if broadcast.purpose != "urgent":
        broadcast.budget_day = terms.day_of(broadcast.starts_at)
        broadcast.reserved = broadcast.recipients * broadcast.parts * broadcast.price
        # From here on the day's row is locked: confirmations of one day come one after the other.
        budget.reserve(session, broadcast.budget_day, broadcast.reserved, terms.daily_budget)
    audience = msgspec.convert(broadcast.audience, Audience)
    before = same_before(session, broadcast.purpose, broadcast.typed, audience, act.now)  # behind the day's row: of two at once one
    if before is not None and before.confirmed_at and before.confirmed_at > broadcast.estimated_at:
        raise LeftAlready(before)
    broadcast.state, broadcast.confirmed_at = "expanding", act.now
    session.flush()
    audit.note(session, act, broadcast.purpose, f"broadcast:{broadcast.id}", audit.Of(None, broadcast.cooperative_id))
    while broadcast.state == "expanding" and broadcast.written < at_once and expand(session, broadcast, terms, now=act.now):
        pass
    _number(session, broadcast)
    _tell_others(session, act, broadcast, terms)


def expand(session: Session, broadcast: Broadcast, terms: Terms, *, now: datetime) -> bool:
    """Write the next slice of a broadcast's messages; False when somebody else did, or it was stopped meanwhile."""
    before, to = expansion.span(broadcast)
    audience, limits = _terms_of(session, broadcast, terms, now)
    found = [recipients(audience, limits).where(Number.id > before, Number.id <= to)]
    beside = strangers(audience, limits) if not before else None
    return expansion.write(session, broadcast, found if beside is None else [*found, beside], terms, now=now)


def resume(session: Session, lane: str, terms: Terms, *, now: datetime) -> bool:
    """Write a slice of the oldest broadcast of a lane that isn't all written; tell whether there was one."""
    waits = select(Broadcast).where(Broadcast.state == "expanding", Broadcast.lane == lane).order_by(Broadcast.id).limit(1)
    # One that is locked is written by another worker just now.
    broadcast = session.scalar(waits.with_for_update(skip_locked=True))
    return broadcast is not None and expand(session, broadcast, terms, now=now)


def _freeze(session: Session, broadcast: Broadcast, terms: Terms, now: datetime) -> None:
    """Count once more, up to the newest number there is now: whoever registers later isn't in it."""
    broadcast.starts_at = terms.leaves(max(now, broadcast.wanted_at or now), urgent=broadcast.purpose == "urgent")
    newest = total(session, select(func.max(Number.id)))
    audience, limits = _terms_of(session, broadcast, terms, now)
    found = reach(session, audience, limits)
    if not found.numbers:
        raise Nobody(audience, found)
    ends = when_over(session, broadcast.purpose, broadcast.starts_at, found.numbers * broadcast.parts, terms, now=now)
    broadcast.recipients, broadcast.refused, broadcast.capped = found.numbers, found.stopped, found.capped
    broadcast.without, broadcast.ends_at, broadcast.frozen_to = found.without, ends, newest
    broadcast.lane = lane_of(broadcast.purpose, found.numbers)
    if broadcast.purpose != "urgent":
        broadcast.rests_at, broadcast.rests_until = terms.rest_after(broadcast.starts_at) or (None, None)


def _terms_of(session: Session, broadcast: Broadcast, terms: Terms, now: datetime) -> tuple[Audience, Limits]:
    """Return whom a broadcast is for and its limits, as of its confirmation."""
    audience = msgspec.convert(broadcast.audience, Audience)
    at = broadcast.confirmed_at or now
    limits = limits_of(session, broadcast.purpose, broadcast.starts_at, terms, now=at, own=broadcast.id, newest=broadcast.frozen_to)
    return audience, limits


def _number(session: Session, broadcast: Broadcast) -> None:
    """Give a broadcast the next number; last of all, since a confirmation at the same time waits here for this one's end."""
    others = select(func.max(Broadcast.id)).where(Broadcast.confirmed_at.is_not(None), Broadcast.id != broadcast.id)
    newest = func.coalesce(select(func.max(Broadcast.number)).scalar_subquery(), others.scalar_subquery(), 0)
    numbering = update(Broadcast).where(Broadcast.id == broadcast.id, Broadcast.number.is_(None)).values(number=newest + 1)
    for tries in range(MOST_AT_ONCE):
        try:
            with session.begin_nested():
                session.execute(numbering)
        # A confirmation that ended meanwhile has this number: the greatest is read anew.
        except IntegrityError:
            if tries == MOST_AT_ONCE - 1:
                raise
        else:
            break
    session.refresh(broadcast)


def _tell_others(session: Session, act: Act, broadcast: Broadcast, terms: Terms) -> None:
    """Send a copy to the other officers of the scope, any of whom may stop it."""
    held = holders_of_right(session, "stop", broadcast.cooperative_id, terms.day_of(act.now))
    others = {office.person_id for office in held} - {broadcast.person_id}
    copy, place = texts.copy(broadcast, act.now, service_of(session).cost, terms.zone), broadcast.cooperative_id
    for person, phone in first_numbers(session, others).items():
        notices.tell_number(session, act, phone, "alarm", f"copy:{broadcast.id}", copy, person_id=person, cooperative_id=place)
