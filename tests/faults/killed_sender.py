"""A sender that is killed at a step. Imported by a server that forks it (tests/child_processes.py)."""

import os
import signal
from collections.abc import Callable
from typing import Any

from app.gateways.africastalking_sms import AfricasTalkingSms
from app.sms import sender
from app.sms.marks import Marks
from workers import jobs

STEPS: dict[str, tuple[Any, str, bool]] = {
    "claimed": (Marks, "hand", True),
    "marked": (Marks, "hand", False),
    "on the line": (AfricasTalkingSms, "send", True),
    "answered": (AfricasTalkingSms, "send", False),
    "to be settled": (sender, "settle", True),
}
"""Where it is killed: before a function, or behind it."""


def send(step: str, environment: dict[str, str]) -> None:
    """Send the answers that are due, and die at a step; at none of STEPS, end by itself."""
    os.environ.update(environment)
    if step in STEPS:
        place, name, before = STEPS[step]
        setattr(place, name, _dying(getattr(place, name), before))
    while jobs.drain("answer"):
        pass
    os._exit(0)


def _dying(act: Callable[..., Any], before: bool) -> Callable[..., Any]:
    def perform(*given: Any, **named: Any) -> Any:
        if given[-1] == []:
            return act(*given, **named)
        if before:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return act(*given, **named)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)

    return perform
