"""What is to be paid to whom: credited deliveries that no payment pays yet, never more than what the books owe."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.clock import DAKAR
from app.coop.ledger.models import Account
from app.coop.ledger.queries import is_reversed
from app.coop.members.contact import reach
from app.coop.members.lookup import BELONGS
from app.coop.members.models import Member
from app.coop.payments.models import Payment, PaymentLine
from app.coop.production.models import Weighing
from app.coop.products.models import Product
from app.db.rows import total

CLOSED = "blocked"
"""The state of an account of a member who was excluded or died: what is owed goes out with the settlement alone."""
Bar = Literal["closed", "frozen", "number"]
"""Why no batch pays a member: a closed account, frozen money, no number of their own alone for mobile money."""


class Wanted(msgspec.Struct, frozen=True):
    """Which deliveries: of a day (Dakar's), of a product, or with neither all that is due; to all members, or to one."""

    day: date | None = None
    product_id: int | None = None
    member_id: int | None = None


class Unpaid(msgspec.Struct, frozen=True):
    """A credited delivery that no payment pays: `net` in XOF, without solidarity share and instalment."""

    weighing_id: int
    member_id: int
    product_id: int
    product: str
    weighed_at: datetime
    net: int

    @property
    def day(self) -> date:
        """Return the day on which it was weighed, as people there say it."""
        return self.weighed_at.astimezone(DAKAR).date()


class MemberDue(msgspec.Struct, frozen=True):
    """What one member is to get, in XOF, and the weighings that this pays; what bars them from it, if anything does."""

    member_id: int
    amount: int
    weighings: tuple[int, ...]
    bar: Bar | None = None


def unpaid(reader: Connection | Session, cooperative_id: int, states: Collection[str] = BELONGS) -> list[Unpaid]:
    """Return the deliveries of a co-operative's members in these states that wait for money, oldest first; a reversed one
    doesn't. One SELECT.
    """
    taken = select(PaymentLine.weighing_id).where(PaymentLine.weighing_id == Weighing.id)
    rows: Any = reader.execute(
        select(
            Weighing.id,
            Weighing.member_id,
            Weighing.product_id,
            Product.name,
            Weighing.weighed_at,
            Weighing.gross - Weighing.share - Weighing.repaid,
        )
        .join(Product, Product.id == Weighing.product_id)
        .join(Member, Member.id == Weighing.member_id)
        .where(Weighing.cooperative_id == cooperative_id, Weighing.state == "credited", Member.state.in_(states))
        .where(~is_reversed(Weighing.entry_id), ~taken.exists())
        .order_by(Weighing.weighed_at, Weighing.id)
    )
    return [Unpaid(*row) for row in rows]


def due(reader: Connection | Session, cooperative_id: int, wanted: Wanted, way: str, now: datetime) -> list[MemberDue]:
    """Return what is to be paid to whom, by member: nothing that an open payment holds, and to no member whom something bars."""
    return [one for one in _owing(reader, cooperative_id, wanted, way, now) if one.bar is None]


def left_out(reader: Connection | Session, cooperative_id: int, wanted: Wanted, way: str, now: datetime) -> dict[Bar, int]:
    """Return how many members are owed some of what is wanted and get nothing now, by what bars them."""
    return dict(Counter(one.bar for one in _owing(reader, cooperative_id, wanted, way, now) if one.bar))


def _owing(reader: Connection | Session, cooperative_id: int, wanted: Wanted, way: str, now: datetime) -> list[MemberDue]:
    lines: dict[int, list[Unpaid]] = defaultdict(list)
    for line in unpaid(reader, cooperative_id, (*BELONGS, CLOSED)):
        named = wanted.member_id in (None, line.member_id)
        if named and wanted.day in (None, line.day) and wanted.product_id in (None, line.product_id):
            lines[line.member_id].append(line)
    everything = (wanted.day, wanted.product_id) == (None, None)
    one = lines.keys() if wanted.member_id is None else {wanted.member_id}
    # All that is due is asked by account, not by delivery: a balance from the paper book has none.
    owed = _available(reader, cooperative_id, now, None if wanted == Wanted() else one)
    reached = reach(reader, owed) if way == "mobile" else {}
    found = []
    for member, (most, bar) in sorted(owed.items()):
        mine = lines.get(member, [])
        # The books have the last word: a levy, or goods on account, may have taken some of what the deliveries gave.
        amount = most if everything else min(most, sum(line.net for line in mine))
        if way == "mobile" and not reached[member].own:
            bar = bar or "number"
        if amount > 0:
            found.append(MemberDue(member, amount, tuple(line.weighing_id for line in mine), bar))
    return found


def unheld(session: Session, member_id: int) -> int:
    """Return what the books owe a member and no open payment holds, in XOF; below zero when the payments hold more."""
    held = select(func.coalesce(func.sum(Payment.amount), 0)).where(Payment.member_id == member_id, Payment.state == "open")
    owed = select(-Account.balance).where(Account.member_id == member_id, Account.kind == "payable")
    return total(session, owed) - total(session, held)


def _available(
    reader: Connection | Session, cooperative_id: int, now: datetime, members: Collection[int] | None
) -> dict[int, tuple[int, Bar | None]]:
    """Return what the books owe each member and no open payment holds, in XOF, and what bars them from it. One SELECT."""
    held = (
        select(Payment.member_id, func.sum(Payment.amount).label("held"))
        .where(Payment.cooperative_id == cooperative_id, Payment.state == "open")
        .group_by(Payment.member_id)
        .subquery()
    )
    rows: Any = (
        select(Member.id, -Account.balance - func.coalesce(held.c.held, 0), Member.state, Member.money_frozen_until)
        .outerjoin(held, held.c.member_id == Account.member_id)
        .join(Member, Member.id == Account.member_id)
        .where(
            Account.cooperative_id == cooperative_id,
            Account.kind == "payable",
            Account.balance < 0,
            Member.state.in_((*BELONGS, CLOSED)),
        )
    )
    if members is not None:
        rows = rows.where(Account.member_id.in_(set(members)))

    def bar(state: str, frozen_until: datetime | None) -> Bar | None:
        return "closed" if state == CLOSED else "frozen" if frozen_until and frozen_until > now else None

    return {member: (int(amount), bar(state, until)) for member, amount, state, until in reader.execute(rows)}
