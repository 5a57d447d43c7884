"""Estimate a broadcast: whom it reaches, what it costs, when it leaves. Nothing is sent by it."""

import hashlib
import hmac
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.audience.query import AudienceCount, Limits, reach
from app.coop.audience.words import Audience, read_audience
from app.coop.correspondence import inbox
from app.coop.rights import Office
from app.db.rows import store
from app.service import service_of
from app.sms.broadcasts import budget
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.progress import cause_of
from app.sms.broadcasts.terms import Terms
from app.sms.policy import PreparedText, lost, prepare
from app.sms.prices import part_price
from app.sms.purposes import PURPOSES, lane_of

MOST_PARTS = 6
MOST_AHEAD = timedelta(days=7)
AGAIN_WITHIN = timedelta(minutes=10)
MOST_OPEN = 3
"""Estimates of one sender that wait for their code; the older ones wait for the PIN alone."""
FEW, SHORT, LONG = 50, 4, 6
"""Up to so many recipients a code has four digits, above six."""
A_DAY = timedelta(days=1)
_UNDER_WAY = ("expanding", "scheduled", "sending", "done")


class BroadcastRefused(Exception):
    """It can't be ordered like this."""


class Nobody(BroadcastRefused):
    """It reaches nobody; `reach` says why."""

    def __init__(self, audience: Audience, found: AudienceCount) -> None:
        super().__init__(audience.words)
        self.audience, self.reach = audience, found


class BroadcastTooLong(BroadcastRefused):
    """More parts than `MOST_PARTS`; its argument is how many."""


class Unwritable(BroadcastRefused):
    """A text with characters that would leave as question marks; they are its arguments."""


class NotThen(BroadcastRefused):
    """An instant that is past, or more than seven days ahead."""


class TooSlow(BroadcastRefused):
    """An urgent text that the rate can't bring to all before it expires; its argument is how long it takes, a timedelta."""

    def __init__(self, takes: timedelta) -> None:
        super().__init__(takes)
        self.takes = takes


class Draft(msgspec.Struct, frozen=True):
    """What an officer wants to send: to whom, the text as typed, when (now if None), urgently or not."""

    audience: str
    text: str
    urgent: bool = False
    wanted_at: datetime | None = None
    agreed: str | None = None
    """The consent that each number must have given in so many words, where there is one."""

    @property
    def purpose(self) -> str:
        """Return the purpose of its messages."""
        return "urgent" if self.urgent else "broadcast"


class DraftMeasure(msgspec.Struct, frozen=True):
    """What a draft would reach and cost: `signed` is its text with who writes before it, unfolded, `travelling` as it leaves;
    `price` is XOF a part, `before` the same text that left a short while ago, `left` as in `Estimate`."""

    audience: Audience
    found: AudienceCount
    signed: str
    travelling: PreparedText
    price: int
    starts: datetime
    ends: datetime
    before: Broadcast | None
    left: int | None

    @property
    def francs(self) -> int:
        """Return XOF for all messages together."""
        return self.found.numbers * self.travelling.parts * self.price


class Estimate(msgspec.Struct, frozen=True):
    """What came of a draft: the row, the code that confirms it, the same text that left a short while ago, if one did; and the
    text with who writes before it, unfolded."""

    broadcast: Broadcast
    code: str
    before: Broadcast | None
    signed: str
    left: int | None = None
    """XOF of its day's budget that others haven't reserved; None where none counts."""


def measure(session: Session, office: Office, draft: Draft, terms: Terms, now: datetime) -> DraftMeasure:
    """Return what a draft would reach and cost; nothing is written.

    Raises BroadcastRefused, or the audience's UnknownWord and OutOfScope.
    """
    audience = read_audience(session.connection(), draft.audience, office.scope)
    if draft.agreed:
        audience = msgspec.structs.replace(audience, agreed=draft.agreed, said=f"{audience.said} ({draft.agreed}: oui)")
    if draft.wanted_at is not None and not now < draft.wanted_at <= now + MOST_AHEAD:
        raise NotThen(draft.wanted_at)
    starts = terms.leaves(draft.wanted_at or now, urgent=draft.urgent)
    text = signed(session, office.cooperative_id, draft)
    travelling = prepare(text)
    if lost(text):
        raise Unwritable(*lost(text))
    if travelling.parts > MOST_PARTS:
        raise BroadcastTooLong(travelling.parts)
    found = reach(session, audience, limits_of(session, draft.purpose, starts, terms, now=now))
    if not found.numbers:
        raise Nobody(audience, found)
    left = None
    if terms.daily_budget is not None and not draft.urgent:
        left = terms.daily_budget - budget.reserved_on(session, terms.day_of(starts))
    return DraftMeasure(
        audience,
        found,
        text,
        travelling,
        part_price(session, starts, service_of(session).part_price),
        starts,
        when_over(session, draft.purpose, starts, found.numbers * travelling.parts, terms, now=now),
        same_before(session, draft.purpose, draft.text, audience, now),
        left,
    )


def estimate(session: Session, act: Act, draft: Draft, *, key: bytes, terms: Terms, by_pin: bool = False) -> Estimate:
    """Write down what a draft would reach and cost; raises as `measure`.

    The code is bound to the number in hand, the sender's; an older estimate of the same by the same sender is dead. Only the last
    `MOST_OPEN` of a sender can be confirmed by their codes: somebody who forges the number could else have a hundred to guess at.
    The others, and one made `by_pin`, wait for the officer's PIN on USSD: a forger's estimates never push hers out.
    """
    office, now, sender = act.office, act.now, act.phone
    measured = measure(session, office, draft, terms, now)
    audience, found, travelling = measured.audience, measured.found, measured.travelling
    mark = fingerprint(office.cooperative_id, draft, audience)
    _bury(session, sender, mark)
    code = code_of(key, act.operation, SHORT if found.numbers <= FEW else LONG)
    row = Broadcast(
        cooperative_id=office.cooperative_id,
        person_id=office.person_id,
        role=office.role,
        sender=sender,
        purpose=draft.purpose,
        audience=msgspec.to_builtins(audience),
        said=audience.said,
        typed=draft.text,
        text=travelling.text,
        fingerprint=mark,
        alphabet=travelling.alphabet,
        parts=travelling.parts,
        price=measured.price,
        lane=lane_of(draft.purpose, found.numbers),
        state="estimated",
        recipients=found.numbers,
        refused=found.stopped,
        capped=found.capped,
        without=found.without,
        code_digest=digest(key, sender, code),
        by_pin=by_pin,
        wanted_at=draft.wanted_at,
        starts_at=measured.starts,
        ends_at=measured.ends,
        estimated_at=now,
    )
    store(session, row)
    return Estimate(row, code, measured.before, measured.signed, measured.left)


def signed(session: Session, scope: int | None, draft: Draft) -> str:
    """Return a draft's text as it will be read: who writes stands before it, `ALERTE` before an urgent one."""
    text = inbox.signed(session, scope, draft.text)
    return f"ALERTE {text}" if draft.urgent else text


def limits_of(
    session: Session,
    purpose: str,
    starts: datetime,
    terms: Terms,
    *,
    now: datetime,
    own: int | None = None,
    newest: int | None = None,
) -> Limits:
    """Return what a broadcast of a purpose is limited by: consent, and that a number gets only so many in 24 hours.

    Those confirmed before the broadcast `own` count, which start less than a day from `starts`.
    """
    consent = PURPOSES[purpose].consent or purpose
    if purpose == "urgent" or not terms.a_day:
        return Limits(consent, terms.day_of(now), newest=newest)
    near = (Broadcast.starts_at > starts - A_DAY) & (Broadcast.starts_at < starts + A_DAY)
    others = select(Broadcast.id).where(Broadcast.purpose == purpose, near, Broadcast.confirmed_at <= now)
    if own is not None:
        others = others.where(Broadcast.id != own)
    causes = tuple(cause_of(one) for one in session.scalars(others))
    return Limits(consent, terms.day_of(now), causes, terms.a_day, newest)


def when_over(session: Session, purpose: str, starts: datetime, parts: int, terms: Terms, *, now: datetime) -> datetime:
    """Return when the last part has left, behind the broadcasts that leave before it; raises TooSlow for an urgent one.

    An urgent one waits for the urgent ones alone, also for those that should have left by now and haven't.
    """
    ahead = select(Broadcast.recipients, Broadcast.gone, Broadcast.parts).where(Broadcast.state.in_(("expanding", "sending")))
    ahead = ahead.where(Broadcast.purpose == "urgent" if purpose == "urgent" else Broadcast.ends_at > now)
    waiting = sum(max(0, row.recipients - row.gone) * row.parts for row in session.execute(ahead))
    ends = terms.ends(starts, parts + waiting, urgent=purpose == "urgent")
    if purpose == "urgent" and ends - starts > PURPOSES["urgent"].expires:
        raise TooSlow(ends - starts)
    return ends


def fingerprint(scope: int | None, draft: Draft, audience: Audience) -> str:
    """Return the mark of a text to an audience: the same in any case and spacing."""
    whom = "+".join(sorted(audience.words.split("+")))
    same = "\n".join((str(scope), draft.purpose, whom, _plain(draft.text)))
    return hashlib.blake2b(same.encode(), digest_size=16).hexdigest()


def same_before(session: Session, purpose: str, typed: str, audience: Audience, now: datetime) -> Broadcast | None:
    """Return the broadcast of the same text, in any case and spacing, that was confirmed in the last ten minutes to some of the
    same people, if one was: whoever ordered it, by whatever words."""
    lately = select(Broadcast).where(Broadcast.confirmed_at > now - AGAIN_WITHIN, Broadcast.purpose == purpose)
    for one in session.scalars(lately.where(Broadcast.state.in_(_UNDER_WAY)).order_by(Broadcast.id.desc())):
        if _plain(one.typed) == _plain(typed) and audience.meets(msgspec.convert(one.audience, Audience)):
            return one
    return None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def digest(key: bytes, sender: str, code: str) -> str:
    """Return what is kept of a code: it opens nothing from another number."""
    return hmac.new(key, f"broadcast:{sender}:{code}".encode(), hashlib.sha256).hexdigest()[:32]


def code_of(key: bytes, operation: str, digits: int) -> str:
    """Return the code of an operation: it needn't be kept anywhere."""
    value = hmac.new(key, f"code:{operation}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(value[:8]) % 10**digits:0{digits}d}"


def _bury(session: Session, sender: str, mark: str) -> None:
    """End the sender's open estimate of the same text, and let the older ones wait for the PIN alone."""
    mine = (Broadcast.sender == sender) & (Broadcast.state == "estimated")
    session.execute(update(Broadcast).where(mine, Broadcast.fingerprint == mark).values(state="dead"))
    # With the one that is about to be written they are MOST_OPEN.
    newest = select(Broadcast.id).where(mine).order_by(Broadcast.id.desc()).limit(MOST_OPEN - 1)
    kept = session.scalars(newest).all()
    session.execute(update(Broadcast).where(mine, Broadcast.id.not_in(kept)).values(by_pin=True))
