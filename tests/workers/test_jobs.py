"""A job is a slice of time of one lane; the schedule finds what no job was told of."""

import pathlib
import re
import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.gateways.sms import Answer
from app.sms.models import Message
from app.sms.purposes import LANES
from app.sms.waker import FLAG, queue_of, wake
from tests.workers.conftest import put
from workers import jobs, runner, schedule


def states(here):
    with here.database.read() as reader:
        return list(reader.scalars(select(Message.state).order_by(Message.id)))


def test_every_lane_has_a_consumer_in_the_procfile_and_in_the_demo():
    procfile = pathlib.Path("Procfile").read_text()
    served = re.findall(r"worker --lanes (\S+)", procfile)
    assert sorted(lane for lanes in served for lane in lanes.split(",")) == sorted(LANES)
    assert runner.run.__defaults__ == (LANES,)


def test_a_slice_sends_its_lane_and_takes_the_flag_down_first(here):
    put(here, "a"), put(here, "b", purpose="code")
    wake(here.queues, "answer")
    here.gateway.during = lambda: flags.append(here.queues.exists(FLAG + "answer"))
    flags = []
    assert jobs.drain("answer") is False
    assert (states(here), flags) == (["accepted", "queued"], [0])


def test_a_slice_that_is_over_gives_back_the_rest_and_asks_for_another(here, monkeypatch):
    for number in range(3):
        put(here, f"cause {number}", text=f"text {number}")
    monkeypatch.setattr(jobs, "SLICE_SECONDS", 0.5)
    here.gateway.during = lambda: time.sleep(0.6)
    assert jobs.drain("answer") is True
    assert states(here) == ["accepted", "queued", "queued"]
    assert len(queue_of(here.queues, "answer")) == 1


def test_a_refused_account_lets_the_lane_rest_and_keeps_the_messages(here):
    put(here, "a", text="one"), put(here, "b", text="two")
    here.gateway.answers = [Answer(whole="bad_key")]
    assert jobs.drain("answer") is False
    assert jobs.drain("answer") is False
    assert (len(here.gateway.requests), states(here)) == (1, ["queued", "queued"])
    here.queues.delete("sms:halted:answer")
    jobs.drain("answer")
    assert states(here) == ["queued", "accepted"]


@pytest.mark.usefixtures("here")
def test_an_unknown_lane_does_nothing():
    assert jobs.drain("nothing") is False


@pytest.mark.usefixtures("here")
def test_a_database_out_of_reach_ends_the_slice_and_a_fault_of_ours_is_raised(monkeypatch):
    def out(*_):
        raise OperationalError("x", {}, Exception())

    def broken(*_):
        raise KeyError

    monkeypatch.setattr(jobs, "_claim", out)
    assert jobs.drain("answer") is False
    monkeypatch.setattr(jobs, "_claim", broken)
    with pytest.raises(KeyError):
        jobs.drain("answer")


def test_a_tick_wakes_lanes_with_work_once_however_many_schedulers(here):
    put(here, "a")
    schedule.tick(), schedule.tick()
    assert len(queue_of(here.queues, "answer")) == 1
    assert here.queues.exists("schedule:sweep")


@pytest.mark.usefixtures("here")
def test_a_tick_outlives_redis_and_the_database(monkeypatch, valkey):
    def out(*_, **__):
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(schedule.sweeper, "sweep", out)
    schedule.tick()
    valkey.kill()
    schedule.tick()
