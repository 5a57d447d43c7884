"""`make soak`: random hands on the phone for SOAK minutes (default 5): every answer fits, nothing grows, the books agree."""

import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from app.coop.ledger.verify import verify
from app.db import schema
from app.db.database import Database
from app.gsm7 import septets
from menus.publishing import compiled, publish
from tests import village
from tests.faults.house import House
from tests.servers import make_valkey

ENTRIES = ("0", "00", "1", "1", "2", "3", "4", "5", "6", "7", "8", "9", "2468", "1357", "12", "12,5", "", "99", "x")
NUMBERS = (village.AWA, village.SHARED, village.NEW, village.BLOCKED, village.NOBODY)


def main() -> int:
    """Run; print the table and write var/soak.json; return 1 when something was wrong."""
    seconds = float(os.environ.get("SOAK", "5")) * 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder}/soak.db")
        schema.upgrade(database)
        village.build(database)
        publish(database, None, compiled(), by="soak", now=village.LONG_AGO)
        house = House(folder, database, make_valkey(folder / "valkey"))
        house.valkey.start()
        try:
            house.start("simulator", "web", "worker", "scheduler")
            figures = _walk(house, seconds)
            with database.read() as reader:
                figures["findings in the books"] = len(verify(reader).wrong)
        finally:
            house.end()
            house.valkey.kill()
    Path("var").mkdir(exist_ok=True)
    Path("var/soak.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<34} {value}\n")
    return 1 if figures["answers too long"] or figures["no answer"] or figures["findings in the books"] else 0


def _walk(house: House, seconds: float) -> dict[str, float]:
    hand = random.Random(1)  # noqa: S311 - the same walk each time
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
    sys.exit(main())
