"""What a racing process does: its own connection, one act, and how that ended. Imported by a server that forks the racers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.boutiques import orders
from app.coop.closing.handover import PAYOUT
from app.coop.equipment import bookings
from app.coop.handover import services as handover
from app.coop.ideas import voices
from app.coop.ledger.services import Overdrawn, post
from app.coop.lots import runs, stock
from app.coop.production import weighings
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.coop.till import payouts, withdrawals
from app.coop.training import applications, clock
from app.coop.training.ages import Birth
from app.db.database import Database
from tests import sample_declarations
from tests.acts import by, own

TREASURER = Office(104, "treasurer", 1)
REFUSALS = (
    Overdrawn,
    payouts.AlreadyOpen,
    withdrawals.NotEnough,
    handover.HandoverNotOpen,
    weighings.ListChanged,
    approvals.ApprovalClosed,
    approvals.Impossible,
    bookings.HalfDayTaken,
    stock.LotShort,
    runs.NothingDelivered,
    orders.SoldOut,
    orders.OrderNotOpen,
    bookings.TooManyBookings,
    applications.AppliedElsewhere,
)
Acting = Callable[..., object]


def last_franc(session: Session, operation: str, now: datetime, savings: int, cash: int) -> None:
    """Take the last franc of a savings account out of the books."""
    lines = [(savings, 1), (cash, -1)]
    post(session, operation=operation, kind="withdrawal", cooperative_id=1, member_id=1, lines=lines, now=now)


def ask_for_all(session: Session, operation: str, now: datetime, francs: int) -> None:
    """Ask for all of a member's savings."""
    payouts.ask(session, own(1, operation, now), "withdrawal", 1, francs)


def hand_over(session: Session, operation: str, now: datetime, payout: int) -> None:
    """Hand the same approved withdrawal over."""
    handover.hand_over(session, by(TREASURER, operation, now), PAYOUT, payout)


def receive(session: Session, operation: str, now: datetime, payout: int) -> None:
    """Say that it was received."""
    del operation
    handover.confirm(session, own(1, "confirm", now), PAYOUT, payout)


def confirm_list(session: Session, operation: str, now: datetime, upto: int, francs: int) -> None:
    """Credit the same list of weighings."""
    weighings.confirm(session, by(sample_declarations.CLERK, operation, now), upto=upto, francs=francs)


def voice(session: Session, operation: str, now: datetime, member: int) -> None:
    """Give a member's voice to the first or the second idea, by the racer's number."""
    voices.support(session, own(member, operation, now), int(operation[-1]) % 2 + 1, by_pin=True)


def book(session: Session, operation: str, now: datetime, members: list[int]) -> None:
    """Book the same half-day, each racer for another member."""
    member = members[int(operation[-1]) % len(members)]
    bookings.book(session, own(member, operation, now), 1, now.date() + timedelta(days=1), "am")


def collect(session: Session, operation: str, now: datetime) -> None:
    """Make a lot of the same day's deliveries."""
    runs.collect(session, by(sample_declarations.CLERK, operation, now), 1, 1, now.date())


def split(session: Session, operation: str, now: datetime, code: str) -> None:
    """Split the last forty kilos off the same lot."""
    stock.split(session, by(sample_declarations.CLERK, operation, now), code, Decimal(40))


def buy(session: Session, operation: str, now: datetime, offer: int) -> None:
    """Order a jar, each racer on a number of their own."""
    act = Act(0, "ussd", operation, now, phone=f"+22177555000{operation[-1]}")
    orders.place(session, act, offer, Decimal(1))


def give_back(session: Session, operation: str, now: datetime, order: int) -> None:
    """End the same reservation: half by the buyer's word, half by the clock."""
    del now
    orders.give_back(session, order, "cancelled" if int(operation[-1]) % 2 else "expired")


def apply_for_training(session: Session, operation: str, now: datetime, members: list[int], training: int) -> None:
    """Apply, each racer for another member where there are as many."""
    member = members[int(operation[-1]) % len(members)]
    told = applications.ApplicantTold(Birth(2000))
    applications.apply(session, own(member, operation, now, phone=f"+22177{member:07d}"), training, told)


def apply_from_two_phones(session: Session, operation: str, now: datetime, training: int) -> None:
    """Apply as one and the same stranger, from two telephones."""
    told = applications.ApplicantTold(Birth(2000), "Fatou Ndiaye", 1)
    act = Act(0, "ussd", operation, now, phone=f"+22177555000{int(operation[-1]) % 2}")
    applications.apply(session, act, training, told)


def offer_seats(session: Session, operation: str, now: datetime) -> None:
    """Offer the seats that are free."""
    del operation
    clock.offer(session, now)


def last_word(session: Session, operation: str, now: datetime, wishes: list[int]) -> None:
    """Give the last word on an approval, each racer on another."""
    wish = wishes[int(operation[-1]) % len(wishes)]
    approvals.decide(session, by(Office(102, "president", 1), operation, now), wish, approved=True)


MONEY, GOODS = (last_franc, ask_for_all, hand_over, receive, confirm_list), (voice, book, collect, split, buy, give_back)
SEATS = (apply_for_training, apply_from_two_phones, offer_seats, last_word)
ACTS: dict[str, Acting] = {act.__name__: act for act in (*MONEY, *GOODS, *SEATS)}


def race(url: str, act: str, number: int, now: datetime, given: dict[str, Any], start: Barrier) -> str:
    """Do an act when all are ready; return `done`, or the name of the refusal."""
    database = Database(url, statement_ms=30_000)
    try:
        with database.read():
            start.wait(30)
        with database.transaction() as session:
            ACTS[act](session, f"racer {number}", now, **given)
        return "done"
    except REFUSALS as refusal:
        return type(refusal).__name__
    finally:
        database.dispose()
