"""`make faults`: a broadcast is written and sent while workers, scheduler and Valkey are killed at random, and Valkey is emptied.

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
from zoneinfo import ZoneInfo

import redis
from sqlalchemy import select, text, update

from app.coop.broadcasts import confirmations
from app.coop.broadcasts.estimates import Draft, estimate
from app.coop.rights import Office
from app.db import schema
from app.db.database import Database
from app.sms import sweeper
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.terms import Terms
from app.sms.models import Message
from tests import sample_cooperative
from tests.acts import by
from tests.conftest import PATIENT_MS
from tests.faults.stack import House
from tests.seeds import run_seeded
from tests.servers import make_postgres, make_valkey

DEAD_FOR = timedelta(seconds=8)
"""A claim older than this has lost its worker here, where the provider answers at once."""
NAMES = ("worker", "scheduler", "valkey")
TEXT = "Jappoo: réunion demain à 9h au siège. Venez avec votre carnet."
OF_IT = select(Message.to_number, Message.state).where(Message.cause.startswith("broadcast:"))
MEMBERS = (
    "INSERT INTO communes VALUES (1, 'Mbour')",
    "INSERT INTO filieres VALUES (1, 'PECHE', 'Pêche')",
    "INSERT INTO cooperatives (id, code, name, commune_id, filiere_id, legal_form, created_at) "
    "VALUES (1, 'CPS1', 'CPS 1', 1, 1, 'AER', now())",
    "INSERT INTO people (id, name, language, pin_pepper) SELECT n, 'Awa', 'fr', 1 FROM generate_series(1, :recipients + 1) n",
    "INSERT INTO members (person_id, cooperative_id, card, state, joined_on) "
    "SELECT n, 1, 'C' || n, 'active', current_date FROM generate_series(2, :recipients + 1) n",
    "INSERT INTO numbers (phone, person_id, registered_at) SELECT CASE WHEN n = 1 THEN '+221780000001' "
    "ELSE '+22177' || lpad(n::text, 7, '0') END, n, now() - interval '90 days' FROM generate_series(1, :recipients + 1) n",
    "INSERT INTO roles (person_id, role, from_on) VALUES (1, 'administrator', current_date)",
)


def main(seed: int) -> int:
    """Run once with 20,000 recipients and ten deaths; print the table, write var/faults-broadcast.json, return 1 on any loss."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        postgres, valkey = make_postgres(folder / "postgres"), make_valkey(folder / "valkey")
        postgres.start()
        database = Database(postgres.url, statement_ms=PATIENT_MS)
        schema.upgrade(database)
        house = House(folder, database, valkey)
        valkey.start()
        try:
            figures = run(house, recipients=20_000, kills=10, every=3.0, rate=600, seed=seed)
        finally:
            house.end()
            valkey.kill()
            postgres.kill()
    Path("var").mkdir(exist_ok=True)
    Path("var/faults-broadcast.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<40} {value}\n")
    return int(bool(figures["doubled"] or figures["unknown losses"] or figures["still waiting"]))


def run(house: House, *, recipients: int, kills: int, every: float, rate: int, seed: int) -> dict[str, int | float]:
    """Send a broadcast, killing every so many seconds; wait until nothing is under way and count."""
    house.environment |= {"SMS_RATE": str(rate), "QUIET_HOURS": ""}
    house.start("simulator", "worker", "scheduler")
    order(house.database, recipients)
    house.until(lambda: _taken(house), 30)
    killed, started = Counter[str](), time.monotonic()
    victims = [NAMES[turn % len(NAMES)] for turn in range(kills)]
    dice = random.Random(seed)  # noqa: S311 - when something dies is no secret
    dice.shuffle(victims)
    for turn, name in enumerate(victims):
        time.sleep(every * dice.uniform(0.5, 1.5))
        killed[name] += 1
        house.fall(name)
        if turn == kills // 2:
            with redis.Redis.from_url(house.valkey.url) as client:
                client.flushall()
    _settle(house)
    return (
        _count(house, recipients)
        | {"seconds": round(time.monotonic() - started), "emptied": 1}
        | {f"deaths of {name}": times for name, times in sorted(killed.items())}
    )


def order(database: Database, recipients: int) -> None:
    """Give a federation so many members and have its administrator, who is none, write to them: the workers write all messages."""
    now, office, sender = datetime.now(UTC), Office(1, "administrator", None), "+221780000001"
    terms = Terms(50, None, None, ZoneInfo("Africa/Dakar"), 0)
    with database.transaction() as session:
        for statement in MEMBERS:
            session.execute(text(statement), {"recipients": recipients} if ":recipients" in statement else {})
        first, second = (by(office, operation, now, "sms", sender) for operation in ("1", "2"))
        made = estimate(session, first, Draft("TOUS", TEXT), key=sample_cooperative.KEY, terms=terms)
        confirmations.confirm(session, second, made.broadcast, terms, at_once=0)


def _taken(house: House) -> Counter[str]:
    url = f"http://127.0.0.1:{house.simulator_port}/messages"
    return Counter(message["to"] for message in house.http.get(url, timeout=30).json() if message["text"].endswith(TEXT))


def _settle(house: House) -> None:
    """Wait until nothing waits or is under way; retries are brought forward, and the leases of the dead."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        with house.database.transaction() as session:
            now = datetime.now(UTC)
            session.execute(update(Message).where(Message.state == "queued", Message.next_at > now).values(next_at=now))
            dead = (Message.state == "sending") & (Message.claimed_at < now - DEAD_FOR)
            session.execute(update(Message).where(dead).values(claimed_at=now - sweeper.LEASE - DEAD_FOR))
            waiting = select(Message.id).where(Message.state.in_(("queued", "sending"))).limit(1)
            writing = select(Broadcast.id).where(Broadcast.state == "expanding")
            if session.scalar(waiting) is None and session.scalar(writing) is None:
                return
        time.sleep(1)


def _count(house: House, recipients: int) -> dict[str, int | float]:
    taken = _taken(house)
    with house.database.read() as reader:
        states = {row.to_number: row.state for row in reader.execute(OF_IT)}
    ended = Counter(states.values())
    accounted = {number for number, state in states.items() if state in ("maybe", "queued", "sending")}
    return {
        "recipients": recipients,
        "taken by the provider": sum(taken.values()),
        "doubled": sum(times - 1 for times in taken.values()),
        "accepted": sum(ended[state] for state in ("accepted", "underway", "delivered")),
        "maybe sent": ended["maybe"],
        "of those, the provider has": sum(states[number] == "maybe" for number in taken),
        "still waiting": ended["queued"] + ended["sending"],
        "unknown losses": sum(number not in taken and number not in accounted for number in states) + recipients - len(states),
    }


if __name__ == "__main__":
    sys.exit(run_seeded(main))
