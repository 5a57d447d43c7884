"""Whose word an approval needs: how many, of which offices, and who is left out."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.approvals.kinds import KINDS
from app.coop.approvals.models import Approval, ApprovalRule
from app.coop.members.models import Member
from app.coop.offices.notices import tell_officers
from app.coop.offices.queries import holders_of_right, offices_of
from app.coop.rights import MAY, Office
from app.coop.scope import Scope

ROLES = MAY["approve"]
"""The offices whose word can count at all."""
ONLY_FEDERATION = ("administrator",)


MOST_NEEDED = 5


def set_rule(session: Session, cooperative_id: int, kind: str, needed: int | None, roles: Sequence[str], *, now: datetime) -> None:
    """Say how many officers a co-operative wants for a kind of act, of which offices (none named: all that may); None: as usual.

    What waits keeps the rule under which it was asked; the co-operative's officers are told. Raises ValueError on a number, a kind
    or an office that won't do.
    """
    unknown = set(roles) - set(ROLES)
    if kind not in KINDS or unknown or (needed is not None and not 1 <= needed <= MOST_NEEDED):
        raise ValueError(f"{kind} {needed} {' '.join(roles)}".strip())
    known = session.get(ApprovalRule, (cooperative_id, kind))
    if needed is None and known is not None:
        session.delete(known)
    if needed is not None:
        named = ",".join(role for role in ROLES if role in (roles or ROLES))
        session.merge(ApprovalRule(cooperative_id=cooperative_id, kind=kind, needed=needed, roles=named))
    session.flush()
    cause = f"rule:{cooperative_id}:{kind}:{now.isoformat()}"
    words = texts.say("rule_as_usual", day=now, decided=kind)
    if needed is not None:
        words = texts.say("rule_changed", day=now, decided=kind, count=needed)
    tell_officers(session, Act.by_clock(cause, now), Scope(cooperative_id), cause, words)


class KindRule(msgspec.Struct, frozen=True):
    """What a co-operative wants for a kind of act, by its `own` rule or as usual; `holders` hold these offices there now."""

    kind: str
    member: int
    officer: int
    roles: tuple[str, ...]
    own: bool
    holders: int


def rules_of(session: Session, cooperative_id: int, today: date) -> list[KindRule]:
    """Return what a co-operative wants for each kind of act."""
    offices = holders_of_right(session, "approve", cooperative_id, today)
    found = []
    for kind, usual in KINDS.items():
        own = session.get(ApprovalRule, (cooperative_id, kind))
        roles = tuple(own.roles.split(",")) if own else ROLES
        needs = (own.needed, own.needed) if own else (usual.member, usual.officer)
        holders = len({office.person_id for office in offices if office.role in roles})
        found.append(KindRule(kind, *needs, roles, own is not None, holders))
    return found


def rule_for(
    session: Session, kind: str, cooperative_id: int | None, asked_by: int | None, member_id: int | None, today: date
) -> tuple[int, tuple[str, ...]]:
    """Return how many officers other than who asks an act needs, and of which offices: the co-operative's rule or the kind's."""
    rule = session.get(ApprovalRule, (cooperative_id, kind)) if cooperative_id else None
    if rule is not None:
        return rule.needed, tuple(rule.roles.split(","))
    usual = KINDS[kind]
    own = None not in (member_id, asked_by) and session.scalar(select(Member.person_id).where(Member.id == member_id)) == asked_by
    offices = offices_of(session, asked_by, today) if asked_by is not None else ()
    officer = not own and any(office.scope.includes(cooperative_id) for office in offices)
    return (usual.officer if officer else usual.member), ROLES


def office_to_decide(session: Session, approval: Approval, person_id: int, today: date) -> Office | None:
    """Return the office by which a person's word counts on an approval now; None when it doesn't.

    It never does for who asked, for the member whom it concerns, for who is barred, and for who left the office.
    """
    if person_id in (approval.asked_by, approval.barred_id) or _concerns(session, approval, person_id):
        return None
    return next((office for office in offices_of(session, person_id, today) if counts(office, approval)), None)


def decidable(offices: tuple[Office, ...], person_id: int) -> ColumnElement[bool]:
    """Say in SQL what `office_to_decide` says of one row, for all."""
    concerned = select(Member.id).where(Member.id == Approval.member_id, Member.person_id == person_id).exists()
    places = [_place(office) for office in offices if office.role in ROLES]
    # Both may be NULL (a file has no asker): with `!=` nobody would be another.
    others = Approval.asked_by.is_distinct_from(person_id) & Approval.barred_id.is_distinct_from(person_id)
    # OR of nothing is no condition at all to SQLAlchemy: without any place all rows would do.
    return or_(*places, literal(value=False)) & others & ~concerned


def without_federation(session: Session, approval: Approval, today: date) -> str:
    """Return the offices whose word counts, without the federation's where the co-operative has enough of its own to ask.

    A rule that names the administrator and not everybody wants the federation anyway.
    """
    roles = tuple(approval.roles.split(","))
    own = holders_of_right(session, "approve", approval.cooperative_id, today)
    if approval.cooperative_id is None or set(roles) != set(ROLES) or len(_others(session, approval, own)) < approval.needed:
        return approval.roles
    return ",".join(role for role in roles if role not in ONLY_FEDERATION)


def whom_to_ask(session: Session, approval: Approval, today: date) -> list[int]:
    """Return the persons whose word would count: the co-operative's own officers, and the federation's where they are wanted."""
    places = {approval.cooperative_id, None}
    offices = [office for place in places for office in holders_of_right(session, "approve", place, today)]
    return _others(session, approval, tuple(offices))


def _others(session: Session, approval: Approval, offices: tuple[Office, ...]) -> list[int]:
    persons = {office.person_id for office in offices if counts(office, approval)}
    persons -= {person for person in (approval.asked_by, approval.barred_id) if person is not None}
    return sorted(person for person in persons if not _concerns(session, approval, person))


def counts(office: Office, approval: Approval) -> bool:
    """Tell whether an office is one whose word an approval wants."""
    if office.role not in ROLES or office.role not in approval.roles.split(","):
        return False
    if office.cooperative_id is None and approval.cooperative_id is not None:
        return not KINDS[approval.kind].own
    return office.cooperative_id == approval.cooperative_id


def _concerns(session: Session, approval: Approval, person_id: int) -> bool:
    if approval.member_id is None:
        return False
    return session.scalar(select(Member.person_id).where(Member.id == approval.member_id)) == person_id


def _place(office: Office) -> ColumnElement[bool]:
    # Commas on both sides, so that no role is found inside the name of another.
    named = (literal(",") + Approval.roles + literal(",")).contains(f",{office.role},")
    if office.cooperative_id is not None:
        return named & (Approval.cooperative_id == office.cooperative_id)
    kept = [kind for kind, usual in KINDS.items() if usual.own]
    return named & or_(Approval.cooperative_id.is_(None), Approval.kind.not_in(kept))
