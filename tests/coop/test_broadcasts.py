"""A broadcast goes on where a kill left it, stops within a batch, starts by the clock, and costs its budget once."""

import threading
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from app.commands.inbound import Clerk
from app.coop.broadcasts import confirmations
from app.coop.broadcasts.estimates import Draft, estimate
from app.coop.members.models import Member, Number
from app.coop.rights import Office
from app.db.database import Database
from app.gateways.callbacks import IncomingSms
from app.sms import doubts, outbox, prices, sweeper
from app.sms.broadcasts import budget, expansion, progress, rounds
from app.sms.broadcasts.models import Broadcast, BudgetDay
from app.sms.broadcasts.terms import Terms
from app.sms.claims import claim
from app.sms.models import Message
from app.sms.states import move
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.acts import by
from tests.conftest import SERVICE
from tests.without_triggers import unguarded

TERMS = Terms(50, 100_000, (time(21), time(7)), ZoneInfo("Africa/Dakar"), 6)
CLERK = Office(101, "secretary", 1)


class Sending:
    """One broadcast to the women of the quay, worked by hand."""

    def __init__(self, database, clock, women=60):
        self.database, self.clock, self.woken = database, clock, []
        sample_cooperative.build(database)
        sample_declarations.appoint(database)
        sample_declarations.women(database, women)
        self.all = women + 4

    def order(self, *, urgent=False, wanted_at=None, text="Jappoo", office=CLERK, at_once=None):
        """Estimate and confirm; with small slices nothing is written with the confirmation."""
        at_once = confirmations.WRITTEN_AT_ONCE if at_once is None and expansion.SLICE > 9 else at_once or 0
        with self.database.transaction() as session:
            draft = Draft("TOUS", text, urgent, wanted_at)
            act = by(office, text, self.clock(), "sms", sample_declarations.SECRETARY)
            made = estimate(session, act, draft, key=sample_cooperative.KEY, terms=TERMS)
            row = confirmations.find(session, sample_declarations.SECRETARY, made.code, sample_cooperative.KEY, now=self.clock())
            confirmations.confirm(session, act, row, TERMS, at_once=at_once)
            session.execute(update(Message).where(Message.cause.startswith("copy:")).values(state="accepted", rank=30))
            return row.id

    def resume(self, lane="notice"):
        with self.database.transaction() as session:
            return confirmations.resume(session, lane, TERMS, now=self.clock())

    def claim(self, lane="notice", most=10):
        with self.database.transaction() as session:
            return [number for batch in claim(session, lane, now=self.clock(), most=most) for number in batch.ids]

    def take(self, numbers, state="accepted"):
        with self.database.transaction() as session:
            move(session, Message.to_number.in_(numbers) & (Message.state == "sending"), state, now=self.clock())

    def stop(self, broadcast=1):
        with self.database.transaction() as session:
            return progress.stop(session, broadcast, 102, now=self.clock())

    def tick(self):
        with self.database.transaction() as session:
            rounds.follow(session, now=self.clock(), wake=self.woken.append)

    def row(self, broadcast=1):
        with self.database.transaction() as session:
            return session.get_one(Broadcast, broadcast)

    def states(self, cause="broadcast:1"):
        with self.database.read() as reader:
            counted = select(Message.state, func.count()).where(Message.cause == cause).group_by(Message.state)
            return dict(reader.execute(counted).all())

    def said(self, cause):
        with self.database.read() as reader:
            return reader.scalars(select(Message.text).where(Message.cause.startswith(cause)).order_by(Message.id)).all()


@pytest.fixture
def sending(sqlite_database, clock):
    return Sending(sqlite_database, clock)


@pytest.fixture
def patient(postgres_database):
    """Give the same database with room for eight who wait for each other, also on a busy machine."""
    given = Database(postgres_database.url, pool_size=9, statement_ms=30_000, service=SERVICE)
    yield given
    given.dispose()


@pytest.fixture
def slices(monkeypatch):
    """Let slices be small."""
    monkeypatch.setattr(expansion, "SLICE", 9)


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


def _power_cut(*_):
    raise KeyboardInterrupt


@pytest.mark.usefixtures("slices")
def test_two_workers_write_each_message_once(patient, clock):
    sending = Sending(patient, clock)
    sending.order()
    workers = [threading.Thread(target=_until_written, args=(sending,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (sending.row().written, sending.states()) == (sending.all, {"queued": sending.all})


def _until_written(sending):
    while sending.row().state == "expanding":
        sending.resume()


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
    monkeypatch.setattr("tests.coop.test_broadcasts.TERMS", Terms(1, None, TERMS.quiet, TERMS.zone, 0))
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


def test_eight_confirmations_share_one_budget(patient, clock):
    """Eight at once, room for three: three get it, and the day's sum is theirs."""
    outcomes, day = [], clock().date()
    gate = threading.Barrier(8)

    def spend():
        gate.wait()
        try:
            with patient.transaction() as session:
                budget.reserve(session, day, 300, 1_000)
            outcomes.append(0)
        except budget.OverBudget as over:
            outcomes.append(over.francs)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, 0, 0, 200, 200, 200, 200, 200]
    with patient.read() as reader:
        assert reader.scalar(select(BudgetDay.reserved)) == 900


def test_the_same_oui_four_times_at_once_is_one_order(patient, clock):
    """Under four ids: who comes later waits for the first and finds it ordered."""
    sending = Sending(patient, clock)
    clerk = Clerk(patient, sample_cooperative.KEY, "21512", TERMS)

    def hear(text, sms_id):
        incoming_sms.hear(clerk, IncomingSms(sms_id, sample_declarations.SECRETARY, "21512", text, None), clock())

    hear("DIFF TOUS Marché fermé", "first")
    code = sending.said("sms:africastalking:first")[0].partition("OUI ")[2].split()[0]
    threads = [threading.Thread(target=hear, args=(f"OUI {code}", f"yes{n}")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(sending.said("sms:africastalking:yes"))) == 1
    assert len(sending.said("sms:africastalking:yes")) == 4
    assert (sending.states(), sending.row().reserved) == ({"queued": sending.all}, 20 * sending.all)


def test_one_text_by_two_officers_at_once_leaves_once(patient, clock):
    """Who comes second finds it ordered, and is asked."""
    sending = Sending(patient, clock)
    clerk = Clerk(patient, sample_cooperative.KEY, "21512", TERMS)

    def hear(text, sender, sms_id):
        incoming_sms.hear(clerk, IncomingSms(sms_id, sender, "21512", text, None), clock())

    officers = (sample_declarations.SECRETARY, sample_declarations.PRESIDENT)
    for sender in officers:
        hear("DIFF TOUS Marché fermé", sender, f"first{sender}")
    codes = [said.partition("OUI ")[2].split()[0] for said in sending.said("sms:africastalking:first")]
    clock.forward(seconds=20)
    threads = [
        threading.Thread(target=hear, args=(f"OUI {code}", sender, f"yes{sender}"))
        for sender, code in zip(officers, codes, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = sending.said("sms:africastalking:yes")
    assert sorted("Encore ?" in answer for answer in answers) == [False, True]
    assert sum(sending.states("broadcast:1").values()) + sum(sending.states("broadcast:2").values()) == sending.all
