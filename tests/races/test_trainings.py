"""Eight processes race for three seats, each for another member, and for one seat that was offered."""

import pytest
from sqlalchemy import func, select

from app.coop.training import applications, clock, queries, seats
from app.coop.training.models import TrainingApplication
from app.coop.verify import verify
from tests import sample_declarations, sample_trainings
from tests.acts import own
from tests.races.test_races import NOW, RACERS, house, run

__all__ = ["house"]


@pytest.fixture
def women(house):
    return sample_declarations.women(house, RACERS)


def test_seats_are_never_oversold_and_each_has_a_rank_of_their_own(house, women):
    with house.transaction() as session:
        training = sample_trainings.couture(session, NOW).id
        seats.set_seats(session, None, training, 3)
    assert run(house, "apply_for_training", members=women, training=training) == {"done": RACERS}
    with house.read() as reader:
        found = queries.applicants(reader, training)
        assert [one.state for one in found] == ["seated"] * 3 + ["waiting"] * 5
        assert sorted(one.rank for one in found if one.state == "waiting") == [1, 2, 3, 4, 5]
        assert verify(reader).wrong == ()


def test_the_same_member_who_applies_eight_times_at_once_has_one_seat(house, women):
    with house.transaction() as session:
        training = sample_trainings.couture(session, NOW).id
    assert run(house, "apply_for_training", members=women[:1], training=training) == {"done": RACERS}
    with house.read() as reader:
        assert reader.scalar(select(func.count()).select_from(TrainingApplication)) == 1


def test_the_same_stranger_on_two_telephones_at_once_has_one_seat(house):
    with house.transaction() as session:
        training = sample_trainings.couture(session, NOW).id
    found = run(house, "apply_from_two_phones", training=training)
    assert found == {"done": RACERS // 2, "AppliedElsewhere": RACERS // 2}
    with house.read() as reader:
        assert reader.scalar(select(func.count()).select_from(TrainingApplication)) == 1


def test_a_seat_that_eight_sweeps_offer_is_offered_once(house, women):
    with house.transaction() as session:
        training = sample_trainings.couture(session, NOW, *women).id
        applications.give_back(session, own(women[0], "back", NOW), 1)
    assert run(house, "offer_seats") == {"done": RACERS}
    with house.transaction() as session:
        assert seats.counts(session, training) == {"given_back": 1, "offered": 1, "waiting": 6}
        clock.offer(session, NOW)
        assert seats.counts(session, training)["offered"] == 1
