"""Weigh in a list: lines are noted as rows, kept over dropped sessions, and confirmed together by the officer's PIN."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.ledger.queries import Deductions, is_reversed
from app.coop.ledger.services import MOST_MOVED
from app.coop.members.contact import reach
from app.coop.members.lock import LockedMember, MemberLeft, lock_member, lock_members, lock_present
from app.coop.members.lookup import BELONGS
from app.coop.members.models import Member
from app.coop.offices import audit
from app.coop.prices.queries import price_at
from app.coop.production import declarations
from app.coop.production.deliveries import CreditedDelivery, Delivery, credit
from app.coop.production.lines import Line, creditable, worth
from app.coop.production.models import Declaration, HalfLine, Weighing
from app.coop.production.papers import is_printed
from app.coop.production.weighing_lookup import AlreadyWeighed, Delivered, NotThere
from app.coop.products.models import Product
from app.coop.references import valid
from app.coop.scope import Scope
from app.db.rows import require, store, total

GRADES = ("A", "B", "C")
REASONS = ("avarié", "trop petit", "mélangé", "sans glace")
"""Why a weighing is refused, as told to the member."""
MOST_LINES = 250
HALF_FOR = timedelta(minutes=5)
"""How long half a line waits for its officer to dial again."""


class ToldLine(msgspec.Struct, frozen=True):
    """A confirmed line, and whom to tell on which number: `shared` only for a member who allowed amounts on a number of her own."""

    line: Line
    phone: str | None
    person_id: int
    shared: Deductions | None


class PaperKnown(Exception):
    """A line with this paper's number was entered before."""


class OwnCatch(Exception):
    """Nobody weighs what they bring themselves: another officer does."""


class ListFull(Exception):
    """The list holds MOST_LINES lines: confirm it first."""


class LineTooDear(Exception):
    """The line would be worth more than MOST_MOVED: a slip, or weighed in several."""


class ListChanged(Exception):
    """The open list is not what was shown any more."""


_TOLD = (
    select(
        Weighing.id,
        Declaration.reference,
        Weighing.member_id,
        Weighing.product_id,
        Product.name,
        Product.unit,
        Weighing.weight,
        Weighing.grade,
        Weighing.weighed_at,
        Weighing.reason,
    )
    .join(Declaration, Declaration.id == Weighing.declaration_id)
    .join(Product, Product.id == Weighing.product_id)
    .order_by(Weighing.id)
)


def keep_half(session: Session, officer_id: int, typed: dict[str, Any], now: datetime) -> None:
    """Keep what an officer has typed of a line, in place of what was kept before."""
    session.merge(HalfLine(officer_id=officer_id, typed=typed, at=now))


def drop_half(session: Session, officer_id: int) -> None:
    """Drop what an officer has typed of a line."""
    session.execute(delete(HalfLine).where(HalfLine.officer_id == officer_id))


def half_line(reader: Connection, officer_id: int, now: datetime) -> dict[str, Any] | None:
    """Return what an officer typed of a line within HALF_FOR that wasn't noted since."""
    since = select(Weighing.id).where(Weighing.officer_id == officer_id, Weighing.noted_at >= HalfLine.at)
    typed: dict[str, Any] | None = reader.scalar(
        select(HalfLine.typed).where(HalfLine.officer_id == officer_id, HalfLine.at > now - HALF_FOR, ~since.exists())
    )
    return typed


def can_note(reader: Connection, officer_id: int, member_id: int, declaration_id: int | None, paper: str | None) -> bool:
    """Tell whether a line that was begun can still be noted: weighed meanwhile, the officer's own or of a known paper, it can't."""
    theirs = select(Member.cooperative_id).where(Member.id == member_id, Member.person_id != officer_id, Member.state.in_(BELONGS))
    cooperative = reader.scalar(theirs)
    if cooperative is None:
        return False
    entered = select(Weighing.id).where(Weighing.operation == f"paper:{cooperative}:{paper}", ~is_reversed(Weighing.entry_id))
    if paper and reader.scalar(entered) is not None:
        return False
    state = select(Declaration.state).where(Declaration.id == declaration_id)
    return declaration_id is None or reader.scalar(state) == "declared"


def far_off(declared: Decimal | None, weighed: Decimal) -> bool:
    """Tell whether what was declared and what was weighed differ by half of what was declared, or more."""
    return declared is not None and abs(weighed - declared) * 2 >= declared


def note(
    session: Session,
    act: Act,
    what: Delivered,
    *,
    weight: Decimal,
    grade: str | None,
    weighed_at: datetime,
    reason: str | None = None,
    paper: str | None = None,
) -> Line:
    """Note a line in the officer's open list; nothing is credited. The same operation again gives the first line.

    Without a declaration one is written, for its reference. A `paper` number is the line's operation: a paper is entered once, and
    again when the delivery was reversed; one that we printed is the reference, too.
    A declaration's line is its member's as it is now, also after two cards were made one.
    Raises NotThere, OwnCatch, AlreadyWeighed, PaperKnown, ListFull, LineTooDear, and what declaring raises; NotActive also when the
    member has left.
    """
    member = _whose(session, what)
    if member.cooperative_id != act.office.cooperative_id:
        raise NotThere(what.reference)
    if member.person_id == act.person_id:
        raise OwnCatch
    key = f"paper:{member.cooperative_id}:{paper}" if paper else act.operation
    known = session.execute(_TOLD.add_columns(is_reversed(Weighing.entry_id)).where(Weighing.operation == key)).first()
    if known is not None and paper and known[-1]:
        # What two officers have reversed is entered again, as it should have been: the key is unique.
        session.execute(update(Weighing).where(Weighing.id == known.id).values(operation=f"reversed:{known.id}"))
    elif known is not None:
        if paper:
            raise PaperKnown(paper)
        return Line(*known[:-1])
    open_lines = select(func.count()).select_from(Weighing).where(*_open(act.person_id))
    if total(session, open_lines) >= MOST_LINES:
        raise ListFull
    price = price_at(session, [(Scope(member.cooperative_id), what.product_id, grade, weighed_at)])[0] if reason is None else None
    if worth(weight, price) > MOST_MOVED:
        raise LineTooDear
    declaration = what.declaration_id or _declare(session, act, what, weight, paper)
    still = (Declaration.id == declaration) & (Declaration.member_id == member.id) & (Declaration.state == "declared")
    taken = session.execute(update(Declaration).where(still).values(state="weighed"))
    # No row: at another scale somebody has weighed it, or the member has taken it back, since it was shown.
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise AlreadyWeighed(what.reference)
    row = Weighing(
        cooperative_id=member.cooperative_id,
        officer_id=act.person_id,
        declaration_id=declaration,
        member_id=member.id,
        product_id=what.product_id,
        weight=weight,
        grade=grade,
        weighed_at=weighed_at,
        state="noted",
        reason=reason,
        on_the_spot=what.declaration_id is None,
        channel=act.channel,
        operation=key,
        noted_at=act.now,
    )
    store(session, row)
    audit.note(session, act, "weighing noted", f"weighing:{row.id}", row)
    return Line(*session.execute(_TOLD.where(Weighing.id == row.id)).one())


def undo(session: Session, act: Act, weighing_id: int) -> str:
    """Take a noted line back, its declaration open again, or gone if the line made it; return its reference. Raises ListChanged."""
    mine = (Weighing.id == weighing_id, *_open(act.person_id))
    lock_members(session, session.scalars(select(Weighing.member_id).where(*mine)).all())
    row = require(session.scalar(select(Weighing).where(*mine).with_for_update()), ListChanged())
    # The key is unique. Renamed, it lets the same paper be entered again.
    row.state, row.operation = "undone", f"undone:{row.id}"
    declaration = session.get_one(Declaration, row.declaration_id)
    declaration.state, declaration.cancelled_at = ("cancelled", act.now) if row.on_the_spot else ("declared", None)
    audit.note(session, act, "weighing undone", f"weighing:{row.id}", row)
    session.flush()
    return declaration.reference


def open_list(reader: Connection | Session, officer_id: int, *, lock: bool = False) -> tuple[Line, ...]:
    """Return an officer's noted lines, oldest first, each at the price of its own day and grade."""
    rows = _TOLD.add_columns(Weighing.cooperative_id).where(*_open(officer_id))
    found = reader.execute(rows.with_for_update(of=Weighing) if lock else rows).all()
    priced = price_at(reader, [(Scope(row[-1]), row.product_id, row.grade, row.weighed_at) for row in found])
    return tuple(msgspec.structs.replace(Line(*row[:-1]), price=price) for row, price in zip(found, priced, strict=True))


def last_line(reader: Connection | Session, officer_id: int) -> tuple[int, Line | None]:
    """Return how many lines are open, and the last: two SELECTs however long the list."""
    number = total(reader, select(func.count()).select_from(Weighing).where(*_open(officer_id)))
    row = reader.execute(_TOLD.where(*_open(officer_id)).order_by(None).order_by(Weighing.id.desc()).limit(1)).first()
    return number, Line(*row) if row else None


def how_many(reader: Connection, officers: Collection[int]) -> int:
    """Count the lines that officers have noted and not credited yet; one SELECT, none for nobody."""
    noted = select(func.count()).select_from(Weighing).where(Weighing.officer_id.in_(officers), Weighing.state == "noted")
    return total(reader, noted) if officers else 0


def confirm(session: Session, act: Act, *, upto: int, francs: int) -> tuple[ToldLine, ...]:
    """Credit the officer's `creditable` lines up to one, once, as they were shown: `francs` is their worth.

    The others stay open. Raises ListChanged when the list isn't worth that any more, or is gone; AccountFull.
    """
    members = set(session.scalars(select(Weighing.member_id).where(*_open(act.person_id))))
    try:
        lock_present(session, members)  # before the lines, as a merge does
    except MemberLeft:
        raise ListChanged from None
    lines = creditable([line for line in open_list(session, act.person_id, lock=True) if line.id <= upto])
    # A merge of two cards may pass lines on to a member who isn't locked here: then the list is another.
    if not lines or sum(line.gross for line in lines) != francs or not members >= {line.member_id for line in lines}:
        raise ListChanged
    taken = [line for line in lines if line.reason is None]
    deliveries = [Delivery(f"weighing:{line.id}", line.member_id, line.gross) for line in taken]
    done = credit(session, act.office.scope.cooperative, deliveries, now=act.now)
    credited = dict(zip((line.id for line in taken), done, strict=True))
    settled = [_settled(line, credited.get(line.id), act) for line in lines]
    session.execute(update(Weighing), settled)
    audit.note(session, act, "weighing confirmed", f"weighing:{upto}")
    return _told(session, lines, credited)


def _open(officer_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Weighing.officer_id == officer_id, Weighing.state == "noted")


def _whose(session: Session, what: Delivered) -> LockedMember:
    """Lock the member whose catch it is: the declaration's own member, whoever it was when the screen was shown."""
    own = select(Declaration.member_id).where(Declaration.id == what.declaration_id)
    member_id = session.scalar(own) if what.declaration_id is not None else what.member_id
    return lock_member(session, member_id or 0, declarations.NotActive)


def _declare(session: Session, act: Act, what: Delivered, weight: Decimal, paper: str | None) -> int:
    own = paper if paper and valid(paper) and is_printed(session, act.office.scope.cooperative, paper) else None
    act = msgspec.structs.replace(act, operation=f"spot:{act.operation}")
    return declarations.declare(session, act, what.member_id, what.product_id, weight, again=True, reference=own).id


def _settled(line: Line, credited: CreditedDelivery | None, act: Act) -> dict[str, object]:
    return {
        "id": line.id,
        "state": "credited" if credited else "refused",
        "price": line.price if credited else None,
        "gross": credited.gross if credited else None,
        "share": credited.share if credited else None,
        "repaid": credited.repaid if credited else None,
        "entry_id": credited.entry_id if credited else None,
        "confirmed_by": act.operation,
        "confirmed_at": act.now,
    }


def _told(session: Session, lines: Sequence[Line], credited: dict[int, CreditedDelivery]) -> tuple[ToldLine, ...]:
    """Say whom to tell: the member's first number; amounts only when she allowed them and nobody else has that number."""
    reached = reach(session, {line.member_id for line in lines})
    told = []
    for line in lines:
        who, done = reached[line.member_id], credited.get(line.id)
        shared = None
        if done and who.amounts:
            shared = Deductions(done.gross, done.share, done.repaid - done.leased, done.leased, done.net)
        told.append(ToldLine(line, who.phone, who.person_id, shared))
    return tuple(told)
