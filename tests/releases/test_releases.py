"""Every release's database comes to the newest schema with all that it held, and is then like one made today."""

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from app.cli import main
from app.coop.ledger.verify import verify
from app.coop.models import Base
from app.db import schema
from app.db.database import Database
from tests import releases
from tests.conftest import PATIENT_MS
from tests.scratch import SHAPE

FILES = sorted(releases.FOLDER.glob("*/*.sql.gz"))
_COLUMNS = "SELECT m.name || ' ' || c.name || c.type || c.\"notnull\" FROM sqlite_master m, pragma_table_info(m.name) c"
_OTHERS = "SELECT name || ' ' || CASE WHEN type = 'table' OR sql IS NULL THEN tbl_name ELSE sql END FROM sqlite_master"
SQLITE_SHAPE = f"{_COLUMNS} WHERE m.type = 'table' UNION ALL {_OTHERS} UNION ALL SELECT version_num FROM alembic_version"  # noqa: S608
_CASTS = re.compile(r"::[a-z ]+(\[\])?|[()]")
"""What pg_dump's words for a condition have more of, or fewer, each time that they are read."""


def counts(database: Database) -> dict[str, int]:
    """Return how many rows each table has, our own apart."""
    with database.read() as reader:
        names = set(inspect(reader).get_table_names()) - {"alembic_version"}
        return {name: reader.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}  # noqa: S608 - its own


def shape(database: Database) -> set[str]:
    with database.read() as reader:
        parts = reader.scalars(text(SHAPE if database.engine.dialect.name == "postgresql" else SQLITE_SHAPE))
        return {_CASTS.sub("", part) for part in parts}


@pytest.fixture(params=FILES, ids=[f"{file.parent.name} {file.name.partition('.')[0]}" for file in FILES])
def released(request, scratch, tmp_path):
    """Give each release's database, restored, and the empty one of today that it is to be like."""
    if request.param.name.startswith("sqlite"):
        released = Database(f"sqlite:///{tmp_path}/released.db", statement_ms=PATIENT_MS)
        releases.restore(request.param, released.url)
        yield released, request.getfixturevalue("sqlite_database")
        released.dispose()
        return
    today = request.getfixturevalue("postgres_database")
    with scratch.another("released") as url:
        releases.restore(request.param, url)
        released = Database(url, statement_ms=PATIENT_MS)
        yield released, today
        released.dispose()


def test_a_release_is_upgraded_with_all_that_it_held(released, monkeypatch, capsys):
    old, today = released
    held = counts(old)
    assert min(held.values()) > 0
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", old.url)
    for command in (["db", "upgrade"], ["db", "check"], ["ledger", "verify"]):
        assert main(command) == 0, capsys.readouterr()
    schema.check(old, Base.metadata)
    now = counts(old)
    assert {name: now.get(name, count) for name, count in held.items()} == held
    assert shape(old) == shape(today)
    with old.read() as reader:
        found = verify(reader)
    assert (found.wrong, found.entries) == ((), held["journal_entries"])


def test_every_release_has_its_dumps():
    changes = (Path(__file__).parents[2] / "CHANGELOG.md").read_text()
    released = set(re.findall(r"^## (\d+\.\d+\.\d+) — \d{4}-", changes, re.MULTILINE))
    assert {(version, f"{dialect}.sql.gz") for version in released for dialect in releases.DIALECTS} <= {
        (file.parent.name, file.name) for file in FILES
    }
    assert all(file.stat().st_size <= 200_000 for file in FILES)
