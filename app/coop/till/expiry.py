"""Let go of what officers approved and nobody came for: the money is free again, and its member is told."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.approvals.models import Approval
from app.coop.members.notices import tell_member
from app.coop.till import payouts
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
    late = session.scalars(select(Payout.id).where(Payout.state == "approved", decided.exists())).all()
    act = Act.by_clock("payouts", now)
    gone: list[int] = []

    def let_go(late_id: int) -> None:
        for row in payouts.let_go(session, now, Payout.id == late_id):
            words = texts.say("payout_left", reference=row.reference, days=FETCHED_WITHIN.days)
            tell_member(session, act, row.member_id, "receipt", f"payout:{row.id}:left", words)
            gone.append(row.id)

    each(session, "a payout that nobody fetched", [(one, one) for one in late], let_go)
    return len(gone)
