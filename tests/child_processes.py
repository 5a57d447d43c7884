"""Processes that tests fork, and those known by a mark in their environment, which their children inherit."""

import multiprocessing
import time
from multiprocessing.context import ForkServerContext
from pathlib import Path


def forking() -> ForkServerContext:
    """Give a server that has imported all that its processes need, and forks one in no time."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["tests.races.racing_process", "tests.faults.killed_sender"])
    return server


class Marked:
    """Who is left when all should have ended: `mark` is a `NAME=value` of their environment; they have so many `seconds`."""

    mark: str
    seconds = 60.0

    def left(self) -> list[int]:
        """Return the processes that carry the mark."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and self.mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def nothing_left(self) -> bool:
        end = time.monotonic() + self.seconds
        while self.left() and time.monotonic() < end:
            time.sleep(0.05)
        return not self.left()
