"""The whole house as real processes, any of which can be killed and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import requests

from app.db.database import Database
from config.processes import dying_with_parent, free_port
from tests import menu_rows, sample_cooperative
from tests.servers import Server, make_valkey

SECONDS = 90


class House:
    """Processes by name; `database` is the file or server that they all write."""

    def __init__(self, folder: Path, database: Database, valkey: Server) -> None:
        self.folder, self.database, self.valkey = folder, database, valkey
        self.port, self.simulator_port = free_port(), free_port()
        self.environment = dict(os.environ) | {
            "JAPPOO_ENV": "test",
            "DATABASE_URL": database.url,
            "REDIS_URL": valkey.url,
            "SECRET_KEY": sample_cooperative.KEY.decode(),
            "PIN_PEPPER": sample_cooperative.PEPPERS[1].decode(),
            "PORT": str(self.port),
            "SIMULATOR_PORT": str(self.simulator_port),
            "AT_API_URL": f"http://127.0.0.1:{self.simulator_port}",
            "WEB_WORKERS": "1",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.http = requests.Session()
        self.http.trust_env = False

    def start(self, *names: str) -> None:
        """Start processes of the `jappoo` command and wait until web and simulator answer."""
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                command = [sys.executable, "-m", "app.cli", name]
                self.processes[name] = subprocess.Popen(
                    command,
                    env=self.environment,
                    cwd=self.folder,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=dying_with_parent(),
                )
        if "web" in names:
            self.until(lambda: self._answers(f"http://127.0.0.1:{self.port}/health/live"))
        if "simulator" in names:
            self.until(lambda: self._answers(f"http://127.0.0.1:{self.simulator_port}/faults"))

    def kill(self, name: str) -> None:
        """End a process and its children as a power cut does."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=SECONDS)

    def fall(self, name: str) -> None:
        """Kill a process, or the store with what it held, and start it again."""
        if name == "valkey":
            self.valkey.kill()
            time.sleep(0.5)
            self.valkey.start()
        else:
            self.kill(name)
            self.start(name)

    def end(self) -> None:
        """End all that run."""
        for name in list(self.processes):
            with contextlib.suppress(ProcessLookupError):
                self.kill(name)

    def until(self, true: Callable[[], object], seconds: float = SECONDS) -> None:
        """Wait until something is so; raises AssertionError with the logs' ends."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, self.logs()[-3000:]
            time.sleep(0.02)

    def logs(self) -> str:
        """Return what all processes have printed."""
        return "\n".join(file.read_text("utf-8", "replace") for file in sorted(self.folder.glob("*.log")))

    def fault(self, name: str, times: int = 1) -> None:
        """Arm a fault of the simulator's."""
        answer = self.http.post(f"http://127.0.0.1:{self.simulator_port}/faults", json={"fault": name, "times": times})
        assert answer.status_code == 200

    def messages(self, number: str) -> list[dict[str, str]]:
        """Return what the provider took for a number: the judge."""
        url = f"http://127.0.0.1:{self.simulator_port}/messages"
        found: list[dict[str, str]] = self.http.get(url, params={"to": number}).json()
        return found

    def phone(self, number: str, dialect: str = "africastalking") -> "Phone":
        """Give a handset on the simulator's network."""
        return Phone(self, number, dialect)

    def _answers(self, url: str) -> bool:
        with contextlib.suppress(requests.RequestException):
            return self.http.get(url, timeout=10).status_code == 200
        return False


class Phone:
    """Dial and type through the simulator."""

    def __init__(self, house: House, number: str, dialect: str) -> None:
        self._house, self._dialect, self.session = house, dialect, ""
        self._base = f"http://127.0.0.1:{house.simulator_port}/handsets/{number}"

    def dial(self, string: str = "") -> str:
        return self._shown("dial", {"string": string, "dialect": self._dialect})

    def type(self, *entries: str) -> str:
        shown = ""
        for entry in entries:
            shown = self._shown("entries", {"session": self.session, "text": entry})
        return shown

    def _shown(self, act: str, body: dict[str, str]) -> str:
        shown = self._house.http.post(f"{self._base}/{act}", json=body, timeout=90).json()
        self.session = shown.get("session", self.session)
        assert not shown.get("warning", "").startswith("the same hop got different answers"), shown
        return str(shown.get("screen") or shown.get("warning"))


@contextlib.contextmanager
def open_house(folder: Path, database: Database, *names: str) -> Iterator[House]:
    """Build the village, publish the menu, start Valkey and the processes named; end them all."""
    sample_cooperative.build(database)
    valkey = make_valkey(folder / "valkey")
    valkey.start()
    house = House(folder, database, valkey)
    menu_rows.put(database, sample_cooperative.LONG_AGO)
    try:
        house.start(*names)
        yield house
    finally:
        house.end()
        valkey.kill()
