"""`make faults`: 200 buyers for 40 jars, and 200 members for one half-day, each on a thread of their own, on both databases."""

import json
import shutil
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier

from sqlalchemy import func, select, update

from app.coop.act import Act
from app.coop.boutiques import orders
from app.coop.boutiques.models import Offer, Order
from app.coop.equipment import bookings
from app.coop.equipment.models import Booking, Equipment
from app.coop.verify import verify
from app.db import schema
from app.db.database import Database
from tests import sample_boutiques, sample_declarations
from tests.acts import own
from tests.conftest import PATIENT_MS
from tests.servers import make_postgres

RACERS, JARS = 200, 40


def main() -> int:
    """Run on both; print the table, write var/faults-boutiques.json, return 1 when anything was had twice or lost."""
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        server = make_postgres(Path(name) / "postgres")
        server.start()
        try:
            for kind, url in (("SQLite", f"sqlite:///{name}/faults.db"), ("PostgreSQL", server.url)):
                database = Database(url, pool_size=20, statement_ms=PATIENT_MS)
                schema.upgrade(database)
                figures |= {f"{kind}: {figure}": value for figure, value in run(database, datetime.now(UTC)).items()}
                database.dispose()
        finally:
            server.kill()
            shutil.rmtree(name, ignore_errors=True)
    Path("var").mkdir(exist_ok=True)
    Path("var/faults-boutiques.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<40} {value}\n")
    return int(any(value for figure, value in figures.items() if figure.endswith("wrong")))


def run(database: Database, now: datetime) -> dict[str, int]:
    """Race for the jars and for the half-day; return what was counted, `wrong` being what must be nothing."""
    sample_declarations.staffed(database)
    offer, _ = sample_boutiques.jars(database, now, units=JARS)
    sample_boutiques.dryer(database, now)
    with database.transaction() as session:
        session.execute(update(Equipment).values(most=RACERS))

    def order(number: int) -> str:
        act = Act(0, "ussd", f"buyer {number}", now, phone=f"+22176{number:07d}")
        with database.transaction() as session:
            orders.place(session, act, offer, Decimal(1))
        return "bought"

    def book(number: int) -> str:
        act = own(201 + number % 8, f"booker {number}", now)
        with database.transaction() as session:
            bookings.book(session, act, 1, now.date() + timedelta(days=1), "am")
        return "booked"

    bought, booked = raced(order), raced(book)
    with database.read() as reader:
        left, sold = (
            reader.scalar(select(Offer.quantity).where(Offer.id == offer)),
            reader.scalar(select(func.count(Order.id))),
        )
        held = reader.scalar(select(func.count(Booking.id)))
        wrong = len(verify(reader).wrong) + abs(JARS - bought["bought"]) + abs(1 - booked["booked"])
    wrong += (left != 0) + (sold != JARS) + (held != 1) + (bought["SoldOut"] != RACERS - JARS)
    return {
        "jars sold": bought["bought"],
        "told plus rien": bought["SoldOut"],
        "half-days booked": booked["booked"],
        "wrong": wrong,
    }


def raced(act) -> Counter[str]:  # type: ignore[no-untyped-def]
    """Let all do an act at once; return how many ended how."""
    start = Barrier(RACERS)

    def racer(number: int) -> str:
        start.wait(60)
        try:
            return str(act(number))
        except (orders.SoldOut, bookings.HalfDayTaken, bookings.TooManyBookings) as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(RACERS) as threads:
        return Counter(threads.map(racer, range(RACERS)))


if __name__ == "__main__":
    sys.exit(main())
