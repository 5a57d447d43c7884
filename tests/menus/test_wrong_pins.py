"""Wrong PINs over many people: the number rests, or all do; administrators are told, and whoever was tried."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from app import texts
from app.coop.access import wrong_pins
from app.coop.access.models import WrongPin
from app.coop.members.models import Number
from app.gsm7 import septets
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def tried(database, phone, people, times, ago):
    at = datetime.now(UTC) - ago
    with database.transaction() as session:
        session.execute(insert(WrongPin), [{"phone": phone, "person_id": one, "at": at} for one in people for _ in range(times)])


def told(database, purpose, to):
    with database.read() as reader:
        return reader.scalars(select(Message.text).where(Message.purpose == purpose, Message.to_number == to)).all()


def balance(line, phone, *entries):
    talk = line(phone)
    said = talk.dial(["1"])
    for entry in entries:
        said = talk.type(entry)
    return said


@ON_SQLITE
def test_many_peoples_pins_on_one_number_make_it_rest_and_the_administrators_are_told_once(line, database):
    with database.transaction() as session:
        session.add(Number(phone=sample_cooperative.SHARED, person_id=1, place=3, registered_at=sample_cooperative.LONG_AGO))
    tried(database, sample_cooperative.SHARED, [1, 2, 3], 3, timedelta(minutes=5))
    assert "trop d'essais faux ici" in balance(line, sample_cooperative.SHARED, "1", "1357")
    assert "Parts" in balance(line, sample_cooperative.AWA, "2468") or "soldes" in balance(line, sample_cooperative.AWA, "2468")
    for _ in range(2):
        with database.transaction() as session:
            wrong_pins.note(session, sample_cooperative.SHARED, 2, now=datetime.now(UTC))
    [words] = told(database, "alarm", sample_declarations.ADMINISTRATOR)
    assert sample_cooperative.SHARED in words


@ON_SQLITE
@pytest.mark.usefixtures("line")
def test_the_alarm_on_one_number_keeps_none_over_all_numbers_silent(database):
    stranger, now = "+221779999999", datetime.now(UTC)
    for tried_on, people, times, noted_on in (
        (sample_cooperative.SHARED, [1, 2, 3], 3, sample_cooperative.SHARED),
        (stranger, [1, 2], wrong_pins.A_MINUTE, sample_cooperative.AWA),
    ):
        tried(database, tried_on, people, times, timedelta(seconds=20))
        with database.transaction() as session:
            wrong_pins.note(session, noted_on, 2, now=now)
    assert len(told(database, "alarm", sample_declarations.ADMINISTRATOR)) == 2


@ON_SQLITE
def test_many_wrong_pins_in_a_minute_let_all_rest_for_that_minute(line, database):
    tried(database, "+221779999999", [1, 2], wrong_pins.A_MINUTE // 2, timedelta(seconds=20))
    assert "tapez encore dans 1 min" in balance(line, sample_cooperative.SHARED, "1", "1357")
    tried(database, "+221779999999", [1, 2], wrong_pins.A_MINUTE, timedelta(seconds=100))
    with database.transaction() as session:
        wrong_pins.forget_of(session, 1, datetime.now(UTC))
    assert "tapez encore" not in balance(line, sample_cooperative.SHARED, "1", "1357")


def test_whoever_was_tried_is_told_once_after_the_right_pin(line, database):
    tried(database, "+221779999999", [1], 2, timedelta(hours=3))
    for _ in range(2):
        balance(line, sample_cooperative.AWA, "2468")
    [words] = told(database, "security", sample_cooperative.AWA)
    assert "code secret essayé depuis le" in words
    assert "essais faux: 2." in words


@ON_SQLITE
def test_a_slip_in_the_same_call_tells_nothing(line, database):
    assert "Code faux. Il reste 2" in balance(line, sample_cooperative.AWA, "7391")
    balance(line, sample_cooperative.AWA, "2468")
    assert told(database, "security", sample_cooperative.AWA) == []


def test_what_is_told_fits_one_sms():
    at = datetime(2026, 11, 25, 10, tzinfo=UTC)
    sprayed = [texts.say("pins_sprayed_on", phone="+221770000012", hour=at), texts.say("pins_sprayed", hour=at)]
    assert max(map(septets, [texts.say("pins_tried", tries=999, day=at, hour=at), *sprayed])) <= 160
