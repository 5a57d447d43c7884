"""A half-day is one row: never had twice, asked ones too; caps, time, money and repair around it."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update

from app.coop.equipment import bookings, custody, queries
from app.coop.equipment import clock as bookings_clock
from app.coop.equipment.models import Booking, Equipment, HalfDay
from app.coop.ledger.queries import balances_of
from app.coop.rights import Office
from app.coop.verify import verify
from app.sms.models import Message
from tests import sample_boutiques, sample_declarations
from tests.acts import by, own

SECRETARY, PRESIDENT = sample_declarations.CLERK, Office(102, "president", 1)
TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def quay(database, clock):
    """Give CPS1 a dryer for 500 F, a deposit of 2 000 F, four half-days a member, fourteen days ahead; and CPS2."""
    sample_declarations.staffed(database)
    sample_declarations.women(database, 4)
    sample_boutiques.neighbours(database)
    with database.transaction() as session:
        terms = custody.HireTerms(fee=500, deposit=2_000)
        custody.add(session, by(SECRETARY, "add", clock()), 1, "Séchoir", "Joal", terms)
    return database


def book(database, member, day, half, now, operation=None):
    with database.transaction() as session:
        return bookings.book(session, own(member, operation or f"book:{member}:{day}:{half}", now), 1, day, half)


def sound(database):
    with database.read() as reader:
        assert verify(reader).wrong == ()


def test_a_half_day_is_had_once_and_the_same_act_again_is_the_first(quay, clock):
    first = book(quay, 201, TOMORROW, "am", clock())
    assert book(quay, 201, TOMORROW, "am", clock()).id == first.id
    with pytest.raises(bookings.HalfDayTaken):
        book(quay, 202, TOMORROW, "am", clock())
    assert book(quay, 202, TOMORROW, "pm", clock()).state == "booked"
    sound(quay)


@pytest.mark.parametrize(
    ("hour", "day", "half", "why"),
    [
        (13, TODAY, "am", "passée"),
        (12, TODAY, "am", None),
        (19, TODAY, "pm", "passée"),
        (10, TODAY - timedelta(days=1), "pm", "passée"),
        (10, TODAY + timedelta(days=14), "pm", None),
        (10, TODAY + timedelta(days=15), "am", "14 jours"),
        (10, TOMORROW, "night", "Le matin ou"),
        (10, TOMORROW, "", "Le matin ou"),
    ],
)
def test_a_half_day_is_neither_past_nor_far_nor_over_midnight(quay, hour, day, half, why):
    now = datetime(2026, 11, 24, hour, tzinfo=UTC)
    if why is None:
        assert book(quay, 201, day, half, now).state == "booked"
        return
    with pytest.raises(bookings.BadHalfDay, match=why):
        book(quay, 201, day, half, now)
    sound(quay)


def test_a_member_has_four_ahead_and_what_was_missed_counts(quay, clock):
    days = [TOMORROW + timedelta(days=number) for number in range(5)]
    for day in days[:4]:
        book(quay, 201, day, "am", clock())
    with pytest.raises(bookings.TooManyBookings):
        book(quay, 201, days[4], "am", clock())
    with quay.transaction() as session:  # eleven hours before: counted
        late = bookings.cancel(session, own(201, "late", datetime(2026, 11, 24, 20, tzinfo=UTC)), 1)
        in_time = bookings.cancel(session, own(201, "soon", datetime(2026, 11, 24, 20, tzinfo=UTC)), 2)
        assert (late.state, in_time.state) == ("missed", "cancelled")
        with pytest.raises(bookings.BookingNotOpen):
            bookings.cancel(session, own(201, "twice", clock()), 1)
        with pytest.raises(bookings.BookingNotOpen):
            bookings.cancel(session, own(202, "anothers", clock()), 3)
    book(quay, 201, days[4], "am", clock())
    with pytest.raises(bookings.TooManyBookings):
        book(quay, 201, days[4], "pm", clock())
    assert book(quay, 202, TOMORROW, "am", clock()).state == "booked", "what was taken back is free"
    sound(quay)


def test_what_is_only_asked_holds_the_half_day_too_and_two_are_never_confirmed(quay, clock):
    with quay.transaction() as session:
        session.execute(update(Equipment).values(approval=True))
    asked = book(quay, 201, TOMORROW, "am", clock())
    with pytest.raises(bookings.HalfDayTaken):
        book(quay, 202, TOMORROW, "am", clock())
    with quay.transaction() as session:
        assert bookings.decide(session, by(SECRETARY, "no", clock()), asked.id, accepted=False).state == "refused"
        with pytest.raises(bookings.BookingNotOpen):
            bookings.decide(session, by(SECRETARY, "yes", clock()), asked.id, accepted=True)
    second = book(quay, 202, TOMORROW, "am", clock())
    with quay.transaction() as session:
        with pytest.raises(bookings.BookingNotOpen):
            bookings.decide(session, by(Office(302, "president", 2), "other", clock()), second.id, accepted=True)
        assert bookings.decide(session, by(SECRETARY, "yes", clock()), second.id, accepted=True).state == "booked"
    sound(quay)


def test_only_those_it_is_lent_to_book_it(quay, clock):
    with pytest.raises(bookings.EquipmentGone):
        book(quay, 302, TOMORROW, "am", clock())
    with quay.transaction() as session:
        custody.lend(session, by(SECRETARY, "lend", clock()), 1, 2)
        for act, whom in ((by(SECRETARY, "own", clock()), 1), (by(Office(302, "president", 2), "other", clock()), 1)):
            with pytest.raises(custody.EquipmentRefused):
                custody.lend(session, act, 1, whom)
    assert book(quay, 302, TOMORROW, "am", clock()).cooperative_id == 1
    with quay.transaction() as session:
        custody.lend(session, by(SECRETARY, "no more", clock()), 1, 2, lent=False)
    with pytest.raises(bookings.EquipmentGone):
        book(quay, 302, TOMORROW, "pm", clock())


@pytest.mark.parametrize(("damaged", "savings"), [(False, 2_000), (True, 0)])
def test_fee_and_deposit_are_in_the_books_and_the_deposit_comes_back_on_savings(quay, clock, damaged, savings):
    row = book(quay, 201, TODAY, "pm", clock())
    with quay.transaction() as session:
        custody.hand_out(session, by(SECRETARY, "out", clock()), row.id, "bon")
        with pytest.raises(bookings.BookingNotOpen):
            custody.hand_out(session, by(SECRETARY, "out again", clock()), row.id, "bon")
        custody.take_back(session, by(SECRETARY, "back", clock()), row.id, "bon", damaged=damaged)
    with quay.read() as reader:
        assert balances_of(reader, 201).savings == savings
        assert reader.scalar(select(Equipment.state)) == ("repair" if damaged else "usable")
    sound(quay)


def test_nobody_hands_out_to_themselves_nor_on_another_day(quay, clock):
    mine, later = book(quay, 101, TODAY, "pm", clock()), book(quay, 201, TOMORROW, "am", clock())
    with quay.transaction() as session, pytest.raises(custody.OwnBooking), session.begin_nested():
        custody.hand_out(session, by(SECRETARY, "own", clock()), mine.id, "bon")
    with quay.transaction() as session, pytest.raises(bookings.BookingNotOpen), session.begin_nested():
        custody.hand_out(session, by(SECRETARY, "early", clock()), later.id, "bon")
    sound(quay)


def test_in_repair_what_was_booked_is_off_and_nothing_new_is(quay, clock):
    book(quay, 201, TOMORROW, "am", clock())
    with quay.transaction() as session:
        [off] = custody.repair(session, by(PRESIDENT, "repair", clock()), 1)
        assert (off.state, session.scalar(select(func.count()).select_from(HalfDay))) == ("off", 0)
    with pytest.raises(bookings.EquipmentGone):
        book(quay, 202, TOMORROW, "am", clock())
    with quay.transaction() as session:
        custody.restore(session, by(PRESIDENT, "mended", clock()), 1)
    assert book(quay, 202, TOMORROW, "am", clock()).state == "booked"


def test_taken_back_damaged_what_was_booked_ahead_is_off_and_told_and_not_counted_as_missed(quay, clock):
    out, ahead = book(quay, 201, TODAY, "pm", clock()), book(quay, 202, TOMORROW, "am", clock())
    with quay.transaction() as session:
        custody.hand_out(session, by(SECRETARY, "out", clock()), out.id, "bon")
        custody.take_back(session, by(SECRETARY, "back", clock()), out.id, "abîmé", damaged=True)
        bookings_clock.sweep(session, clock() + timedelta(days=2))
        assert session.get(Booking, ahead.id).state == "off"
        [told] = session.scalars(select(Message.text).where(Message.cause == f"booking:{ahead.id}:off")).all()
    assert "en réparation" in told
    sound(quay)


def test_what_is_in_repair_is_handed_to_nobody(quay, clock):
    row = book(quay, 201, TODAY, "pm", clock())
    with quay.transaction() as session:
        session.execute(update(Equipment).values(state="repair"))
    with quay.transaction() as session, pytest.raises(bookings.EquipmentGone), session.begin_nested():
        custody.hand_out(session, by(SECRETARY, "out", clock()), row.id, "bon")


def test_the_clock_ends_what_nobody_decided_or_came_for_and_tells_the_next_of_a_late_one(quay, clock):
    with quay.transaction() as session:
        session.execute(update(Equipment).values(approval=True))
    asked = book(quay, 201, TODAY, "pm", clock())
    with quay.transaction() as session:
        session.execute(update(Equipment).values(approval=False))
    missed, late, coming = (
        book(quay, 202, TODAY, "am", clock()),
        book(quay, 203, TOMORROW, "am", clock()),
        book(quay, 204, TOMORROW, "pm", clock()),
    )
    for hours, state in ((2, {asked.id: "asked"}), (2, {asked.id: "refused", missed.id: "missed"})):
        clock.forward(hours=hours)
        with quay.transaction() as session:
            bookings_clock.sweep(session, clock())
            stands = dict(session.execute(select(Booking.id, Booking.state)).all())
            assert {number: stands[number] for number in state} == state
    with quay.transaction() as session:
        morning = datetime(2026, 11, 25, 8, tzinfo=UTC)
        custody.hand_out(session, by(SECRETARY, "out", morning), late.id, "bon")
        for hour in (13, 14):
            bookings_clock.sweep(session, morning.replace(hour=hour))
        told = session.scalars(select(Message.text).where(Message.cause == f"booking:{late.id}:late:{coming.id}")).all()
    assert len(told) == 1
    assert "pas encore rendue" in told[0]
    sound(quay)


def test_what_is_out_and_never_comes_back_keeps_the_clock_from_no_other_booking(quay, clock, monkeypatch):
    monkeypatch.setattr(bookings_clock, "MOST_AT_ONCE", 1)
    out, missed = book(quay, 201, TODAY, "am", clock()), book(quay, 202, TODAY, "pm", clock())
    with quay.transaction() as session:
        custody.hand_out(session, by(SECRETARY, "out", clock()), out.id, "bon")
        bookings_clock.sweep(session, clock() + timedelta(days=1))
        assert session.get(Booking, missed.id).state == "missed"


@pytest.mark.parametrize("racers", [20])
def test_many_at_once_for_one_half_day_are_one(quay, clock, racers):
    """On both databases, each racer a member's own session."""
    ended, start = [], Barrier(racers)

    def racer(number):
        start.wait(30)
        try:
            book(quay, (201, 202, 203, 204)[number % 4], TOMORROW, "am", clock(), f"racer {number}")
            ended.append("booked")
        except bookings.HalfDayTaken:
            ended.append("taken")

    threads = [Thread(target=racer, args=(number,)) for number in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(ended) == ["booked"] + ["taken"] * (racers - 1)
    with quay.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Booking)) == 1
    sound(quay)


def test_free_half_days_are_those_that_can_be_booked(quay, clock):
    book(quay, 201, TOMORROW, "am", clock())
    with quay.read() as reader:
        found = queries.free_half_days(reader, 1, 1, datetime(2026, 11, 24, 13, tzinfo=UTC))
    assert found == [(TODAY, "pm"), (TOMORROW, "pm")]


def test_what_another_has_not_brought_back_is_handed_to_nobody(quay, clock):
    rows = [book(quay, member, TODAY, half, clock()) for member, half in ((201, "am"), (202, "pm"))]
    hers = book(quay, 201, TOMORROW, "am", clock())
    with quay.transaction() as session:
        custody.hand_out(session, by(SECRETARY, "out", clock()), rows[0].id, "bon")
    with pytest.raises(custody.StillOut), quay.transaction() as session:
        custody.hand_out(session, by(SECRETARY, "next", clock()), rows[1].id, "bon")
    with quay.transaction() as session:
        custody.hand_out(session, by(SECRETARY, "goes on", clock.forward(days=1)), hers.id, "bon")
        for row in (rows[0], hers):
            custody.take_back(session, by(SECRETARY, f"back {row.id}", clock()), row.id, "bon", damaged=False)
    sound(quay)


def test_what_nobody_has_decided_is_taken_back_late_without_being_counted(quay, clock):
    with quay.transaction() as session:
        session.execute(update(Equipment).values(approval=True))
    asked = book(quay, 201, TODAY, "pm", clock())
    with quay.transaction() as session:
        assert bookings.cancel(session, own(201, "back", clock()), asked.id).state == "cancelled"
    sound(quay)
