"""`CONTESTER <ref>` opens a contest once; it moves no money, and means only what is the sender's."""

import pytest

from app.coop.contests.models import Contest
from app.coop.ledger.models import JournalEntry
from app.coop.production.models import Declaration
from app.gsm7 import septets
from tests import sample_cooperative, sample_declarations, sample_deliveries

WOMAN = "+221770000201"


@pytest.fixture
def reference(desk, clock):
    sample_declarations.appoint(desk.database)
    sample_deliveries.credited(desk.database, sample_declarations.women(desk.database, 2), clock())
    return next(row.reference for row in desk.rows(Declaration) if row.member_id == 201)


def test_a_reference_is_contested_once(desk, reference):
    entries = len(desk.rows(JournalEntry))
    said = desk.say(f"Contester réf {reference}", sender=WOMAN)
    assert "notée" in said
    assert reference in said
    assert septets(said) <= 160
    assert desk.say(f"CONTESTER {reference}", sender=WOMAN) == said
    desk.say(f"contester {reference} prix", sender=WOMAN)
    assert [(row.subject, row.channel) for row in desk.rows(Contest)] == [("weighing", "sms"), ("price", "sms")]
    assert len(desk.rows(JournalEntry)) == entries


@pytest.mark.parametrize(
    ("sender", "text", "has"),
    [
        (WOMAN, "CONTESTER", "par exemple"),
        (WOMAN, "CONTESTER tout", "par exemple"),
        (WOMAN, "CONTESTER 111112", "rien à contester"),
        (sample_cooperative.AWA, "CONTESTER {reference}", "rien à contester"),
        (sample_cooperative.NOBODY, "CONTESTER {reference}", "membre actif"),
    ],
)
def test_anything_else_notes_nothing(desk, reference, sender, text, has):
    assert has in desk.say(text.replace("{reference}", reference), sender=sender)
    assert desk.rows(Contest) == []


def test_after_48_hours_it_is_too_late(desk, clock, reference):
    clock.forward(hours=49)
    assert "passé 48 h" in desk.say(f"CONTESTER {reference}", sender=WOMAN)
