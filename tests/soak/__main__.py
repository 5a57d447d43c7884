"""`make soak`: random hands on the phone for SOAK minutes (default 5): every answer fits, nothing grows, the books agree.

A third of the time goes to officers' and members' phones on a network that drops, repeats, reorders and forgets (tests/fuzz.py).
"""

import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from app.coop.verify import verify
from app.db import schema
from app.db.database import Database
from app.gsm7 import septets
from tests import menu_rows, sample_cooperative
from tests.conftest import PATIENT_MS, Clock
from tests.faults.stack import House
from tests.fuzz import Hands, findings
from tests.sample_everything import settle
from tests.seeds import run_seeded
from tests.servers import make_valkey

ENTRIES = ("0", "00", "1", "1", "2", "3", "4", "5", "6", "7", "8", "9", "2468", "1357", "12", "12,5", "", "99", "x")
SESSIONS = 30
NUMBERS = (
    sample_cooperative.AWA,
    sample_cooperative.SHARED,
    sample_cooperative.NEW,
    sample_cooperative.BLOCKED,
    sample_cooperative.NOBODY,
)


def main(seed: int) -> int:
    """Run; print the table and write var/soak.json; return 1 when something was wrong."""
    seconds = float(os.environ.get("SOAK", "5")) * 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder}/soak.db", statement_ms=PATIENT_MS)
        schema.upgrade(database)
        sample_cooperative.build(database)
        menu_rows.put(database, sample_cooperative.LONG_AGO)
        house = House(folder, database, make_valkey(folder / "valkey"))
        house.valkey.start()
        try:
            house.start("simulator", "web", "worker", "scheduler")
            figures = _walk(house, seconds * 2 / 3, seed)
            with database.read() as reader:
                figures["findings in the books"] = len(verify(reader).wrong)
        finally:
            house.end()
            house.valkey.kill()
        figures |= _hands(folder, seconds / 3, seed)
    Path("var").mkdir(exist_ok=True)
    Path("var/soak.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<34} {value}\n")
    wrong = ("answers too long", "no answer", "findings in the books", "findings of random hands")
    return 1 if any(figures[name] for name in wrong) else 0


def _walk(house: House, seconds: float, seed: int) -> dict[str, float]:
    hand = random.Random(seed)  # noqa: S311 - the same walk for the same seed
    until, hops, long, silent = time.monotonic() + seconds, 0, 0, 0
    memory = _memory(house)
    while time.monotonic() < until:
        phone = house.phone(hand.choice(NUMBERS), hand.choice(("africastalking", "hubtel")))
        said = phone.dial()
        for _ in range(hand.randrange(1, 15)):
            hops += 1
            long += septets(said) > 160
            silent += "connexion" in said
            try:
                said = phone.type(hand.choice(ENTRIES))
            except KeyError:
                break
            if said == "None":
                break
    return {"hops": hops, "answers too long": long, "no answer": silent, "web MB before": memory, "web MB after": _memory(house)}


def _hands(folder: Path, seconds: float, seed: int) -> dict[str, float]:
    """Let random hands loose, from this seed on, each on a database of its own; what goes wrong is printed with its seed."""
    until, wrong, seen = time.monotonic() + seconds, 0, Counter[str]()
    template = Database(f"sqlite:///{folder}/hands.db", statement_ms=PATIENT_MS)
    schema.upgrade(template)
    template.dispose()
    while time.monotonic() < until:
        file = shutil.copyfile(folder / "hands.db", folder / "hands-now.db")
        database, clock = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS), Clock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
        settle(database, clock())
        hands = Hands(database, clock, seed)
        try:
            for _ in range(SESSIONS):
                hands.session()
            left = findings(database)
        except AssertionError as failure:
            left = [failure]
        wrong += len(left)
        sys.stderr.writelines(f"seed {seed}: {finding}\n" for finding in left)
        seen.update(hands.seen)
        database.dispose()
        seed += 1
    return {"hops of random hands": seen.total(), "screens seen": len(seen), "findings of random hands": wrong}


def _memory(house: House) -> float:
    """Return the resident memory of web's processes, in MB."""
    group = str(house.processes["web"].pid)
    total = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        fields = status.read_text("utf-8", "replace").rsplit(")", 1)[-1].split()
        if fields[2] == group:
            total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return round(total / 1e6, 1)


if __name__ == "__main__":
    sys.exit(run_seeded(main))
