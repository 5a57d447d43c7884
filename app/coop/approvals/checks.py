"""What `ledger verify` holds approvals to."""

from sqlalchemy import Connection, case, func, or_, select

from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.subject import MOST_NAMED


def votes(reader: Connection) -> list[str]:
    """Find approvals that say something else than their votes."""
    votes = select(
        ApprovalVote.approval_id,
        func.sum(case((ApprovalVote.approved, 1), else_=0)).label("given"),
        func.sum(case((ApprovalVote.approved, 0), else_=1)).label("against"),
    ).group_by(ApprovalVote.approval_id)
    cast_ = votes.subquery()
    given, against = func.coalesce(cast_.c.given, 0), func.coalesce(cast_.c.against, 0)
    rows = reader.execute(
        select(Approval.id, Approval.state)
        .outerjoin(cast_, cast_.c.approval_id == Approval.id)
        .where(
            or_(
                (Approval.state == "approved") & ((given < Approval.needed) | (against > 0)),
                (Approval.state == "refused") & (against != 1),
                Approval.state.in_(("waiting", "dead")) & (against > 0),
            )
        )
        .limit(MOST_NAMED)
    )
    return [f"approval {approval}: {state}, but not by its votes" for approval, state in rows]
