"""A sweep goes on behind a row that the database refuses (ADR 0024)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text, update

from app.coop.boutiques import clock as shop_clock
from app.coop.boutiques import offers
from app.coop.boutiques.models import Offer
from app.coop.closing import settlements
from app.coop.closing.models import Departure
from app.coop.equipment import bookings, custody
from app.coop.equipment import clock as bookings_clock
from app.coop.equipment.models import Booking
from app.coop.jobs import services as jobs
from app.coop.jobs.models import Job
from app.coop.ledger.models import Account
from app.coop.ledger.services import reverse
from app.coop.lots import runs, stock
from app.coop.lots.models import LotDelivery
from app.coop.production.models import Weighing
from app.coop.solidarity import fund
from app.coop.solidarity.models import FundReport
from app.coop.till.models import Payout
from app.coop.training import clock as training_clock
from app.coop.training import notices as training_notices
from app.coop.training.models import TrainingApplication
from app.db.rows import PASSED_OVER
from app.sms.models import Message
from tests import sample_boutiques, sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.training_acts import FIRST, apply, give_back, opened, phone_of, sweep

SECRETARY = sample_declarations.CLERK
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def booked(database):
    with database.transaction() as session:
        for machine, member in ((1, 201), (2, 202)):
            custody.add(session, by(SECRETARY, f"add:{machine}", NOW), 1, f"Séchoir {machine}", "Joal", custody.HireTerms())
            bookings.book(session, own(member, f"book:{member}", NOW), machine, NOW.date(), "pm")


def offered(database):
    with database.transaction() as session:
        for number in (1, 2):
            bought = stock.NewLot(2, "caisse", Decimal(60), None, source="Joal")
            lot = runs.happen(session, by(SECRETARY, f"buy:{number}", NOW), "bought", 1, made=[bought])[0]
            put = offers.Put(lot.code, Decimal(40), 1_500, "Confiture", "Joal")
            offers.put_up(session, by(SECRETARY, f"offer:{number}", NOW), put)


def undelivered(database):
    sample_deliveries.credited(database, [201, 202], NOW)
    with database.transaction() as session:
        runs.collect(session, by(SECRETARY, "lot", NOW), 1, 1, NOW.date())
        for entry in session.scalars(select(Weighing.entry_id)).all():
            reverse(session, entry, operation=f"undo:{entry}", now=NOW)


def settled(database):
    with database.transaction() as session:
        session.execute(update(Account).where(Account.member_id.is_not(None)).values(balance=0))
        for member in (201, 202):
            payout(session, "settlement", member, member, 1)
            session.add(Departure(member_id=member, kind="withdrawal", state="open", noted_at=NOW, due_on=NOW.date()))


def aided(database):
    sample_boutiques.neighbours(database)
    with database.transaction() as session:
        for number in range(10):
            payout(session, "aid", number, 201, 1 + number % 2)


def payout(session, kind, number, member, cooperative):
    told = {"kind": kind, "member_id": member, "cooperative_id": cooperative, "amount": 500, "reference": f"{number:06d}"}
    done = {"state": "paid", "handed_at": NOW, "paid_at": NOW, "asked_at": NOW, "asked_by": 101, "instalments": 0}
    session.add(Payout(**told, **done, channel="ussd", operation=f"{kind}:{number}"))


def queued(database):
    for training in (opened(database), opened(database, title="Soudure")):
        for member in (201, 202, 203):
            apply(database, training, member, NOW)


def freed(database):
    queued(database)
    for application in (1, 4):
        give_back(database, application, 201, NOW)


def nearer(database):
    queued(database)
    for application in (2, 5):
        give_back(database, application, 202, NOW)


def lapsing(database):
    freed(database)
    sweep(database, NOW)


def unplaced(database):
    queued(database)
    with database.transaction() as session:
        training_clock.begun(session, datetime(2026, 12, 8, 9, tzinfo=UTC))


def filled(database):
    with database.transaction() as session:
        told = jobs.NewJob("Chantier naval", "Soudeur", "Mbour", 2, date(2026, 12, 15))
        jobs.add_job(session, told, NOW.date())
        for member in (202, 203):
            jobs.interest(session, own(member, f"job:{member}", NOW, phone=phone_of(member)), 1)
        jobs.end(session, 1, "filled")


def advertised(database):
    with database.transaction() as session:
        for trade in ("Soudeur", "Peintre"):
            jobs.add_job(session, jobs.NewJob("Chantier naval", trade, "Mbour", 2, NOW.date()), NOW.date())


def trained(state):
    return select(func.count()).where(TrainingApplication.training_id == 3, TrainingApplication.state == state)


COURSE_1 = "UPDATE ON training_applications WHEN OLD.training_id = 2"
FIRST_TOLD = f"INSERT ON sms_messages WHEN NEW.to_number = '{phone_of(202)}'"
SECOND_TOLD = select(func.count()).where(Message.to_number == phone_of(203))
BEGUN, SOON = FIRST - NOW.date(), timedelta(days=2)
CASES = {
    "bookings": (
        booked,
        bookings_clock.sweep,
        SOON,
        "UPDATE ON bookings WHEN OLD.id = 1",
        select(Booking.state == "missed").where(Booking.id == 2),
    ),
    "offers": (
        offered,
        shop_clock.sweep,
        timedelta(days=99),
        "UPDATE ON offers WHEN OLD.id = 2",
        select(Offer.quantity == Decimal(0)).where(Offer.id == 3),
    ),
    "reversed deliveries": (
        undelivered,
        runs.correct,
        SOON,
        "UPDATE ON lot_deliveries WHEN OLD.weighing_id = 1",
        select(LotDelivery.corrected_at).where(LotDelivery.weighing_id == 2),
    ),
    "settlements": (
        settled,
        settlements.close_signed,
        SOON,
        "UPDATE ON departures WHEN OLD.id = 1",
        select(Departure.state == "closed").where(Departure.id == 2),
    ),
    "fund reports": (
        aided,
        fund.report,
        BEGUN,
        "INSERT ON fund_reports WHEN NEW.cooperative_id = 1",
        select(FundReport.id).where(FundReport.cooperative_id == 2),
    ),
    "trainings begun": (queued, training_clock.begun, BEGUN, COURSE_1, trained("unplaced")),
    "training offers": (freed, training_clock.offer, timedelta(0), COURSE_1, trained("offered")),
    "training offers ended": (lapsing, training_clock.lapse, SOON, COURSE_1, trained("lapsed")),
    "training ranks": (
        nearer,
        training_clock.tell_ranks,
        SOON,
        COURSE_1,
        select(func.count()).where(TrainingApplication.training_id == 3, TrainingApplication.told_rank_on > NOW.date()),
    ),
    "training news": (unplaced, training_notices.tell_news, BEGUN, FIRST_TOLD, SECOND_TOLD),
    "jobs over": (
        advertised,
        jobs.expire,
        SOON,
        "UPDATE ON jobs WHEN OLD.id = 1",
        select(Job.state == "closed").where(Job.id == 2),
    ),
    "job news": (filled, jobs.tell_news, SOON, FIRST_TOLD, SECOND_TOLD),
}


@pytest.mark.parametrize("case", CASES)
def test_a_row_that_is_refused_stops_none_behind_it(sqlite_database, case):
    given, do, later, refused, behind = CASES[case]
    database = sample_declarations.staffed(sqlite_database)
    sample_declarations.women(database, 3)
    given(database)
    with database.transaction() as session:
        session.execute(text(f"CREATE TRIGGER refused BEFORE {refused} BEGIN SELECT RAISE(ABORT, 'refused'); END"))
        before = session.scalar(behind)
    with database.transaction() as session:
        do(session, NOW + later)
        assert session.info[PASSED_OVER]
        assert session.scalar(behind) != before


def test_an_account_to_which_something_has_come_since_keeps_no_other_from_being_closed(sqlite_database, monkeypatch):
    monkeypatch.setattr(settlements, "MOST_AT_ONCE", 1)
    database = sample_declarations.staffed(sqlite_database)
    sample_declarations.women(database, 2)
    settled(database)
    with database.transaction() as session:
        session.execute(update(Account).where(Account.member_id == 201, Account.kind == "payable").values(balance=-500))
    with database.transaction() as session:
        settlements.close_signed(session, NOW + SOON)
        assert session.scalars(select(Departure.state).order_by(Departure.id)).all() == ["open", "closed"]
