"""The web server: granian, WSGI."""

import multiprocessing
import os
from functools import partial
from importlib import import_module
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from config import logging
from config.processes import die_with_parent, is_free
from config.settings import Settings


class PortTaken(Exception):
    """Somebody listens there already; its argument says where, in one line."""


def serve(
    target: str, settings: Settings, *, port: int | None = None, workers: int | None = None, threads: int | None = None
) -> None:
    """Serve the WSGI factory `target` (`module:function`, called with the settings in each worker) until a signal.

    Raises PortTaken; exits with 1 when workers keep dying. No access log: the paths hold the gateway's token.
    `backpressure` counts open connections, idle ones too, so it is well above what gateways keep alive.
    """
    port = settings.port if port is None else port
    if not is_free(settings.host, port):
        raise PortTaken(f"{settings.host}:{port} is taken: another program listens there")
    loader = partial(_load, target, settings)
    Granian(
        target,
        address=settings.host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or worker_count(settings),
        blocking_threads=threads or settings.web_threads,
        backpressure=512,
        websockets=False,
        log_access=False,
        log_dictconfig={"loggers": {"_granian": {"propagate": True}}, "handlers": {}},
        respawn_failed_workers=True,
        workers_kill_timeout=3,
    ).serve(target_loader=loader, wrap_loader=False)


def worker_count(settings: Settings) -> int:
    """Return how many web processes to run: as set, else one a core, but one on SQLite, which has one writer."""
    if settings.web_workers:
        return settings.web_workers
    return 1 if settings.database_url.startswith("sqlite") else os.cpu_count() or 1


def _load(target: str, settings: Settings) -> Any:
    """Make the application in a worker, which ends when the process that started it does."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        die_with_parent(parent.pid)
    logging.configure(secrets=settings.secrets)
    module, _, factory = target.partition(":")
    return getattr(import_module(module), factory)(settings)
