"""`make bench`: gathering a month's figures and reading them, on PostgreSQL, at a million members (or as many as are named)."""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.coop.demo.seed import Plan, seed
from app.coop.kpi import months, queries
from app.coop.kpi.queries import Place
from app.db import schema
from app.db.database import Database
from tests.sample_cooperative import KEY, PEPPERS
from tests.servers import make_postgres

MEMBERS = 1_000_000


def main(members: int = MEMBERS) -> int:
    """Measure; print the table, write var/bench-figures.json."""
    with tempfile.TemporaryDirectory() as folder:
        server = make_postgres(Path(folder) / "postgres")
        server.start()
        database = Database(server.url, statement_ms=600_000)
        try:
            schema.upgrade(database)
            figures = measure(database, members, datetime.now(UTC))
        finally:
            database.dispose()
            server.kill()
    Path("var").mkdir(exist_ok=True)
    Path("var/bench-figures.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<40} {value}\n")
    return 0


def measure(database: Database, members: int, now: datetime) -> dict[str, float]:
    """Seed (which publishes the last month), publish the month before step by step, and read in all ways."""
    seed(database, Plan(members, None, PEPPERS, KEY, now))
    steps: list[float] = []
    while True:
        begun = time.perf_counter()
        with database.transaction() as session:
            if not months.gather(session, now) or len(steps) > members // 100 / months.AT_ONCE + 2:
                break
        steps.append(time.perf_counter() - begun)
    found: dict[str, float] = {"members": members, "a step, worst ms": round(1000 * max(steps))}
    with database.read() as reader:
        month = queries.months(reader)[0]
        [code, _, commune, trade], *_ = queries.places(reader, month)
        for name, place in (
            ("everything", Place()),
            ("a co-operative", Place(code)),
            ("a commune", Place(commune=commune)),
            ("a trade", Place(filiere=trade)),
        ):
            found[f"{name}, ms"] = round(1000 * _seconds(lambda place=place: queries.told(reader, month, place)))  # type: ignore[misc]
    return found


def _seconds(do: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    assert do()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else MEMBERS))
