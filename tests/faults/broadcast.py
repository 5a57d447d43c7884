"""`make faults`: a broadcast goes out while workers, scheduler and Valkey are killed at random, and Valkey is emptied.

The simulator's record is the judge: each recipient has the message once, or it is listed as *maybe sent*.
"""

import json
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import redis
from sqlalchemy import select, update

from app.db import schema
from app.db.database import Database
from app.sms import sweeper
from app.sms.models import Message
from tests.bench.floor_messages import expand
from tests.faults.house import House
from tests.servers import make_postgres, make_valkey

DEAD_FOR = timedelta(seconds=8)
"""A claim older than this has lost its worker here, where the provider answers at once."""
NAMES = ("worker", "scheduler", "valkey")


def main() -> int:
    """Run once with 20,000 recipients and ten deaths; print the table, write var/faults-broadcast.json, return 1 on any loss."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        postgres, valkey = make_postgres(folder / "postgres"), make_valkey(folder / "valkey")
        postgres.start()
        database = Database(postgres.url)
        schema.upgrade(database)
        house = House(folder, database, valkey)
        valkey.start()
        try:
            figures = run(house, recipients=20_000, kills=10, every=3.0, rate=600)
        finally:
            house.end()
            valkey.kill()
            postgres.kill()
    Path("var").mkdir(exist_ok=True)
    Path("var/faults-broadcast.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<40} {value}\n")
    return int(bool(figures["doubled"] or figures["unknown losses"] or figures["still waiting"]))


def run(house: House, *, recipients: int, kills: int, every: float, rate: int) -> dict[str, int | float]:
    """Send a broadcast, killing every so many seconds; wait until nothing is under way and count."""
    house.environment["SMS_RATE"] = str(rate)
    house.start("simulator", "worker", "scheduler")
    with psycopg.connect(house.database.url.replace("+psycopg", ""), autocommit=True) as connection:
        expand(connection, "broadcast", recipients, own=False)
    house.until(lambda: _taken(house), 30)
    killed, started = Counter[str](), time.monotonic()
    order = [NAMES[turn % len(NAMES)] for turn in range(kills)]
    random.shuffle(order)
    for turn, name in enumerate(order):
        time.sleep(every * random.uniform(0.5, 1.5))  # noqa: S311 - when it dies is no secret
        killed[name] += 1
        if name == "valkey":
            house.valkey.kill()
            time.sleep(0.5)
            house.valkey.start()
        else:
            house.kill(name)
            house.start(name)
        if turn == kills // 2:
            with redis.Redis.from_url(house.valkey.url) as client:
                client.flushall()
    _settle(house)
    return (
        _count(house, recipients)
        | {"seconds": round(time.monotonic() - started), "emptied": 1}
        | {f"deaths of {name}": times for name, times in sorted(killed.items())}
    )


def _taken(house: House) -> Counter[str]:
    url = f"http://127.0.0.1:{house.simulator_port}/messages"
    return Counter(message["to"] for message in house.http.get(url, timeout=30).json())


def _settle(house: House) -> None:
    """Wait until nothing waits or is under way; retries are brought forward, and the leases of the dead."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        with house.database.transaction() as session:
            now = datetime.now(UTC)
            session.execute(update(Message).where(Message.state == "queued", Message.next_at > now).values(next_at=now))
            dead = (Message.state == "sending") & (Message.claimed_at < now - DEAD_FOR)
            session.execute(update(Message).where(dead).values(claimed_at=now - sweeper.LEASE - DEAD_FOR))
            waiting = Message.state.in_(("queued", "sending"))
            if session.scalars(select(Message.id).where(waiting).limit(1)).first() is None:
                return
        time.sleep(1)


def _count(house: House, recipients: int) -> dict[str, int | float]:
    taken = _taken(house)
    with house.database.read() as reader:
        states = {row.to_number: row.state for row in reader.execute(select(Message.to_number, Message.state))}
    ended = Counter(states.values())
    accounted = {number for number, state in states.items() if state in ("maybe", "queued", "sending", "failed", "expired")}
    return {
        "recipients": recipients,
        "taken by the provider": sum(taken.values()),
        "doubled": sum(times - 1 for times in taken.values()),
        "accepted": sum(ended[state] for state in ("accepted", "underway", "delivered")),
        "maybe sent": ended["maybe"],
        "of those, the provider has": sum(states[number] == "maybe" for number in taken),
        "still waiting": ended["queued"] + ended["sending"],
        "unknown losses": sum(number not in taken and number not in accounted for number in states),
    }


if __name__ == "__main__":
    sys.exit(main())
