"""A seeded member's advance: asked by an officer, approved by two others, handed over and paid, as the till leaves it."""

from datetime import datetime, timedelta
from typing import Any

from app.coop.approvals import services as approvals
from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.approvals.rules import ROLES
from app.coop.references import check_digit
from app.coop.till import schedule
from app.coop.till.models import Instalment, Payout
from app.db.base import Base

INSTALMENTS = 2
PAID_AFTER = timedelta(minutes=10)
MOST = 50_000
"""Advances in a co-operative: a reference has five digits."""
_SPREAD = 7_919


def write(
    rows: dict[type[Base], list[dict[str, Any]]],
    member: int,
    cooperative: int,
    officers: list[int],
    place: int,
    amount: int,
    entry: int,
    at: datetime,
) -> None:
    """Write the payout of one advance with its approval and schedule; handed over by `entry`, paid by the next one.

    `place` is the member's in the co-operative, from 0: its reference comes from it.
    """
    others = [officer for officer in officers if officer != member]
    asker, voters = others[0], others[1:]
    asked_at, decided_at, digits = at - timedelta(days=2), at - timedelta(days=1), f"{place * _SPREAD % 100_000:05d}"
    rows[Payout].append(
        {
            "id": member,
            "kind": "advance",
            "cooperative_id": cooperative,
            "member_id": member,
            "amount": amount,
            "instalments": INSTALMENTS,
            "reference": digits + check_digit(digits),
            "state": "paid",
            "asked_by": asker,
            "asked_at": asked_at,
            "channel": "ussd",
            "operation": f"seed:advance:{member}",
            "handed_by": others[-1],
            "handed_at": at,
            "handed_entry_id": entry,
            "paid_at": at + PAID_AFTER,
            "paid_entry_id": entry + 1,
        }
    )
    rows[Instalment] += [
        {"payout_id": member, "number": number, "due_on": schedule.months_after(at.date(), number), "amount": part}
        for number, part in enumerate(schedule.split(amount, INSTALMENTS), 1)
    ]
    rows[Approval].append(
        {
            "id": member,
            "kind": "advance",
            "cooperative_id": cooperative,
            "subject": "payout",
            "subject_id": member,
            "details": {},
            "words": f"Avance en {INSTALMENTS} fois",
            "amount": amount,
            "member_id": member,
            "asked_by": asker,
            "asked_at": asked_at,
            "expires_at": asked_at + approvals.LIVES,
            "needed": len(voters),
            "roles": ",".join(ROLES),
            "state": "approved",
            "told": "ended",
            "decided_by": voters[-1],
            "decided_at": decided_at,
            "operation": f"payout:{member}",
        }
    )
    rows[ApprovalVote] += [
        {"approval_id": member, "person_id": voter, "approved": True, "at": decided_at, "operation": f"seed:vote:{member}:{voter}"}
        for voter in voters
    ]
