"""`make faults`: a thousand people apply for twenty seats at once, on PostgreSQL, through the menu's own effect.

The database is the judge: twenty seats, ranks 1 to 980, each told once.
"""

import json
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from app.coop.demo import seed as demo
from app.coop.members import notices as messages
from app.coop.training import applications, notices, queries
from app.coop.training.ages import Birth
from app.coop.training.models import Training
from app.db import schema
from app.db.database import Database
from app.sms.models import Message
from tests import sample_cooperative
from tests.acts import own
from tests.conftest import PATIENT_MS
from tests.seeds import run_seeded
from tests.servers import make_postgres

PEOPLE, SEATS, AT_ONCE = 1_000, 20, 40
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def main(seed: int) -> int:
    """Run once; print the table, write var/faults-seats.json, return 1 when a seat or a rank is doubled or missing."""
    del seed
    with tempfile.TemporaryDirectory() as name:
        server = make_postgres(Path(name) / "postgres")
        server.start()
        database = Database(server.url, pool_size=AT_ONCE, statement_ms=10 * PATIENT_MS)
        try:
            schema.upgrade(database)
            demo.seed(database, demo.Plan(PEOPLE, None, sample_cooperative.PEPPERS, sample_cooperative.KEY, NOW))
            figures = run(database, PEOPLE)
        finally:
            database.dispose()
            server.kill()
    Path("var").mkdir(exist_ok=True)
    Path("var/faults-seats.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<40} {value}\n")
    return int(bool(figures["wrong"]))


def run(database: Database, people: int) -> dict[str, int]:
    """Let so many apply for training 1; return what was counted."""

    def apply(member: int) -> str:
        with database.transaction() as session:
            act = own(member, f"seat:{member}", NOW, phone=f"+22177{member:07d}")
            row, _ = applications.apply(session, act, 1, applications.ApplicantTold(Birth(2000)))
            words = notices.receipt(session, row, session.get_one(Training, 1))
            messages.answer(session, act, "answer", f"application:{row.id}", words)
            return row.state

    with ThreadPoolExecutor(AT_ONCE) as pool:
        states = Counter(pool.map(apply, range(1, people + 1)))
    with database.read() as reader:
        found = queries.applicants(reader, 1)
        told = reader.execute(select(Message.to_number, func.count()).group_by(Message.to_number)).all()
        texts = reader.scalars(select(Message.text).where(Message.text.contains("rang"))).all()
    ranks = sorted(one.rank for one in found if one.state == "waiting")
    right = (
        states == Counter(seated=SEATS, waiting=people - SEATS)
        and ranks == [*range(1, people - SEATS + 1)]
        and sorted(int(text.partition("rang ")[2].partition(".")[0]) for text in texts) == ranks
        and len(told) == people
        and all(times == 1 for _, times in told)
    )
    return {"applied": people, "seated": states["seated"], "ranks": len(set(ranks)), "told": len(told), "wrong": int(not right)}


if __name__ == "__main__":
    sys.exit(run_seeded(main))
