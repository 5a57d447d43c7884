"""A siege of a web server: connections that say nothing, and bodies that never come."""

import argparse
import json
import resource
import selectors
import socket
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from app.db.database import Database
from tests import menu_rows, sample_cooperative
from tests.bench.client import ask, hop
from tests.faults.stack import House
from tests.scratch import migrate
from tests.servers import make_valkey

HEAD = b"POST /sign-in HTTP/1.1\r\nHost: web\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na"


class Siege:
    """Keep so many of both open until it is lifted; what the server ends is made again and counted."""

    def __init__(self, port: int, *, idle: int, silent: int, renew: bool = True) -> None:
        self._port, self._renew, self._lifted = port, renew, threading.Event()
        self._open = selectors.DefaultSelector()
        self.ended = {"idle": 0, "silent": 0}
        self.answers: set[bytes] = set()
        for kind, count in (("idle", idle), ("silent", silent)):
            for _ in range(count):
                self._begin(kind)
        self._thread = threading.Thread(target=self._keep_up)

    def __enter__(self) -> "Siege":
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._lifted.set()
        self._thread.join()
        for key in list(self._open.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._open.close()

    def _begin(self, kind: str) -> None:
        line = socket.create_connection(("127.0.0.1", self._port), timeout=60)
        if kind == "silent":
            line.sendall(HEAD)
        self._open.register(line, selectors.EVENT_READ, kind)

    def _keep_up(self) -> None:
        while not self._lifted.is_set():
            for key, _ in self._open.select(0.1):
                line: socket.socket = key.fileobj  # type: ignore[assignment]
                try:
                    said = line.recv(65536)
                except ConnectionError:
                    said = b""
                if said:
                    self.answers.add(said.split(b"\r\n", 1)[0])
                    continue
                self._open.unregister(line)
                line.close()
                self.ended[key.data] += 1
                if self._renew:
                    self._begin(key.data)


def hops(port: int, seconds: float) -> list[float]:
    """Make hops, each on a connection of its own, and return what each took, in seconds. Raises on any bad answer."""
    times, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        before = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            assert ask(line, hop(f"siege{len(times)}-{before}", 1, "", "/at/demo/ussd")).startswith(b"CON ")
        times.append(time.perf_counter() - before)
        time.sleep(0.01)
    return sorted(times)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.slow_clients", description="How hops fare, against quiet.")
    parser.add_argument("--idle", type=int, default=1200)
    parser.add_argument("--silent", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=120)
    given = parser.parse_args()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with tempfile.TemporaryDirectory(prefix="jappoo-siege-") as name:
        folder = Path(name)
        valkey, database = make_valkey(folder / "valkey"), Database(f"sqlite:///{folder}/jappoo.db")
        migrate(database.url)
        sample_cooperative.build(database)
        menu_rows.put(database, datetime.now(UTC))
        valkey.start()
        house = House(folder, database, valkey)
        house.environment["WEB_WORKERS"] = "2"
        try:
            house.start("web")
            hops(house.port, 2)
            quiet = hops(house.port, given.seconds / 4)
            with Siege(house.port, idle=given.idle, silent=given.silent) as siege:
                under = hops(house.port, given.seconds)
                live = house.http.get(f"http://127.0.0.1:{house.port}/health/live", timeout=2).status_code
        finally:
            house.end()
            valkey.kill()
            database.dispose()
    found = {
        name: {"hops": len(times), "p50_ms": _at(times, 0.5), "p99_ms": _at(times, 0.99), "worst_ms": _at(times, 1)}
        for name, times in (("quiet", quiet), ("siege", under))
    }
    found |= {"p99_ratio": found["siege"]["p99_ms"] / found["quiet"]["p99_ms"], "live": live, "ended": siege.ended}
    Path("var").mkdir(exist_ok=True)
    Path("var/siege.json").write_text(json.dumps(found, indent=1) + "\n")
    print("| | hops | p50 ms | p99 ms | worst ms |\n|---|---|---|---|---|")
    for name in ("quiet", "siege"):
        row = found[name]
        print(f"| {name} | {row['hops']} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} | {row['worst_ms']:.1f} |")
    print(f"p99 under siege: {found['p99_ratio']:.2f} × quiet (≤ 3); /health/live {live}; ended by the server: {siege.ended}")


def _at(times: list[float], part: float) -> float:
    return times[min(len(times) - 1, int(len(times) * part))] * 1000


if __name__ == "__main__":
    main()
