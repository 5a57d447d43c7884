"""`make faults`: an officer weighs a list by phone while web, worker and Valkey die; then credits it, and they die in the middle.

The database is the judge, and the officer's screen must agree with it: each line is credited once or still open.
"""

import contextlib
import json
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path

import requests
from sqlalchemy import func, select

from app import units
from app.coop.ledger.models import JournalEntry
from app.coop.production.models import Weighing
from app.coop.production.weighings import open_list
from app.coop.verify import verify
from app.db import schema
from app.db.database import Database
from app.sms.models import Message
from tests import sample_declarations
from tests.conftest import PATIENT_MS
from tests.faults.stack import House, open_house
from tests.seeds import run_seeded

NAMES = ("web", "valkey", "worker")
TRIES = 400


def main(seed: int) -> int:
    """Run once with 200 lines, on SQLite; print the table, write var/faults-weighing.json, return 1 on any loss."""
    with tempfile.TemporaryDirectory() as name:
        database = Database(f"sqlite:///{name}/faults.db", statement_ms=PATIENT_MS)
        schema.upgrade(database)
        with open_house(Path(name), database, "simulator", "web", "worker") as house:
            figures = run(house, lines=200, lists=2, deaths=12, deaths_while_crediting=4, seed=seed)
    Path("var").mkdir(exist_ok=True)
    Path("var/faults-weighing.json").write_text(json.dumps(figures, indent=1))
    for figure, value in figures.items():
        sys.stdout.write(f"{figure:<40} {value}\n")
    return int(bool(figures["wrong"]))


def run(house: House, *, lines: int, lists: int, deaths: int, deaths_while_crediting: int, seed: int) -> dict[str, int]:
    """Weigh so many lines in so many lists, killing at random; return what was counted. Raises AssertionError when stuck."""
    sample_declarations.appoint(house.database)
    refs = sample_declarations.declared(house.database, sample_declarations.women(house.database, lines), datetime.now(UTC))
    dice = random.Random(seed)  # noqa: S311 - when something dies is no secret
    officer, killed, disagreed = Officer(house, dice), Counter[str](), 0
    each = -(-lines // lists)
    for start in range(0, lines, each):
        with ThreadPoolExecutor(1) as hand:  # the officer's: what a thread starts dies with it
            weighed = hand.submit(officer.weigh, refs[start : start + each])
            for turn in range(-(-deaths // lists)):
                wait([weighed], dice.uniform(0.2, 1.0))
                if not weighed.done():
                    killed[NAMES[turn % len(NAMES)]] += 1
                    house.fall(NAMES[turn % len(NAMES)])
            weighed.result()
        for turn in range(deaths_while_crediting):
            disagreed += not officer.agrees()
            officer.credit(NAMES[turn % 2], killed)
        disagreed += not officer.agrees()
        officer.credit(None, killed)
        disagreed += not officer.agrees()
    return _count(house, lines) | {"screens that disagreed": disagreed} | {f"deaths of {name}": killed[name] for name in NAMES}


class Officer:
    """The secretary with her phone: dials again whatever goes wrong, and goes on where the screen says."""

    def __init__(self, house: House, dice: random.Random) -> None:
        self.house, self.dice, self.said = house, dice, ""

    def open(self) -> str:
        """Dial until the list is on the screen."""
        for _ in range(TRIES):
            with contextlib.suppress(requests.RequestException, KeyError):
                self.phone = self.house.phone(sample_declarations.SECRETARY)
                self.said = self.phone.dial("*384*44135*8*1#")
                if "code secret" in self.said:
                    self.said = self.phone.type("2468")
                if re.search("Réf ou|combien|Qualité", self.said):
                    return self.said
            time.sleep(0.1)
        raise AssertionError(self.said + self.house.logs()[-3000:])

    def type(self, entry: str) -> str:
        """Send an entry; when no answer comes, dial again."""
        try:
            self.said = self.phone.type(entry)
        except (requests.RequestException, KeyError):
            self.open()
        return self.said

    def weigh(self, references: list[str]) -> None:
        """Type each line until the screen says that it is noted."""
        for reference in references:
            self._weigh(reference)

    def _weigh(self, reference: str) -> None:
        for _ in range(TRIES):
            if re.search(f"notée.*{reference}", self.said):
                return
            if "Réf ou" in self.said:
                self.type(f"{reference} 12,5")
            elif "Qualité" in self.said:
                self.type("1")
            elif "combien" in self.said:
                self.type("12,5")
            else:
                self.open()
        raise AssertionError(self.said)

    def credit(self, dies: str | None, killed: Counter[str]) -> None:
        """Confirm the list by PIN, if there is one; web or Valkey may die meanwhile."""
        if "Liste vide" in self.open():
            return
        self.type("1"), self.type("1")
        if "code secret" not in self.said or dies is None:
            self.type("2468")
            return
        sent = threading.Thread(target=self.type, args=("2468",))
        sent.start()
        time.sleep(self.dice.uniform(0, 0.12))
        killed[dies] += 1
        self.house.fall(dies)
        sent.join()

    def agrees(self) -> bool:
        """Tell whether the screen shows the lines that are open, and no other."""
        noted = self._open_lines()
        said = self.open()
        if not noted:
            return "Liste vide" in said
        if units.count(len(noted), "notée") not in said or units.count(len(noted), "pesée") not in self.type("1"):
            return False
        page, shown = self.type("2"), []
        for _ in range(len(noted)):
            shown += re.findall(r"^\d (\d{6}) 12,5 kg", page, re.MULTILINE)
            if "9 Suite" not in page:
                break
            page = self.type("9")
        return sorted(shown) == sorted(noted)

    def _open_lines(self) -> list[str]:
        with self.house.database.read() as reader:
            return [one.reference for one in open_list(reader, 101)]


def _count(house: House, lines: int) -> dict[str, int]:
    with house.database.read() as reader:
        states = Counter(reader.scalars(select(Weighing.state)).all())
        entries = reader.scalars(select(JournalEntry.operation).where(JournalEntry.operation.like("weighing:%"))).all()
        told = reader.scalar(select(func.count()).select_from(Message).where(Message.cause.like("weighing:%"))) or 0
        books = len(verify(reader).wrong)
    lost = lines - states["credited"] - states["noted"]
    return {
        "lines": lines,
        "credited": states["credited"],
        "still open": states["noted"],
        "SMS": told,
        "wrong": abs(lost) + abs(len(entries) - states["credited"]) + abs(told - states["credited"]) + books,
    }


if __name__ == "__main__":
    sys.exit(run_seeded(main))
