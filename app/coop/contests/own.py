"""A member's own contests: read again, and taken back."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.contests.models import Contest
from app.coop.contests.services import locked_money
from app.coop.handover.services import confirm
from app.coop.members.lock import lock_member
from app.coop.openings.models import OpeningBalance
from app.coop.payments.models import Payment
from app.coop.production.models import Weighing
from app.coop.products.models import Product
from app.coop.till.models import Payout
from app.db.rows import require

MOST_READ = 24


class OwnContestClosed(Exception):
    """The contest isn't this member's, or was answered or taken back before."""


class OwnContest(msgspec.Struct, frozen=True):
    """A contest as its member sees it: `amount` in XOF of money, or of a price; `quantity` with `unit` of what was weighed."""

    id: int
    number: str
    subject: str
    reference: str
    opened_at: datetime
    answer_by: date
    state: str
    note: str | None
    amount: int | None
    quantity: Decimal | None
    unit: str | None


def contests_of(reader: Connection | Session, member_id: int) -> Sequence[OwnContest]:
    """Return a member's contests, the newest first; one SELECT."""
    told = (Contest.id, Contest.number, Contest.subject, Contest.reference, Contest.opened_at, Contest.answer_by, Contest.state)
    brought = OpeningBalance.shares + OpeningBalance.savings + OpeningBalance.payable
    amount = func.coalesce(Payment.amount, Payout.amount, Weighing.price, brought)
    rows: Any = (
        select(*told, Contest.note, amount, Weighing.weight, Product.unit)
        .outerjoin(Payment, Payment.id == Contest.payment_id)
        .outerjoin(Payout, Payout.id == Contest.payout_id)
        .outerjoin(Weighing, Weighing.id == Contest.weighing_id)
        .outerjoin(Product, Product.id == Weighing.product_id)
        .outerjoin(OpeningBalance, OpeningBalance.contest_id == Contest.id)
        .where(Contest.member_id == member_id)
    )
    return [OwnContest(*row) for row in reader.execute(rows.order_by(Contest.id.desc()).limit(MOST_READ))]


def take_back(session: Session, act: Act, contest_id: int) -> Contest:
    """Take one's open contest back. Money it is about stands where it stood; handed over, it is paid by this word.

    Raises OwnContestClosed, HandoverNotOpen.
    """
    mine = (Contest.id == contest_id) & (Contest.member_id == act.member)
    about = require(
        session.execute(select(Contest.subject, func.coalesce(Contest.payment_id, Contest.payout_id)).where(mine)).first(),
        OwnContestClosed(contest_id),
    )
    money, left = locked_money(session, *about)
    lock_member(session, act.member, OwnContestClosed)
    row = require(
        session.scalar(select(Contest).where(mine, Contest.state == "open").with_for_update(of=Contest)),
        OwnContestClosed(contest_id),
    )
    row.state, row.answered_at = "withdrawn", act.now
    session.flush()
    if money and left and left.state != "cancelled":
        left.resume(row.before)
        session.flush()
        if left.state == money.table.HANDED:
            confirm(session, act, money, left.id)
    return row
