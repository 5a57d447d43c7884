"""An officer writes to her co-operative: over the webhook, through the workers, to the gateway; as she sees it."""

import itertools
import re

import pytest
from sqlalchemy import select

from app.db.database import Database
from app.sms.models import Message
from config.redis import connect
from config.settings import load
from tests import sample_declarations
from tests.sms.conftest import FakeGateway
from workers import jobs, schedule
from workers.context import Context, clerk_of, sender_of

WOMEN = 8
ALL = WOMEN + 4
LANES = ("incoming", "answer", "notice", "bulk", "urgent")


@pytest.fixture
def database(sqlite_database) -> Database:
    """The talk is the same on both databases; the queries are tried on both elsewhere."""
    return sqlite_database


@pytest.fixture
def environment(environment) -> dict[str, str]:
    """Let it be day whenever the test runs."""
    return environment | {"QUIET_HOURS": ""}


@pytest.fixture
def village(client, database, valkey, environment, monkeypatch):
    """Give what an officer does: `say` sends her SMS and lets the workers work; what arrived is by number."""
    sample_declarations.appoint(database)
    sample_declarations.women(database, WOMEN)
    settings = load(environment, dotenv=None)
    queues, gateway = connect(valkey.url), FakeGateway()
    made = Context(settings, database, queues, queues, sender_of(settings, database, queues, gateway), clerk_of(settings, database))
    for module in (jobs, schedule):
        monkeypatch.setattr(module, "context", lambda: made)
    yield Village(client, gateway, queues)
    made.sender.lines.shutdown()
    queues.close()


class Village:
    def __init__(self, client, gateway, queues):
        self.client, self.gateway, self.queues, self._ids = client, gateway, queues, itertools.count()

    def say(self, text, sender=sample_declarations.SECRETARY):
        """Send an SMS, work, and give what this number got for it."""
        before = len(self.gateway.requests)
        form = {"id": f"talk{next(self._ids)}", "from": sender, "to": "21512", "text": text, "date": "2026-11-24 10:00:00"}
        assert self.client.post("/at/demo/sms", data=form).status_code == 200
        self.work()
        return [words for words, numbers in self.gateway.requests[before:] if sender in numbers]

    def work(self):
        self.queues.delete("schedule:messages", "schedule:broadcasts", "schedule:approvals")
        schedule.tick()
        for lane in LANES:
            while jobs.drain(lane):
                pass

    def got(self, words):
        return sorted(number for text, numbers in self.gateway.requests if text == words for number in numbers)


def test_a_broadcast_from_its_estimate_to_its_end(village, database):
    [estimate] = village.say("diff tous  Réunion demain à 9h au quai, venez avec vos carnets et vos cartes, c'est important")
    assert f"{ALL} numéros" in estimate
    [refused] = village.say(f"OUI {re.search(r'OUI ([0-9]{4})', estimate)[1]}", sample_declarations.PRESIDENT)
    assert "pas le bon" in refused
    answers = village.say(f"oui {re.search(r'OUI ([0-9]{4})', estimate)[1]}")
    text = "CPS Joal: Réunion demain à 9h au quai, venez avec vos carnets et vos cartes, c'est important"
    assert any("envoi 1" in answer for answer in answers)
    sent = village.got(text)
    assert len(sent) == len(set(sent)) == ALL
    assert any(f"Jappoo: envoi 1 fini: {ALL} sur {ALL} partis." in said for said in village.say("etat"))
    assert any("ANNULER 1" in words for words, numbers in village.gateway.requests if sample_declarations.PRESIDENT in numbers)
    village.say("ANNULER 1")
    assert len(village.got(text)) == ALL
    with database.read() as reader:
        assert set(reader.scalars(select(Message.state).where(Message.cause == "broadcast:1"))) == {"accepted"}


def test_one_for_later_is_stopped_by_another_officer(village, database):
    [estimate] = village.say("DIFF TOUS @demain 9h Marché fermé")
    village.say(f"OUI {re.search(r'OUI ([0-9]{4})', estimate)[1]}")
    [stopped] = village.say("ANNULER", sample_declarations.PRESIDENT)
    assert f"arrêté: 0 sur {ALL}" in stopped
    village.work()
    assert village.got("Marché fermé") == []
    with database.read() as reader:
        assert set(reader.scalars(select(Message.state).where(Message.cause == "broadcast:1"))) == {"expired"}
