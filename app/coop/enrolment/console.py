"""Offices that the federation's administrator gives, prolongs and ends at the console, and another first use of an officer's."""

from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import phones, texts
from app.coop.act import Act
from app.coop.console_requests.kinds import RequestDone, RequestKind, Why
from app.coop.cooperatives.models import Cooperative
from app.coop.enrolment import appointments
from app.coop.enrolment.appointments import NotAppointed
from app.coop.members import lookup
from app.coop.members.models import Member, Number, Person
from app.coop.members.names import person_name
from app.coop.offices import audit
from app.coop.offices.models import Role
from app.coop.offices.queries import in_term
from app.coop.rights import OfficeRole
from app.coop.scope import Scope
from app.db.rows import require

ROOM = 22
"""Letters of a name in a request's sentence."""


class Appointment(msgspec.Struct, frozen=True):
    """An office for a member by `card` in a co-operative (its code), or for who has, or gets, a number (E.164)."""

    role: OfficeRole
    cooperative: str | None = None
    card: str | None = None
    phone: str | None = None
    name: str | None = None
    until_on: date | None = None


class Prolongation(msgspec.Struct, frozen=True):
    """Another last day of an office; None: without an end."""

    role_id: int
    until_on: date | None = None


class OfficeEnd(msgspec.Struct, frozen=True):
    """The end of an office, today."""

    role_id: int


class FirstUse(msgspec.Struct, frozen=True):
    """Another PIN for an officer without a card, whose own number this is."""

    phone: str


def _say_appointment(reader: Connection | Session, scope: Scope, now: datetime, wanted: Appointment) -> str:
    del scope, now
    who = wanted.name or ""
    if wanted.card and wanted.cooperative:
        place = reader.scalar(select(Cooperative.id).where(Cooperative.code == wanted.cooperative))
        try:
            who = f"{wanted.card} {lookup.in_cooperative(reader, place or 0, wanted.card).name[:ROOM]}"
        except lookup.NoCard:
            raise NotAppointed(f"carte {wanted.card[:12]} inconnue dans {wanted.cooperative}") from None
    elif wanted.phone:
        named = select(Person.name).join(Number).where(Number.phone == wanted.phone, Number.trusted.is_(False))
        who = f"{(reader.scalar(named) or who)[:ROOM]} {phones.write(wanted.phone)}"
    where = f" {wanted.cooperative}" if wanted.cooperative else ""
    return f"charge {_office(wanted.role)}{where} à {who}{_until(wanted.until_on)}."


def _appoint(session: Session, act: Act, wanted: Appointment) -> RequestDone:
    today, until = act.today, wanted.until_on
    if wanted.card and wanted.cooperative:
        card, role = wanted.card, wanted.role
        given = appointments.appoint_member(session, wanted.cooperative, card, role, from_on=today, until_on=until, now=act.now)
    elif wanted.phone:
        given = appointments.appoint_by_number(
            session,
            wanted.phone,
            wanted.name,
            wanted.role,
            code=wanted.cooperative,
            from_on=today,
            until_on=until,
            now=act.now,
        )
    else:
        raise NotAppointed("il faut une carte ou un numéro")
    audit.note(session, act, "office given", f"person:{given.person_id}")
    return RequestDone("Charge confiée.", given.person_id if given.new else None)


def _say_prolongation(reader: Connection | Session, scope: Scope, now: datetime, wanted: Prolongation) -> str:
    del scope
    return f"prolonger {_held(reader, wanted.role_id, now)}{_until(wanted.until_on) or ', sans fin'}."


def _prolong(session: Session, act: Act, wanted: Prolongation) -> RequestDone:
    appointments.prolong(session, wanted.role_id, wanted.until_on, now=act.now)
    audit.note(session, act, "office prolonged", f"office:{wanted.role_id}")
    return RequestDone("Charge prolongée.")


def _say_end(reader: Connection | Session, scope: Scope, now: datetime, wanted: OfficeEnd) -> str:
    del scope
    return f"mettre fin à {_held(reader, wanted.role_id, now)}."


def _end(session: Session, act: Act, wanted: OfficeEnd) -> RequestDone:
    appointments.end(session, wanted.role_id, now=act.now)
    audit.note(session, act, "office ended", f"office:{wanted.role_id}")
    return RequestDone("La charge a pris fin.")


def _say_first_use(reader: Connection | Session, scope: Scope, now: datetime, wanted: FirstUse) -> str:
    del scope, now
    named = select(Person.name).join(Number).where(Number.phone == wanted.phone, Number.trusted.is_(False))
    name = require(reader.scalar(named), NotAppointed("ce numéro est inconnu"))
    return f"autre code secret pour {name[:ROOM]}, {phones.write(wanted.phone)}."


def _renew(session: Session, act: Act, wanted: FirstUse) -> RequestDone:
    given = appointments.renew(session, wanted.phone, now=act.now)
    audit.note(session, act, "first use again", f"person:{given.person_id}")
    return RequestDone("L'ancien code n'ouvre plus rien.", given.person_id)


def _held(reader: Connection | Session, role_id: int, now: datetime) -> str:
    row = require(
        reader.execute(
            select(Role.person_id, Role.role, Cooperative.code)
            .outerjoin(Cooperative, Cooperative.id == Role.cooperative_id)
            .where(Role.id == role_id, in_term(now.date()))
        ).first(),
        NotAppointed("cette charge est finie"),
    )
    return f"la charge {_office(row.role)}{f' {row.code}' if row.code else ''} de {person_name(reader, row.person_id)[:ROOM]}"


def _office(role: str) -> str:
    return texts.words("office").get(role, role)


def _until(day: date | None) -> str:
    return f" jusqu'au {day:%d/%m/%Y}" if day else ""


def _whose(reader: Connection | Session, wanted: Appointment | Prolongation | OfficeEnd | FirstUse) -> int | None:
    """Return the member whose office or number it is, if they are one."""
    if isinstance(wanted, Prolongation | OfficeEnd):
        person = select(Role.person_id).where(Role.id == wanted.role_id)
    elif isinstance(wanted, Appointment) and wanted.card:
        return reader.scalar(select(Member.id).where(Member.card == wanted.card))
    else:
        person = select(Number.person_id).where(Number.phone == wanted.phone, Number.trusted.is_(False))
    return reader.scalar(select(Member.id).where(Member.person_id.in_(person)).order_by(Member.id).limit(1))


DENIES: dict[type[Exception], Why] = {NotAppointed: str}
KINDS = (
    RequestKind(
        name="appointment",
        title="Charge",
        right="offices",
        arguments=Appointment,
        say=_say_appointment,
        do=_appoint,
        concerns=_whose,
        denies=DENIES,
    ),
    RequestKind(
        name="prolongation",
        title="Charge",
        right="offices",
        arguments=Prolongation,
        say=_say_prolongation,
        do=_prolong,
        concerns=_whose,
        denies=DENIES,
    ),
    RequestKind(
        name="office end",
        title="Fin de charge",
        right="offices",
        arguments=OfficeEnd,
        say=_say_end,
        do=_end,
        concerns=_whose,
        denies=DENIES,
    ),
    RequestKind(
        name="first use",
        title="Code secret",
        right="offices",
        arguments=FirstUse,
        say=_say_first_use,
        do=_renew,
        concerns=_whose,
        denies=DENIES,
    ),
)
