"""Approvals, as others must know them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop.approvals import checks
from app.coop.approvals import sweep as approvals_sweep
from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.subject import Leaver, Rows, Subject, Sweep


def _forget_words(session: Session, leaver: Leaver) -> None:
    """Blank what officers read of the member, also where a merge of two cards names theirs."""
    merged = (Approval.subject == "member") & (Approval.subject_id == leaver.member_id)
    decided = update(Approval).where((Approval.member_id == leaver.member_id) | merged)
    session.execute(decided.values(words="", details={}))


subject = Subject(
    name="approvals",
    sweeps=(Sweep("approvals", 5, approvals_sweep.sweep),),
    rows=(
        Rows(Approval, "it was decided on the account that there was", _forget_words),
        Rows(ApprovalVote, "an officer's word is theirs for good", "an officer's word has no name"),
    ),
    checks=(checks.votes,),
)
