"""Contest money handed over, a weighing or its price: within 48 hours, money that isn't confirmed for as long as it isn't.

What was brought over from paper is contested until the member has said that it is right, and CONTEST_DAYS from then on.
"""

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Select, func, select, true, update
from sqlalchemy.orm import Session, aliased

from app.coop.act import Act
from app.coop.contests.clock import ANSWER, INVESTIGATE, after
from app.coop.contests.models import Contest
from app.coop.handover.kinds import HandoverKind, handover_kinds
from app.coop.ledger.models import JournalEntry
from app.coop.ledger.queries import is_reversed
from app.coop.members.lock import lock_member
from app.coop.openings.models import OpeningBalance
from app.coop.openings.services import CONTEST_DAYS
from app.coop.production.models import Declaration, Weighing
from app.coop.products.models import Product
from app.coop.references import draw_free
from app.db.rows import require, store

WITHIN = timedelta(hours=48)
OpeningEntry = aliased(JournalEntry)
Subject = Literal["payment", "weighing", "price", "payout", "opening"]


ABOUT = {"payment": "payment_id", "payout": "payout_id"}
"""What of a contest names its subject; a weighing otherwise."""


class Contestable(msgspec.Struct, frozen=True):
    """What may be contested, by the id of its row: `amount` in XOF of money handed over or a price, `quantity` weighed."""

    subject: Subject
    id: int
    reference: str
    at: datetime
    amount: int
    quantity: Decimal | None = None
    unit: str = ""


class ContestOpened(msgspec.Struct, frozen=True):
    """A contest's number and until when it is answered; `known` when it was opened before."""

    id: int
    number: str
    answer_by: date
    known: bool = False


class TooLate(Exception):
    """It isn't this member's, the 48 hours are over, or it was answered or taken back."""


def contestable(reader: Connection | Session, member_id: int, now: datetime) -> list[Contestable]:
    """Return what a member may contest now, the newest first; what is contested already stays in the list.

    All of it: what the list left out could not be contested.
    """
    weighed: Any = reader.execute(
        select(Weighing.id, Declaration.reference, Weighing.confirmed_at, Weighing.price, Weighing.weight, Product.unit)
        .join(Declaration, Declaration.id == Weighing.declaration_id)
        .join(Product, Product.id == Weighing.product_id)
        .where(Weighing.member_id == member_id, Weighing.state == "credited", Weighing.confirmed_at > now - WITHIN)
        .order_by(Weighing.id.desc())
    )
    found: list[Contestable] = []
    for id_, reference, at, price, weight, unit in weighed:
        found.append(Contestable("weighing", id_, reference, at, price, weight, unit))
        found.append(Contestable("price", id_, reference, at, price, weight, unit))
    for table in (kind.table for kind in handover_kinds().values()):
        lately = func.coalesce(table.paid_at, table.handed_at) > now - WITHIN
        open_ = (table.state == table.HANDED) | (table.state.in_(("paid", "contested")) & lately)
        rows = select(table.id, table.reference, table.handed_at, table.amount).where(table.member_id == member_id, open_)
        left: Any = reader.execute(rows.order_by(table.id.desc()))
        found += [Contestable(table.NAME, id_, reference, at, amount) for id_, reference, at, amount in left]
    found += _openings(reader, member_id, now)
    return sorted(found, key=lambda one: one.at, reverse=True)


def _openings(reader: Connection | Session, member_id: int, now: datetime) -> list[Contestable]:
    late = OpeningBalance.answered_at <= now - timedelta(days=CONTEST_DAYS)
    held = OpeningBalance.shares + OpeningBalance.savings + OpeningBalance.payable
    rows: Any = reader.execute(
        select(OpeningBalance.id, OpeningEntry.at, held)
        .join(OpeningEntry, OpeningEntry.id == OpeningBalance.entry_id)
        # Without an answer `late` is NULL: what nobody has said anything of may be contested.
        .where(OpeningBalance.member_id == member_id, func.coalesce(~late, true()), ~is_reversed(OpeningBalance.entry_id))
    )
    return [Contestable("opening", id_, f"{id_ % 1_000_000:06d}", at, amount) for id_, at, amount in rows]


def open_contest(
    session: Session,
    act: Act,
    subject: Subject,
    about: int,
    *,
    draw: Callable[[int], int] = secrets.randbelow,
) -> ContestOpened:
    """Write a member's contest, once for what it is about; money handed over then waits for the answer.

    Raises TooLate, also when the member has left or the card was merged into another.

    The clock starts today: fourteen working days to find out, seven more to answer.
    """
    column = ABOUT.get(subject, "weighing_id")
    same = (Contest.subject == subject) & (Contest.member_id == act.member)
    same &= Contest.id.in_(_of_opening(about)) if subject == "opening" else getattr(Contest, column) == about
    known = session.execute(select(Contest.id, Contest.number, Contest.answer_by, Contest.state).where(same)).first()
    if known is not None:
        if known.state != "open":
            raise TooLate(about)
        return ContestOpened(*known[:3], known=True)
    _, left = locked_money(session, subject, about)
    cooperative = lock_member(session, act.member, TooLate).cooperative_id
    # Read behind the locks: it may have been taken back or confirmed since it was shown.
    what = require(
        next((one for one in contestable(session, act.member, act.now) if (one.subject, one.id) == (subject, about)), None),
        TooLate(about),
    )
    before = left.halt() if left else None
    if left and before is None:
        raise TooLate(about)
    investigate_by = after(act.today, INVESTIGATE)
    row = Contest(
        cooperative_id=cooperative,
        member_id=act.member,
        number=draw_free(session, Contest.number, Contest.cooperative_id == cooperative, draw),
        subject=subject,
        reference=what.reference,
        before=before,
        state="open",
        level=0,
        opened_at=act.now,
        channel=act.channel,
        investigate_by=investigate_by,
        answer_by=after(investigate_by, ANSWER),
        **({} if subject == "opening" else {column: about}),
    )
    store(session, row)
    if subject == "opening":
        said = {"answer": "contested", "answered_at": act.now, "contest_id": row.id}
        session.execute(update(OpeningBalance).where(OpeningBalance.id == about).values(**said))
    return ContestOpened(row.id, row.number, row.answer_by)


def locked_money(session: Session, subject: str, row_id: int) -> tuple[HandoverKind | None, Any]:
    """Lock what was handed over, where a contest is about that: before its member, as those who hand over lock."""
    kind = handover_kinds().get(subject)
    return kind, session.get(kind.table, row_id, with_for_update=True) if kind else None


def _of_opening(balance_id: int) -> Select[int | None]:
    return select(OpeningBalance.contest_id).where(OpeningBalance.id == balance_id, OpeningBalance.contest_id.is_not(None))
