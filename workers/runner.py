"""Run the lanes' workers: one process a lane, none of which forks for a job (a fork would lose the provider's connections)."""

import logging
import os
import signal
import time
from collections.abc import Sequence
from types import FrameType

import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app.sms.purposes import LANES
from app.sms.waker import queue_of, wake
from config.processes import die_with_parent
from workers.context import context
from workers.jobs import drain

log = logging.getLogger("worker")
AGAIN_SECONDS = 1.0


def run(lanes: Sequence[str] = LANES, *, burst: bool = False) -> int:
    """Serve these lanes until a signal, or with `burst` until nothing is due; return 1 when a lane's process died."""
    if burst:
        for lane in lanes:
            while drain(lane):
                pass
        return 0
    if len(lanes) == 1:
        return serve(lanes[0])
    return _watch(_fork(lanes, os.getpid()))


def serve(lane: str) -> int:
    """Work on one lane in this process; comes back when Redis was away."""
    client = context().queues
    stopped = [False]

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped[0] = True

    signal.signal(signal.SIGTERM, stop)
    while not stopped[0]:
        try:
            wake(client, lane)
            worker = SimpleWorker([queue_of(client, lane)], connection=client, serializer=JSONSerializer)
            worker.work(logging_level="WARNING")
            return 0
        except redis.RedisError as fault:
            log.warning("the queues are out of reach: %s", type(fault).__name__)
            time.sleep(AGAIN_SECONDS)
    return 0


def _fork(lanes: Sequence[str], parent: int) -> dict[int, str]:
    children: dict[int, str] = {}
    for lane in lanes:
        child = os.fork()
        if child == 0:
            die_with_parent(parent)
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
            os.kill(child, number)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, pass_on)
    first, _ = os.wait()
    if not asked[0]:
        log.error("the worker of lane %s ended", children[first])
    for child in children:
        if child != first:
            os.kill(child, signal.SIGTERM)
    return 0 if asked[0] else 1
