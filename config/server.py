"""The web server: granian, WSGI."""

from typing import Any

from granian import Granian
from granian.constants import Interfaces

from config.processes import die_with_parent
from config.settings import Settings


def serve(
    target: str, settings: Settings, *, port: int | None = None, workers: int | None = None, threads: int | None = None
) -> None:
    """Serve the WSGI factory `target` (`module:function`) until a signal.

    No access log: the paths hold the gateway's token. The factory must call `in_worker`, so that a worker ends with its parent.
    """
    Granian(
        target,
        address=settings.host,
        port=port or settings.port,
        interface=Interfaces.WSGI,
        workers=workers or settings.web_workers,
        blocking_threads=threads or settings.web_threads,
        backpressure=128,
        factory=True,
        log_access=False,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=3,
    ).serve()


def in_worker(**_: Any) -> None:
    """Tie a worker process to its parent."""
    die_with_parent()
