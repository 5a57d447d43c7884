"""Run the lanes' workers: one process a lane, none of which forks for a job (a fork would lose the provider's connections)."""

import contextlib
import os
import signal
import threading
from collections.abc import Sequence
from types import FrameType

import redis
import structlog
from rq import SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from app.sms.notifier import JOB, QUEUE, queue_of, wake
from app.sms.purposes import QUEUES
from config.processes import die_with_parent
from config.redis import connect
from workers.context import context
from workers.jobs import drain

log = structlog.get_logger("worker")
AGAIN_SECONDS = 1.0
WORKER_SECONDS = 30
"""RQ waits 15 s less than this for a job, and 5 s less for an answer: a Redis that hangs is left after 25 s."""


def run(lanes: Sequence[str] = QUEUES, *, burst: bool = False) -> int:
    """Serve these lanes until a signal, or with `burst` until nothing is due; return 1 when a lane's process died."""
    if burst:
        for lane in lanes:
            while drain(lane):
                pass
        return 0
    if len(lanes) == 1:
        return serve(lanes[0])
    return _watch(_fork(lanes, os.getpid()))


class ForeignJob(Exception):
    """A job that isn't ours stood in a lane's queue."""


class LaneJob(Job):
    """Our one job. RQ would import and call whatever a job in Redis names; here nothing is looked up by its name."""

    success_callback = failure_callback = stopped_callback = None

    def _execute(self) -> bool:
        lane = self.origin.removeprefix(QUEUE)
        if (self.func_name, tuple(self.args), self.kwargs, self.instance) != (JOB, (lane,), {}, None):
            log.error("a job that isn't ours is left unexecuted", lane=lane, job=self.id)
            raise ForeignJob(self.id)
        return drain(lane)


class LaneWorker(SimpleWorker):
    """RQ's worker without forking, which notices soon that Redis is back, and says when it was asked to end."""

    job_class = LaneJob

    # RQ's pause between two tries doubles up to a minute by itself; a code can't wait so long.
    max_connection_wait_time = 2
    asked = False

    def handle_warm_shutdown_request(self) -> None:
        """Note that a signal asked for the end, and end the slice; RQ also quits by itself, when Redis doesn't answer in time."""
        self.asked = True
        context().sender.leaving.set()


def serve(lane: str) -> int:
    """Work on one lane in this process until a signal; what is due already goes out at once, and Redis may be away meanwhile."""
    client = connect(context().settings.queues_url, connect_seconds=2, seconds=5)  # RQ raises the time-outs of its own
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    while not stopped.is_set():
        # RQ puts its own handlers in their place while it works, so they are set each time.
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, stop)
        try:
            wake(context().queues, lane)
            worker = LaneWorker([queue_of(client, lane)], connection=client, serializer=JSONSerializer, worker_ttl=WORKER_SECONDS)
            _until_it_quits(worker)
            if worker.asked:
                return 0
        except redis.RedisError as fault:
            log.warning("the queues are out of reach", lane=lane, fault=type(fault).__name__)
        stopped.wait(AGAIN_SECONDS)
    return 0


def _until_it_quits(worker: LaneWorker) -> None:
    try:
        worker.work(logging_level="CRITICAL")
    # With Redis away RQ fails at signing off: who was asked to end ends all the same.
    except redis.RedisError:
        if not worker.asked:
            raise


def _fork(lanes: Sequence[str], parent: int) -> dict[int, str]:
    children: dict[int, str] = {}
    for lane in lanes:
        child = os.fork()
        if child == 0:
            die_with_parent(parent)
            # `_exit`, for a child must not do what its parent wants done at its own end.
            os._exit(serve(lane))
        children[child] = lane
    return children


def _watch(children: dict[int, str]) -> int:
    """Pass a signal on to all; when one ends by itself end the others, since a lane without a worker would go unseen."""
    asked = [False]

    def pass_on(number: int, frame: FrameType | None) -> None:
        del frame
        asked[0] = True
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, number)

    # Set behind the forks: a child would else pass signals on to its siblings.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, pass_on)
    first, _ = os.wait()
    died = not asked[0]
    if died:
        log.error("a lane's worker ended", lane=children[first])
        pass_on(signal.SIGTERM, None)
    for _ in range(len(children) - 1):
        os.wait()
    return 1 if died else 0
