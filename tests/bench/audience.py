"""`make bench`: how long an estimate takes in a federation of 1,000,000 members on PostgreSQL, and by which plan.

One in fifty has left, one in thirty has no number, one in a hundred numbers is shared by two, one number in a thousand has stopped.
"""

import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, text

from app.coop.audience.query import Limits, plain, reach
from app.coop.audience.words import read_audience
from app.coop.scope import FEDERATION, Scope
from app.db import schema
from app.db.database import Database
from tests.servers import make_postgres

ROUNDS = 5
AUDIENCES = (("TOUS", FEDERATION), ("PECHE", None), ("PECHE+JOAL", None), ("CPS7", None), ("TOUS", 7))
ROWS = (
    "INSERT INTO communes SELECT n, (ARRAY['Mbour', 'Joal', 'Saly', 'Somone'])[n] FROM generate_series(1, 4) n",
    "INSERT INTO filieres VALUES (1, 'PECHE', 'Pêche'), (2, 'TRANSFO', 'T'), (3, 'MARAICHAGE', 'M')",
    "INSERT INTO cooperatives (id, code, name, commune_id, filiere_id, legal_form, created_at) "
    "SELECT n, 'CPS' || n, 'CPS', n % 4 + 1, n % 3 + 1, 'AER', now() FROM generate_series(1, :members / 200) n",
    "INSERT INTO people (id, name, language, pin_pepper) SELECT n, 'Awa', 'fr', 1 FROM generate_series(1, :members) n",
    "INSERT INTO numbers (id, phone, person_id, place, registered_at) "
    "SELECT n, '+22177' || lpad((CASE WHEN n % 200 = 1 THEN n + 1 ELSE n END)::text, 7, '0'), n, "
    "CASE n % 200 WHEN 1 THEN 1 WHEN 2 THEN 2 END, now() FROM generate_series(1, :members) n WHERE n % 30 <> 0",
    "INSERT INTO members (id, person_id, cooperative_id, card, state, joined_on) "
    "SELECT n, n, (n - 1) / 200 + 1, 'C' || n, CASE WHEN n % 50 = 0 THEN 'departed' ELSE 'active' END, current_date "
    "FROM generate_series(1, :members) n",
    "INSERT INTO consents (phone, purpose, given, at, channel, notice) "
    "SELECT DISTINCT phone, purpose, true, now(), 'card', '1' FROM numbers, unnest(ARRAY['broadcasts', 'urgent']) purpose",
    "INSERT INTO consents (phone, purpose, given, at, channel, notice) "
    "SELECT phone, 'broadcasts', false, now(), 'sms', '1' FROM numbers WHERE id % 1000 = 7",
)


def main() -> int:
    """Measure each audience several times; print the table and the plan of the greatest, and write var/bench-audience.json."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        server = make_postgres(Path(folder))
        server.start()
        database = Database(server.url, statement_ms=600_000)
        try:
            schema.upgrade(database)
            figures, shown = measure(database, members)
        finally:
            database.dispose()
            server.kill()
    Path("var").mkdir(exist_ok=True)
    Path("var/bench-audience.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<40} {value}\n")
    sys.stdout.write(f"\n{shown}\n")
    return 0


def measure(database: Database, members: int) -> tuple[dict[str, int | float], str]:
    """Fill the database and return the figures (milliseconds, and numbers reached), and the plan of the greatest count."""
    with database.transaction() as session:
        for statement in ROWS:
            session.execute(text(statement), {"members": members} if ":members" in statement else {})
    figures: dict[str, int | float] = {"members": members}
    with database.read() as reader:
        for table in ("members", "numbers", "consents", "cooperatives"):
            reader.execute(text(f"VACUUM ANALYZE {table}"))
        for words, scope in AUDIENCES:
            name = f"{words}{f' of CPS{scope}' if scope else ''}"
            figures |= _timed(reader, name, words, scope)
        greatest = plain(read_audience(reader, "TOUS", FEDERATION), date(2026, 11, 24))
        compiled = greatest.compile(reader, compile_kwargs={"literal_binds": True})
        return figures, "\n".join(reader.execute(text(f"EXPLAIN ANALYZE {compiled}")).scalars())


def _timed(reader: Connection, name: str, words: str, scope: int | None) -> dict[str, int | float]:
    took = list[float]()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = reach(reader, read_audience(reader, words, Scope(scope)), Limits("broadcasts", date(2026, 11, 24)))
        took.append(1000 * (time.perf_counter() - began))
    return {f"{name}: numbers": found.numbers, f"{name}: ms, median": round(median(took)), f"{name}: ms, best": round(min(took))}


if __name__ == "__main__":
    sys.exit(main())
