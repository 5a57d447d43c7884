"""Measure other USSD engines and ours with one client, in turns: installed under var/peers, needs node for one of them."""

import argparse
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import redis

from config.processes import dying_with_parent, free_port, is_free
from tests.bench.__main__ import CONNECTIONS, GREETING, SERVICE, Bench, cpu_of, make_database, publish_menu
from tests.bench.client import TIMED, Hops, Work, ask, hop, new_session
from tests.servers import make_valkey

HERE, INSTALLED = Path(__file__).parent, Path("var/peers")
STRANGERS = 9_999_900
"""As many numbers call a peer: one of them can't be called from the same number again."""


class Peer(NamedTuple):
    """An engine: what to install, how it is served, and what it does about each of our promises."""

    packages: tuple[str, ...]
    interface: str
    keeps: str
    mended: str = ""


PEERS = {
    "anysd": Peer(("anysd==1.2.7", "redis<6", "flask"), "wsgi", "Redis, for good", "an older redis-py"),
    "ussdflow": Peer(("ussdflow==0.1.10", "flask"), "wsgi", "Redis, for good", "its first hop, its Redis store"),
    "mobilex": Peer(("mobilex==0.0.5", "redis"), "asgi", "Redis, pickled, 75 s", "a question"),
}
NODE = Peer(("ussd-menu-builder@1.2.0",), "node", "nothing: all that was typed is walked again")
CALLS: dict[str, tuple[tuple[str, bytes], ...]] = {
    "peer": (("", b"Declarer"), ("1", b"kilos"), ("250", b"250 kg")),
    "ours, screens": (("", b"Mes soldes"), ("4", b"Boutiques"), ("5", b"CON ")),
    "ours, an act": (("", b"Mes soldes"), ("8", b"On vous rappelle"), ("1", b"not")),
}
OURS = {
    "ours, screens": "Valkey, an hour, compare-and-set",
    "ours, an act": "the same, and SQL: who calls, the act under its key, once",
    "/floor": "Redis: one GET, one SET, a string",
}


def calls(work: Work, line: socket.socket) -> Hops:
    """Give the hops of calls of a kind, one after the other."""
    del line
    yield b"", b"", ""
    while True:
        member = 100 * random.randrange(work.members // 100) + random.randint(4, 100)  # noqa: S311 - no officer, of a hundred
        session, typed = new_session(), list[str]()
        for entry, wanted in CALLS[work.kind]:
            typed += [entry] if entry else []
            yield hop(session, member, "*".join(typed), work.path), wanted, TIMED


def install(name: str, peer: Peer) -> Path:
    """Install a peer into an environment of its own, if it isn't; return the folder. Raises CalledProcessError."""
    folder = (INSTALLED / name).resolve()
    if (folder / "installed").exists():
        return folder
    if peer.interface == "node":
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *peer.packages], cwd=folder, check=True)
    else:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin" / "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*pip, *peer.packages, f"granian=={version('granian')}"], check=True)
    (folder / "installed").touch()
    return folder


class Served:
    """A peer while it is served: two processes, as ours has."""

    def __init__(self, stack: ExitStack, name: str, peer: Peer, store: int, log: Path) -> None:
        folder, self.port = install(name, peer), free_port()
        if peer.interface == "node":
            command = ["node", str(HERE / "menu_builder.js"), str(self.port), str(folder / "node_modules")]
        else:
            command = [str(folder / "bin" / "granian"), "--interface", peer.interface, "--port", str(self.port), "--workers", "2"]
            command += [*(["--blocking-threads", "4"] if peer.interface == "wsgi" else []), "--no-access-log", f"{name}_menu:app"]
        settings = folder / "config.yaml"
        settings.write_text(f"development:\n  redis:\n    host: 127.0.0.1\n    port: {store}\n    db: 0\n")
        environ = os.environ | {"STORE_PORT": str(store), "ANYSD_CONFIG_FILE": str(settings)}
        with log.open("ab") as out:
            self._process = subprocess.Popen(command, cwd=HERE, env=environ, stdout=out, stderr=out, preexec_fn=dying_with_parent())
        stack.callback(self._stop)
        end = time.monotonic() + 30
        while is_free("127.0.0.1", self.port):
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError(f"{name} does not serve: {log.read_text()[-600:]}")
            time.sleep(0.1)
        time.sleep(1)

    def cpu(self) -> float:
        """Return the processor's seconds that it has used."""
        return cpu_of(self._process.pid)

    def try_out(self, store: str) -> float:
        """Make one call; return the commands a hop that its store was sent. Raises ValueError with what isn't answered well."""
        typed, session = list[str](), new_session()
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as line, redis.Redis.from_url(store) as client:
            client.config_resetstat()
            for entry, wanted in CALLS["peer"]:
                typed += [entry] if entry else []
                answer = ask(line, hop(session, 1, "*".join(typed), "/ussd"))
                if wanted not in answer:
                    raise ValueError(answer.decode())
            counted = {name.removeprefix("cmdstat_"): said["calls"] for name, said in client.info("commandstats").items()}
        return sum(times for name, times in counted.items() if name not in GREETING | {"info", "config|resetstat"}) / 3

    def _stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=15)


class Lane(NamedTuple):
    """Whom a round asks, and the seconds and hops so far."""

    port: int
    path: str
    kind: str
    members: int
    rates: dict[int, list[float]]
    times: dict[int, list[float]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args()
    failed, commands = dict[str, str](), dict[str, float]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jappoo-peers-")))
        bench = Bench(stack, folder, given.rounds, given.seconds)
        url, bench.postgres = make_database(stack, folder / "postgres", 1_000)
        publish_menu(url, bench.sessions.url)
        store = make_valkey(folder / "peers")
        store.start()
        stack.callback(store.kill)
        service, floor = (
            stack.enter_context(bench.web(target, url)) for target in ("app.factory:build", "tests.bench.floor:build")
        )
        lanes = {name: _lane(service.port, SERVICE, name, 1_000) for name in ("ours, screens", "ours, an act")}
        lanes["/floor"] = _lane(floor.port, "/floor", "floor", 1_000)
        for name, peer in (PEERS | ({"menu_builder": NODE} if shutil.which("node") else {})).items():
            try:
                served = Served(stack, name, peer, int(store.url.rsplit(":", 1)[1].partition("/")[0]), folder / f"{name}.log")
                commands[name] = served.try_out(store.url)
            except (subprocess.CalledProcessError, OSError, RuntimeError, ValueError) as fault:
                failed[name] = str(fault).strip().splitlines()[-1][:160]
            else:
                lanes[name] = _lane(served.port, "/ussd", "peer", STRANGERS)
        load = os.getloadavg()[0]
        _measure(bench, lanes)
    found = {name: {count: statistics.median(lane.rates[count]) for count in CONNECTIONS} for name, lane in lanes.items()}
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": [load, os.getloadavg()[0]],
        "hops/s": found,
        "failed": failed,
    }
    Path("var").mkdir(exist_ok=True)
    Path("var/bench-peers.json").write_text(json.dumps(told, indent=1) + "\n")
    print("\n".join(_table(lanes, commands, failed)))
    print(f"load average {load:.1f} to {os.getloadavg()[0]:.1f}")
    return 0


def _lane(port: int, path: str, kind: str, members: int) -> Lane:
    return Lane(port, path, kind, members, {count: [] for count in CONNECTIONS}, {count: [] for count in CONNECTIONS})


def _measure(bench: Bench, lanes: dict[str, Lane]) -> None:
    names = list(lanes)
    for count in CONNECTIONS:
        for turn in range(-1, bench.rounds):
            for lane in (lanes[name] for name in names):
                talk = None if lane.kind == "floor" else calls
                clients = bench.clients[count]
                clients.prepare(Work(lane.port, lane.path, lane.kind, 0.3 if turn < 0 else bench.seconds, lane.members, 1, talk))
                rate, times = clients.run()
                if turn >= 0:
                    lane.rates[count].append(rate)
                    lane.times[count] += times
            names = names[1:] + names[:1]


def _table(lanes: dict[str, Lane], commands: dict[str, float], failed: dict[str, str]) -> Iterator[str]:
    measured = "hops/s (least, most) | p99 ms | to the floor"
    yield f"| engine | version | keeps | mended for it | 1 connection: {measured} | 8: {measured} |"
    yield "|" + "---|" * 10
    peers = PEERS | {"menu_builder": NODE}
    for name, lane in sorted(lanes.items(), key=lambda pair: -statistics.median(pair[1].rates[8])):
        cells = [name]
        if name in peers:
            package = peers[name].packages[0]
            keeps = f"{peers[name].keeps}; {commands[name]:.1f} commands a hop"
            cells += [package.replace("@", "==").partition("==")[2], keeps, peers[name].mended]
        else:
            cells += ["", OURS[name], ""]
        for count in CONNECTIONS:
            rates, times, floor = lane.rates[count], sorted(lane.times[count]), lanes["/floor"].rates[count]
            ratio = statistics.median(ours / theirs for ours, theirs in zip(rates, floor, strict=True))
            cells.append(f"{statistics.median(rates):.0f} ({min(rates):.0f}, {max(rates):.0f})")
            cells += [f"{1000 * times[int(len(times) * 0.99)]:.1f}", f"{ratio:.2f}"]
        yield f"| {' | '.join(cells)} |"
    for name, why in failed.items():
        yield f"| {name} | not measured: {why} |"


if __name__ == "__main__":
    sys.exit(main())
