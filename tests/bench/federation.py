"""A federation of any size on PostgreSQL: the seed's first co-operative, copied by the database itself."""

import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from app.coop.demo.seed import COUNTED, Plan, seed
from app.db import schema
from app.db.database import Database
from config.settings import load
from tests.servers import Server, make_postgres

HOUSE, STEP = 200, 900
"""Members of a co-operative, and how far the numbers of two neighbours lie apart."""
OPTIONS = ("-c", "shared_buffers=512MB", "-c", "max_wal_size=2GB", "-c", "shared_preload_libraries=pg_stat_statements")
WEIGHERS = (1, 3)
"""Which of a co-operative's members weigh: its secretary, its president."""
OFFICERS = 3


def number_of(house: int, place: int) -> int:
    """Return the number of a member, both counted from 1: +22177 and seven digits, or C and seven."""
    return STEP * house + place


def start(stack: ExitStack, folder: Path, houses: int) -> Server:
    """Start a PostgreSQL with so many co-operatives, filled unless the folder was, and its files read once: they fit in memory."""
    filled = folder / f"{houses}.filled"
    server = make_postgres(folder.resolve())
    server.command = [*server.command, *OPTIONS]
    server.start()
    stack.callback(server.stop)
    if not filled.exists():
        fill(server.url, houses)
        filled.touch()
    for file in (folder / "data" / "base").glob("*/*"):
        with file.open("rb") as opened:
            while opened.read(1 << 24):
                pass
    return server


def fill(url: str, houses: int) -> None:
    """Migrate and fill an empty database; say how long it took."""
    started = time.monotonic()
    settings = load({"JAPPOO_ENV": "test"}, dotenv=None)
    database = Database(url, statement_ms=3_600_000)
    schema.upgrade(database)
    seed(database, Plan(HOUSE, 1, settings.peppers, settings.key("members"), datetime.now(UTC)))
    database.dispose()
    words = Path(__file__).with_suffix(".sql").read_text().format(count=houses, step=STEP)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in filter(str.strip, words.split(";\n")):
            connection.execute(statement.encode())
        for name in (table.__tablename__ for table in COUNTED):
            connection.execute(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))".encode())  # noqa: S608 - our own tables
        connection.execute("VACUUM ANALYZE")
    print(f"{houses * HOUSE:,} members filled in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
