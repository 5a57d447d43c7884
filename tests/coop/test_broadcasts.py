"""A broadcast goes on where a kill left it, and stops within a batch."""

import pytest
from sqlalchemy import select, update

from app.coop.members.models import Member, Number
from app.sms import doubts, sweeper
from app.sms.broadcasts import budget, expansion
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Message
from tests import sample_cooperative
from tests.sending_broadcasts import TERMS, Sending, _power_cut, sending, slices
from tests.without_triggers import unguarded

__all__ = ["sending", "slices"]


@pytest.mark.usefixtures("slices")
def test_a_kill_between_or_within_slices_loses_and_doubles_nobody(database, clock, monkeypatch):
    sending = Sending(database, clock)
    sending.order()
    assert (sending.row().state, sending.states()) == ("expanding", {})
    assert sending.resume()
    first = sum(sending.states().values())
    assert 0 < first < sending.all
    with monkeypatch.context() as patch:  # the power goes before the commit
        patch.setattr(expansion, "touch", _power_cut)
        with pytest.raises(KeyboardInterrupt):
            sending.resume()
    assert sum(sending.states().values()) == first
    assert len(sending.claim()) > 0  # what is written leaves already
    while sending.resume():
        pass
    row = sending.row()
    assert (row.state, row.written, row.recipients) == ("sending", sending.all, sending.all)
    with database.read() as reader:
        numbers = reader.scalars(select(Message.to_number).where(Message.cause == "broadcast:1")).all()
    assert len(numbers) == len(set(numbers)) == sending.all


@pytest.mark.usefixtures("slices")
def test_who_joins_or_leaves_after_the_oui(sending):
    sending.order()
    with unguarded(sending.database) as session:
        session.add(Number(phone="+221779999999", person_id=101, place=None, registered_at=sample_cooperative.LONG_AGO))
        session.execute(update(Member).where(Member.id == 203).values(state="departed"))
    while sending.resume():
        pass
    row = sending.row()
    assert (row.recipients, row.reserved, sending.states()) == (
        sending.all - 1,
        20 * (sending.all - 1),
        {"queued": sending.all - 1},
    )


def test_a_stop_lets_nothing_more_leave_but_the_batch_under_way(database, clock):
    sending = Sending(database, clock)
    sending.order()
    sending.take(sending.claim(most=20))
    under_way = sending.claim()
    assert sending.stop() == 30
    assert sending.claim() == []
    sending.take(under_way)
    sending.tick()
    assert (sending.row().state, sending.states()) == ("stopped", {"accepted": 30, "expired": sending.all - 30})
    assert sending.stop() is None
    assert sending.row().reserved == 30 * 20
    with database.transaction() as session:
        assert budget.reserved_on(session, TERMS.day_of(clock())) == 30 * 20


def test_the_flag_alone_stops_it_and_others_have_their_turn(sending):
    sending.order(text="un")
    sending.order(text="deux")
    with sending.database.transaction() as session:
        session.execute(update(Broadcast).where(Broadcast.id == 1).values(state="stopping"))
    assert len(sending.claim()) == 10
    assert sending.states() == {"expired": sending.all}
    assert sending.states("broadcast:2")["sending"] == 10


def test_a_retry_of_a_stopped_broadcast_doesnt_leave(sending):
    sending.order()
    sending.claim()
    sending.stop()
    with sending.database.transaction() as session:
        session.execute(update(Message).where(Message.state == "sending").values(state="queued", rank=0))
    assert sending.claim() == []
    sending.tick()
    assert sending.row().state == "stopped"


def test_what_is_in_doubt_of_a_stopped_alert_stays_listed_and_leaves_no_more(sending, clock):
    sending.order(urgent=True)
    sending.take(sending.claim("urgent"), "maybe")
    sending.stop()
    clock.forward(seconds=61)
    with sending.database.transaction() as session:
        sweeper.sweep(session, now=clock(), wake=sending.woken.append)
        found = doubts.doubted(session)
        code = doubts.code_of(found, sample_cooperative.KEY)
        assert doubts.order_again(session, [row.id for row in found], code, sample_cooperative.KEY, now=clock()) == 0
    assert sending.claim("urgent") == []
    assert sending.states() == {"maybe": 10, "expired": sending.all - 10}


@pytest.mark.usefixtures("slices")
def test_a_broadcast_is_stopped_while_it_is_written(sending):
    sending.order()
    sending.resume()
    sending.stop()
    assert not sending.resume()
    sending.tick()
    assert (sending.row().state, set(sending.states())) == ("stopped", {"expired"})
