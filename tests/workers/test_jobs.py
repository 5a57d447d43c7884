"""A job is a slice of time of one lane; the schedule finds what no job was told of."""

import pathlib
import re
import time
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from types import SimpleNamespace

import pytest
import redis
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from app.coop.act import Act
from app.coop.approvals import kinds
from app.coop.subjects import approvals
from app.sms import outbox, reports, sender
from app.sms.broadcasts import expansion
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Message
from app.sms.notifier import FLAG, queue_of, wake
from app.sms.purposes import QUEUES
from app.sms.sender import LINES
from config import tally
from tests import sample_cooperative, sample_declarations
from tests.log_stream import FullStream, log_on
from tests.sending_broadcasts import Sending
from tests.workers.conftest import SENT_TO, put
from workers import jobs, runner, schedule


def states(here):
    with here.database.read() as reader:
        return list(reader.scalars(select(Message.state).order_by(Message.id)))


@pytest.fixture(autouse=True)
def _thing(monkeypatch):
    """A kind of approval of which nothing follows."""
    monkeypatch.setitem(kinds.KINDS, "thing", kinds.ApprovalKind("thing", lambda *_: None))


def ask_for_a_thing(here, number, at):
    of = {"subject": "thing", "subject_id": number, "cooperative_id": 1}
    with here.database.transaction() as session:
        approvals.ask(session, Act(101, "ussd", f"thing {number}", at), "thing", "Une chose", **of)


def test_every_lane_has_a_consumer_in_the_procfile_and_in_the_demo():
    procfile = pathlib.Path("Procfile").read_text()
    served = re.findall(r"worker --lanes (\S+)", procfile)
    assert sorted(lane for lanes in served for lane in lanes.split(",")) == sorted(QUEUES)
    assert runner.run.__defaults__ == (QUEUES,)


def test_a_slice_sends_its_lane_and_takes_the_flag_down_first(here):
    put(here, "a"), put(here, "b", purpose="code")
    wake(here.queues, "answer")
    here.sender.gateway.during = lambda: flags.append(here.queues.exists(FLAG + "answer"))
    flags = []
    assert jobs.drain("answer") is False
    assert (states(here), flags) == (["accepted", "queued"], [0])


@pytest.mark.parametrize("why", ["its time is over", "its worker is to end"])
def test_a_slice_that_ends_gives_back_the_rest_and_asks_for_another(here, monkeypatch, why):
    for number in range(LINES + 3):
        put(here, f"cause {number}", text=f"text {number}")
    in_hand, over = Barrier(LINES), Event()
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + 600 * over.is_set(), sleep=time.sleep)
    for module in (sender, jobs):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(sender, "SLICE_SECONDS", 300.0)
    end = over if why == "its time is over" else here.sender.leaving
    here.sender.gateway.during = lambda: (in_hand.wait(60), end.set())
    assert jobs.drain("answer") is True
    assert sorted(states(here)) == ["accepted"] * LINES + ["queued"] * 3
    assert len(queue_of(here.queues, "answer")) == 1


def test_reports_are_applied_by_a_worker_of_their_own(here):
    put(here, "a")
    jobs.drain("answer")
    with here.database.transaction() as session:
        reports.keep(session, "fake", f"id-1-{SENT_TO}", "Success", SENT_TO, None, now=datetime.now(UTC))
    schedule.tick()
    assert len(queue_of(here.queues, "reports")) == 1
    assert jobs.drain("reports") is False
    assert states(here) == ["delivered"]


@pytest.mark.usefixtures("here")
def test_an_unknown_lane_does_nothing():
    assert jobs.drain("nothing") is False


@pytest.mark.usefixtures("here")
def test_a_database_out_of_reach_ends_the_slice_and_a_fault_of_ours_is_raised(monkeypatch):
    def out(*_):
        raise OperationalError("x", {}, Exception())

    def broken(*_):
        raise KeyError

    monkeypatch.setattr(sender, "send_slice", out)
    assert jobs.drain("answer") is False
    monkeypatch.setattr(sender, "send_slice", broken)
    with pytest.raises(KeyError):
        jobs.drain("answer")


def test_a_tick_wakes_lanes_with_work_once_however_many_schedulers(here):
    put(here, "a")
    schedule.tick(), schedule.tick()
    assert len(queue_of(here.queues, "answer")) == 1
    assert all(here.queues.exists(f"schedule:{sweep.name}") for sweep in schedule.SWEEPS)


@pytest.mark.usefixtures("here")
def test_a_tick_outlives_redis_and_the_database(monkeypatch, valkey):
    def out(*_, **__):
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(schedule.sweeper, "sweep", out)
    schedule.tick()
    valkey.kill()
    schedule.tick()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("fault", [KeyError("a fault of ours"), OperationalError("x", {}, Exception()), redis.ConnectionError()])
def test_a_sweep_that_fails_stops_neither_the_others_nor_the_scheduler(monkeypatch, fault):
    done = []

    def sweep(name):
        def do():
            done.append(name)
            if name == "bad":
                raise fault

        return schedule.ScheduledSweep(name, 5, do)

    monkeypatch.setattr(schedule, "SWEEPS", tuple(map(sweep, ("good", "bad", "last"))))
    with capture_logs() as said:
        schedule.tick()
    assert done == ["good", "bad", "last"]
    assert [line["sweep"] for line in said] == ["bad"]


def test_a_sweep_that_fails_is_counted_when_redis_is_back(here, monkeypatch, valkey):
    def broken():
        raise KeyError

    monkeypatch.setattr(schedule, "SWEEPS", (schedule.ScheduledSweep("broken", 5, broken),))
    valkey.kill()
    schedule.tick()
    valkey.start()
    schedule.tick()
    assert tally.told(here.queues)["sweep:broken"] == 2


def test_without_redis_a_scheduler_sweeps_by_its_own_clock(here, monkeypatch, valkey):
    sample_cooperative.build(here.database)
    sample_declarations.appoint(here.database)
    ask_for_a_thing(here, 1, datetime.now(UTC) - timedelta(hours=73))
    done = []
    counted = schedule.ScheduledSweep("counted", 5, lambda: done.append(1))
    monkeypatch.setattr(schedule, "SWEEPS", (*schedule.SWEEPS, counted))
    valkey.kill()
    schedule.tick()
    with here.database.read() as reader:
        assert reader.scalar(select(approvals.Approval.state)) == "dead"
        assert reader.scalar(select(Message.id).where(Message.to_number == sample_declarations.SECRETARY)) is not None
    assert done == [1]
    monkeypatch.setattr(
        schedule, "SWEEPS", (counted._replace(every=3600), schedule.ScheduledSweep("due", 0, lambda: done.append(2)))
    )
    schedule.tick()
    assert done == [1, 2]


def test_a_row_that_fails_is_passed_over_and_counted(here, monkeypatch):
    sample_cooperative.build(here.database)
    sample_declarations.appoint(here.database)
    for number in (1, 2, 3):
        ask_for_a_thing(here, number, datetime.now(UTC) - timedelta(hours=73))
    put, told = outbox.put, []

    def poisoned(session, *, cause, **given):
        told.append(cause)
        if cause == "approval:2:dead":
            put(session, cause=cause, **given)
            raise ValueError("a fault of ours")
        return put(session, cause=cause, **given)

    monkeypatch.setattr(outbox, "put", poisoned)
    with capture_logs() as said:
        schedule.tick()
    assert [(line["row"], line["log_level"]) for line in said] == [(2, "error")]
    with here.database.read() as reader:
        assert set(reader.scalars(select(approvals.Approval.state))) == {"dead"}
        causes = set(reader.scalars(select(Message.cause)))
    assert {"approval:1:dead", "approval:3:dead"} <= causes
    assert "approval:2:dead" not in causes
    assert tally.told(here.queues)["row:approvals"] == 1


@pytest.mark.usefixtures("here")
def test_a_slice_and_a_tick_go_on_when_the_log_takes_no_lines(here, monkeypatch, valkey):
    def out(*_, **__):
        raise OperationalError("x", {}, Exception())

    with log_on(FullStream(BrokenPipeError())):
        monkeypatch.setattr(schedule.sweeper, "sweep", out)
        schedule.tick()
        put(here, "a")
        assert jobs.drain("answer") is False
        assert states(here) == ["accepted"]
        monkeypatch.setattr(sender, "send_slice", out)
        assert jobs.drain("answer") is False
        valkey.kill()
        schedule.tick()


def test_a_tick_ends_what_nobody_decided_and_tells_whom_it_concerns(here):
    sample_cooperative.build(here.database)
    sample_declarations.appoint(here.database)
    ask_for_a_thing(here, 1, datetime.now(UTC) - timedelta(hours=73))
    ask_for_a_thing(here, 2, datetime.now(UTC))
    schedule.tick()
    with here.database.read() as reader:
        assert list(reader.scalars(select(approvals.Approval.state).order_by(approvals.Approval.id))) == ["dead", "waiting"]
        told = dict(reader.execute(select(Message.to_number, Message.text).where(Message.purpose == "task")).all())
    assert "tombe: pas assez d'accords" in told[sample_declarations.SECRETARY]
    assert "1 demande attend votre accord" in told[sample_declarations.PRESIDENT]


def test_a_broadcast_that_is_half_written_is_written_and_sent_by_its_lane(here, monkeypatch):
    """The web died after the OUI: the scheduler wakes the lane, whose worker writes the rest and sends it."""
    monkeypatch.setattr(expansion, "SLICE", 9)
    made = Sending(here.database, lambda: datetime.now(UTC))
    made.order(urgent=True)
    here.queues.flushall()
    schedule.tick()
    assert len(queue_of(here.queues, "urgent")) == 1
    while jobs.drain("urgent"):
        pass
    assert made.states() == {"accepted": made.all}
    assert here.sender.gateway.taken == made.all
    here.queues.delete("schedule:broadcasts")
    schedule.tick()
    with here.database.read() as reader:
        assert reader.scalar(select(Broadcast.state)) == "done"
    assert made.said("progress:1:100") == [f"Jappoo: envoi 1 fini: {made.all} sur {made.all} partis."]
