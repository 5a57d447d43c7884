"""How a payout is handed over: what the till gives, and settlements."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.coop import law
from app.coop.act import Act
from app.coop.closing import settlements
from app.coop.cooperatives.lock import lock_cooperative
from app.coop.handover.kinds import HandoverKind
from app.coop.handover.services import leave
from app.coop.members.lock import LockedMember
from app.coop.members.lookup import BELONGS
from app.coop.solidarity.fund import FundShort
from app.coop.till import schedule
from app.coop.till.models import Payout
from app.coop.till.payouts import KINDS, NotHers, words_of
from app.coop.till.solidarity_fund import fund_of


def _may_be_given(session: Session, act: Act, row: Payout, member: LockedMember) -> None:
    """Raise NotHers, Unlawful, FundShort."""
    if row.kind != "settlement" and member.state not in BELONGS:
        raise NotHers(row.member_id)
    law.check(session, row.kind, row.member_id, act.today)
    if row.kind == "aid" and fund_of(session, row.cooperative_id).balance < row.amount:
        raise FundShort(fund_of(session, row.cooperative_id).balance)


def _lock(session: Session, row: Payout) -> None:
    if row.kind == "settlement":
        lock_cooperative(session, row.cooperative_id)


def _book_payout(session: Session, act: Act, row: Payout) -> int:
    """Write the entry; an advance's schedule begins. A settlement takes all that is owed, and raises StillOpen, TooEarly, Owes."""
    if row.kind == "settlement":
        return settlements.book(session, row, settlements.clear(session, row, act.now), act.now)
    if row.kind == "aid":
        return leave(session, row, "aid", "solidarity", act.now, shared=True)
    if row.instalments:
        schedule.write(session, row, act.today)
    return leave(session, row, row.kind, str(KINDS[row.kind].account), act.now)


def _close_settled(session: Session, row: Payout, now: datetime) -> None:
    if row.kind == "settlement":
        settlements.close_paid(session, row, now)


PAYOUT = HandoverKind(
    Payout,
    _may_be_given,
    _book_payout,
    (Payout.kind, Payout.asset),
    lambda kind, asset: (words_of(kind, asset), None),
    _close_settled,
    lock=_lock,
    promised=True,
    signed="payout",
)
