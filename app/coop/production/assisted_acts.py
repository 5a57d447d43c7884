"""Assisted acts: what an officer types for a member beside them or on the phone. Told to her at once, and contestable.

Never with a member's PIN, and never money: declarations, taking them back, and what she would be told herself.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.members import lookup
from app.coop.members.models import Member, Number
from app.coop.members.telephones import reached_by
from app.coop.offices import audit
from app.coop.production import declarations
from app.coop.production.declarations import ToldDeclaration
from app.coop.production.models import AssistedAct, Declaration, Weighing
from app.coop.products.models import Product
from app.coop.scope import Scope
from app.db.rows import store


class AssistedMember(msgspec.Struct, frozen=True):
    """A member who may be helped, with the place on her card when her number is shared."""

    member_id: int
    cooperative_id: int
    place: int | None


class AssistedActDone(msgspec.Struct, frozen=True):
    """An assisted act, and the number that is told; None when she has none."""

    id: int
    declaration: ToldDeclaration
    phone: str | None
    person_id: int | None


class ReadDeclaration(msgspec.Struct, frozen=True):
    """A declaration as a member may have it read to her; `weighed` in its unit once it was, or why it was refused."""

    reference: str
    product: str
    quantity: Decimal
    unit: str
    state: str
    at: datetime
    weighed: Decimal | None
    reason: str | None


def by_card(reader: Connection, scope: Scope, typed: str) -> tuple[AssistedMember, ...]:
    """Return the member of a scope with a card, typed with or without its letter and zeros."""
    if len(typed.upper().removeprefix("C")) > 7:  # nine digits are a telephone number
        return ()
    try:
        found = lookup.in_cooperative(reader, scope.cooperative_id, typed)
    except lookup.NoCard:
        return ()
    return (AssistedMember(found.member_id, found.cooperative_id, None),) if found.state in lookup.BELONGS else ()


def by_number(reader: Connection, scope: Scope, phone: str) -> tuple[AssistedMember, ...]:
    """Return the members of a scope with a proved number (E.164), by place; its owner alone while none is asked for."""
    rows = (
        select(Member.id, Member.cooperative_id, Number.place)
        .join(Number, Number.person_id == Member.person_id)
        .where(Member.state.in_(lookup.BELONGS), scope.reach(Member.cooperative_id))
        .where(Number.phone == phone, Number.proof_wanted.is_(False))
        .order_by(Number.place)
    )
    found = tuple(AssistedMember(*row) for row in reader.execute(rows))
    return tuple(one for one in found if one.place is None) or found


def declare(
    session: Session, act: Act, member_id: int, product_id: int, quantity: Decimal, *, again: bool = False
) -> AssistedActDone:
    """Declare for a member; `repeated` as for herself, nothing written then. Raises what declaring raises."""
    declared = declarations.declare(session, act, member_id, product_id, quantity, again=again)
    return AssistedActDone(0, declared, None, None) if declared.repeated else _write(session, act, member_id, "declared", declared)


def cancel(session: Session, act: Act, member_id: int, declaration_id: int) -> AssistedActDone:
    """Take a member's declaration back for her. Raises DeclarationClosed."""
    still = select(Declaration.state).where(Declaration.id == declaration_id, Declaration.member_id == member_id)
    # Asked and locked here: `declarations.cancel` agrees to what is taken back already, and an officer's act would be
    # written that did nothing.
    if session.scalar(still.with_for_update()) != "declared":
        raise declarations.DeclarationClosed("closed")
    return _write(session, act, member_id, "cancelled", declarations.cancel(session, act, member_id, declaration_id))


def history(reader: Connection, member_id: int, limit: int = 10) -> tuple[ReadDeclaration, ...]:
    """Return a member's last declarations, newest first, with what was weighed of each. No amounts."""
    rows = reader.execute(
        select(
            Declaration.reference,
            Product.name,
            Declaration.quantity,
            Declaration.unit,
            Declaration.state,
            Declaration.declared_at,
            Weighing.weight,
            Weighing.reason,
        )
        .join(Product, Product.id == Declaration.product_id)
        .outerjoin(
            Weighing,
            and_(Weighing.declaration_id == Declaration.id, Weighing.state.in_(("noted", "credited", "refused"))),
        )
        .where(Declaration.member_id == member_id)
        .order_by(Declaration.id.desc())
        .limit(limit)
    )
    return tuple(ReadDeclaration(*row) for row in rows)


def typed_by(reader: Connection, declarations: Sequence[int]) -> dict[int, str]:
    """Return the office of whoever typed a declaration for its member, by the declaration's id."""
    rows = select(AssistedAct.declaration_id, AssistedAct.role).where(
        AssistedAct.declaration_id.in_(declarations), AssistedAct.act == "declared"
    )
    return {row.declaration_id: row.role for row in reader.execute(rows)}


def _write(session: Session, act: Act, member_id: int, what: str, one: ToldDeclaration) -> AssistedActDone:
    row = AssistedAct(
        declaration_id=one.id,
        member_id=member_id,
        officer_id=act.person_id,
        role=act.office.role,
        act=what,
        at=act.now,
        operation=act.operation,
    )
    store(session, row)
    person, cooperative = session.execute(select(Member.person_id, Member.cooperative_id).where(Member.id == member_id)).one()
    audit.note(session, act, f"{what} for a member", f"declaration:{one.id}", audit.Of(member_id, cooperative))
    return AssistedActDone(row.id, one, next(iter(reached_by(session, person)), None), person)
