"""`make bench`: tracing a lot of 10,000 deliveries over six runs, and ending 100,000 reservations, on PostgreSQL."""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

from sqlalchemy import insert, select, update

from app.coop.boutiques import orders
from app.coop.boutiques.models import Offer, Order
from app.coop.chain.earnings import earned, kilos
from app.coop.chain.family import family_of
from app.coop.lots import runs, stock
from app.coop.lots.models import Lot, LotDelivery
from app.coop.members.models import Member, Person
from app.coop.production.models import Declaration, Weighing
from app.coop.subjects import SUBJECTS
from app.db import schema
from app.db.database import Database
from tests import sample_boutiques, sample_declarations
from tests.acts import by
from tests.servers import make_postgres

DELIVERIES, RUNS, RESERVATIONS = 10_000, 6, 100_000
ROUNDS = 5


def main() -> int:
    """Measure both; print the table, write var/bench-boutiques.json."""
    with tempfile.TemporaryDirectory() as folder:
        server = make_postgres(Path(folder) / "postgres")
        server.start()
        database = Database(server.url, statement_ms=600_000)
        try:
            schema.upgrade(database)
            figures = measure(database, datetime.now(UTC))
        finally:
            database.dispose()
            server.kill()
    Path("var").mkdir(exist_ok=True)
    Path("var/bench-boutiques.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<40} {value}\n")
    return 0


def measure(database: Database, now: datetime) -> dict[str, float]:
    """Fill, and take the time."""
    assert SUBJECTS, "the box asks for all of them"
    sample_declarations.staffed(database)
    offer, _ = sample_boutiques.jars(database, now)
    code = long_chain(database, now)
    traced = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        with database.read() as reader:
            family = family_of(reader, code)
        assert family is not None
        earned(family)
        kilos(family)
        traced.append(1000 * (time.perf_counter() - begun))
    old = {"cooperative_id": 1, "offer_id": offer, "phone": "", "quantity": Decimal(1), "amount": 1_500, "way": "cash"}
    when = {"state": "reserved", "at": now - timedelta(hours=48), "reserved_until": now, "channel": "ussd"}
    rows = [old | when | {"code": f"{number:06d}", "operation": f"bench:{number}"} for number in range(RESERVATIONS)]
    with database.transaction() as session:
        more = Decimal(RESERVATIONS)
        session.execute(update(Lot).values(units=Lot.units + more, offered=Lot.offered + more))
        session.execute(insert(Order), rows)
    begun = time.perf_counter()
    with database.transaction() as session:
        ended = orders.expire(session, now)
    assert ended == RESERVATIONS
    with database.read() as reader:
        assert reader.scalar(select(Offer.quantity).where(Offer.id == offer)) > RESERVATIONS
    return {
        f"trace of {DELIVERIES} deliveries of as many members, {RUNS} runs, ms": round(median(traced), 1),
        f"{RESERVATIONS} expiries, s": round(time.perf_counter() - begun, 1),
    }


def long_chain(database: Database, now: datetime) -> str:
    """Make a lot of a delivery of each of many members, and transform it again and again; return the last one's code."""
    with database.transaction() as session:
        people = range(1_000, 1_000 + DELIVERIES)
        session.execute(insert(Person), [{"id": i, "name": f"Femme {i}", "language": "fr"} for i in people])
        here = {"cooperative_id": 1, "state": "active", "joined_on": now.date()}
        session.execute(insert(Member), [here | {"id": i, "person_id": i, "card": f"C{i:07d}"} for i in people])
        entry = session.scalars(select(Weighing.entry_id).limit(1)).one()
        of = {"cooperative_id": 1, "product_id": 1, "channel": "ussd"}
        ids = range(1_000, 1_000 + DELIVERIES)
        one, season = Decimal(1), {"season": 2020, "quantity": Decimal(1), "unit": "kg", "declared_at": now, "state": "weighed"}
        scales = {"officer_id": 101, "weight": one, "weighed_at": now, "state": "credited", "noted_at": now, "gross": 1_000}
        session.execute(
            insert(Declaration),
            [of | season | {"id": i, "reference": f"{i:06d}", "member_id": i, "operation": f"d{i}"} for i in ids],
        )
        session.execute(
            insert(Weighing),
            [of | scales | {"id": i, "declaration_id": i, "member_id": i, "operation": f"w{i}", "entry_id": entry} for i in ids],
        )
        act = by(sample_declarations.CLERK, "bench:all", now)
        new = stock.NewLot(1, "kg", Decimal(DELIVERIES), DELIVERIES * 1_000)
        [lot] = stock.happen(session, act, "delivery", 1, made=[new], entered=DELIVERIES * 1_000)
        inside = {"lot_id": lot.id, "units": one, "grams": 1_000}
        session.execute(insert(LotDelivery), [inside | {"weighing_id": i} for i in ids])
        for number in range(RUNS):
            act = by(sample_declarations.CLERK, f"bench:run:{number}", now)
            output = runs.Output(1, lot.units * 9 // 10)
            [lot], _ = runs.run(session, act, 1, [(lot.code, lot.units)], [output], sure=True)
        return lot.code


if __name__ == "__main__":
    sys.exit(main())
