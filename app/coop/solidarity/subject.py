"""The solidarity fund, as others must know it."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop.approvals.kinds import ApprovalKind
from app.coop.solidarity import aids, checks, fund, notices
from app.coop.solidarity.models import Aid
from app.coop.subject import Leaver, Rows, Subject, Sweep
from app.coop.till.models import Payout


def _forget_reasons(session: Session, leaver: Leaver) -> None:
    theirs = select(Payout.id).where(Payout.member_id == leaver.member_id)
    mine = Aid.payout_id.in_(theirs) | (Aid.relative_id == leaver.person_id)
    session.execute(update(Aid).where(mine).values(reason=None, relative_id=None))


subject = Subject(
    name="solidarity",
    approvals=(
        ApprovalKind("aid", aids.approved, aids.ended, member=aids.BY_SEVERAL, officer=aids.BY_SEVERAL),
        ApprovalKind("aid_after", aids.looked_at, member=1),
    ),
    sweeps=(
        Sweep("fund reports", 3600, fund.report),
        Sweep("fund told", 600, notices.tell_members),
        Sweep("reasons of aid", 3600, aids.forget),
    ),
    rows=(Rows(Aid, "it hangs on the payout, which stays with the member who had it", _forget_reasons),),
    checks=(checks.overspent,),
)
