"""A contest has a number, a clock of working days, and one answer by somebody who had no hand in it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app import texts
from app.coop.contests import answers, deadlines, services
from app.coop.contests.clock import after, working_day
from app.coop.contests.models import Contest
from app.coop.handover import services as handover
from app.coop.ledger.queries import balances_of
from app.coop.offices.models import Role
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment
from app.coop.production import weighing_lookup, weighings
from app.coop.rights import Office
from app.coop.verify import verify
from app.gsm7 import fold, septets
from app.sms.models import Message
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
FEDERATION = Office(103, "administrator", None)


@pytest.fixture
def counter(sqlite_database):
    sample_declarations.staffed(sqlite_database)
    sample_deliveries.credited(sqlite_database, sample_declarations.women(sqlite_database, 2), NOW)
    return sqlite_database


@pytest.fixture
def handed(counter):
    sample_deliveries.batch(counter, NOW)
    with counter.transaction() as session:
        for payment in (1, 2):
            handover.hand_over(session, by(sample_deliveries.PAYER, "hand", NOW), PAYMENT, payment)
    return counter


def contest(database, subject="weighing", about=1, member=201, now=NOW):
    with database.transaction() as session:
        return services.open_contest(session, own(member, "contest", now), subject, about)


def answer(database, office, *, upheld, contest_id=1):
    with database.transaction() as session:
        answers.answer(session, by(office, "answer", NOW), contest_id, upheld=upheld, note="vu")


def waiting(database, office, now=NOW):
    with database.read() as reader:
        return [one.number for one in answers.waiting(reader, office, now)]


@pytest.mark.parametrize(
    ("day", "days", "lands"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 25)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over a weekend
        (date(2026, 12, 24), 1, date(2026, 12, 28)),  # Christmas is a Friday
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
        (date(2026, 4, 3), 1, date(2026, 4, 7)),  # Easter Monday
        (date(2026, 5, 13), 1, date(2026, 5, 15)),  # Ascension
        (date(2026, 5, 22), 1, date(2026, 5, 26)),  # Whit Monday
        (date(2026, 11, 24), 14, date(2026, 12, 14)),
        (date(2026, 12, 14), 7, date(2026, 12, 23)),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(day, days, lands):
    assert after(day, days) == lands
    assert working_day(lands)


@pytest.mark.parametrize(("hours", "open_"), [(47, True), (49, False)])
def test_a_weighing_is_contested_within_48_hours(counter, hours, open_):
    later = NOW + timedelta(hours=hours)
    if not open_:
        with pytest.raises(services.TooLate):
            contest(counter, now=later)
        return
    first = contest(counter, now=later)
    assert first.answer_by == after(after(later.date(), 14), 7)
    assert contest(counter, now=later + timedelta(days=9)) == services.ContestOpened(
        first.id, first.number, first.answer_by, known=True
    )
    assert contest(counter, "price", now=later).number != first.number


def test_nobody_contests_what_is_another_members(counter):
    for subject, about in (("weighing", 2), ("price", 2), ("payment", 1), ("weighing", 99)):
        with pytest.raises(services.TooLate):
            contest(counter, subject, about)


def test_a_payment_that_nobody_confirmed_is_contested_however_late_a_paid_one_is_not(handed):
    with handed.transaction() as session:
        handover.confirm(session, own(202, "confirm", NOW), PAYMENT, 2)
    later = NOW + timedelta(days=30)
    assert not contest(handed, "payment", 1, now=later).known
    with pytest.raises(services.TooLate):
        contest(handed, "payment", 2, member=202, now=later)
    with handed.transaction() as session, pytest.raises(handover.HandoverNotOpen):
        handover.confirm(session, own(201, "confirm", later), PAYMENT, 1)


@pytest.mark.parametrize("before", ["handed_over", "paid"])
@pytest.mark.parametrize("upheld", [True, False])
def test_an_answer_takes_the_payment_back_or_lets_it_stand(handed, before, upheld):
    if before == "paid":
        with handed.transaction() as session:
            handover.confirm(session, own(201, "confirm", NOW), PAYMENT, 1)
    contest(handed, "payment", 1)
    assert waiting(handed, sample_deliveries.PAYER) == []
    with pytest.raises(answers.ContestNotOpen):
        answer(handed, sample_deliveries.PAYER, upheld=upheld)
    answer(handed, sample_deliveries.PRESIDENT, upheld=upheld)
    with pytest.raises(answers.ContestNotOpen):
        answer(handed, sample_deliveries.PRESIDENT, upheld=upheld)
    with handed.read() as reader:
        assert reader.scalar(select(Payment.state).where(Payment.id == 1)) == ("cancelled" if upheld else before)
        assert balances_of(reader, 201).payable == (9_800 if upheld else 0)
        assert verify(reader).wrong == ()


def test_money_is_contested_however_much_was_weighed_since(handed):
    later = NOW + timedelta(hours=1)
    with handed.transaction() as session:
        for at in range(13):
            what = weighing_lookup.by_product(session, 201, 1)
            weighings.note(
                session, by(sample_declarations.CLERK, f"many:{at}", later), what, weight=Decimal(5), grade="A", weighed_at=NOW
            )
        lines = weighings.open_list(session, 101)
        worth = {"upto": lines[-1].id, "francs": sum(line.gross for line in lines)}
        weighings.confirm(session, by(sample_declarations.CLERK, "many", later), **worth)
    assert not contest(handed, "payment", 1, now=later).known


def test_a_late_contest_goes_up_once_a_level_and_everybody_is_told(counter):
    opened = contest(counter)
    assert waiting(counter, FEDERATION) == []

    def sweep(day):
        with counter.transaction() as session:
            return deadlines.sweep(session, now=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))

    with counter.read() as reader:
        limit = reader.scalar(select(Contest.investigate_by))
    assert [sweep(limit), sweep(limit + timedelta(days=1)), sweep(limit + timedelta(days=1))] == [0, 1, 0]
    assert [sweep(opened.answer_by + timedelta(days=1)) for _ in range(2)] == [1, 0]
    assert waiting(counter, FEDERATION) == [opened.number]
    with counter.read() as reader:
        told = reader.execute(select(Message.to_number, Message.text).where(Message.cause.like("contest:%"))).all()
    assert [to for to, _ in told] == [
        "+221770000201",
        sample_declarations.PRESIDENT,
        "+221770000201",
        sample_declarations.ADMINISTRATOR,
    ]
    assert all(opened.number in text and septets(text) <= 160 for _, text in told)
    answer(counter, FEDERATION, upheld=False)
    assert sweep(opened.answer_by + timedelta(days=90)) == 0


def test_those_who_may_answer_are_told_once_of_a_new_contest(handed):
    number = contest(handed, "payment", 1).number
    for _ in range(2):
        with handed.transaction() as session:
            deadlines.sweep(session, now=NOW + timedelta(minutes=10))
    with handed.read() as reader:
        told = reader.execute(select(Message.to_number, Message.text).where(Message.cause.like("contest:%new%"))).all()
    assert sorted(to for to, _ in told) == [sample_declarations.SECRETARY, sample_declarations.PRESIDENT]
    assert all(number in text and " F" not in text for _, text in told)


def test_what_every_officer_had_a_hand_in_goes_to_the_federation_at_once(handed):
    with handed.transaction() as session:
        handover.sign(session, by(sample_deliveries.PAYER, "one", NOW), PAYMENT, 1, "7")
        handover.sign(session, by(sample_deliveries.PRESIDENT, "two", NOW), PAYMENT, 1, "7")
        session.execute(update(Role).where(Role.person_id == 101).values(until_on=NOW.date() - timedelta(days=1)))
    made = contest(handed, "payment", 1)
    assert waiting(handed, FEDERATION) == []
    for _ in range(2):
        with handed.transaction() as session:
            deadlines.sweep(session, now=NOW)
    assert waiting(handed, FEDERATION) == [made.number]
    with handed.read() as reader:
        told = dict(reader.execute(select(Message.to_number, Message.text).where(Message.cause.like("contest:%"))).all())
    assert set(told) == {"+221770000201", sample_declarations.ADMINISTRATOR}
    assert "elle concerne les responsables" in told["+221770000201"]
    assert f"réclamation {made.number} à répondre avant" in told[sample_declarations.ADMINISTRATOR]
    answer(handed, FEDERATION, upheld=True)


def test_a_contest_forgotten_by_the_clock_goes_to_the_federation_at_once(counter):
    contest(counter)
    with counter.transaction() as session:
        late = {"investigate_by": NOW.date() - timedelta(days=9), "answer_by": NOW.date() - timedelta(days=1)}
        session.execute(update(Contest).values(**late))
        assert [one.level for one in answers.escalate(session, NOW)] == [2]


DIALLED = {"code": "*" * 20, "cost": "m" * 20}


@pytest.mark.parametrize(
    "text",
    [
        texts.say("contest_opened", number="123456", reference="654321", due=NOW.date()),
        texts.say("contest_raised", number="123456", raised_why="late", raised_to="cooperative", day=NOW),
        texts.say("contest_new", number="123456", due=NOW.date(), **DIALLED),
        texts.say("contest_answered", number="123456", verdict="unfounded", note="m" * 48),
        texts.say("contest_late", number="123456", days=21, **DIALLED),
        texts.say("handed_over_amount", reference="123456", day=NOW, amount=99_999_999, **DIALLED),
        texts.say("receipt_signed", reference="123456", signature="9" * 10, day=NOW, **DIALLED),
        texts.say("payment_receipt", reference="123456", day=NOW, **DIALLED),
    ],
)
def test_what_is_told_fits_one_part(text):
    assert septets(fold(text)) <= 160
