"""What `ledger verify` holds payouts, levies and reversals to."""

from sqlalchemy import Connection, String, cast, func, literal, or_, select

from app.coop.approvals.models import Approval
from app.coop.ledger.models import JournalEntry
from app.coop.subject import MOST_NAMED
from app.coop.till.models import Instalment, Payout


def schedules(reader: Connection) -> list[str]:
    count, total = func.count(Instalment.number), func.coalesce(func.sum(Instalment.amount), 0)
    rows = reader.execute(
        select(Payout.id, Payout.amount, total)
        .outerjoin(Instalment, Instalment.payout_id == Payout.id)
        .where(Payout.instalments > 0, Payout.state.in_(("handed", "paid")))
        .group_by(Payout.id, Payout.amount, Payout.instalments)
        .having(or_(total != Payout.amount, count != Payout.instalments))
        .limit(MOST_NAMED)
    )
    return [f"payout {payout}: its instalments sum to {int(due)} F, not {amount} F" for payout, amount, due in rows]


def unapproved(reader: Connection) -> list[str]:
    """Find what left without several officers' word."""
    wanted = (Approval.subject == "payout") & (Approval.subject_id == Payout.id)
    approved = select(Approval.id).where(wanted, Approval.state == "approved")
    unwanted = Payout.state.in_(("approved", "handed", "paid")) & ~approved.exists()
    rows = reader.execute(select(Payout.id, Payout.state).where(unwanted).limit(MOST_NAMED))
    return [f"payout {payout}: {state} without its approval" for payout, state in rows]


def executed(reader: Connection) -> list[str]:
    """Hold approved reversals and levies against their entries, and such entries against their approvals: once each."""
    # What follows the last word is done under the approval's own key (approvals/services.py).
    own = JournalEntry.operation == literal("approval:") + cast(Approval.id, String)
    kinds = Approval.kind.in_(("reversal", "levy"))
    rows = reader.execute(
        select(Approval.id, Approval.state, JournalEntry.id)
        .outerjoin(JournalEntry, own)
        .where(kinds, (Approval.state == "approved") != JournalEntry.id.is_not(None))
        .limit(MOST_NAMED)
    )
    return [
        f"approval {approval}: {state}, {'without its entry' if entry is None else f'but entry {entry} is there'}"
        for approval, state, entry in rows
    ]
