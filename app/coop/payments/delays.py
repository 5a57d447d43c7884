"""Days to payment: from the scales to the member's word that she has the money."""

from collections import defaultdict
from datetime import datetime
from statistics import median_high

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.members.models import Cooperative
from app.coop.payments.models import Payment, PaymentLine
from app.coop.production.models import Weighing


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


def delays(reader: Connection | Session, since: datetime, now: datetime, cooperative_id: int | None = None) -> list[Delay]:
    """Return each co-operative's delays, or one's, by code; those that credited nothing are left out. One SELECT.

    A delivery whose only payment was cancelled waits again; one with a contested payment waits still.
    """
    rows = (
        select(Cooperative.code, Weighing.weighed_at, Payment.paid_at, Payment.state)
        .join(Cooperative, Cooperative.id == Weighing.cooperative_id)
        .outerjoin(PaymentLine, PaymentLine.weighing_id == Weighing.id)
        .outerjoin(Payment, Payment.id == PaymentLine.payment_id)
        .where(Weighing.state == "credited")
    )
    if cooperative_id is not None:
        rows = rows.where(Weighing.cooperative_id == cooperative_id)
    paid: dict[str, list[int]] = defaultdict(list)
    waiting: dict[str, list[int]] = defaultdict(list)
    for code, weighed, at, state in reader.execute(rows):
        if state == "paid" and at is not None:
            if at > since:
                paid[code].append(max(0, (at - weighed).days))
        else:
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
