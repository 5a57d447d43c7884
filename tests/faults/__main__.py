"""`make faults`: members declare while web, workers and Valkey are killed at random; then everything is counted.

The provider's record and the references that members saw are the judges: each reference seen must be one declaration and at
most one SMS; a declaration without an SMS must be listed as *maybe sent* or wait in the outbox.
"""

import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import requests
from sqlalchemy import func, select, update

from app.coop.demo import seed as demo
from app.coop.production.models import Declaration
from app.db import schema
from app.db.database import Database
from app.db.rows import total
from app.sms.models import Message
from tests import menu_rows, sample_cooperative
from tests.conftest import PATIENT_MS
from tests.faults.stack import House
from tests.seeds import run_seeded
from tests.servers import make_valkey

MEMBERS, KILLS, EVERY_SECONDS = 60, 10, 3.0


def main(seed: int) -> int:
    """Run once; print the table, write var/faults.json, return 1 when anything was lost or doubled."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder}/faults.db", statement_ms=PATIENT_MS)
        schema.upgrade(database)
        demo.seed(database, demo.Plan(MEMBERS, 1, sample_cooperative.PEPPERS, sample_cooperative.KEY, sample_cooperative.LONG_AGO))
        menu_rows.put(database, sample_cooperative.LONG_AGO)
        house = House(folder, database, make_valkey(folder / "valkey"))
        house.valkey.start()
        try:
            house.start("simulator", "web", "worker", "scheduler")
            figures = _run(house, seed)
        finally:
            house.end()
            house.valkey.kill()
    Path("var").mkdir(exist_ok=True)
    Path("var/faults.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<40} {value}\n")
    return (
        1
        if figures["references lost"] or figures["declarations doubled"] or figures["SMS doubled"] or figures["SMS unaccounted"]
        else 0
    )


def _run(house: House, seed: int) -> dict[str, int]:
    seen: dict[str, str] = {}
    done = threading.Event()
    numbers = [f"+22177{i:07d}" for i in range(1, MEMBERS + 1)]
    threads = [threading.Thread(target=_declare, args=(house, number, seen, done, _dice(seed, number))) for number in numbers]
    dice, last = _dice(seed, "kills"), _last(house)
    for thread in threads:
        thread.start()
    killed = Counter[str]()
    for _ in range(KILLS):
        time.sleep(EVERY_SECONDS)
        name = dice.choice(["web", "worker", "scheduler", "valkey"])
        killed[name] += 1
        house.fall(name)
    done.set()
    for thread in threads:
        thread.join()
    _settle(house)
    return _count(house, seen, last) | {f"kills of {name}": times for name, times in sorted(killed.items())}


def _dice(seed: int, whose: str) -> random.Random:
    """Give each thread dice of its own: shared ones would fall as the threads take turns."""
    return random.Random(f"{seed} {whose}")  # noqa: S311 - when something dies is no secret


def _declare(house: House, number: str, seen: dict[str, str], done: threading.Event, dice: random.Random) -> None:
    """Try until a reference is seen: as a member would, dialling again after whatever went wrong."""
    while number not in seen:
        phone = house.phone(number)
        try:
            for said in (phone.dial(), *(phone.type(entry) for entry in ("2", "2468", "1", "12", "1"))):
                if "réf " in said:
                    seen[number] = said.split("réf ")[1][:6]
        except (requests.RequestException, KeyError):
            time.sleep(0.3)
        time.sleep(dice.random())  # people are not in step
        if done.is_set() and number in seen:
            return


def _settle(house: House) -> None:
    """Wait until nothing waits or is under way, at most two minutes; retries are brought forward."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with house.database.transaction() as session:
            session.execute(update(Message).where(Message.state == "queued").values(next_at=sample_cooperative.LONG_AGO))
            if not session.scalars(select(Message.id).where(Message.state.in_(("queued", "sending")))).first():
                return
        time.sleep(1)


def _last(house: House) -> int:
    """Return the newest of the declarations that the demo begins with."""
    with house.database.read() as reader:
        return total(reader, select(func.max(Declaration.id)))


def _count(house: House, seen: dict[str, str], last: int) -> dict[str, int]:
    with house.database.read() as reader:
        references = Counter(reader.scalars(select(Declaration.reference).where(Declaration.id > last)).all())
        states = Counter(reader.scalars(select(Message.state)).all())
        listed = reader.execute(select(Message.to_number, Message.state)).all()
    taken = Counter(message["to"] for number in seen for message in house.messages(number))
    waiting = {number for number, state in listed if state in ("maybe", "queued", "sending")}
    return {
        "members": MEMBERS,
        "references seen": len(seen),
        "references lost": sum(reference not in references for reference in seen.values()),
        "declarations doubled": sum(references.values()) - MEMBERS,
        "SMS taken by the provider": sum(taken.values()),
        "SMS doubled": sum(times - 1 for times in taken.values()),
        "SMS maybe sent": states["maybe"],
        "SMS unaccounted": sum(number not in taken and number not in waiting for number in seen),
    }


if __name__ == "__main__":
    sys.exit(run_seeded(main))
