"""A day's calls on a small federation and on a large one, in turns: `python -m tests.bench.day`.

The service runs as in production: web processes, a worker for each lane, the scheduler, Valkey for sessions and for queues,
PostgreSQL; SMS leave for a provider that answers at once. Then the same while a broadcast leaves.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from app.sms.notifier import wake
from config.processes import dying_with_parent, free_port
from config.redis import connect
from tests.bench import federation, floor_messages
from tests.bench.__main__ import SERVICE, Web, cpu_of, publish_menu
from tests.bench.calls import MIX, OTHERWISE, day
from tests.bench.client import Clients, Work
from tests.servers import make_valkey

QUANTILES = (0.5, 0.99, 0.999)
WANTED = 0.9
LIVELY = "10000000"
"""SMS a second that the provider takes: as many as there are."""
DAYS_OWN = (
    *("declarations", "weighings", "operations", "orders", "training_applications"),
    *("sms_messages", "sms_state_changes", "sms_causes"),
)
"""Tables that begin empty at each run: what a day writes."""


class Site:
    """A federation, with the service that runs for it."""

    def __init__(self, stack: ExitStack, folder: Path, houses: int, provider: int) -> None:
        self.houses, self.broadcasts = houses, 0
        self.postgres = federation.start(stack, folder / f"federation-{houses}", houses)
        self.connection = stack.enter_context(psycopg.connect(self.postgres.url.replace("+psycopg", ""), autocommit=True))
        self.connection.execute(f"TRUNCATE {', '.join(DAYS_OWN)} CASCADE".encode())
        self.sessions, self.queues = (make_valkey(folder / f"{name}-{houses}") for name in ("sessions", "queues"))
        for server in (self.sessions, self.queues):
            server.start()
            stack.callback(server.kill)
        publish_menu(self.postgres.url, self.sessions.url)
        environ = {"JAPPOO_ENV": "test", "DATABASE_URL": self.postgres.url, "SESSION_REDIS_URL": self.sessions.url}
        environ |= {"QUEUE_REDIS_URL": self.queues.url, "AT_API_URL": f"http://127.0.0.1:{provider}", "SMS_RATE": LIVELY}
        environ |= {"QUIET_HOURS": "", "SMS_DAILY_BUDGET": "1000000000"}
        self.web = Web("app.factory:build", 2, 0, environ, folder / f"web-{houses}.log")
        stack.callback(self.web.stop)
        self.workers = [start(stack, folder / f"workers-{houses}.log", ["-m", "app.cli", *words], environ) for words in _procfile()]

    @property
    def members(self) -> int:
        """Return how many members call."""
        return self.houses * federation.HOUSE

    def spent(self) -> dict[str, float]:
        """Return the processor's seconds so far, by who used them."""
        return {
            "web": self.web.cpu(),
            "workers": sum(cpu_of(process.pid) for process in self.workers),
            "Valkey": cpu_of(self.sessions.pid) + cpu_of(self.queues.pid),
            "PostgreSQL": cpu_of(self.postgres.pid),
        }

    def broadcast(self, count: int) -> None:
        """Write a broadcast's messages, and have them sent."""
        self.broadcasts += 1
        floor_messages.expand(self.connection, f"broadcast:{self.broadcasts}", count, own=False)
        with connect(self.queues.url, seconds=5) as queues:
            wake(queues, "bulk")


class Row:
    """What was measured of one site in one way."""

    def __init__(self) -> None:
        self.rates: list[float] = []
        self.times: dict[str, list[float]] = {}
        self.cpu: dict[str, float] = {}

    def add(self, rate: float, times: dict[str, list[float]], spent: dict[str, float]) -> None:
        """Add a round."""
        self.rates.append(rate)
        for name, some in times.items():
            self.times.setdefault(name, []).extend(some)
        for who, seconds in spent.items():
            self.cpu[who] = self.cpu.get(who, 0) + seconds

    def quantiles(self, name: str | None = None) -> tuple[int, list[float]]:
        """Return how many hops of a kind, or of all, there were, and their quantiles in ms."""
        times = sorted(self.times.get(name, ()) if name else (one for some in self.times.values() for one in some))
        return len(times), [1000 * times[min(len(times) - 1, int(len(times) * share))] for share in QUANTILES] if times else []


def start(stack: ExitStack, log: Path, words: list[str], environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a process of ours that ends with the bench."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *words], env=os.environ | environ, stdout=out, stderr=out, preexec_fn=dying_with_parent()
        )
    stack.callback(lambda: (process.kill(), process.wait()))
    return process


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.day", description=__doc__)
    parser.add_argument("--houses", type=int, default=10_000, help="co-operatives of 200 in the large federation (default: 10,000)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=12.0, help="of a round (default: 12)")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--broadcast", type=int, default=100_000, help="its recipients (default: 100,000)")
    parser.add_argument("--kept", type=Path, help="a folder in which the filled databases stay for the next run (6 GB)")
    parser.add_argument("--quick", action="store_true", help="10,000 members in the large one, two short rounds")
    given = parser.parse_args()
    if given.quick:
        given.houses, given.rounds, given.seconds, given.broadcast = 50, 2, 4.0, 10_000
    with ExitStack() as stack:
        clients = Clients(given.connections)
        stack.callback(clients.close)
        folder = (given.kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jappoo-day-")))).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        found = measure(stack, folder, clients, given)
    found |= {"at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count()}
    Path("var").mkdir(exist_ok=True)
    Path("var/bench-day.json").write_text(json.dumps(found, indent=1) + "\n")
    print("\n".join(table(found)))
    return 0


def measure(stack: ExitStack, folder: Path, clients: Clients, given: argparse.Namespace) -> dict[str, Any]:
    port = free_port()
    start(stack, folder / "provider.log", ["-m", "tests.bench.provider", str(port), "0"], {})
    sites = [Site(stack, folder, houses, port) for houses in (5, given.houses)]
    floor = Web(
        "tests.bench.floor:build",
        2,
        0,
        {"JAPPOO_ENV": "test", "DATABASE_URL": sites[0].postgres.url, "REDIS_URL": sites[0].sessions.url},
        folder / "floor.log",
    )
    stack.callback(floor.stop)
    time.sleep(5)  # workers and scheduler get ready
    loads = [os.getloadavg()[0]]
    floors, quiet, busy = Row(), [Row() for _ in sites], [Row() for _ in sites]
    for turn in range(-1, given.rounds):
        one = Row() if turn < 0 else floors
        _round(clients, Work(floor.port, "/floor", "floor", 2.0, 1_000, 1), one, lambda: {"web": floor.cpu()})
        for at in (0, 1) if turn % 2 else (1, 0):
            _calls(clients, sites[at], Row() if turn < 0 else quiet[at], given.seconds)
        loads.append(os.getloadavg()[0])
    left: list[list[int]] = [[], []]
    for turn in range(given.rounds // 2 + 1):
        for at in (0, 1) if turn % 2 else (1, 0):
            before = sent(port)
            sites[at].broadcast(given.broadcast)
            _calls(clients, sites[at], busy[at], given.seconds)
            left[at].append(min(sent(port) - before, given.broadcast))
            while sent(port) - before < given.broadcast:
                time.sleep(0.2)
    return {
        "members": [site.members for site in sites],
        "loads": loads,
        "floor": statistics.median(floors.rates),
        "sent during a round": left,
        "rows": [_told(name, rows) for name, rows in (("quiet", quiet), ("broadcast", busy))],
    }


def sent(port: int) -> int:
    """Return how many messages the provider has taken: to count rows would be a load of its own."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        return int(json.load(answer)[0])


def _calls(clients: Clients, site: Site, row: Row, seconds: float) -> None:
    _round(clients, Work(site.web.port, SERVICE, "day", seconds, site.members, 0, talk=day), row, site.spent)


def _round(clients: Clients, work: Work, row: Row, spent: Any) -> None:
    clients.prepare(work)
    before = spent() | {"client": clients.cpu()}
    rate, times = clients.run_by_name()
    after = spent() | {"client": clients.cpu()}
    row.add(rate, times, {who: after[who] - before[who] for who in after})


def _told(name: str, rows: list[Row]) -> dict[str, Any]:
    ratios = sorted(large / small for small, large in zip(*(row.rates for row in rows), strict=True))
    kinds = [None, *(share.name for share in MIX), "PIN", OTHERWISE]
    return {
        "name": name,
        "hops/s": [[statistics.median(row.rates), min(row.rates), max(row.rates)] for row in rows],
        "ratio": [statistics.median(ratios), ratios[0], ratios[-1]],
        "cpu": [{who: spent / row.quantiles()[0] * 1e6 for who, spent in row.cpu.items()} for row in rows],
        "kinds": {kind or "all": [row.quantiles(kind) for row in rows] for kind in kinds},
    }


def table(found: dict[str, Any]) -> Iterator[str]:
    small, large = found["members"]
    yield f"/floor {found['floor']:.0f} hops/s; load average {min(found['loads']):.1f} to {max(found['loads']):.1f}"
    for row in found["rows"]:
        middle, least, most = row["ratio"]
        few, many = (sum(spent.values()) for spent in row["cpu"])
        by = f"by hops/s {middle:.2f} ({least:.2f} to {most:.2f}), by the processor's time {few / many:.2f}; wanted {WANTED}"
        yield f"\n{row['name']}: {large:,} members to {small:,} {by}"
        for members, (rate, low, high), spent in zip(found["members"], row["hops/s"], row["cpu"], strict=True):
            used = ", ".join(f"{who} {micros:.0f}" for who, micros in spent.items())
            share = f"{rate / found['floor']:.2f} of the floor"
            yield f"{members:,} members: {rate:.0f} hops/s ({low:.0f} to {high:.0f}), {share}; CPU µs a hop: {used}"
        yield f"\n| hop | {small:,} members: hops | p50 ms | p99 | p99.9 | {large:,} members: hops | p50 ms | p99 | p99.9 |"
        yield "|" + "---|" * 9
        for kind, both in row["kinds"].items():
            cells = [f"{count} | {' | '.join(f'{ms:.1f}' for ms in times) or ' | | '}" for count, times in both]
            if any(count for count, _ in both):
                yield f"| {kind} | {' | '.join(cells)} |"
    yield f"\nof a broadcast left during a round: {found['sent during a round']}"


def _procfile() -> list[list[str]]:
    """Return the commands of all that runs beside the web."""
    commands = [line.partition("jappoo ")[2].split() for line in Path("Procfile").read_text().splitlines()]
    return [words for words in commands if words != ["web"]]


if __name__ == "__main__":
    sys.exit(main())
