"""What members delivered, what was kept back, how long they waited for the money, what stands in the books."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Filiere
from app.coop.kpi.cells import FigureCell, Month
from app.coop.kpi.people import credited
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.queries import kind_undone
from app.coop.lots.models import Measure
from app.coop.lots.stock import MASSES
from app.coop.payments.models import Payment, PaymentLine
from app.coop.production.models import Declaration, Weighing
from app.coop.products.models import Product
from app.coop.till.models import Payout

STOCKS = ("shares", "savings", "payable", "advance", "leasing")


def deliveries(reader: Connection | Session, ids: Sequence[int], month: Month) -> list[FigureCell]:
    """Return deliveries, their worth, what was kept back of it, and of those with a mass the tonnes and the price of a kilo."""
    found: list[FigureCell] = []
    for one, trade, people, count, gross, share, repaid, milligrams, massed in reader.execute(_weighed(ids, month, by_trade=False)):
        del trade
        grams = milligrams // 1000
        cells = (
            *(("deliveries", count, 0), ("worth", gross, 0), ("to_fund", share, gross), ("to_advances", repaid, gross)),
            *(("tonnes", grams, 0), ("price", massed, grams)),
        )
        found += [FigureCell(name, one, "", int(top), int(bottom), people) for name, top, bottom in cells]
    for one, trade, people, *_, milligrams, massed in reader.execute(_weighed(ids, month, by_trade=True)):
        grams = int(milligrams) // 1000
        found += [FigureCell("tonnes", one, f"filiere:{trade}", grams, 0, people)]
        found += [FigureCell("price", one, f"filiere:{trade}", int(massed), grams, people)]
    return found


def _weighed(ids: Sequence[int], month: Month, *, by_trade: bool) -> Any:
    # A Quantity is kept in thousandths. Summed as the whole numbers that
    # they are, grams lose nothing on either database.
    thousandths = type_coerce(Weighing.weight, BigInteger)
    known = case(*((Declaration.unit == unit, mass) for unit, mass in MASSES.items()), else_=None)
    grams = func.coalesce(Measure.grams, known)
    trade: Any = Filiere.code if by_trade else func.min(Filiere.code)
    sums = (
        func.count(Weighing.member_id.distinct()),
        func.count(),
        func.sum(Weighing.gross),
        func.sum(Weighing.share),
        func.sum(Weighing.repaid),
        func.coalesce(func.sum(thousandths * grams), 0),
        func.coalesce(func.sum(case((grams.is_not(None), Weighing.gross), else_=0)), 0),
    )
    rows = select(Weighing.cooperative_id, trade, *sums).join(Declaration, Declaration.id == Weighing.declaration_id)
    rows = rows.join(Product, Product.id == Weighing.product_id).join(Filiere, Filiere.id == Product.filiere_id)
    rows = rows.outerjoin(Measure, (Measure.product_id == Weighing.product_id) & (Measure.unit == Declaration.unit))
    rows = rows.where(Weighing.cooperative_id.in_(ids), credited(month))
    return rows.group_by(Weighing.cooperative_id, *([trade] if by_trade else []))


def stocks(reader: Connection | Session, ids: Sequence[int], month: Month) -> list[FigureCell]:
    """Return what members' accounts hold at the month's end, summed from their entries."""
    each = select(Account.cooperative_id.label("place"), Account.kind.label("kind"), func.sum(Posting.amount).label("balance"))
    each = each.join(Posting, Posting.account_id == Account.id).join(JournalEntry, JournalEntry.id == Posting.entry_id)
    each = each.where(Account.cooperative_id.in_(ids), Account.member_id.is_not(None), Account.kind.in_(STOCKS))
    of = each.where(JournalEntry.at < month.end).group_by(Account.id, Account.cooperative_id, Account.kind).subquery()
    rows = select(of.c.place, of.c.kind, func.sum(func.abs(of.c.balance)), func.count()).where(of.c.balance != 0)
    found = reader.execute(rows.group_by(of.c.place, of.c.kind))
    return [FigureCell(kind, one, "", int(amount), persons=people) for one, kind, amount, people in found]


def waits(reader: Connection | Session, ids: Sequence[int], month: Month) -> list[FigureCell]:
    """Return the days that deliveries waited which were paid in the month, as `payments/delays.py` counts them."""
    rows = select(Payment.cooperative_id, Payment.member_id, Weighing.weighed_at, Payment.paid_at)
    rows = rows.join(PaymentLine, PaymentLine.payment_id == Payment.id).join(Weighing, Weighing.id == PaymentLine.weighing_id)
    paid = (Payment.state == "paid") & (Payment.paid_at >= month.start) & (Payment.paid_at < month.end)
    days: dict[int, list[int]] = defaultdict(list)
    people: dict[int, set[int]] = defaultdict(set)
    for one, member, weighed, at in reader.execute(rows.where(Payment.cooperative_id.in_(ids), paid)):
        days[one].append(max(0, (at - weighed).days) if at else 0)
        people[one].add(member)
    return [FigureCell("days", one, "", sum(all_), len(all_), len(people[one])) for one, all_ in days.items()]


def fund(reader: Connection | Session, ids: Sequence[int], month: Month) -> list[FigureCell]:
    """Return what came into each solidarity fund and went out of it; behind what comes in are those whose deliveries give it."""
    kind = kind_undone()
    rows = select(Account.cooperative_id, kind, func.sum(-Posting.amount))
    rows = rows.join(Posting, Posting.account_id == Account.id).join(JournalEntry, JournalEntry.id == Posting.entry_id)
    within = (JournalEntry.at >= month.start) & (JournalEntry.at < month.end)
    rows = rows.where(Account.cooperative_id.in_(ids), Account.kind == "solidarity", within)
    moved: dict[str, dict[int, int]] = {"fund_in": defaultdict(int), "fund_out": defaultdict(int)}
    for one, moved_by, amount in reader.execute(rows.group_by(Account.cooperative_id, kind)):
        way, side = ("fund_out", -1) if moved_by == "aid" else ("fund_in", 1)
        moved[way][one] += side * int(amount)
    givers = select(Account.cooperative_id, func.count(JournalEntry.member_id.distinct()))
    givers = givers.join(Posting, Posting.account_id == Account.id).join(JournalEntry, JournalEntry.id == Posting.entry_id)
    givers = givers.where(Account.cooperative_id.in_(ids), Account.kind == "solidarity", within, kind != "aid")
    handed = (Payout.kind == "aid") & (Payout.handed_at >= month.start) & (Payout.handed_at < month.end)
    helped = select(Payout.cooperative_id, func.count(Payout.member_id.distinct()))
    helped = helped.where(Payout.cooperative_id.in_(ids), handed, Payout.state.in_(("handed", "paid")))
    behind = {
        "fund_in": dict(reader.execute(givers.group_by(Account.cooperative_id)).all()),
        "fund_out": dict(reader.execute(helped.group_by(Payout.cooperative_id)).all()),
    }
    return [
        # An aid that was reversed since leaves its amount and nobody behind it: as one person's it isn't told.
        FigureCell(name, one, "", amount, persons=behind[name].get(one, 1 if name == "fund_out" else 0))
        for name, by in moved.items()
        for one, amount in by.items()
        if amount
    ]
