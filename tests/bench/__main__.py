"""Measure, print one table, write var/bench.json."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import redis

from app.coop.demo.seed import Plan, seed
from app.db import schema
from app.db.database import Database
from config.processes import dying_with_parent, free_port, is_free
from config.settings import load
from menus.publication import compiled, publish, serve
from tests.bench.client import KINDS, Clients, Work, ask, cpu, hop
from tests.bench.hop_table import table
from tests.servers import Server, make_postgres, make_valkey

SERVICE = "/at/demo/ussd"
FLOORS = ("/floor", "/floor-thin", "/floor-select", "/floor-selects")
CONNECTIONS = (1, 8)
SESSIONS = {"PIN": 40, "balance": 48, "movements": 48, "product list": 48, "question": 48, "confirmation": 48, "price list": 200}
"""How many calls are opened before the clock: each PIN takes its time."""
INSIDE = {"get", "set", "hincrby", "expire"}
"""What the swap's script calls inside Redis: no round trips of ours (the service itself uses neither GET nor SET on a hop)."""
GREETING = {"hello", "client|setinfo", "select", "auth", "ping"}
"""What a thread's connection begins with, once."""

_SERVE = """
import sys
from config.server import serve
from config.settings import load
serve(sys.argv[1], load(dotenv=None), port=int(sys.argv[2]), workers=int(sys.argv[3]), threads=int(sys.argv[4]))
"""


class Web:
    """A web server under measurement."""

    def __init__(self, target: str, workers: int, threads: int, environ: dict[str, str], log: Path) -> None:
        self.port = free_port()
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, target, str(self.port), str(workers), str(threads)],
                env=os.environ | environ,
                stdout=out,
                stderr=out,
                preexec_fn=dying_with_parent(),
            )
        end = time.monotonic() + 30
        while is_free("127.0.0.1", self.port):
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError(f"{target} does not serve: see {log}")
            time.sleep(0.05)
        time.sleep(1)

    def cpu(self) -> float:
        """Return the seconds of user and system time that its processes have used."""
        return cpu_of(self._process.pid)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=15)


class Row:
    """What one kind of hop did, over the rounds; the processor's time by who used it."""

    def __init__(self) -> None:
        self.rates: list[float] = []
        self.times: list[float] = []
        self.cpu: dict[str, float] = {}

    def summary(self, floor: "Row | None" = None) -> dict[str, Any]:
        """Return the median rate, the quantiles of all hops, the CPU of one; and the rounds' ratios to the floor's beside them."""
        times = sorted(self.times)
        found: dict[str, Any] = {
            "hops_s": statistics.median(self.rates),
            "p50_ms": times[len(times) // 2] * 1000,
            "p99_ms": times[min(len(times) - 1, int(len(times) * 0.99))] * 1000,
            "cpu_us": {who: spent / len(times) * 1e6 for who, spent in self.cpu.items()},
            "hops": len(times),
        }
        if floor:
            ratios = sorted(ours / theirs for ours, theirs in zip(self.rates, floor.rates, strict=True))
            found |= {"ratio": statistics.median(ratios), "least": ratios[0], "most": ratios[-1]}
            found["p99_ratio"] = found["p99_ms"] / floor.summary()["p99_ms"]
        return found


class Bench:
    """One Valkey for sessions, one for queues; a service and the floors on them, each on its own granian."""

    def __init__(self, stack: ExitStack, folder: Path, rounds: int, seconds: float) -> None:
        self.rounds, self.seconds, self.folder = rounds, seconds, folder
        self.postgres: Server | None = None
        self.sessions, self.queues = make_valkey(folder / "sessions"), make_valkey(folder / "queues")
        for server in (self.sessions, self.queues):
            server.start()
            stack.callback(server.kill)
        self.clients = {count: Clients(count) for count in CONNECTIONS}
        for clients in self.clients.values():
            stack.callback(clients.close)

    def environ(self, database: str) -> dict[str, str]:
        """Return what both servers are told."""
        redises = {"SESSION_REDIS_URL": self.sessions.url, "QUEUE_REDIS_URL": self.queues.url}
        return {"JAPPOO_ENV": "test", "DATABASE_URL": database} | redises

    @contextmanager
    def web(self, target: str, database: str, workers: int = 2, threads: int = 0) -> Iterator[Web]:
        """Serve `target` on a database for a while, with as many threads, or as the service has."""
        web = Web(target, workers, threads, self.environ(database), self.folder / "web.log")
        try:
            yield web
        finally:
            web.stop()

    def compare(self, lanes: dict[str, tuple[Web, str, str]], members: int, connections: int) -> dict[str, Row]:
        """Run lanes (server, path, kind of hop) in turns, a round each, the order turned every time."""
        rows = {name: Row() for name in lanes}
        names = list(lanes)
        for turn in range(-1, self.rounds):
            for name in names:
                web, path, kind = lanes[name]
                self.round(rows[name], web, path, kind, members, connections, warm=turn < 0)
            names = names[1:] + names[:1]
        return rows

    def round(self, row: Row, web: Web, path: str, kind: str, members: int, connections: int, *, warm: bool) -> None:
        """Run one round, which ends earlier when the opened sessions are used up; a warm one is not counted."""
        most = SESSIONS.get(kind, 0)
        sessions = -(-(min(most, 8) if warm else most) // connections)
        clients = self.clients[connections]
        clients.prepare(Work(web.port, path, kind, 0.3 if warm else self.seconds, members, sessions))
        before = self._cpu(web, clients)
        rate, times = clients.run()
        if not warm:
            row.rates.append(rate)
            row.times += times
            for who, spent in self._cpu(web, clients).items():
                row.cpu[who] = row.cpu.get(who, 0.0) + spent - before[who]

    def _cpu(self, web: Web, clients: Clients) -> dict[str, float]:
        servers = {"Valkey": self.sessions.pid} | ({"PostgreSQL": self.postgres.pid} if self.postgres else {})
        return {"web": web.cpu()} | {name: cpu_of(pid) for name, pid in servers.items()} | {"client": clients.cpu()}

    def round_trips(self, web: Web) -> dict[str, float]:
        """Count the commands that the sessions' Redis is sent for a hop: a menu hop, and one with an effect."""
        import socket

        counted = {}
        with socket.create_connection(("127.0.0.1", web.port)) as line, redis.Redis.from_url(self.sessions.url) as client:
            for name, path in (("menu", ("4", "4*0", "4*0*4", "4*0*4*0")), ("effect", ("8*1",))):
                ask(line, hop(f"trips-{name}", 7, path[0].rpartition("*")[0], SERVICE))
                client.config_resetstat()
                for text in path:
                    ask(line, hop(f"trips-{name}", 7, text, SERVICE))
                found = client.info("commandstats")
                ours = {command.removeprefix("cmdstat_"): said["calls"] for command, said in found.items()}
                ours = {
                    command: calls
                    for command, calls in ours.items()
                    if command not in INSIDE | GREETING | {"info", "config|resetstat"}
                }
                counted[name] = sum(ours.values()) / len(path)
        return counted


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--many", type=int, default=100_000, help="members of the big database (default: 100,000)")
    parser.add_argument("--million", action="store_const", const=1_000_000, dest="many", help="the same as --many 1000000")
    parser.add_argument("--seeded", help="the URL of a PostgreSQL that holds --many members of the seed already")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jappoo-bench-")))
        bench = Bench(stack, folder, given.rounds, given.seconds)
        few, bench.postgres = make_database(stack, folder / "few", 1_000)
        many = given.seeded or make_database(stack, folder / "many", given.many)[0]
        for url in (few, many):
            publish_menu(url, bench.sessions.url)
        found = _measure(bench, few, many, given.many)
    found |= {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": _machine(), "rounds": given.rounds}
    file = Path("var/bench.json")
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(found, indent=1) + "\n")
    print("\n".join(table(found)))


def _measure(bench: Bench, few: str, many: str, members: int) -> dict[str, Any]:
    found: dict[str, Any] = {"rows": [], "members": [], "servers": [], "many": members}
    with bench.web("app.factory:build", few) as service, bench.web("tests.bench.floor:build", few) as floor:
        found["round_trips"] = bench.round_trips(service)
        for connections in CONNECTIONS:
            lanes = {path: (floor, path, "floor") for path in FLOORS} | {kind: (service, SERVICE, kind) for kind in KINDS}
            rows = bench.compare(lanes, 1_000, connections)
            for name, row in rows.items():
                told = row.summary(rows[KINDS[name].floor] if name in KINDS else None)
                if name in ("first hop", "menu"):
                    told["thin"] = row.summary(rows["/floor-thin"])["ratio"]
                found["rows"].append({"name": name, "connections": connections} | told)
            _say(f"{connections} connections: {json.dumps(found['rows'])}")
        with bench.web("app.factory:build", many) as big:
            for connections in CONNECTIONS:
                sizes = {"1000": (service, 1_000), str(members): (big, members)}
                rows = {name: Row() for name in sizes}
                for turn in range(-1, bench.rounds):
                    for name, (web, count) in list(sizes.items())[:: -1 if turn % 2 else 1]:
                        bench.round(rows[name], web, SERVICE, "balance", count, connections, warm=turn < 0)
                for name, row in rows.items():
                    found["members"].append({"name": name, "connections": connections} | row.summary(rows["1000"]))
    with ExitStack() as stack:
        shapes = [(1, 1), (1, 4), (2, 1), (2, 4)]
        webs = {f"{w} × {t}": stack.enter_context(bench.web("app.factory:build", few, w, t)) for w, t in shapes}
        for connections in CONNECTIONS:
            rows = bench.compare({name: (web, SERVICE, "menu") for name, web in webs.items()}, 1_000, connections)
            found["servers"] += [{"name": name, "connections": connections} | row.summary() for name, row in rows.items()]
    return found


def make_database(stack: ExitStack, folder: Path, members: int) -> tuple[str, Server]:
    """Return the URL of a PostgreSQL with a demo's members in it, and its server."""
    server = make_postgres(folder)
    server.start()
    stack.callback(server.kill)
    settings = load({"JAPPOO_ENV": "test"}, dotenv=None)
    database = Database(server.url, statement_ms=600_000)
    schema.upgrade(database)
    started = time.monotonic()
    seed(database, Plan(members, None, settings.peppers, settings.key("members"), datetime.now(UTC)))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    database.dispose()
    _say(f"{members:,} members seeded in {time.monotonic() - started:.0f} s")
    return server.url, server


def publish_menu(url: str, sessions_url: str) -> None:
    """Publish the menu, as every service does before its first hop."""
    database = Database(url, statement_ms=600_000)
    with database.transaction() as session:
        publish(session, compiled(), by="bench", now=datetime.now(UTC))
    with redis.Redis.from_url(sessions_url) as client:
        serve(database, client)
    database.dispose()


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version(), "system": platform.machine()}


def _children(pid: int) -> list[int]:
    try:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return found + [deeper for child in found for deeper in _children(child)]


def cpu_of(pid: int) -> float:
    """Return the seconds of user and system time of a process and of what it has forked, now or before."""
    return sum(cpu(one) for one in (pid, *_children(pid)))


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
