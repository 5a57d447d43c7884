"""One parent for the demo's processes: any that ends, ends all; nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

from config.processes import die_with_parent

GRACE_SECONDS = 6.0
POLL_SECONDS = 0.1


class Supervisor:
    """Start children in sessions of their own, with their output in `folder`, and end them all together.

    Covered: Ctrl-C, SIGTERM, SIGHUP (a closed terminal), a child that dies, and `kill -9` of this process (the kernel then
    ends each child, see config/processes.py).
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._children, self._stop = folder, dict[str, subprocess.Popen[bytes]](), False
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            signal.signal(getattr(signal, name), self._asked)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a child, its output appended to `<name>.log`."""
        parent = os.getpid()
        log: IO[bytes] = (self._folder / f"{name}.log").open("ab")
        self._children[name] = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM if name == "web" else signal.SIGKILL, parent),
        )
        log.close()

    def wait_for(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until `ready`, a child's end, a signal or the time; tell whether it is ready."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stop and not self.dead():
            if ready():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def dead(self) -> str | None:
        """Return the name of a child that has ended, if one has."""
        return next((name for name, child in self._children.items() if child.poll() is not None), None)

    def watch(self) -> int:
        """Wait for a signal or a child's end, end all, and return the exit code: 0 when asked, 1 when a child died."""
        while not self._stop and not self.dead():
            time.sleep(POLL_SECONDS)
        died = None if self._stop else self.dead()
        if died:
            print(f"jappoo: {died} ended; see {self._folder / f'{died}.log'}", file=sys.stderr, flush=True)
        self.end()
        return 1 if died else 0

    def end(self) -> None:
        """End every child's whole group: first asked, then killed; the last started goes first."""
        groups = list(reversed(self._children.values()))
        for sig, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, 2.0)):
            for child in groups:
                _signal_group(child.pid, sig)
            until = time.monotonic() + seconds
            while time.monotonic() < until and any(child.poll() is None for child in groups):
                time.sleep(POLL_SECONDS / 2)
        for child in groups:
            child.poll()

    def _asked(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stop = True


def _signal_group(group: int, sig: int) -> None:
    try:
        os.killpg(group, sig)
    except (ProcessLookupError, PermissionError):
        return
