"""Days to payment: from the scales to the member's word that she has the money."""

from collections import defaultdict
from datetime import datetime
from statistics import median_high

import msgspec
from sqlalchemy import Connection, and_, or_, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.models import Account
from app.coop.ledger.queries import is_reversed
from app.coop.members.models import Member
from app.coop.payments.models import Payment, PaymentLine
from app.coop.production.models import Weighing
from app.coop.scope import FEDERATION, Scope


class Delay(msgspec.Struct, frozen=True):
    """How a co-operative pays, in whole days a delivery: None where nothing was paid, or nothing waits.

    `paid` deliveries were paid since the instant asked for; `waiting` are credited and not paid, `oldest` the days of the first.
    """

    cooperative: str
    paid: int
    median: int | None
    worst: int | None
    waiting: int
    oldest: int | None


HEADS = {
    "cooperative": "CPS",
    "paid": "livraisons payées",
    "median": "jours, d'habitude",
    "worst": "jours, au plus",
    "waiting": "livraisons pas payées",
    "oldest": "jours de la plus ancienne",
}
"""What officers read above each column."""


def paid_after(reader: Connection | Session, since: datetime, scope: Scope = FEDERATION) -> dict[str, list[int]]:
    """Return by co-operative's code how many days each delivery waited that was paid since then. One SELECT."""
    rows = (
        select(Cooperative.code, Weighing.weighed_at, Payment.paid_at)
        .join(Payment, Payment.cooperative_id == Cooperative.id)
        .join(PaymentLine, PaymentLine.payment_id == Payment.id)
        .join(Weighing, Weighing.id == PaymentLine.weighing_id)
        .where(Payment.paid_at > since, Payment.state == "paid")
    )
    found: dict[str, list[int]] = defaultdict(list)
    for code, weighed, paid in reader.execute(rows.where(scope.reach(Cooperative.id))):
        found[code].append(max(0, (paid - weighed).days) if paid else 0)
    return found


def delays(reader: Connection | Session, since: datetime, now: datetime, scope: Scope = FEDERATION) -> list[Delay]:
    """Return each co-operative's delays, or one's, by code; those that credited nothing are left out. Two SELECTs.

    A delivery whose only payment was cancelled waits again; one with a contested payment waits still. One that no payment
    pays waits for as long as the books owe its member anything: its money may have gone for a levy, goods or a settlement.
    """
    paid = paid_after(reader, since, scope)
    owed = select(Account.id).where(Account.member_id == Weighing.member_id, Account.kind == "payable", Account.balance < 0)
    unpaid = (
        select(Cooperative.code, Weighing.weighed_at)
        .join(Cooperative, Cooperative.id == Weighing.cooperative_id)
        .outerjoin(PaymentLine, PaymentLine.weighing_id == Weighing.id)
        .outerjoin(Payment, Payment.id == PaymentLine.payment_id)
        .join(Member, Member.id == Weighing.member_id)
        .where(
            Weighing.state == "credited",
            Member.state != "departed",
            or_(and_(Payment.id.is_(None), owed.exists()), Payment.state != "paid"),
        )
        .where(~is_reversed(Weighing.entry_id))
    )
    waiting: dict[str, list[int]] = defaultdict(list)
    for code, weighed in reader.execute(unpaid.where(scope.reach(Cooperative.id))):
        waiting[code].append(max(0, (now - weighed).days))
    return [
        Delay(
            code,
            len(paid[code]),
            median_high(paid[code]) if paid[code] else None,
            max(paid[code], default=None),
            len(waiting[code]),
            max(waiting[code], default=None),
        )
        for code in sorted(paid.keys() | waiting.keys())
    ]
