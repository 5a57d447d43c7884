"""A copy of a running database comes back whole; nothing is written over, nothing half-made is left."""

import os
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.cli import main
from app.coop.ledger.verify import verify
from app.coop.members.models import Member
from app.db import backup
from app.db.database import Database
from tests import village
from tests.conftest import PATIENT_MS
from tests.servers import postgres_programs


def test_sqlite_comes_back_whole_and_nothing_is_written_over(sqlite_database, tmp_path, monkeypatch, capsys):
    village.build(sqlite_database)
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
    village.build(postgres_database)
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
