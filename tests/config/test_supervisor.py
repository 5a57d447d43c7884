"""One supervisor: whatever ends it, nothing is left behind. Real processes, real signals."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.child_processes import Marked


class Family(Marked):
    """A supervisor running in a process of its own, with children that carry its folder's name."""

    def __init__(self, folder: Path, which: str, **options: object) -> None:
        self.mark = f"FAMILY={folder}"
        command = [sys.executable, "-m", "tests.config.supervised", str(folder), which]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload]

    def ready(self) -> "Family":
        assert self.process.stdout.readline() == "ready\n"
        assert len(self.left()) >= 3
        return self

    def ended(self) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=120)
        return self.process.returncode, errors


@pytest.fixture
def families() -> Iterator[list[Family]]:
    made: list[Family] = []
    yield made
    for family in made:
        if family.process.poll() is None:
            family.process.kill()
            family.process.communicate()
        for pid in family.left():
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_all_and_is_no_failure(tmp_path: Path, families: list[Family], signum: int) -> None:
    families.append(family := Family(tmp_path, "plain").ready())
    family.process.send_signal(signum)
    code, _ = family.ended()
    assert code == 0
    assert family.nothing_left()


def test_killed_supervisor_leaves_nothing(tmp_path: Path, families: list[Family]) -> None:
    families.append(family := Family(tmp_path, "plain").ready())
    family.process.kill()
    family.ended()
    assert family.nothing_left()


def test_dead_child_is_named_with_its_last_words_and_ends_all(tmp_path: Path, families: list[Family]) -> None:
    families.append(family := Family(tmp_path, "mortal"))
    code, errors = family.ended()
    assert code == 1
    assert "mortal ended with 3" in errors
    assert "I was asked too much" in errors
    assert family.nothing_left()


def test_children_that_ignore_signals_are_killed_with_their_own(tmp_path: Path, families: list[Family]) -> None:
    families.append(family := Family(tmp_path, "stubborn").ready())
    family.process.terminate()
    code, _ = family.ended()
    assert code == 0
    assert family.nothing_left()


def test_second_signal_does_not_wait_for_the_stubborn(tmp_path: Path, families: list[Family]) -> None:
    families.append(family := Family(tmp_path, "patient").ready())
    before, all_of_them = time.monotonic(), len(family.left())
    family.process.terminate()
    while len(family.left()) == all_of_them:  # signals that come together are one
        time.sleep(0.05)
    family.process.terminate()
    family.ended()
    assert time.monotonic() - before < 60  # it gives them 90 s
    assert family.nothing_left()


def test_warnings_reach_the_terminal_with_the_child_s_name(tmp_path: Path, families: list[Family]) -> None:
    families.append(family := Family(tmp_path, "plain").ready())
    line = ""
    while "look at me" not in line:
        line = family.process.stderr.readline()
        assert line, "it ended"
    family.process.terminate()
    family.ended()
    assert line.split(" | ")[0].strip() == "father"


def test_closed_terminal_ends_all(tmp_path: Path) -> None:
    family = Family.__new__(Family)
    family.mark = f"FAMILY={tmp_path}"
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "tests.config.supervised", str(tmp_path), "plain"])
    _read_until(terminal, b"ready\r\n")  # all of it: a line cut by the closing would be the fault
    assert len(family.left()) >= 3
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert family.nothing_left()


def _read_until(terminal: int, words: bytes) -> None:
    seen = b""
    while words not in seen:
        seen += os.read(terminal, 1024)
