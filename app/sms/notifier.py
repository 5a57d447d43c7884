"""Tell RQ that a lane has work: after the commit, from a thread of its own, so that no request waits and none fails for it."""

import os
import threading
from typing import Any

import structlog
from rq import Queue
from rq.serializers import JSONSerializer

from app.sms.purposes import Lane

log = structlog.get_logger("sms")
JOB = "workers.jobs.drain"
QUEUE = "sms-"
FLAG = "sms:wake:"
FLAG_SECONDS, BULK_FLAG_SECONDS = 5, 20
"""The latter is longer than a slice of the bulk lane: the sweeper, which wakes it every 5 s, queues no job behind another."""
# RQ breaks a job off then: a bulk slice of 15 s and its last requests of 12 s end well before.
JOB_SECONDS = 60


class Notifier:
    """Remember which lanes have work and tell RQ soon. What can't be told now is found by the sweeper.

    A flag in Redis says that a job waits which has not looked yet: while it stands no other is queued, so the queue stays as
    short as there are lanes. The job takes the flag down before it looks.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        """Begin anew: a child has neither the thread nor, surely, a lock that is free."""
        self._lanes, self._told, self._lock = set[str](), threading.Event(), threading.Lock()
        self._thread: threading.Thread | None = None

    def __call__(self, lane: Lane | str) -> None:
        """Note a lane; returns at once and never raises."""
        with self._lock:
            self._lanes.add(lane)
            if self._thread is None:
                # A daemon: its process ends without it, and the sweeper finds what wasn't told.
                self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)
                self._thread.start()
        self._told.set()

    def _run(self) -> None:
        while self._told.wait():
            # Cleared before the lanes are taken: one that is noted in between sets it again.
            self._told.clear()
            with self._lock:
                lanes, self._lanes = self._lanes, set()
            for lane in sorted(lanes):
                try:
                    wake(self._client, lane)
                except Exception as fault:
                    log.warning("a lane can't be woken now; the sweeper will", lane=lane, fault=type(fault).__name__)


def wake(client: Any, lane: str) -> bool:
    """Queue a job for a lane unless one waits already; tell whether it was. Raises redis.RedisError."""
    # The flag before the job: where the process dies in between, it expires, and the sweeper wakes the lane.
    if not client.set(FLAG + lane, 1, nx=True, ex=BULK_FLAG_SECONDS if lane == "bulk" else FLAG_SECONDS):
        return False
    queue_of(client, lane).enqueue(JOB, lane, result_ttl=0, failure_ttl=86_400, job_timeout=JOB_SECONDS)
    return True


def queue_of(client: Any, lane: str) -> Queue:
    """Return a lane's queue; jobs are JSON, a lane's name and nothing else."""
    return Queue(QUEUE + lane, connection=client, serializer=JSONSerializer)
