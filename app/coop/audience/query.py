"""Whom an audience reaches: one set of conditions, which the estimate counts and the sending reads.

A recipient is a number that needs no proof: one that serves several members of the audience is in it once, by its first holder.
What makes a million members cheap: a member's row counts the numbers that serve nobody else, so the estimate joins the shared
ones only; consent is looked up among those who stopped, and a cap only on days with enough broadcasts.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Integer, Select, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.coop.audience.models import JobSeeker
from app.coop.audience.words import Audience
from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Consent, Member, Number
from app.coop.offices.models import Role
from app.db.rows import total
from app.sms.broadcasts.expansion import Found
from app.sms.broadcasts.progress import ASIDE
from app.sms.models import Message

_Other, _Holder, _Later = aliased(Number), aliased(Member), aliased(Consent)
_TAKEN_BACK = exists().where(_Later.phone == Consent.phone, _Later.purpose == Consent.purpose, _Later.id > Consent.id)


class Limits(msgspec.Struct, frozen=True):
    """What else decides: the consent that is needed, the day (terms of office), earlier broadcasts' causes of which a number
    may have had fewer than `most`, and the newest number's id that counts."""

    consent: str
    today: date
    causes: tuple[str, ...] = ()
    most: int = 0
    newest: int | None = None


class AudienceCount(msgspec.Struct, frozen=True):
    """Numbers that get it, that stopped such messages, that had enough today; members without a number."""

    numbers: int
    stopped: int
    capped: int
    without: int


def reach(reader: Connection | Session, audience: Audience, limits: Limits) -> AudienceCount:
    """Count whom it reaches, and whom not and why: the many on their own rows, the few by what makes them few."""
    everyone = _meant(audience, limits)
    stopped, capped = _stopped(limits, Number.phone), _capped(limits, Number.phone)
    if audience.agreed:
        return _few(reader, audience, limits, everyone)
    alone, without = reader.execute(plain(audience, limits.today)).one()
    shared, sharing = reader.execute(_shared(everyone)).one()
    refused = total(reader, _count(everyone.where(stopped)))
    enough = 0 if capped is None else total(reader, _count(everyone.where(~stopped, capped)))
    return AudienceCount(alone + shared - refused - enough, refused, enough, without - sharing)


def plain(audience: Audience, today: date) -> Select[int, int]:
    """Return the SELECT that counts the numbers that serve nobody else, and the members who have none of these."""
    counted = select(func.coalesce(func.sum(Member.alone), 0), func.count().filter(Member.alone == 0))
    return counted.where(*_in(audience, Member, today))


def recipients(audience: Audience, limits: Limits) -> Found:
    """Return the SELECT of those who get it."""
    return _allowed(_meant(audience, limits).where(_once(audience, limits)), limits, Number.phone)


def strangers(audience: Audience, limits: Limits) -> Found | None:
    """Return the SELECT of those who are no members and get it: who agreed to hear of jobs, whatever the trade; None without any.

    They are so few that a broadcast's first slice has them all.
    """
    found = _strangers(audience)
    return None if found is None else _allowed(found, limits, JobSeeker.phone)


def _strangers(audience: Audience) -> Found | None:
    """Return the SELECT of the numbers of nobody here that agreed; None where the audience is of co-operatives or offices."""
    if audience.agreed is None or audience.scope is not None or audience.cooperatives or audience.roles:
        return None
    nobody = (literal(0), literal(None, Integer), literal(None, Integer), literal(None, Integer))
    found = select(JobSeeker.phone, *nobody).where(JobSeeker.phone.in_(_newest(audience.agreed, given=True)))
    found = found.where(~exists().where(Number.phone == JobSeeker.phone))
    return found.where(JobSeeker.commune_id.in_(audience.communes)) if audience.communes else found


def _allowed(found: Found, limits: Limits, phone: InstrumentedAttribute[str]) -> Found:
    """Leave out who stopped such messages, and who had enough of them."""
    capped = _capped(limits, phone)
    found = found.where(~_stopped(limits, phone))
    return found if capped is None else found.where(~capped)


def _meant(audience: Audience, limits: Limits) -> Found:
    """Return the SELECT of the numbers of those whom an audience means, a shared one as often as it has holders among them."""
    found = select(Number.phone, Number.id, Number.place, Member.person_id, Member.cooperative_id)
    found = found.join(Member, Member.person_id == Number.person_id)
    found = found.where(Number.proof_wanted.is_(False), *_in(audience, Member, limits.today))
    if audience.agreed:
        found = found.where(Number.phone.in_(_newest(audience.agreed, given=True)))
    return found if limits.newest is None else found.where(Number.id <= limits.newest)


def _few(reader: Connection | Session, audience: Audience, limits: Limits, everyone: Found) -> AudienceCount:
    """Count those who agreed to something in so many words, members or not: so few that each is looked at."""
    numbers = refused = enough = 0
    for found, phone in ((everyone, Number.phone), (_strangers(audience), JobSeeker.phone)):
        if found is None:
            continue
        stopped, capped = _stopped(limits, phone), _capped(limits, phone)
        refused += total(reader, _count(found.where(stopped), phone))
        enough += 0 if capped is None else total(reader, _count(found.where(~stopped, capped), phone))
        numbers += total(reader, _count(found, phone))
    return AudienceCount(numbers - refused - enough, refused, enough, 0)


def _in(audience: Audience, member: Any, today: date) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on a member: active, in the scope, meant by each word."""
    conditions = [member.state == "active"]
    if audience.scope is not None:
        conditions.append(member.cooperative_id == audience.scope)
    conditions += [member.cooperative_id == one for one in audience.cooperatives]
    if audience.communes or audience.filieres:
        which = [Cooperative.commune_id == one for one in audience.communes]
        which += [Cooperative.filiere_id == one for one in audience.filieres]
        conditions.append(member.cooperative_id.in_(select(Cooperative.id).where(*which)))
    for role in audience.roles:
        in_term = (Role.from_on <= today) & or_(Role.until_on.is_(None), Role.until_on >= today)
        conditions.append(member.person_id.in_(select(Role.person_id).where(Role.role == role, in_term)))
    return conditions


def _once(audience: Audience, limits: Limits) -> ColumnElement[bool]:
    """Take of those who share a number the first that the audience means; only shared numbers have places."""
    before = [
        _Other.phone == Number.phone,
        _Other.id != Number.id,
        _Other.proof_wanted.is_(False),
        or_(_Other.place.is_(None), _Other.id < Number.id),
    ]
    if limits.newest is not None:
        before.append(_Other.id <= limits.newest)
    earlier = exists().where(*before, _Holder.person_id == _Other.person_id, *_in(audience, _Holder, limits.today))
    return or_(Number.place.is_(None), ~earlier.correlate(Number))


def _stopped(limits: Limits, phone: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Tell whose newest word on this consent was no; without a row it stands."""
    return phone.in_(_newest(limits.consent, given=False))


def _newest(purpose: str, *, given: bool) -> Select[str]:
    """Return the SELECT of the numbers whose newest word on a consent was yes, or no."""
    written = literal(purpose, literal_execute=True)  # partial indexes are found by values that stand in the SQL
    return select(Consent.phone).where(Consent.purpose == written, Consent.given.is_(given), ~_TAKEN_BACK)


def _capped(limits: Limits, phone: InstrumentedAttribute[str]) -> ColumnElement[bool] | None:
    if not limits.most or len(limits.causes) < limits.most:
        return None
    had = select(Message.to_number).where(Message.cause.in_(limits.causes), Message.state.not_in((*ASIDE, "failed")))
    return phone.in_(had.group_by(Message.to_number).having(func.count() >= limits.most))


def _shared(found: Found) -> Select[int, int]:
    """Count the shared numbers, and those among their holders who have none of their own."""
    holders = func.count(Member.id.distinct()).filter(Member.alone == 0)
    shared = found.where(Number.place.is_not(None))
    return shared.with_only_columns(func.count(Number.phone.distinct()), holders, maintain_column_froms=True)


def _count(found: Found, phone: InstrumentedAttribute[str] = Number.phone) -> Select[int]:
    """Count the numbers, a shared one once: as `_once` takes it."""
    return found.with_only_columns(func.count(phone.distinct()), maintain_column_froms=True)
