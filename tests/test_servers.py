"""The servers that tests stand on are real, can fail, and leave nothing behind."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from sqlalchemy import text

from app.db.database import Database
from tests.conftest import Clock
from tests.servers import Server


def test_database_is_migrated_and_empty(database: Database) -> None:
    with database.read() as reader:
        assert reader.scalar(text("select count(*) from alembic_version")) == 1
        assert reader.scalar(text("select count(*) from people")) == 0


def test_killed_valkey_refuses_and_comes_back(valkey: Server) -> None:
    client = redis.Redis.from_url(valkey.url, socket_timeout=60, retry=None)
    client.set("a", "b")
    valkey.kill()
    with pytest.raises(redis.ConnectionError):
        client.get("a")
    valkey.start()
    assert client.get("a") is None
    client.close()


def test_killed_postgres_keeps_what_was_committed(postgres: Server, postgres_database: Database) -> None:
    with postgres_database.transaction() as session:
        session.execute(text("insert into communes (name) values ('Joal')"))
    postgres.kill()
    postgres.start()
    postgres_database.dispose()
    with postgres_database.read() as reader:
        assert reader.scalar(text("select name from communes")) == "Joal"


@pytest.mark.parametrize("make", ["make_valkey", "make_postgres"])
def test_servers_end_with_a_killed_test_run(tmp_path: Path, make: str) -> None:
    script = f"""
import os, signal
from pathlib import Path
from tests.servers import {make}
server = {make}(Path({str(tmp_path)!r}) / "server")
server.start()
print(server._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    end = time.monotonic() + 60
    while _alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _alive(pid)


def test_clock_moves_only_when_told(clock: Clock) -> None:
    before = clock()
    assert clock() == before
    assert (clock.forward(minutes=5) - before).total_seconds() == 300


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
