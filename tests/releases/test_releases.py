"""Every release's database comes to the newest schema with all that it held, and is then like one made today."""

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from app.cli import main
from app.coop.models import Base
from app.coop.verify import verify
from app.db import schema
from app.db.database import Database
from tests import releases
from tests.conftest import PATIENT_MS

FILES = sorted(releases.FOLDER.glob("*/*.sql.gz"))
SHAPES = {
    "sqlite": """
        SELECT m.name || ' ' || c.name || c.type || c."notnull" || coalesce(c.dflt_value, '')
            FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'
        UNION ALL SELECT name || ' ' || CASE WHEN type = 'table' OR sql IS NULL THEN tbl_name ELSE sql END FROM sqlite_master
        UNION ALL SELECT version_num FROM alembic_version""",
    "postgresql": """
        SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(adbin, adrelid))
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL SELECT concat(tgenabled, ' ', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT concat(conrelid::regclass, ' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT version_num FROM alembic_version""",
}
"""All that a schema is, but for the order of columns."""
_CASTS = re.compile(r"::[a-z ]+(\[\])?|[()]")
"""What pg_dump's words for a condition have more of, or fewer, each time that they are read."""


def counts(database: Database) -> dict[str, int]:
    """Return how many rows each table has, our own apart."""
    with database.read() as reader:
        names = set(inspect(reader).get_table_names()) - {"alembic_version"}
        return {name: reader.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}  # noqa: S608 - its own


def shape(database: Database) -> set[str]:
    with database.read() as reader:
        return {_CASTS.sub("", part) for part in reader.scalars(text(SHAPES[database.engine.dialect.name]))}


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
