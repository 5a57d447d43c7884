"""What a broadcast costs against a floor, and a code during one: `python -m tests.bench.messages` (also part of `make bench`)."""

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
from zoneinfo import ZoneInfo

import psycopg

from app.coop.broadcasts import confirmations
from app.db import schema
from app.db.database import Database
from app.sms import outbox
from app.sms.broadcasts.terms import Terms
from app.sms.notifier import wake
from app.sms.sender import LINES
from config.processes import dying_with_parent, free_port, is_free
from config.redis import connect
from tests.bench import floor_messages as floor
from tests.faults.broadcast import order
from tests.servers import make_postgres, make_valkey

TARGETS = {"shared": 0.8, "own, 0 ms": 0.8, "own, 50 ms": 0.95, "own, 500 ms": 0.9}
MOST_GROWTH_MB, MOST_CODE_SECONDS = 10, 0.2
TERMS = Terms(LIVELY := 10_000_000, None, None, ZoneInfo("Africa/Dakar"), 0)
Pair = tuple[tuple[float, float], tuple[float, float]]
"""Seconds and CPU seconds of the floor, and ours."""


class Bench:
    """PostgreSQL, Valkey, a provider for each latency."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        self.valkey, postgres = make_valkey(folder / "valkey"), make_postgres(folder / "postgres")
        for server in (self.valkey, postgres):
            server.start()
            stack.callback(server.kill)
        self.url, self.plain = postgres.url, postgres.url.replace("+psycopg", "")
        self.database = Database(self.url, statement_ms=600_000)
        schema.upgrade(self.database)
        self.ports = {wait: free_port() for wait in (0.0, 0.05, 0.5)}
        for wait, port in self.ports.items():
            self.start(["-m", "tests.bench.provider", str(port), str(wait)])
            while is_free("127.0.0.1", port):
                time.sleep(0.05)
        self.connection = stack.enter_context(psycopg.connect(self.plain, autocommit=True))
        self.queues = stack.enter_context(connect(self.valkey.url, seconds=5))
        self.rounds = 0

    def start(self, words: list[str], environ: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a process that ends with the bench."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words], env=os.environ | (environ or {}), stdout=log, stderr=log, preexec_fn=dying_with_parent()
            )
        self.stack.callback(lambda: (process.kill(), process.wait()))
        return process

    def worker(self, lane: str, wait: float) -> subprocess.Popen[bytes]:
        """Start a lane's worker and let it get ready."""
        environ = {"JAPPOO_ENV": "test", "DATABASE_URL": self.url, "REDIS_URL": self.valkey.url, "SMS_RATE": str(LIVELY)}
        process = self.start(
            ["-m", "app.cli", "worker", "--lanes", lane], environ | {"AT_API_URL": f"http://127.0.0.1:{self.ports[wait]}"}
        )
        time.sleep(3)
        return process

    def floor(self, *words: str) -> tuple[float, float]:
        """Run a floor in a process of its own, started before the clock as well as can be; return seconds and CPU seconds."""
        before, started = os.times(), time.monotonic()
        subprocess.run([sys.executable, "-m", "tests.bench.floor_messages", *words], check=True)
        after = os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return time.monotonic() - started - self.idle, cpu

    @property
    def idle(self) -> float:
        """Return what an empty floor takes: the start of Python and its imports, which no worker is charged with."""
        if not hasattr(self, "_idle"):
            started = time.monotonic()
            subprocess.run([sys.executable, "-m", "tests.bench.floor_messages", "own", "1", "0", "1"], check=True)
            self._idle = time.monotonic() - started
        return self._idle

    def clear(self) -> None:
        """Begin a round with empty tables."""
        self.connection.execute("TRUNCATE sms_messages, sms_state_changes, sms_reports, sms_causes")
        self.rounds += 1

    def ours(self, process: subprocess.Popen[bytes], count: int, *, own: bool, clocked_rows: bool) -> tuple[float, float]:
        """Let the bulk worker send a broadcast; return seconds and its CPU seconds."""
        self.clear()
        cpu, started = _cpu(process.pid), time.monotonic()
        floor.expand(self.connection, f"broadcast:{self.rounds}", count, own=own)
        if not clocked_rows:
            cpu, started = _cpu(process.pid), time.monotonic()
        wake(self.queues, "bulk")
        self.finish(count)
        return time.monotonic() - started, _cpu(process.pid) - cpu

    def finish(self, count: int) -> None:
        """Wait until all of a broadcast was accepted."""
        until = time.monotonic() + 300
        # each state by its own index: this runs beside what it measures
        one = "exists(SELECT 1 FROM sms_messages WHERE state = '{}')"
        waiting = f"SELECT {one.format('queued')} OR {one.format('sending')}".encode()
        while self.connection.execute(waiting).fetchone() != (False,):
            if time.monotonic() > until:
                raise RuntimeError(f"not sent in time: see {self.folder / 'log'}")
            time.sleep(0.02)
        [[accepted]] = self.connection.execute("SELECT count(*) FROM sms_messages WHERE state = 'accepted'").fetchall()
        if accepted != count:
            raise RuntimeError(f"{accepted} of {count} accepted")

    def taken(self, wait: float) -> dict[str, float]:
        """Return the codes that the provider has seen, with their instants."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[wait]}/") as answer:
            return dict(json.load(answer)[1])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.messages", description=__doc__)
    parser.add_argument("--quick", action="store_const", const=True, help="a tenth of the messages, two rounds")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--own", type=int, default=20_000, help="own texts a round, to a provider that answers at once")
    parser.add_argument(
        "--slow", type=int, default=2_000, help="own texts a round, to one that takes 50 ms (20,000 take a minute a round)"
    )
    parser.add_argument("--far", type=int, default=480, help="own texts a round, to one that takes 500 ms")
    parser.add_argument("--shared", type=int, default=100_000)
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.shared, given.own, given.slow, given.far = 2, 10_000, 2_000, 600, 160
    with ExitStack() as stack:
        bench = Bench(stack, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jappoo-bench-"))))
        found = _measure(bench, given)
    found |= {"at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    Path("var").mkdir(exist_ok=True)
    Path("var/bench-messages.json").write_text(json.dumps(found, indent=1) + "\n")
    return _print(found)


def _measure(bench: Bench, given: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {"rows": []}
    bulk = bench.worker("bulk", 0.0)
    bench.ours(bulk, 1_000, own=False, clocked_rows=True)
    found["memory at 1,000 (MB)"] = _peak(bulk.pid)
    pairs = []
    for _ in range(given.rounds):
        bench.clear()
        base = bench.floor("shared", bench.plain, str(bench.ports[0.0]), f"broadcast:{bench.rounds}", str(given.shared))
        pairs.append((base, bench.ours(bulk, given.shared, own=False, clocked_rows=True)))
    found["rows"].append(_row("shared", given.shared, pairs))
    found[f"memory at {given.shared:,} (MB)"] = _peak(bulk.pid)
    found["code (s)"] = _codes(bench, given.shared)
    found["rows"].append(_row("expansion", given.shared, [*_expansions(bench, given.shared, given.rounds)]))
    waits = ((0.0, "own, 0 ms", given.own), (0.05, "own, 50 ms", given.slow), (0.5, "own, 500 ms", given.far))
    for wait, name, count in waits:
        if wait:
            bulk.kill()
            bulk = bench.worker("bulk", wait)
        pairs = []
        for _ in range(given.rounds):
            base = bench.floor("own", str(bench.ports[wait]), str(count), str(LINES))
            pairs.append((base, bench.ours(bulk, count, own=True, clocked_rows=False)))
        found["rows"].append(_row(name, count, pairs))
    return found


def _expansions(bench: Bench, count: int, rounds: int) -> Iterator[Pair]:
    """Write a broadcast's messages to as many members, and as many rows by hand; the floor looks nobody up."""
    order(bench.database, count)
    bench.connection.execute("VACUUM ANALYZE")
    for _ in range(rounds):
        bench.clear()
        started = time.monotonic()
        floor.expand(bench.connection, f"broadcast:{bench.rounds}", count, own=False)
        base = time.monotonic() - started
        bench.clear()
        bench.connection.execute("UPDATE broadcasts SET state = 'expanding', cursor = 0, written = 0, lane = 'bench'")
        started, cpu, more = time.monotonic(), time.process_time(), True
        while more:
            with bench.database.transaction() as session:
                more = confirmations.resume(session, "bench", TERMS, now=datetime.now(UTC))
        yield (base, 0.0), (time.monotonic() - started, time.process_time() - cpu)
    bench.connection.execute("UPDATE broadcasts SET state = 'done'")


def _codes(bench: Bench, count: int) -> list[float]:
    """Ask for codes while a broadcast goes out; return the seconds from the commit to the provider."""
    worker = bench.worker("code", 0.0)
    _ask_for_code(bench, "codeready")
    while "codeready" not in bench.taken(0.0):  # on a busy machine a worker takes longer to start
        time.sleep(0.1)
    bench.clear()
    floor.expand(bench.connection, f"broadcast:{bench.rounds}", count, own=False)
    wake(bench.queues, "bulk")
    asked: dict[str, float] = {}
    for number in range(10):
        text = f"code{bench.rounds}x{number}"
        asked[text] = _ask_for_code(bench, text)
        time.sleep(0.3 if count > 50_000 else 0.05)
    bench.finish(count + len(asked))
    worker.kill()
    seen = bench.taken(0.0)
    return [round(seen[text] - at, 3) for text, at in asked.items()]


def _ask_for_code(bench: Bench, text: str) -> float:
    """Put a code as a sign-in does; return when it was committed."""
    with bench.database.transaction() as session:
        outbox.put(session, to="+221770000001", text=text, purpose="code", cause=text, now=datetime.now(UTC))
    committed = time.time()
    wake(bench.queues, "code")
    return committed


def _row(name: str, count: int, pairs: list[Pair]) -> dict[str, Any]:
    return {
        "name": name,
        "messages": count,
        "floor/s": round(count / statistics.median(base[0] for base, _ in pairs)),
        "ours/s": round(count / statistics.median(ours[0] for _, ours in pairs)),
        "ratio": round(statistics.median(base[0] / ours[0] for base, ours in pairs), 2),
        "cpu floor (µs)": round(statistics.median(base[1] for base, _ in pairs) / count * 1e6),
        "cpu ours (µs)": round(statistics.median(ours[1] for _, ours in pairs) / count * 1e6),
    }


def _print(found: dict[str, Any]) -> int:
    print("| messages | floor/s | ours/s | ratio | CPU µs floor | CPU µs ours |\n|---|---|---|---|---|---|")
    few, many = (megabytes for name, megabytes in found.items() if name.startswith("memory"))
    missed = max(found["code (s)"]) > MOST_CODE_SECONDS or many - few > MOST_GROWTH_MB
    for row in found["rows"]:
        wanted = TARGETS.get(row["name"], 0)
        missed |= row["ratio"] < wanted
        verdict = f" {'met' if row['ratio'] >= wanted else 'MISSED'} (≥ {wanted})" if wanted else ""
        figures = f"{row['floor/s']} | {row['ours/s']} | {row['ratio']}{verdict}"
        print(f"| {row['name']}, {row['messages']:,} | {figures} | {row['cpu floor (µs)']} | {row['cpu ours (µs)']} |")
    for name, value in found.items():
        if name not in ("rows", "at"):
            print(f"{name}: {value}")
    return int(missed)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000, 1)


if __name__ == "__main__":
    sys.exit(main())
