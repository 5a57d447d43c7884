"""A job is a slice of time of one lane; the schedule finds what no job was told of."""

import pathlib
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.coop.approved import approvals
from app.sms import reports, sending
from app.sms.broadcasts import expanding
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Message
from app.sms.purposes import QUEUES
from app.sms.sending import LINES
from app.sms.waker import FLAG, queue_of, wake
from tests import quay, village
from tests.coop.test_broadcasting import Sending
from tests.workers.conftest import SENT_TO, put
from workers import jobs, runner, schedule


def states(here):
    with here.database.read() as reader:
        return list(reader.scalars(select(Message.state).order_by(Message.id)))


def test_every_lane_has_a_consumer_in_the_procfile_and_in_the_demo():
    procfile = pathlib.Path("Procfile").read_text()
    served = re.findall(r"worker --lanes (\S+)", procfile)
    assert sorted(lane for lanes in served for lane in lanes.split(",")) == sorted(QUEUES)
    assert runner.run.__defaults__ == (QUEUES,)


def test_a_slice_sends_its_lane_and_takes_the_flag_down_first(here):
    put(here, "a"), put(here, "b", purpose="code")
    wake(here.queues, "answer")
    here.post.gateway.during = lambda: flags.append(here.queues.exists(FLAG + "answer"))
    flags = []
    assert jobs.drain("answer") is False
    assert (states(here), flags) == (["accepted", "queued"], [0])


def test_a_slice_that_is_over_gives_back_the_rest_and_asks_for_another(here, monkeypatch):
    for number in range(LINES + 3):
        put(here, f"cause {number}", text=f"text {number}")
    monkeypatch.setattr(sending, "SLICE_SECONDS", 0.5)
    here.post.gateway.during = lambda: time.sleep(0.6)
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

    monkeypatch.setattr(sending, "send_slice", out)
    assert jobs.drain("answer") is False
    monkeypatch.setattr(sending, "send_slice", broken)
    with pytest.raises(KeyError):
        jobs.drain("answer")


def test_a_tick_wakes_lanes_with_work_once_however_many_schedulers(here):
    put(here, "a")
    schedule.tick(), schedule.tick()
    assert len(queue_of(here.queues, "answer")) == 1
    assert here.queues.exists("schedule:sweep")
    assert here.queues.exists("schedule:contests")


@pytest.mark.usefixtures("here")
def test_a_tick_outlives_redis_and_the_database(monkeypatch, valkey):
    def out(*_, **__):
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(schedule.sweeper, "sweep", out)
    schedule.tick()
    valkey.kill()
    schedule.tick()


def test_a_tick_ends_what_nobody_decided_and_tells_whom_it_concerns(here):
    village.build(here.database)
    quay.appoint(here.database)
    long_ago = datetime.now(UTC) - timedelta(hours=73)
    for about, at in (("old", long_ago), ("new", datetime.now(UTC))):
        with here.database.transaction() as session:
            asked = {"asked_by": 101, "operation": about, "about": about, "words": "Une chose", "now": at}
            approvals.ask(session, kind="thing", cooperative_id=1, **asked)
    schedule.tick()
    with here.database.read() as reader:
        assert list(reader.scalars(select(approvals.Approval.state).order_by(approvals.Approval.id))) == ["dead", "waiting"]
        told = dict(reader.execute(select(Message.to_number, Message.text).where(Message.purpose == "task")).all())
    assert "morte après 72 h" in told[quay.SECRETARY]
    assert "1 demande attend votre accord" in told[quay.PRESIDENT]


def test_a_broadcast_that_is_half_written_is_written_and_sent_by_its_lane(here, monkeypatch):
    """The web died after the OUI: the scheduler wakes the lane, whose worker writes the rest and sends it."""
    monkeypatch.setattr(expanding, "SLICE", 9)
    made = Sending(here.database, lambda: datetime.now(UTC))
    made.order(urgent=True)
    here.queues.flushall()
    schedule.tick()
    assert len(queue_of(here.queues, "urgent")) == 1
    while jobs.drain("urgent"):
        pass
    assert made.states() == {"accepted": made.all}
    assert here.post.gateway.taken == made.all
    here.queues.delete("schedule:sweep")
    schedule.tick()
    with here.database.read() as reader:
        assert reader.scalar(select(Broadcast.state)) == "done"
    assert made.said("progress:1:100") == [f"Jappoo: envoi 1 fini: {made.all} sur {made.all} partis."]
