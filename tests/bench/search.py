"""`python -m tests.bench.search`: how long a member's name takes to find among 1,000,000, on PostgreSQL and SQLite.

Names are drawn from lists in which the commonest is a tenth of all, as here.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert

from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.members.models import Member, NameKey, Person, name_key_rows
from app.coop.members.search import search
from app.coop.scope import FEDERATION, Scope
from app.db import schema
from app.db.bulk import bring
from app.db.database import Database
from tests.servers import make_postgres

ROUNDS, SLICE, HOUSE = 5, 20_000, 200
FIRST = "Fatou Awa Mamadou Aminata Cheikh Ndèye Moussa Khady Ousmane Mariama Ibrahima Coumba Modou Sokhna Abdoulaye Astou".split()  # noqa: SIM905 - a list of names
LAST = "Ndiaye Diop Fall Sarr Faye Diouf Sène Ndour Gueye Sow Ba Cissé Thiam Mbaye Seck Niang Camara Diallo Sy Touré".split()  # noqa: SIM905 - a list of names
TYPED = ("f", "ndiaye", "fatou ndiaye", "touré astou", "zzz fatou", "fatou ndiaye 77", "fatou n", "awa awa", "membre 12")


def people(members: int) -> Iterator[tuple[int, str]]:
    """Give names; each hundredth has a number behind it, so that some are rare."""
    draw = random.Random(18)  # noqa: S311 - names for a figure
    shares = [1 / (n + 1) for n in range(20)]
    for number in range(1, members + 1):
        name = f"{draw.choices(FIRST, shares[:16])[0]} {draw.choices(LAST, shares)[0]}"
        yield number, f"{name} {number}" if number % 100 == 0 else name


def fill(database: Database, members: int) -> None:
    """Write the members, with their names' keys."""
    with database.engine.begin() as to:
        to.execute(insert(Commune), [{"id": 1, "name": "Mbour"}])
        to.execute(insert(Filiere), [{"id": 1, "code": "PECHE", "name": "Pêche"}])
        place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": datetime.now(UTC)}
        homes = range(1, members // HOUSE + 2)
        to.execute(insert(Cooperative), [{"id": n, "code": f"CPS{n}", "name": f"CPS {n}", **place} for n in homes])
        rows: dict[Any, list[dict[str, Any]]] = {Person: [], NameKey: [], Member: []}
        for number, name in people(members):
            rows[Person].append({"id": number, "name": name, "language": "fr", "pin_pepper": 1})
            rows[NameKey] += name_key_rows(number, name)
            card = {"card": f"C{number:07d}", "state": "active", "joined_on": date(2026, 8, 26)}
            rows[Member].append({"id": number, "person_id": number, "cooperative_id": number // HOUSE + 1, **card})
            if number % SLICE == 0 or number == members:
                for table, values in rows.items():
                    bring(to, table, values)
                    values.clear()


def measure(database: Database) -> dict[str, float]:
    """Return the median milliseconds of each search."""
    figures = {}
    for scope in (FEDERATION, Scope(7)):
        for typed in TYPED:
            taken = []
            for _ in range(ROUNDS):
                with database.read() as reader:
                    started = time.perf_counter()
                    search(reader, scope, typed)
                    taken.append((time.perf_counter() - started) * 1000)
            figures[f"{database.engine.dialect.name} {scope.cooperative_id or 'all'} {typed}"] = round(median(taken), 1)
    return figures


def main() -> int:
    """Measure on both databases; print the table, and write var/bench-search.json."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        server = make_postgres(Path(folder))
        server.start()
        figures: dict[str, float] = {}
        try:
            for url in (server.url, f"sqlite:///{folder}/search.db"):
                database = Database(url, statement_ms=600_000)
                schema.upgrade(database)
                fill(database, members)
                figures |= measure(database)
                if database.engine.dialect.name == "postgresql":
                    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                        connection.exec_driver_sql("ANALYZE")
                    figures |= {f"{key}, analyzed": value for key, value in measure(database).items()}
                database.dispose()
        finally:
            server.kill()
    Path("var").mkdir(exist_ok=True)
    Path("var/bench-search.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<50} {value} ms\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
