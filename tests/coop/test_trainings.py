"""Trainings are opened, moved, cancelled and chosen for, each by its own officers."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.coop.training import applications, presence, queries, seats
from tests.acts import by
from tests.training_acts import FEDERATION, FIRST, NEIGHBOUR, apply, clock_now, opened, quay, states, sweep, told

__all__ = ["clock_now", "quay"]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"seats": 0}, "999 places"),
        ({"seats": -1}, "999 places"),
        ({"starts_on": date(2026, 11, 24)}, "à venir"),
        ({"ends_on": FIRST - timedelta(1)}, "ensemble"),
        ({"apply_until": FIRST + timedelta(1)}, "ensemble"),
        ({"min_age": 15}, "âge"),
        ({"min_age": 40, "max_age": 35}, "âge"),
        ({"title": "CPS peche"}, "diplôme"),
        ({"place": "Siège cps1"}, "diplôme"),
        ({"level": "CPS"}, "diplôme"),
        ({"title": "x"}, "titre"),
        ({"title": "   "}, "titre"),
        ({"title": "😀😀😀"}, "titre"),
        ({"level": "m" * 17}, "niveau"),
        ({"contract": "9" * 21}, "contrat"),
    ],
)
def test_a_training_that_cannot_be_is_refused(quay, given, says):
    with pytest.raises(seats.TrainingRefused, match=says):
        opened(quay, **given)


def test_the_last_of_many_moves_is_told_though_it_leads_to_a_day_that_was_told_before(quay, clock_now):
    training, now = opened(quay), clock_now
    apply(quay, training, 201, now)
    for number, days in enumerate((7, 0, 7)):
        with quay.transaction() as session:
            seats.move(session, by(FEDERATION, f"move {number}", now), training, FIRST + timedelta(days), now.date())
        for _ in range(2):
            sweep(quay, now + timedelta(minutes=number))
    assert [text.split("le ")[1][:10] for text in told(quay, 201)] == ["15/12/2026", "08/12/2026", "15/12/2026"]


def test_moved_and_cancelled_are_told_to_all_once(quay, clock_now):
    training, now = opened(quay), clock_now
    for member in (201, 202):
        apply(quay, training, member, now)
    with quay.transaction() as session:
        seats.move(session, by(FEDERATION, "move", now), training, FIRST + timedelta(7), now.date())
        with pytest.raises(seats.TrainingRefused):
            seats.move(session, by(FEDERATION, "past", now), training, now.date(), now.date())
    for _ in range(2):
        sweep(quay, now)
    with quay.transaction() as session:
        seats.cancel(session, by(FEDERATION, "cancel", now), training, now)
        with pytest.raises(seats.TrainingGone):
            seats.cancel(session, by(FEDERATION, "again", now), training, now)
    sweep(quay, now)
    for member in (201, 202):
        assert ["15/12/2026" in told(quay, member)[0], "annulée" in told(quay, member)[1], len(told(quay, member))] == [
            True,
            True,
            2,
        ]
    with pytest.raises(seats.TrainingClosed):
        apply(quay, training, 203, now)


def test_the_company_chooses_and_all_are_told(quay, clock_now):
    training, now = opened(quay, kind="pf2e", company_chooses=True, seats=2), clock_now
    rows = [apply(quay, training, member, now)[0] for member in (201, 202, 203)]
    assert states(quay, training) == ["applied"] * 3
    with quay.transaction() as session:
        act = by(FEDERATION, "choose", now)
        with pytest.raises(presence.TooManyChosen), session.begin_nested():
            presence.choose(session, act, training, rows, now, last=True)
        with pytest.raises(applications.ApplicationNotOpen), session.begin_nested():
            presence.choose(session, act, training, (rows[0], 99), now, last=True)
        assert presence.choose(session, act, training, rows[1:], now, last=True) == 2
    sweep(quay, now)
    assert states(quay, training) == ["declined", "seated", "seated"]
    assert "pas retenu" in told(quay, 201)[-1]
    assert "avez une place" in told(quay, 202)[-1]


def test_who_was_chosen_at_night_hears_it_also_of_a_course_that_was_moved_then(quay, clock_now):
    training, night = opened(quay, kind="pf2e", company_chooses=True, seats=2), clock_now.replace(hour=22)
    rows = [apply(quay, training, member, clock_now)[0] for member in (201, 202)]
    with quay.transaction() as session:
        presence.choose(session, by(FEDERATION, "choose", night), training, rows[:1], night, last=False)
        seats.move(session, by(FEDERATION, "move", night), training, FIRST + timedelta(7), night.date())
    sweep(quay, night + timedelta(hours=12))
    assert told(quay, 201)[-1] == "Jappoo: Couture, 15/12/2026: vous avez une place. Apportez votre pièce d'identité."
    assert "change de jour" in told(quay, 202)[-1]


def test_a_training_that_is_over_is_not_cancelled(quay, clock_now):
    training, now = opened(quay), clock_now
    apply(quay, training, 201, now)
    with quay.transaction() as session:
        with pytest.raises(seats.TrainingClosed):
            seats.cancel(session, by(FEDERATION, "late", now), training, datetime(2026, 12, 9, tzinfo=UTC))
        assert seats.cancel(session, by(FEDERATION, "in time", now), training, datetime(2026, 12, 8, 23, tzinfo=UTC)).id == training


def test_the_newest_of_many_trainings_is_shown_to_who_looks_after_it(quay, clock_now):
    newest = [opened(quay, starts_on=FIRST + timedelta(days=days), ends_on=FIRST + timedelta(days=days)) for days in range(22)][-1]
    with quay.read() as reader:
        for found in (queries.all_trainings(reader), queries.trainings_of(reader, FEDERATION.scope, clock_now.date())):
            assert newest in [one.id for one in found]


def test_only_a_trainings_own_officers_touch_it(quay, clock_now):
    training, now = opened(quay, cooperative_id=1), clock_now
    row, *_ = apply(quay, training, 201, now)
    day = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    with quay.transaction() as session:
        act = by(NEIGHBOUR, "other", day)
        for do in (
            lambda: seats.set_seats(session, act, training, 5),
            lambda: seats.cancel(session, act, training, day),
            lambda: presence.day_code(session, act, training),
            lambda: presence.choose(session, act, training, (row,), day, last=True),
        ):
            with pytest.raises(seats.TrainingGone):
                do()
        for do in (presence.certify, presence.drop, presence.attend_by_list):
            with pytest.raises(applications.ApplicationNotOpen):
                do(session, act, row)
