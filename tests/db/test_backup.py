"""A copy of a running database comes back whole; nothing is written over, nothing half-made is left."""

import os
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, func, inspect, select

from app.cli import main
from app.coop.members.models import Member
from app.coop.verify import verify
from app.db import backup
from app.db.database import Database
from tests import sample_cooperative
from tests.conftest import PATIENT_MS
from tests.servers import make_postgres, postgres_programs


def test_sqlite_comes_back_whole_and_nothing_is_written_over(sqlite_database, tmp_path, monkeypatch, capsys):
    sample_cooperative.build(sqlite_database)
    copy = tmp_path / "copy.dump"
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", sqlite_database.url)
    assert main(["db", "backup", str(copy)]) == 0
    assert main(["db", "backup", str(copy)]) == 1
    assert main(["db", "restore", str(copy)]) == 1
    assert "not empty" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/other/again.db")
    assert main(["db", "restore", str(copy)]) == 0
    assert "the books agree" in capsys.readouterr().out
    restored = Database(f"sqlite:///{tmp_path}/other/again.db", statement_ms=PATIENT_MS)
    with restored.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Member)) == 6
        assert verify(reader).wrong == ()
    restored.dispose()
    (tmp_path / "rubbish").write_bytes(b"no database" * 100)
    with pytest.raises(backup.NotCopied):
        backup.restore(f"sqlite:///{tmp_path}/third.db", tmp_path / "rubbish", os.environ)
    with pytest.raises(backup.NotCopied):
        backup.back_up(f"sqlite:///{tmp_path}/nowhere.db", tmp_path / "fourth", os.environ)
    assert not (tmp_path / "fourth").exists()


def test_postgresql_comes_back_whole(postgres_database, scratch, tmp_path, monkeypatch):
    sample_cooperative.build(postgres_database)
    copy = tmp_path / "copy.dump"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(backup.NotCopied, match="apt install"):
        backup.back_up(postgres_database.url, copy, os.environ)
    monkeypatch.setenv("PATH", f"{postgres_programs()}{os.pathsep}{os.environ['PATH']}")
    backup.back_up(postgres_database.url, copy, os.environ)
    assert not Path(f"{copy}.part").exists()
    with pytest.raises(backup.NotCopied):
        backup.restore(postgres_database.url, copy, os.environ)
    with scratch.another("restored") as url:
        backup.restore(url, copy, os.environ)
        restored = Database(url, statement_ms=PATIENT_MS)
        with restored.read() as reader:
            assert reader.scalar(select(func.count()).select_from(Member)) == 6
        restored.dispose()


@pytest.fixture
def programs(monkeypatch):
    monkeypatch.setenv("PATH", f"{postgres_programs()}{os.pathsep}{os.environ['PATH']}")


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def _tables(url: str) -> set[str]:
    with closing(_engine(url).connect()) as connection:
        return set(inspect(connection).get_table_names())


@pytest.fixture
def two_servers(tmp_path):
    """Give two servers: one behind a socket's folder, one where libpq looks when it is told nothing."""
    meant, other = make_postgres(tmp_path / "meant"), make_postgres(tmp_path / "other")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path has at most 107 characters
    meant.command = [f"unix_socket_directories={folder}" if "unix_socket" in word else word for word in meant.command]
    for server in (meant, other):
        server.start()
    yield meant, other, folder
    for server in (meant, other):
        server.kill()
    shutil.rmtree(folder)


@pytest.mark.usefixtures("programs")
def test_what_a_url_says_behind_its_question_mark_counts(two_servers, tmp_path):
    meant, other, folder = two_servers
    port, default = (server.url.rpartition(":")[2].partition("/")[0] for server in (meant, other))
    environment = os.environ | {"PGHOST": "127.0.0.1", "PGPORT": default, "PGUSER": "jappoo"}
    with _engine(meant.url).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ours (id integer)")
    for number, query in enumerate((f"host={folder}&port={port}", f"host=127.0.0.1:1&host=127.0.0.1:{port}&sslmode=disable")):
        url = f"postgresql+psycopg://jappoo@/postgres?{query}"
        backup.back_up(url, tmp_path / f"copy{number}", environment)
        with pytest.raises(backup.NotCopied, match=r"postgres isn't empty \(it has ours\)"):
            backup.restore(url, tmp_path / f"copy{number}", environment)
    backup.restore(other.url, tmp_path / "copy0", environment)
    assert _tables(other.url) == {"ours"}


@pytest.mark.usefixtures("programs")
def test_another_server_than_the_one_meant_is_neither_copied_nor_written(two_servers, tmp_path, monkeypatch):
    meant, other, _ = two_servers
    with _engine(meant.url).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ours (id integer)")
    backup.back_up(meant.url, tmp_path / "good", os.environ)
    elsewhere = other.url.rpartition(":")[2].partition("/")[0]
    running = backup._run
    monkeypatch.setattr(backup, "_run", lambda name, place, *rest: running(name, place | {"port": elsewhere}, *rest))
    with pytest.raises(backup.NotCopied, match="snapshot"):
        backup.back_up(meant.url, tmp_path / "bad", os.environ)
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == ["good"]
    with _engine(meant.url).begin() as connection:
        connection.exec_driver_sql("DROP TABLE ours")
    with pytest.raises(backup.NotCopied, match="snapshot"):
        backup.restore(meant.url, tmp_path / "good", os.environ)
    assert _tables(other.url) == set()


@pytest.mark.usefixtures("programs")
def test_copies_and_their_folders_are_their_owners_only(database, tmp_path):
    file = tmp_path / "new" / "folder" / "copy.dump"
    before = os.umask(0)
    try:
        backup.back_up(database.url, file, os.environ)
    finally:
        os.umask(before)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [one.name for one in file.parent.iterdir()] == ["copy.dump"]
