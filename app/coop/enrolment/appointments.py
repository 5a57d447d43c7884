"""Give somebody an office, prolong it, end it: by the operator, or by the federation's administrator; all of the scope are told."""

from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.access import authenticators, numbers, sign_in_sessions
from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.members import lookup
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import Partner, PartnerRole, Role
from app.coop.offices.notices import tell_officers
from app.coop.offices.queries import PARTNER_ROLES, agreed, in_term, offices_of
from app.coop.rights import FEDERATIONS, OfficeRole
from app.coop.scope import Scope
from app.db.rows import require, store
from app.letters import is_name


class NotAppointed(Exception):
    """It can't be so: its words say why, in French without a full stop, at most 80 septets."""


class Appointed(msgspec.Struct, frozen=True):
    """Who holds what, where (None: the federation, or `partner`), from which day to which; `new`: no PIN yet."""

    person_id: int
    name: str
    role: OfficeRole
    cooperative: str | None
    from_on: date
    until_on: date | None = None
    new: bool = False
    partner: str | None = None


class Renewed(msgspec.Struct, frozen=True):
    """Who chooses another PIN; an activation number for it is to be issued, and told in person."""

    person_id: int
    name: str


def appoint_member(
    session: Session, code: str, card: str, role: OfficeRole, *, from_on: date, until_on: date | None, now: datetime
) -> Appointed:
    """Give an active member of a co-operative an office in it. Raises NotAppointed."""
    cooperative, found = _member(session, code, card)
    if found.state != "active":
        raise NotAppointed("cette carte n'est pas active: un responsable est un membre actif")
    return _give(session, Appointed(found.person_id, found.name, role, cooperative.code, from_on, until_on), cooperative.id, now)


def appoint_by_number(
    session: Session,
    phone: str,
    name: str | None,
    role: OfficeRole,
    *,
    code: str | None = None,
    from_on: date,
    until_on: date | None,
    now: datetime,
) -> Appointed:
    """Give an office of the federation, or of a co-operative, to the person who alone has a number (E.164), proved, as their own.

    Or to somebody new: a co-operative's first officers come before its members.

    Somebody new needs a name; of somebody who has the number a name that is given must be theirs.

    Somebody new is to get an activation number, for a PIN of their own at the first use of the Bureau. Raises NotAppointed.
    """
    cooperative = _cooperative(session, code) if code else None
    person, new = holder_of(session, phone, name, cooperative, now=now)
    place = cooperative.code if cooperative is not None else None
    given = Appointed(person.id, person.name, role, place, from_on, until_on, new)
    return _give(session, given, cooperative.id if cooperative is not None else None, now)


def holder_of(
    session: Session, phone: str, name: str | None, cooperative: Cooperative | None, *, now: datetime
) -> tuple[Person, bool]:
    """Return who alone has a number, proved, as their own; or somebody new by a name, and whether they are new.

    A member must be active, and of the co-operative when one is given. Raises NotAppointed.
    """
    numbered = select(Person, Number).join(Number).where(Number.phone == phone).with_for_update()
    holders = session.execute(numbered).all()
    if len(holders) > 1:
        raise NotAppointed("ce numéro sert à plusieurs: il faut un numéro à soi")
    if holders:
        person, number = holders[0]
        if number.trusted or number.proof_wanted:
            raise NotAppointed("ce numéro est à un autre, ou pas encore prouvé: il faut un numéro à soi")
        if name and _plain(name) != _plain(person.name):
            raise NotAppointed("ce numéro est à une personne d'un autre nom")
        elsewhere = select(Member.id).where(Member.person_id == person.id, Member.state != "active")
        if cooperative is not None:
            elsewhere = select(Member.id).where(
                Member.person_id == person.id, (Member.state != "active") | (Member.cooperative_id != cooperative.id)
            )
        if session.scalar(elsewhere) is not None:
            raise NotAppointed("ce numéro est à un membre d'ailleurs ou inactif: nommez par la carte")
        return person, False
    if not name:
        raise NotAppointed("ce numéro est inconnu: donnez aussi le nom")
    if not is_name(name):
        raise NotAppointed("un nom a des lettres")
    person = store(session, Person(name=" ".join(name.split())[:40], language="fr"))
    numbers.attach(session, person.id, phone, proof_wanted=False, by_person_id=None, now=now)
    return person, True


def renew(session: Session, phone: str, *, new_phone: str | None = None, now: datetime) -> Renewed:
    """Let an officer who is no member, and so has no card, choose another PIN, with an activation number that is to be issued.

    `new_phone` takes the place of a number that is lost. The PIN before, sign-ins and the authenticator open nothing from now on;
    all officers of the federation are told, and those of the co-operative. Raises NotAppointed.
    """
    held = select(Person).join(Number).outerjoin(Member, Member.person_id == Person.id)
    mine = (Number.phone == phone) & ~Number.trusted & ~Number.proof_wanted & Member.id.is_(None)
    people = session.scalars(held.where(mine).with_for_update(of=Person)).unique().all()
    people = [person for person in people if offices_of(session, person.id, now.date())]
    if len(people) != 1:
        raise NotAppointed("pas de responsable sans carte à ce numéro; un membre passe par sa carte")
    person = people[0]
    person.pin_hash = None
    sign_in_sessions.close_all(session, now, person.id)
    authenticators.remove(session, person.id)
    if new_phone is not None:
        _move(session, person.id, phone, new_phone, now)
    cause = f"renewed:{person.id}:{now:%Y%m%d%H%M%S}"
    words = texts.say("first_use_again", day=now)
    held_in = select(Role.cooperative_id).where(Role.person_id == person.id, in_term(now.date()))
    for place in {None, *session.scalars(held_in)}:
        tell_officers(session, Act(0, "cli", cause, now), Scope(place), f"{cause}:{place or 0}", words, also=(person.id,))
    return Renewed(person.id, person.name)


def revoke_member(session: Session, code: str, card: str, role: str, *, now: datetime) -> bool:
    """End a member's office in a co-operative; False when they hold none. Raises NotAppointed."""
    cooperative, found = _member(session, code, card)
    return _end(session, found.person_id, role, cooperative.id, now)


def revoke_by_number(session: Session, phone: str, role: str, *, code: str | None = None, now: datetime) -> bool:
    """End an office of the federation, or of a co-operative, of whoever has a number; False when nobody there holds it."""
    place = _cooperative(session, code).id if code else None
    people = session.scalars(select(Number.person_id).where(Number.phone == phone)).all()
    return sum(_end(session, person, role, place, now) for person in people) > 0


def prolong(session: Session, role_id: int, until_on: date | None, *, now: datetime) -> None:
    """Let an office that is held now go on until a day, or without an end. Raises NotAppointed."""
    row = require(
        session.scalar(select(Role).where(Role.id == role_id, in_term(now.date())).with_for_update()),
        NotAppointed("cette charge est finie"),
    )
    if until_on is not None and until_on < now.date():
        raise NotAppointed("la charge finirait avant aujourd'hui")
    row.until_on = until_on
    session.flush()
    cause = f"office prolonged:{role_id}:{now:%Y%m%d%H%M%S}"
    _tell_scope(session, cause, row.person_id, row.role, row.cooperative_id, became="prolonged", now=now)


def end(session: Session, role_id: int, *, now: datetime) -> None:
    """End an office that is held now. Raises NotAppointed: it has ended, or is the federation's last administrator's."""
    row = require(
        session.scalar(select(Role).where(Role.id == role_id, in_term(now.date())).with_for_update()),
        NotAppointed("cette charge est finie"),
    )
    if row.role == "administrator":
        # The others are locked, too: two who end each other's office at once would each see one left.
        others = select(Role.id).where(Role.role == "administrator", in_term(now.date()), Role.person_id != row.person_id)
        if not session.scalars(others.with_for_update()).all():
            raise NotAppointed("la fédération garde au moins un administrateur")
    _end(session, row.person_id, row.role, row.cooperative_id, now)


class OfficeHeld(msgspec.Struct, frozen=True):
    """An office that is held now: by whom (`card` of a member), where (None: the federation, or `partner`), in which term."""

    name: str
    role: str
    cooperative: str | None
    card: str | None
    from_on: date
    until_on: date | None
    partner: str | None = None


def officers(reader: Connection | Session, today: date) -> list[OfficeHeld]:
    """Return the offices held now, the federation's first, those of partners last."""
    rows = (
        select(Person.name, Role.role, Cooperative.code, Member.card, Role.from_on, Role.until_on)
        .join(Person, Person.id == Role.person_id)
        .outerjoin(Cooperative, Cooperative.id == Role.cooperative_id)
        .outerjoin(Member, Member.person_id == Person.id)
        .where(in_term(today))
        .order_by(Role.cooperative_id.is_not(None), Role.cooperative_id, Role.id)
    )
    theirs = (
        select(Person.name, Partner.kind, Member.card, PartnerRole.from_on, PartnerRole.until_on, Partner.name)
        .join(PartnerRole, PartnerRole.person_id == Person.id)
        .join(Partner, Partner.id == PartnerRole.partner_id)
        .outerjoin(Member, Member.person_id == Person.id)
        .where(agreed(today))
        .order_by(Partner.id, PartnerRole.id)
    )
    acting = reader.execute(theirs).all()
    return [
        *(OfficeHeld(*row) for row in reader.execute(rows)),
        *(OfficeHeld(name, PARTNER_ROLES[kind], None, card, begins, ends, of) for name, kind, card, begins, ends, of in acting),
    ]


def _move(session: Session, person_id: int, phone: str, new_phone: str, now: datetime) -> None:
    """Give an officer another number instead of a lost one."""
    if session.scalar(select(Number.id).where(Number.phone == new_phone).limit(1)) is not None:
        raise NotAppointed("le nouveau numéro a déjà quelqu'un")
    lost = select(Number.id).where(Number.person_id == person_id, Number.phone == phone)
    numbers.release(session, person_id, session.scalars(lost).one(), by_person_id=None, now=now)
    numbers.attach(session, person_id, new_phone, proof_wanted=False, by_person_id=None, now=now)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _member(session: Session, code: str, card: str) -> tuple[Cooperative, lookup.FoundMember]:
    cooperative = _cooperative(session, code)
    try:
        return cooperative, lookup.in_cooperative(session, cooperative.id, card)
    except lookup.NoCard:
        raise NotAppointed(f"carte {card[:12]} inconnue dans {cooperative.code}") from None


def _cooperative(session: Session, code: str) -> Cooperative:
    return require(
        session.execute(select(Cooperative).where(Cooperative.code == code.upper())).scalar_one_or_none(),
        NotAppointed(f"aucune CPS n'a le code {code[:16]}"),
    )


def _give(session: Session, given: Appointed, cooperative_id: int | None, now: datetime) -> Appointed:
    if given.role not in FEDERATIONS if cooperative_id is None else given.role in ("administrator", "ministry"):
        raise NotAppointed("c'est une charge d'une CPS" if cooperative_id is None else "c'est une charge de la fédération")
    if given.until_on is not None and given.until_on < given.from_on:
        raise NotAppointed("la charge finirait avant de commencer")
    same = select(func.count()).select_from(Role).where(Role.person_id == given.person_id, Role.role == given.role)
    place = Scope(cooperative_id).own(Role.cooperative_id)
    if session.scalar(same.where(place, in_term(given.from_on))):
        raise NotAppointed("cette personne a déjà cette charge")
    row = Role(
        person_id=given.person_id,
        role=given.role,
        cooperative_id=cooperative_id,
        from_on=given.from_on,
        until_on=given.until_on,
    )
    store(session, row)
    _tell_scope(session, f"office:{row.id}", given.person_id, given.role, cooperative_id, became="given", now=now)
    return given


def _end(session: Session, person_id: int, role: str, cooperative_id: int | None, now: datetime) -> bool:
    """End an office as of yesterday, so that it holds no more from this instant on."""
    place = Scope(cooperative_id).own(Role.cooperative_id)
    mine = (Role.person_id == person_id) & (Role.role == role) & place & in_term(now.date())
    ended = update(Role).where(mine).values(until_on=now.date() - timedelta(days=1)).returning(Role.id)
    ids = session.scalars(ended).all()
    for one in ids:
        _tell_scope(session, f"office ended:{one}", person_id, role, cooperative_id, became="ended", now=now)
    return bool(ids)


def _tell_scope(
    session: Session, cause: str, person_id: int, role: str, cooperative_id: int | None, *, became: str, now: datetime
) -> None:
    """Tell the person, and every officer of the scope: an office that nobody gave would be seen."""
    words = texts.say("office_notice", office=role, office_is=became, day=now)
    tell_officers(session, Act(0, "cli", cause, now), Scope(cooperative_id), cause, words, also=(person_id,))
