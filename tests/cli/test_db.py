"""A database of a version that this one doesn't know is told in one line, by every command that looks at the schema."""

import os
import shutil
import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import text

from app.cli import main
from app.db import schema
from config.settings import surroundings

ELSEWHERE = "; run the version that it belongs to, or restore one of its backups into an empty database"
OURS = "; it is another demo's: run make clean-demo"
OTHERS = OURS + ", and give DATABASE_URL an empty database"


@pytest.fixture
def old(database):
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0114'"))
    return database


@pytest.mark.parametrize(("env", "words"), [("production", ELSEWHERE), ("test", ELSEWHERE), ("demo", OTHERS)])
@pytest.mark.parametrize("command", ["upgrade", "check"])
def test_a_database_of_an_unknown_version_is_told_in_one_line(old, monkeypatch, capsys, tmp_path, command, env, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JAPPOO_ENV", env)
    monkeypatch.setenv("DATABASE_URL", old.url)
    assert main(["db", command]) == 1
    assert capsys.readouterr().err == f"jappoo: the database is at 0114, which this version of Jappoo doesn't know{words}\n"


def test_an_older_demo_is_told_what_to_run(sqlite_template, tmp_path):
    (tmp_path / "var").mkdir()
    file = shutil.copyfile(sqlite_template, tmp_path / "var" / "jappoo.db")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    environment = surroundings({"JAPPOO_ENV": "demo", "PYTHONPATH": os.pathsep.join(sys.path)})
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "app.cli.prepare", "5"]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.endswith(f"{OURS}\n")


def test_doctor_says_it_too(old, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", old.url)
    main(["doctor"])
    assert f"FAIL the database is at 0114, which this version of Jappoo doesn't know{ELSEWHERE}" in capsys.readouterr().out


def test_an_upgrade_that_is_kept_from_a_table_is_told_in_one_line(database, monkeypatch, capsys):
    def busy(_):
        raise schema.SchemaInUse("others use the table")

    monkeypatch.setattr(schema, "upgrade", busy)
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", database.url)
    assert main(["db", "upgrade"]) == 1
    assert capsys.readouterr().err == "jappoo: others use the table\n"
