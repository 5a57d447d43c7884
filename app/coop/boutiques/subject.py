"""The boutique témoin, as others must know it."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop.approvals.kinds import ApprovalKind
from app.coop.boutiques import checks, clock, console, counts, sales
from app.coop.boutiques.models import DayCount, Order
from app.coop.subject import Leaver, Rows, Subject, Sweep, UnderWay


def _forget_number(session: Session, leaver: Leaver) -> None:
    """Blank the numbers of orders, the member's and those that the same telephones made as nobody known."""
    theirs = (Order.member_id == leaver.member_id) | (Order.member_id.is_(None) & Order.phone.in_(leaver.phones))
    session.execute(update(Order).where(theirs).values(phone=""))


subject = Subject(
    name="boutiques",
    requests=console.KINDS,
    approvals=(ApprovalKind("refund", sales.refunded), ApprovalKind("day_count", counts.noted, counts.dropped)),
    sweeps=(
        Sweep("reservations", 60, clock.sweep),
        Sweep("expired orders", 60, clock.tell_expired),
        Sweep("invoices", 3600, clock.remind),
    ),
    rows=(
        Rows(Order, "move", _forget_number),
        Rows(DayCount, "who counted is written for good", "it has the person's number, no name"),
    ),
    under_way=(UnderWay(Order, ("reserved",), Order.state == "reserved", goes_over=True),),
    checks=(checks.promised, checks.unbooked, checks.written_off),
    movements={"sale": "Achat"},
)
