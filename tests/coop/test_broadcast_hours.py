"""When a broadcast leaves: started by the clock, resting in quiet hours, told how it goes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.sms import outbox, prices
from app.sms.broadcasts import budget, expansion
from app.sms.broadcasts.models import BudgetDay
from app.sms.broadcasts.terms import Terms
from app.sms.models import Message
from tests import sample_cooperative
from tests.sending_broadcasts import TERMS, Sending, sending, slices

__all__ = ["sending", "slices"]


def test_the_scheduler_starts_what_is_due_once(sending, clock):
    sending.order(wanted_at=clock() + timedelta(hours=1))
    sending.tick()
    assert (sending.row().state, sending.claim(), sending.woken) == ("scheduled", [], [])
    clock.forward(hours=1)
    sending.tick()
    sending.tick()
    assert (sending.row().state, sending.woken) == ("sending", ["notice"])
    assert len(sending.claim()) == 10


@pytest.mark.usefixtures("slices")
def test_the_scheduler_wakes_the_lane_of_one_that_is_half_written(sending):
    sending.order()
    sending.tick()
    assert sending.woken == ["notice"]


def test_a_broadcast_to_few_tells_its_end(sending, clock):
    sending.order()
    sending.take(sending.claim(most=40))
    sending.tick()
    assert sending.said("progress") == []
    sending.take(sending.claim(most=23))
    sending.take(sending.claim(most=1), "failed")
    clock.forward(seconds=5)
    for _ in range(2):
        sending.tick()
    assert sending.said("progress") == [f"Jappoo: envoi 1 fini: {sending.all} sur {sending.all} partis, 1 échec."]
    assert sending.row().state == "done"


def test_what_never_left_is_given_back_at_the_end(sending, clock):
    sending.order()
    with sending.database.transaction() as session:
        outbox.withdraw(session, sample_cooperative.AWA, ("broadcasts",), now=clock())
    while numbers := sending.claim():
        sending.take(numbers)
    sending.tick()
    row = sending.row()
    assert (row.state, row.gone, row.reserved) == ("done", sending.all - 1, 20 * (sending.all - 1))
    with sending.database.transaction() as session:
        assert budget.reserved_on(session, TERMS.day_of(clock())) == row.reserved


def test_a_broadcast_to_many_goes_to_bulk_and_tells_its_progress(sqlite_database, clock):
    sending = Sending(sqlite_database, clock, women=210)
    sending.order()
    assert sending.row().lane == "bulk"
    told = []
    for most in (20, 4, 90, 100):
        while most > 0:
            numbers = sending.claim("bulk", most)
            sending.take(numbers)
            most -= len(numbers) or most
        clock.forward(seconds=5)
        sending.tick()
        told.append(len(sending.said("progress")))
    assert told == [0, 1, 2, 3]
    assert "11 %, 24 sur 214 partis" in sending.said("progress")[0]


@pytest.mark.parametrize(("hours", "price"), [(1, 20), (20, 25)])
def test_it_costs_the_price_of_the_day_on_which_it_leaves(sending, clock, hours, price):
    with sending.database.transaction() as session:
        prices.add(session, 25, (clock() + timedelta(days=1)).replace(hour=0, minute=0), now=clock())
    sending.order(wanted_at=clock() + timedelta(hours=hours))
    with sending.database.transaction() as session:
        assert set(session.scalars(select(Message.price).where(Message.cause == "broadcast:1"))) == {price}
        assert list(session.scalars(select(BudgetDay.reserved))) == [price * sending.all]


def test_a_big_one_rests_in_quiet_hours(sqlite_database, clock, monkeypatch):
    monkeypatch.setattr(expansion, "SLICE", 9)
    sending = Sending(sqlite_database, clock)
    monkeypatch.setattr("tests.sending_broadcasts.TERMS", Terms(1, None, TERMS.quiet, TERMS.zone, 0))
    sending.order(wanted_at=clock().replace(hour=20, minute=59, second=40), at_once=sending.all)
    with sqlite_database.read() as reader:
        hours = dict(
            reader.execute(select(Message.next_at, func.count()).group_by(Message.next_at).order_by(Message.next_at)).all()
        )
    evening, morning = sorted(at for at in hours if at > clock())
    assert (evening.hour, morning.hour) == (20, 7)
    assert sum(hours[at] for at in (evening, morning)) == sending.all
    assert sending.row().ends_at == morning + timedelta(seconds=sending.all - 20)


@pytest.mark.parametrize("days", [0, 1])
def test_what_is_late_rests_in_quiet_hours_too(database, clock, days):
    sending = Sending(database, clock)
    sending.order(wanted_at=clock().replace(hour=20, minute=50))
    with sending.database.transaction() as session:
        session.execute(update(Message).values(expires_at=clock() + timedelta(days=9)))
    clock.forward(days=days, hours=10, minutes=59)
    assert len(sending.claim()) == 10
    clock.forward(minutes=1)
    assert sending.claim() == []
    with sending.database.read() as reader:
        queued = select(Message.next_at, Message.reason, func.count()).where(Message.state == "queued")
        rows = reader.execute(queued.where(Message.cause == "broadcast:1").group_by(Message.next_at, Message.reason)).all()
    morning = (clock() + timedelta(days=1)).replace(hour=7, minute=0)
    assert rows == [(morning, "quiet hours", sending.all - 10)]
    clock.forward(hours=10)
    assert len(sending.claim()) == 10


def test_an_alert_rests_in_no_hours(sending, clock):
    sending.order(urgent=True)
    with sending.database.transaction() as session:
        session.execute(update(Message).values(expires_at=clock() + timedelta(days=1)))
    clock.forward(hours=13)
    assert len(sending.claim("urgent")) == 10
