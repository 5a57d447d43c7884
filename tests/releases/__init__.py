"""What each release left in its users' databases, as `<version>/<dialect>.sql.gz`.

A hundred members in two co-operatives, and a row at least in every table.
`python -m tests.releases` (`make dumps`) makes those of the version in pyproject.toml. A released one is never made again.
"""

import gzip
import sqlite3
import subprocess
import tempfile
import tomllib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from app.coop.demo.seed import Plan, seed
from app.db import schema
from app.db.database import Database
from config.settings import load
from tests.releases.rows import fill
from tests.servers import make_postgres, postgres_programs

FOLDER = Path(__file__).parent
MEMBERS = 100
DAY = datetime(2026, 11, 24, tzinfo=UTC)
DIALECTS = ("sqlite", "postgresql")
_META = ("--", "\\restrict", "\\unrestrict")
"""Lines of pg_dump that say nothing, or are psql's own."""


def version() -> str:
    """Return the version that is worked on."""
    project = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text())
    return str(project["project"]["version"])


def dump(url: str) -> str:
    """Return a database, schema and rows, as SQL."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            return "\n".join(connection.iterdump()) + "\n"
    options = ("--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=1000", _libpq(url))
    written = subprocess.run([postgres_programs() / "pg_dump", *options], capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in written.splitlines() if line and not line.startswith(_META)) + "\n"


def restore(file: Path, url: str) -> None:
    """Bring a dump into an empty database."""
    statements = gzip.decompress(file.read_bytes()).decode()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            connection.executescript(statements)
        return
    with psycopg.connect(_libpq(url), autocommit=True) as connection:
        connection.execute(statements.encode())


def make(url: str, file: Path) -> None:
    """Fill an empty database as `jappoo seed` does, and more, and write it to a file: the same each time, but for salts of PINs."""
    database = Database(url, statement_ms=600_000)
    schema.upgrade(database)
    settings = load({"JAPPOO_ENV": "test"}, dotenv=None)
    seed(database, Plan(MEMBERS, 2, settings.peppers, settings.key("members"), DAY))
    with database.engine.begin() as connection:
        fill(connection)
    database.dispose()
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(gzip.compress(dump(url).encode(), mtime=0))


def make_all() -> list[Path]:
    """Make the dumps of the version that is worked on, and return their files."""
    files = [FOLDER / version() / f"{dialect}.sql.gz" for dialect in DIALECTS]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # root's server runs as another user
        server = make_postgres(Path(folder) / "postgres")
        server.start()
        try:
            for url, file in zip((f"sqlite:///{folder}/jappoo.db", server.url), files, strict=True):
                make(url, file)
        finally:
            server.stop()
    return files


def _libpq(url: str) -> str:
    return url.replace("+psycopg", "")
