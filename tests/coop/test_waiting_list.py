"""The waiting list moves by itself: each seat is offered once to each in turn, by day, with an end."""

from datetime import UTC, datetime, time, timedelta

import msgspec
import pytest
from sqlalchemy import select

from app.clock import QuietHours
from app.coop.training import applications, clock, queries, seats
from app.coop.training.models import TrainingApplication
from app.service import KEY, service_of
from tests.acts import by
from tests.training_acts import FEDERATION, accept, apply, clock_now, give_back, opened, quay, states, sweep, told

__all__ = ["clock_now", "quay"]


def test_seats_go_in_order_and_who_applies_again_keeps_theirs(quay, clock_now):
    training, now = opened(quay, seats=2), clock_now
    assert [apply(quay, training, member, now)[1] for member in (201, 202, 203, 204)] == ["seated", "seated", "waiting", "waiting"]
    first = apply(quay, training, 203, now + timedelta(hours=1))
    assert first[1:] == ("waiting", False)
    with quay.read() as reader:
        [mine] = queries.own_applications(reader, 204, "", now.date())
        assert (mine.state, mine.rank) == ("waiting", 2)
        assert queries.training_by_id(reader, training).free == 0


def test_a_freed_seat_is_offered_once_to_each_in_turn(quay, clock_now):
    training, now = opened(quay), clock_now
    rows = {member: apply(quay, training, member, now)[0] for member in (201, 202, 203)}
    give_back(quay, rows[201], 201, now)
    assert apply(quay, training, 201, now)[1] == "waiting"  # at the end, though a seat is free
    for _ in range(2):
        sweep(quay, now)
    assert states(quay, training) == ["given_back", "offered", "waiting", "waiting"]
    assert ["OUI" in text for text in told(quay, 202)] == [True]
    later = now + timedelta(hours=24, minutes=11)
    sweep(quay, later)
    assert states(quay, training) == ["given_back", "lapsed", "offered", "waiting"]
    assert "passée" in told(quay, 202)[-1]
    assert accept(quay, rows[203], 203, later) == accept(quay, rows[203], 203, later) == "seated"
    sweep(quay, later)
    assert states(quay, training) == ["given_back", "lapsed", "seated", "waiting"]


def test_an_offer_is_taken_in_its_last_second_also_when_that_is_read_late(quay, clock_now):
    training, now = opened(quay), clock_now
    first, second = (apply(quay, training, member, now)[0] for member in (201, 202))
    give_back(quay, first, 201, now)
    sweep(quay, now)
    ends = now + clock.OFFER
    sweep(quay, ends + timedelta(minutes=9))
    assert states(quay, training)[1] == "offered"
    with pytest.raises(applications.ApplicationNotOpen):
        accept(quay, second, 202, ends + timedelta(minutes=9), at=ends + timedelta(seconds=1))
    sweep(quay, ends + timedelta(hours=1))
    assert states(quay, training)[1] == "lapsed"
    assert accept(quay, second, 202, ends + timedelta(hours=1), at=ends) == "seated"


def test_nobody_is_called_at_night_nor_just_before_the_start(quay, clock_now):
    training = opened(quay)
    first, _ = (apply(quay, training, member, clock_now)[0] for member in (201, 202))
    night = datetime(2026, 12, 7, 21, 0, tzinfo=UTC)
    give_back(quay, first, 201, night)
    for hours in (0, 5, 9.5):
        sweep(quay, night + timedelta(hours=hours))
        assert states(quay, training)[1] == "waiting"
    sweep(quay, datetime(2026, 12, 8, 8, 0, tzinfo=UTC))
    assert states(quay, training) == ["given_back", "unplaced"]
    assert "pas de place cette fois" in told(quay, 202)[-1]


@pytest.mark.parametrize(
    ("quiet", "at", "offered"),
    [
        ((time(20), time(9)), datetime(2026, 12, 2, 20, 30, tzinfo=UTC), False),
        ((time(20), time(9)), datetime(2026, 12, 2, 8, 30, tzinfo=UTC), False),
        ((time(20), time(9)), datetime(2026, 12, 2, 9, 0, tzinfo=UTC), True),
        ((time(12), time(14)), datetime(2026, 12, 2, 13, 0, tzinfo=UTC), False),
        ((time(12), time(14)), datetime(2026, 12, 2, 3, 0, tzinfo=UTC), True),
        (None, datetime(2026, 12, 2, 3, 0, tzinfo=UTC), True),
    ],
)
def test_quiet_hours_are_those_of_the_setting(quay, clock_now, quiet, at, offered):
    training = opened(quay)
    first, _ = (apply(quay, training, member, clock_now)[0] for member in (201, 202))
    give_back(quay, first, 201, clock_now)
    with quay.transaction() as session:
        session.info[KEY] = msgspec.structs.replace(service_of(session), quiet=QuietHours(*quiet) if quiet else None)
        clock.offer(session, at)
    assert (states(quay, training)[1] == "offered") is offered


def test_an_offer_ends_when_the_training_begins(quay, clock_now):
    training = opened(quay)
    first, second = (apply(quay, training, member, clock_now)[0] for member in (201, 202))
    eve = datetime(2026, 12, 7, 18, 0, tzinfo=UTC)
    give_back(quay, first, 201, eve)
    sweep(quay, eve)
    with quay.read() as reader:
        ends = reader.scalar(select(TrainingApplication.offer_ends).where(TrainingApplication.id == second))
    assert ends == datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
    with pytest.raises(applications.ApplicationNotOpen):
        accept(quay, second, 202, ends)


def test_lowered_seats_call_nobody_and_turn_nobody_out(quay, clock_now):
    training, now = opened(quay, seats=3), clock_now
    rows = [apply(quay, training, member, now)[0] for member in (201, 202, 203, 204)]
    with quay.transaction() as session:
        seats.set_seats(session, by(FEDERATION, "seats", now), training, 1)
        for bad in (0, -1, 1000):
            with pytest.raises(seats.TrainingRefused):
                seats.set_seats(session, by(FEDERATION, "bad", now), training, bad)
    for index, member in enumerate((201, 202)):
        give_back(quay, rows[index], member, now)
        sweep(quay, now)
        assert states(quay, training) == ["given_back"] * (index + 1) + ["seated"] * (2 - index) + ["waiting"]
    give_back(quay, rows[2], 203, now)
    sweep(quay, now)
    assert states(quay, training)[-1] == "offered"


def test_more_seats_are_offered_at_once_and_newcomers_stand_behind(quay, clock_now):
    training, now = opened(quay), clock_now
    for member in (201, 202):
        apply(quay, training, member, now)
    with quay.transaction() as session:
        seats.set_seats(session, by(FEDERATION, "seats", now), training, 3)
    assert [apply(quay, training, member, now)[1] for member in (203, 204)] == ["seated", "waiting"]
    sweep(quay, now)
    assert states(quay, training) == ["seated", "offered", "seated", "waiting"]


def test_who_comes_near_the_front_hears_it_once_a_day(quay, clock_now):
    training, now = opened(quay), clock_now
    rows = [apply(quay, training, member, now)[0] for member in (201, 202, 203)]
    give_back(quay, rows[1], 202, now)
    sweep(quay, now)
    assert not told(quay, 203)
    for hours in (24, 25):
        sweep(quay, now + timedelta(hours=hours))
    assert ["Rang 1" in text for text in told(quay, 203)] == [True]
