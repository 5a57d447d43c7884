"""`python -m tests.bench.rooms`: each room of the console at a million members (or as many as are named), its time and its weight.

On PostgreSQL, through the application itself: routing, guard, queries and page, without the network.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.coop.access.models import SignIn
from app.coop.demo.seed import ADMINISTRATOR, Plan, seed
from app.coop.members.models import Number
from app.db import schema
from app.db.database import Database
from app.web.console.rooms import ROOMS
from config.settings import load
from tests.sample_cooperative import KEY, PEPPERS
from tests.servers import make_postgres, make_valkey

SECRETARY = "+221770000001"
WANTED_MS, WANTED_BYTES, TRIES = 300, 60_000, 5
ALSO = (
    *("/members?q=Ndiaye", "/members?q=Awa+Diop", "/members?q=C0000012", "/members?q=770000012", "/members/12"),
    *(
        "/cps?q=CPS77",
        "/cps?q=mbour+77",
        "/cps/1",
        "/cps/new",
        "/weighings?cps=1",
        "/journal?day=2026-01-01",
        "/figures?commune=Mbour",
    ),
    *("/prices/1", "/broadcasts/new", "/ideas/1", "/equipment/1", "/lots/1", "/trainings/1", "/boutique/orders?which=past"),
)
"""Pages that no room begins with: searches, and one thing each."""


def main(members: int, seeded: str | None) -> int:
    """Measure; print the table, write var/bench-rooms.json."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        valkey = make_valkey(folder / "valkey")
        valkey.start()
        stack.callback(valkey.kill)
        if seeded is None:
            server = make_postgres(folder / "postgres")
            server.start()
            stack.callback(server.kill)
            seeded = server.url
            fill(seeded, members)
        environ = {"JAPPOO_ENV": "test", "DATABASE_URL": seeded, "REDIS_URL": valkey.url, "SECRET_KEY": KEY.decode()}
        app = create_app(load(environ | {"PIN_PEPPER": PEPPERS[1].decode()}, dotenv=None))
        rows = list(measure(app))
        app.extensions["jappoo"]["database"].dispose()
    Path("var").mkdir(exist_ok=True)
    Path("var/bench-rooms.json").write_text(json.dumps(rows, indent=1))
    sys.stdout.write("| page | federation ms | kB | one CPS ms | kB |\n|---|---|---|---|---|\n")
    for row in rows:
        sys.stdout.write(f"| {' | '.join(row)} |\n")
    return 0


def fill(url: str, members: int) -> None:
    """Seed a database, and have it analysed as it would be by itself."""
    database = Database(url, statement_ms=3_600_000)
    schema.upgrade(database)
    seed(database, Plan(members, None, PEPPERS, KEY, datetime.now(UTC)))
    with database.engine.connect() as connection:
        for statement in (*queues(), "ANALYZE"):
            connection.exec_driver_sql(statement)
        connection.commit()
    database.dispose()


def queues() -> list[str]:
    """Return the statements of rooms.sql."""
    return [one for one in Path(__file__).with_suffix(".sql").read_text().split(";\n") if one.strip()]


def measure(app: Flask) -> Iterator[list[str]]:
    """Read each page as the federation's administrator and as a secretary of one co-operative; what is over is marked."""
    clients = [_signed_in(app, phone) for phone in (ADMINISTRATOR, SECRETARY)]
    adapter = app.url_map.bind("localhost")
    css = len(clients[0].get("/console/static/console.css").data)
    for path in (*(adapter.build(room.endpoint) for room in ROOMS), *ALSO):
        cells = [path]
        for client in clients:
            taken, size, status = [], 0, 0
            for _ in range(TRIES):
                begun = time.perf_counter()
                answer = client.get(path, follow_redirects=True)
                taken.append(1000 * (time.perf_counter() - begun))
                size, status = len(answer.data) + css, answer.status_code
            over = "**" if median(taken) > WANTED_MS else ""
            heavy = "**" if size > WANTED_BYTES else ""
            told = (f"{over}{median(taken):.0f}{over}", f"{heavy}{size / 1000:.0f}{heavy}")
            cells += told if status == 200 else ("-", f"{status}")
        yield cells


def _signed_in(app: Flask, phone: str) -> Any:
    at, database = datetime.now(UTC), app.extensions["jappoo"]["database"]
    with database.transaction() as session:
        person = session.scalars(select(Number.person_id).where(Number.phone == phone)).first()
        told = {"phone": phone, "browser": "b", "known": True, "digest": "", "asked_at": at, "expires_at": at, "opened_at": at}
        row = SignIn(person_id=person, **told)
        session.add(row)
        session.flush()
        number = row.id
    client = app.test_client()
    with client.session_transaction() as held:
        held["held"] = {"sign_in": number, "seen": int(at.timestamp()), "token": "t"}
    return client


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rooms", description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--seeded", help="the URL of a PostgreSQL that holds the seed already")
    given = parser.parse_args()
    sys.exit(main(given.members, given.seeded))
