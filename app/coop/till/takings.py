"""The till: money that comes in, each an entry by an officer's PIN; and levies on what is owed to a member, if others approve."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop import approvals
from app.coop.access.freezes import MoneyFrozen, check_money
from app.coop.act import Act
from app.coop.cooperatives.lock import lock_cooperative
from app.coop.handover.services import NotForYourself
from app.coop.ledger.models import JournalEntry
from app.coop.ledger.services import MOST_MOVED, OWED, Overdrawn, account_of, post
from app.coop.members.lock import lock_member
from app.coop.members.lookup import BELONGS
from app.coop.offices import audit
from app.coop.payments.due import CLOSED, unheld
from app.coop.scope import Scope
from app.coop.till.payouts import NotHers

INTO = {"savings": "savings", "shares": "shares", "repayment": "advance", "leasing_repayment": "leasing", "levy": None}
"""Each kind of entry with the member's account that it credits; a levy goes to the solidarity fund."""
BOXES = ("cash", "bank", "mobile")
"""Where money comes in: the treasurer's box, the bank, mobile money."""


def take_in(session: Session, act: Act, member_id: int, kind: str, amount: int, *, box: str = "cash") -> int:
    """Write that a member brought money, and return the entry's id, the first one's for the same operation.

    Raises NotHers, NotForYourself, Overdrawn (more repaid than is owed), AccountFull, ValueError on an amount that is none.
    """
    known = session.scalar(select(JournalEntry.id).where(JournalEntry.operation == act.operation))
    if known is not None:
        return known
    if not 0 < amount <= MOST_MOVED or box not in BOXES:
        raise ValueError(amount)
    into = INTO[kind]
    _hers(session, act, member_id, closed=into in OWED)
    scope = act.office.scope.cooperative
    credited = account_of(session, scope, member_id, into) if into else account_of(session, scope, None, "solidarity")
    lines = [(account_of(session, scope, None, box), amount), (credited, -amount)]
    entry = post(session, operation=act.operation, kind=kind, cooperative_id=scope, member_id=member_id, lines=lines, now=act.now)
    audit.note(session, act, "money taken in", f"entry:{entry}", audit.Of(member_id))
    return entry


def ask_levy(session: Session, act: Act, member_id: int, amount: int) -> int:
    """Ask that a levy be kept from what is owed to a member; others decide. Raises NotHers, NotForYourself, AlreadyAsked."""
    if not 0 < amount <= MOST_MOVED:
        raise ValueError(amount)
    asked = approvals.ask(
        session,
        act,
        "levy",
        "Cotisation retenue sur livraisons",
        subject="member",
        subject_id=member_id,
        cooperative_id=act.office.cooperative_id,
        amount=amount,
        member_id=member_id,
    )
    _hers(session, act, member_id)  # locks the member's row: after the approval (members/lock.py)
    audit.note(session, act, "levy asked", f"approval:{asked}", audit.Of(member_id))
    return asked


def levied(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Move the levy from what is owed to the member to the solidarity fund."""
    scope, amount, member = Scope(approval.cooperative_id).cooperative, approval.amount or 0, approval.member_id or 0
    # Batches are made under this lock: none may hold now what the levy takes from *payable* (see the end).
    lock_cooperative(session, scope)
    if lock_member(session, member).state not in BELONGS:
        raise approvals.Impossible("le compte est fermé")
    owed, fund = account_of(session, scope, member, "payable"), account_of(session, scope, None, "solidarity")
    try:
        check_money(session, member, act.now)
        lines = [(owed, amount), (fund, -amount)]
        post(session, operation=act.operation, kind="levy", cooperative_id=scope, member_id=member, lines=lines, now=act.now)
    except Overdrawn:
        raise approvals.Impossible("la CPS ne lui doit pas autant") from None
    except MoneyFrozen:
        raise approvals.Impossible("argent suspendu après un changement") from None
    # Posted before: the sum has the levy in it.
    if unheld(session, member) < 0:
        raise approvals.Impossible("un lot de paiement tient cet argent")


def _hers(session: Session, act: Act, member_id: int, *, closed: bool = False) -> None:
    """Raise NotHers, NotForYourself; of a `closed` account what is owed may still come in, or it could never be settled."""
    member = lock_member(session, member_id, NotHers, (*BELONGS, *((CLOSED,) if closed else ())))
    if member.cooperative_id != act.office.cooperative_id:
        raise NotHers(member_id)
    if member.person_id == act.person_id:
        raise NotForYourself
