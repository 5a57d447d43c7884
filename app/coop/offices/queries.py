"""Offices: who holds which, where and for how long."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from threading import Lock
from time import monotonic
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Integer,
    bindparam,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app import deadline
from app.coop.members.models import Number
from app.coop.offices.models import Partner, PartnerRole, Role
from app.coop.rights import MAY, NotYours, Office, OfficeRole, Right
from app.coop.scope import Scope
from app.db.database import Database, is_outage

_FIRST_SECONDS = 0.6
"""How long a call waits while another reads the offices for the first time."""
PARTNER_ROLES: dict[str, OfficeRole] = {"centre": "centre", "company": "entreprise"}
"""The office of who acts for a partner, by the partner's kind."""


class Directory:
    """The numbers of all who hold an office, as they stood some `seconds` ago: every call begins by asking this.

    It decides what a number is shown, never what it may do. One call reads them anew while others go by the last known; so they
    do when the database is out of reach.
    """

    def __init__(self, database: Database, seconds: float = 60) -> None:
        self._database, self._seconds = database, seconds
        self._phones: frozenset[str] = frozenset()
        self._of, self._until = date.min, 0.0
        self._reading = Lock()

    def holds(self, phone: str, today: date) -> bool:
        """Tell whether a number is somebody's who holds an office now; one SELECT a while."""
        if self._is_old(today) and self._reading.acquire(timeout=deadline.left(_FIRST_SECONDS) if self._of == date.min else 0):
            try:
                if self._is_old(today):
                    self._read(today)
            finally:
                self._reading.release()
        return phone in self._phones

    def _is_old(self, today: date) -> bool:
        return monotonic() >= self._until or today != self._of

    def _read(self, today: date) -> None:
        try:
            with self._database.read() as reader:
                found = reader.scalars(_numbers(), {"today": today}).all()
        except Exception as fault:
            # Who is an officer is shown from what was known last, and no call fails for it.
            if not is_outage(fault):
                raise
        else:
            self._phones, self._of = frozenset(" ".join(filter(None, found)).split()), today
        self._until = monotonic() + self._seconds


@cache
def _numbers() -> CompoundSelect[Any]:
    today = bindparam("today", type_=Date)
    # a subquery for each: a join would be planned as a pass through everybody's numbers
    numbers = select(func.aggregate_strings(Number.phone, " "))
    held = select(numbers.where(Number.person_id == Role.person_id).scalar_subquery()).where(in_term(today))
    theirs = select(numbers.where(Number.person_id == PartnerRole.person_id).scalar_subquery())
    theirs = theirs.join_from(PartnerRole, Partner, Partner.id == PartnerRole.partner_id).where(agreed(today))
    return union_all(held, theirs)


def offices_of(reader: Connection | Session, person_id: int, today: date) -> tuple[Office, ...]:
    """Return the offices that a person holds now: those of a co-operative, the federation's, then those of partners.

    A partner's lasts no longer than its agreement.
    """
    rows = reader.execute(_held(), {"person": person_id, "today": today})
    # A UNION has no order of its own, and a co-operative's offices go first.
    found = sorted(rows, key=lambda row: (row[2] is not None, row[1] is None, row[1] or 0, row[3]))
    named = ((PARTNER_ROLES.get(role, role), place, partner) for role, place, partner, _ in found)
    return tuple(Office(person_id, cast(OfficeRole, role), place, partner) for role, place, partner in named)


@cache
def _held() -> CompoundSelect[Any]:
    """Build it once: an officer's hop asks it several times, and building it costs as much as asking."""
    person, today = bindparam("person", type_=Integer), bindparam("today", type_=Date)
    roles = select(Role.role, Role.cooperative_id, null(), Role.id).where(Role.person_id == person, in_term(today))
    theirs = select(Partner.kind, null(), Partner.id, PartnerRole.id).join(PartnerRole, PartnerRole.partner_id == Partner.id)
    return union_all(roles, theirs.where(PartnerRole.person_id == person, agreed(today)))


def office_for(
    reader: Connection | Session,
    person_id: int,
    right: Right,
    today: date,
    cooperative_id: int | None = None,
    *,
    scope: Scope | None = None,
) -> Office:
    """Return the office by which a person has a right, in a co-operative when one is given; of a chosen scope only that one's.

    Without a chosen scope a co-operative's office comes before the federation's. Raises NotYours.
    """
    return fitting(offices_of(reader, person_id, today), right, cooperative_id, scope=scope)


def fitting(offices: Iterable[Office], right: Right, cooperative_id: int | None = None, *, scope: Scope | None = None) -> Office:
    """Return the first of some offices that has a right, as `office_for` does. Raises NotYours."""
    for office in offices:
        if office.may(right, cooperative_id) and scope in (None, office.scope):
            return office
    raise NotYours(right)


def scopes_of(reader: Connection | Session, person_id: int, today: date) -> tuple[Scope, ...]:
    """Return where a person holds an office now, co-operatives first: who has several is asked once for which they act."""
    return tuple(dict.fromkeys(office.scope for office in offices_of(reader, person_id, today)))


def holders_of_right(reader: Connection | Session, right: Right, cooperative_id: int | None, today: date) -> tuple[Office, ...]:
    """Return the offices of one co-operative, or with None of the federation, that have a right now: whom to ask or to tell."""
    scope = Scope(cooperative_id).own(Role.cooperative_id)
    rows = reader.execute(
        select(Role.person_id, Role.role).where(scope, Role.role.in_(MAY[right]), in_term(today)).order_by(Role.id)
    )
    return tuple(Office(person, cast(OfficeRole, role), cooperative_id) for person, role in rows)


def administrators(reader: Connection, today: date) -> tuple[str, ...]:
    """Return the numbers of those who run the service now, none that is another's: told when it can't do its work."""
    numbers = select(Number.phone).join(Role, Role.person_id == Number.person_id).where(~Number.trusted)
    return tuple(reader.scalars(numbers.where(Role.role == "administrator", in_term(today)).distinct().order_by(Number.phone)))


def in_term(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return the condition for an office that is held on a day."""
    return (Role.from_on <= today) & or_(Role.until_on.is_(None), Role.until_on >= today)


def agreed(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return the condition for acting for a partner on a day: within the term and within the agreement."""
    within = (Partner.from_on <= today) & (Partner.until_on >= today)
    return within & (PartnerRole.from_on <= today) & or_(PartnerRole.until_on.is_(None), PartnerRole.until_on >= today)
