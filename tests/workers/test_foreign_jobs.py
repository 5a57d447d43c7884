"""Whatever stands in a lane's queue, a worker executes our one job and nothing else."""

import pickle

import pytest
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer, PickleSerializer

from app.sms.notifier import JOB, queue_of, wake
from workers import runner


@pytest.fixture
def drained(here, monkeypatch):
    """Give the lanes that were drained; a worker runs until its queue is empty."""
    lanes: list[str] = []
    monkeypatch.setattr(runner, "drain", lambda lane: lanes.append(lane) or False)

    def work() -> list[str]:
        worker = runner.LaneWorker([queue_of(here.queues, "answer")], connection=here.queues, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="CRITICAL")
        return lanes

    return work


def test_our_job_is_done(here, drained):
    assert wake(here.queues, "answer")
    assert drained() == ["answer"]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("os.system", ["touch {}"]),
        ("pathlib.Path.touch", ["{}"]),
        ("workers.jobs.context", []),
        (JOB, ["bulk"]),
        (JOB, ["answer", "answer"]),
        (JOB, []),
    ],
)
def test_another_job_is_failed_and_not_executed(here, drained, tmp_path, function, arguments):
    mark = tmp_path / "executed"
    queue = queue_of(here.queues, "answer")
    job = queue.enqueue(function, args=[words.format(mark) for words in arguments])
    assert drained() == []
    assert not mark.exists()
    assert Job.fetch(job.id, connection=here.queues, serializer=JSONSerializer).is_failed


def test_neither_callbacks_nor_pickles_run_anything(here, drained, tmp_path):
    mark = tmp_path / "executed"

    class Trap:
        def __reduce__(self):
            return open, (str(mark), "w")

    queue = queue_of(here.queues, "answer")
    good = queue.enqueue(JOB, "answer")
    for callback in ("success_callback_name", "failure_callback_name"):
        here.queues.hset(good.key, callback, "os.getcwd")
    pickled = Queue("sms-answer", connection=here.queues, serializer=PickleSerializer).enqueue(JOB, "answer")
    here.queues.hset(pickled.key, "data", pickle.dumps((JOB, None, (Trap(),), {})))
    assert drained() == ["answer"]
    assert not mark.exists()
