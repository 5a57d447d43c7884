"""The demo: real processes on free ports, and nothing left when it ends."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.sms.purposes import QUEUES
from config.processes import free_port
from config.settings import NAMES
from tests.child_processes import Marked

pytestmark = pytest.mark.timeout(300)


class Demo(Marked):
    """`jappoo demo` in a folder of its own, with a mark in its environment that its children inherit."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.mark = folder, f"DEMO={folder}"
        self.port = free_port()
        clean = {name: value for name, value in os.environ.items() if name.lower() not in NAMES}
        ports = {"PORT": self.port, "SIMULATOR_PORT": free_port(), "VALKEY_PORT": free_port()}
        environment = clean | {name: str(port) for name, port in ports.items()} | {"DEMO": str(folder), "PYTHONPATH": os.getcwd()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "demo"],
            env=environment | settings,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ready(self) -> str:
        """Wait for the block with the numbers, and return it."""
        shown = ""
        while "logs" not in shown:
            line = self.process.stdout.readline()
            assert line, f"the demo ended: {shown}"
            shown += line
        return shown

    def ask(self, path: str, body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request("POST" if body else "GET", path, body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found


@pytest.fixture
def demos() -> Iterator[list[Demo]]:
    made: list[Demo] = []
    yield made
    for demo in made:
        if demo.process.poll() is None:
            demo.process.kill()
        demo.process.communicate()
        for pid in demo.left():
            os.kill(pid, signal.SIGKILL)


def test_demo_serves_keeps_its_data_and_leaves_nothing_however_it_ends(tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(first := Demo(tmp_path))
    shown = first.ready()
    assert f"http://127.0.0.1:{first.port}/phone" in shown
    assert f"http://127.0.0.1:{first.port}/\n" in shown
    for words in ("*384*44135#", "+221770000001", "+221760000001", "+221760000002", "482190", "+221780000001", "2468"):
        assert words in shown
    assert json.loads(first.ask("/health/ready")[1]) | {"database": "up", "redis": "up"} == json.loads(
        first.ask("/health/ready")[1]
    )
    form = "sessionId=s1&phoneNumber=%2B221770000004&networkCode=60801&serviceCode=*384*44135%23&text="
    assert first.ask("/at/demo/ussd", form)[1].startswith("CON ")
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(timeout=120) == 0
    assert first.nothing_left()
    before = _people(tmp_path)

    demos.append(second := Demo(tmp_path))
    second.ready()
    assert _people(tmp_path) == before >= 200
    second.process.kill()
    second.process.wait(timeout=120)
    assert second.nothing_left()

    demos.append(third := Demo(tmp_path))
    third.ready()
    (pid,) = [pid for pid in third.left() if b"scheduler" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(pid, signal.SIGKILL)
    shown, _ = third.process.communicate(timeout=120)
    assert third.process.returncode == 1
    assert "scheduler ended" in shown
    assert third.nothing_left()


def test_demo_says_which_port_is_taken(tmp_path: Path, demos: list[Demo]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        for name in ("PORT", "SIMULATOR_PORT", "VALKEY_PORT"):
            demos.append(demo := Demo(tmp_path, **{name: port}))
            shown, _ = demo.process.communicate(timeout=120)
            assert demo.process.returncode == 1
            assert shown == f"jappoo: port {port} is taken: stop what listens there, or set {name} to another\n"


def test_demo_wants_a_port_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    port = str(free_port())
    monkeypatch.setenv("PORT", port)
    monkeypatch.setenv("SIMULATOR_PORT", port)
    assert main(["demo"]) == 1
    assert capsys.readouterr().err == f"jappoo: SIMULATOR_PORT and PORT are both {port}: give each its own\n"


def test_demo_never_touches_a_production_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JAPPOO_ENV", raising=False)
    (tmp_path / ".env").write_text("JAPPOO_ENV=production\n")
    assert main(["demo"]) == 1
    assert "JAPPOO_ENV is production (.env)" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == [".env"]


def test_every_queue_has_a_worker_in_the_procfile() -> None:
    lines = Path("Procfile").read_text("utf-8").splitlines()
    served = [lane for line in lines for lane in re.findall(r"worker --lanes (\S+)", line)]
    assert sorted(served) == sorted(QUEUES)
    assert {line.partition(":")[0] for line in lines} == {"web", "scheduler", *QUEUES}


def _people(folder: Path) -> int:
    import sqlite3

    connection = sqlite3.connect(folder / "var" / "jappoo.db")
    (count,) = connection.execute("select count(*) from people").fetchone()
    connection.close()
    return int(count)
