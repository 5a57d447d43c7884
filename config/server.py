"""The web server: granian, with a WSGI application in threads behind it."""

import gc
import multiprocessing
import os
import resource
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from config import logs
from config.processes import collect_seldom, die_with_parent, is_free
from config.settings import OTHER_THREADS, PIN_THREADS, PUBLIC, PUBLIC_THREADS, Settings
from config.wsgi import BufferedWsgi

IDLE_SECONDS = 15
"""How long a connection may take for a request's head, from when it is made or from the last answer."""
MOST_CONNECTIONS = 4096
"""Connections to a process, idle ones too; further ones wait to be taken."""
# For the pools, the log, and a connection to Redis for each thread.
_SPARE_FILES = 256
_MOST_HEAD_BYTES = 32 * 1024


class PortTaken(Exception):
    """Somebody listens there already; its argument says where, in one line."""


def serve(
    target: str,
    settings: Settings,
    *,
    port: int | None = None,
    workers: int | None = None,
    threads: int | None = None,
    own: Sequence[str] = (),
) -> None:
    """Serve the WSGI factory `target` (`module:function`, called with the settings in each worker) until a signal.

    Paths that begin with one of `own` have all `threads` to themselves (by default those of the settings, and PIN_THREADS that
    wait), public pages PUBLIC_THREADS, the rest OTHER_THREADS. Raises PortTaken; exits with 1 when
    workers keep dying. No access log: the paths hold the gateway's token.
    """
    port = settings.port if port is None else port
    if not is_free(settings.host, port):
        raise PortTaken(f"{settings.host}:{port} is taken: another program listens there")
    Granian(
        target,
        address=settings.host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers or worker_count(settings),
        backpressure=_connections(),
        # granian's "auto" reads the protocol first, for which it waits without end; so no idle connection would ever be closed
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_SECONDS * 1000, max_buffer_size=_MOST_HEAD_BYTES),
        websockets=False,
        log_access=False,
        # granian's lines go the way of all others, which masks them.
        log_dictconfig={"loggers": {"_granian": {"propagate": True}}, "handlers": {}},
        respawn_failed_workers=True,
        workers_kill_timeout=3,
    ).serve(target_loader=partial(_load, target, settings, threads or settings.web_threads + PIN_THREADS, own), wrap_loader=False)


def worker_count(settings: Settings) -> int:
    """Return how many web processes to run: as set, else one a core, but one on SQLite, which has one writer."""
    if settings.web_workers:
        return settings.web_workers
    return 1 if settings.database_url.startswith("sqlite") else os.cpu_count() or 1


def _connections() -> int:
    """Return how many connections a process takes: what the system lets it open, less what it needs itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _SPARE_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(min(MOST_CONNECTIONS, soft - _SPARE_FILES), 1)


def _load(target: str, settings: Settings, threads: int, own: Sequence[str]) -> Any:
    """Make the application in a worker, which ends when the process that started it does."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        die_with_parent(parent.pid)
    collect_seldom()
    logs.configure(secrets=settings.secrets)
    module, _, factory = target.partition(":")
    made = getattr(import_module(module), factory)(settings)
    gc.collect()
    gc.freeze()  # what stands now stands for good: no collection need walk through it again
    return BufferedWsgi(made, threads, own, OTHER_THREADS, apart=PUBLIC, apart_threads=PUBLIC_THREADS)
