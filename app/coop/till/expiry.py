"""Let go of what officers approved and nobody came for: the money is free again, and its member is told."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.approvals.models import Approval
from app.coop.members.notices import tell_member
from app.coop.till.models import Payout
from app.db.rows import each

FETCHED_WITHIN = timedelta(days=14)
"""For how long what was approved waits at the till."""


def sweep(session: Session, now: datetime) -> int:
    """Cancel payouts approved longer ago than FETCHED_WITHIN and not handed over; return how many. Twice changes nothing."""
    decided = select(Approval.id).where(
        Approval.subject == "payout",
        Approval.subject_id == Payout.id,
        Approval.state == "approved",
        Approval.decided_at <= now - FETCHED_WITHIN,
    )
    left = select(Payout.id, Payout.member_id, Payout.reference).where(Payout.state == "approved", decided.exists())
    late = session.execute(left).all()
    act = Act.by_clock("payouts", now)
    gone: list[int] = []

    def let_go(row: Any) -> None:
        still = update(Payout).where(Payout.id == row.id, Payout.state == "approved").values(state="cancelled")
        if session.scalar(still.returning(Payout.id)) is None:
            return
        words = texts.say("payout_left", reference=row.reference, days=FETCHED_WITHIN.days)
        tell_member(session, act, row.member_id, "receipt", f"payout:{row.id}:left", words)
        gone.append(row.id)

    each(session, "a payout that nobody fetched", [(row.id, row) for row in late], let_go)
    return len(gone)
