"""One parent for the demo's processes: any that ends, ends all; nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from config.processes import dying_with_parent

GRACE_SECONDS = 5.0
POLL_SECONDS = 0.05
_WARNS = re.compile(rb'"level":"(warning|error|critical)"')


class Supervisor:
    """Start children in sessions of their own, with their output in `folder`, and end them all together.

    Covered: Ctrl-C, SIGTERM, SIGHUP (a closed terminal), a child that dies, and `kill -9` of this process (the kernel
    then ends each child). A child answers for its own children: it ends them on SIGTERM, and binds them to its life.
    Make it in the main thread, before anything else that catches signals.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._read: dict[str, int] = {}
        self._asked = 0
        folder.mkdir(parents=True, exist_ok=True)
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._ask)

    @property
    def asked(self) -> bool:
        """Whether a signal has asked for the end."""
        return self._asked > 0

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], *, orphan: int = signal.SIGKILL) -> None:
        """Start a child with its output in `<name>.log`; `orphan` is the signal that it gets if this process is killed."""
        if self.asked:
            return
        self._read[name] = 0
        with self._log(name).open("wb") as log:
            self._children[name] = subprocess.Popen(  # noqa: S603 - the caller's own commands
                command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C goes to all of a terminal's group: in sessions of their own they are ended by us, in order.
                start_new_session=True,
                preexec_fn=dying_with_parent(orphan),
            )

    def finish(self, name: str, seconds: float) -> bool:
        """Wait for a child that is to end by itself and forget it; tell whether it did its work."""
        child = self._children.get(name)
        if child is None or not self.wait_for(lambda: child.poll() is not None, seconds) or child.returncode:
            return False
        del self._children[name]
        return True

    def wait_for(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until `ready`, a child's end, a signal or the time; tell whether it is ready."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.asked:
            if ready():
                return True
            if self.dead():
                return False
            time.sleep(POLL_SECONDS)
        return False

    def dead(self) -> str | None:
        """Return the name of a child that has ended, if one has."""
        return next((name for name, child in self._children.items() if child.poll() is not None), None)

    def watch(self) -> int:
        """Wait for a signal or a child's end, end all, and return 0 when asked, 1 when a child died."""
        while not self.asked and not self.dead():
            self._show_warnings()
            time.sleep(POLL_SECONDS)
        return self.end()

    def end(self) -> int:
        """End every child, the first started (what the others need) last; return 1 and say which if one had died."""
        died = None if self.asked else self.dead()
        if died:
            _say(f"jappoo: {died} ended with {self._children[died].returncode}; its last lines, from {self._log(died)}:")
            _say("\n".join(self._log(died).read_text(errors="replace").splitlines()[-5:]))
        children = list(self._children.values())
        self._end(children[1:])
        self._end(children[:1])
        self._children.clear()
        return 1 if died else 0

    def _end(self, children: Sequence[subprocess.Popen[bytes]]) -> None:
        for child in children:
            child.terminate()
        until = time.monotonic() + GRACE_SECONDS
        # A second signal waits for nobody any more.
        while any(child.poll() is None for child in children) and time.monotonic() < until and self._asked < 2:
            time.sleep(POLL_SECONDS)
        for child in children:
            # Also of one that has ended: it may have left children in its session.
            _kill_group(child.pid)
            child.wait()

    def _show_warnings(self) -> None:
        for name in self._children:
            with self._log(name).open("rb") as log:
                log.seek(self._read[name])
                new = log.read()
            # The last line may be half written; it is read the next time.
            whole = new[: new.rfind(b"\n") + 1]
            self._read[name] += len(whole)
            for line in whole.splitlines():
                if _WARNS.search(line):
                    _say(f"{name:>9} | {line.decode(errors='replace')[:500]}")

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def _ask(self, signum: int, frame: FrameType | None) -> None:
        del signum, frame
        self._asked += 1


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _say(words: str) -> None:
    """Print on standard error; a terminal that is closed must not stop the ending."""
    try:
        print(words, file=sys.stderr, flush=True)
    except OSError:
        return
