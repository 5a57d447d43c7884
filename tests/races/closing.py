"""Accounts that are being closed, and what others write on them meanwhile: the acts, each as one transaction's work."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.coop.closing import departures, merges, settlements
from app.coop.closing.handover import PAYOUT
from app.coop.contests import services
from app.coop.handover import services as handover
from app.coop.members import lookup
from app.coop.payments import batches
from app.coop.payments.due import Wanted, due
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment
from app.coop.production import weighing_lookup, weighings
from app.coop.production.models import Weighing
from app.coop.subjects import approvals
from app.coop.till import takings
from app.coop.till.models import Payout
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
KEPT, OTHER = 3, 2
SECRETARY, PRESIDENT, TREASURER = sample_declarations.CLERK, sample_deliveries.PRESIDENT, sample_deliveries.PAYER


def village_with_two_cards(database) -> None:
    """Give members 2 and 3, who are one woman on two cards: the second card has savings."""
    sample_declarations.staffed(database)
    with database.transaction() as session:
        takings.take_in(session, by(TREASURER, "saved", NOW), OTHER, "savings", 700)


def credited(database) -> None:
    """Credit a catch of the other card."""
    sample_deliveries.credited(database, [OTHER], NOW)


def paid(database) -> int:
    """Credit, pay and confirm a catch of the other card; return the payment."""
    credited(database)
    sample_deliveries.batch(database, NOW)
    with database.transaction() as session:
        payment = session.scalars(select(Payment.id)).one()
        handover.hand_over(session, by(TREASURER, "hand", NOW), PAYMENT, payment)
        handover.confirm(session, own(OTHER, "confirm", NOW), PAYMENT, payment)
    return payment


def ask_merge(session) -> int:
    """Ask that the two cards become one; return the approval that waits."""
    kept, other = (lookup.in_cooperative(session, 1, f"{card:05d}") for card in (KEPT, OTHER))
    merges.ask(session, by(SECRETARY, "merge", NOW), kept, other)
    return session.scalars(select(approvals.Approval.id).where(approvals.Approval.kind == "merge")).one()


def ask_settlement(session) -> int:
    """Note that the other member leaves, settle her account and hand the money over; return the payout that waits for her word."""
    payout = leaving(session)
    for office in (PRESIDENT, TREASURER):
        decided = agree(session, office)
    assert decided.state == "approved"
    hand(session)
    return payout


def leaving(session) -> int:
    """Note that the other member leaves, and ask that her account be settled; return the payout."""
    departures.note(session, by(SECRETARY, "leave", NOW - timedelta(days=8)), other_member(session), "77")
    return settle(session)


def settle(session, operation="settle") -> int:
    """Ask that the other member's account be settled; return the payout."""
    return settlements.ask_settlement(session, by(SECRETARY, operation, NOW), other_member(session)).payout_id


def other_member(session) -> lookup.FoundMember:
    """Return the other member as officers find her."""
    return lookup.in_cooperative(session, 1, f"{OTHER:05d}")


def agree(session, office=TREASURER) -> approvals.ApprovalDecided:
    """Give an officer's word on the settlement."""
    wish = session.scalars(select(approvals.Approval.id).where(approvals.Approval.kind == "settlement")).one()
    return approvals.decide(session, by(office, office.role, NOW), wish, approved=True)


def hand(session) -> None:
    """Hand the settlement over."""
    handover.hand_over(session, by(TREASURER, "hand", NOW), PAYOUT, session.scalars(select(Payout.id)).one())


def close(session, kind: str, wish: int) -> None:
    """Give the last word: an officer's that two cards are one, or the member's own that the money has come."""
    if kind == "settlement":
        handover.confirm(session, own(OTHER, "confirm", NOW), PAYOUT, wish)
        return
    assert approvals.decide(session, by(PRESIDENT, f"yes:{wish}", NOW), wish, approved=True).state == "approved"


def take_in(session) -> None:
    """Write 5 000 F of savings."""
    takings.take_in(session, by(TREASURER, "take", NOW), OTHER, "savings", 5_000)


def shown(session) -> weighing_lookup.Delivered:
    """Return what an officer's screen keeps of a card and a product."""
    return weighing_lookup.by_product(session, OTHER, 1)


def note(session, what: weighing_lookup.Delivered | None = None) -> weighings.Line:
    """Note what is on the scales; `what` was shown before."""
    act = by(SECRETARY, "note", NOW)
    return weighings.note(session, act, what or shown(session), weight=Decimal("12.5"), grade="A", weighed_at=NOW)


def credit(session) -> None:
    """Credit the open list."""
    lines = weighings.open_list(session, SECRETARY.person_id)
    francs = sum(line.gross for line in lines)
    weighings.confirm(session, by(SECRETARY, "credit", NOW), upto=lines[-1].id, francs=francs)


def pay(session) -> None:
    """Make a batch of all that is due."""
    found = due(session, 1, Wanted(), "cash", NOW)
    told = {"count": len(found), "francs": sum(one.amount for one in found)}
    batches.make(session, by(TREASURER, "batch", NOW), Wanted(), "cash", **told)


def contest(session) -> services.ContestOpened:
    """Contest the payment that the other card confirmed."""
    payment = session.scalars(select(Payment.id)).one()
    return services.open_contest(session, own(OTHER, "contest", NOW), "payment", payment)


def contest_weighing(session) -> services.ContestOpened:
    """Contest what was credited to the other card."""
    return services.open_contest(session, own(OTHER, "contest", NOW), "weighing", session.scalars(select(Weighing.id)).one())
