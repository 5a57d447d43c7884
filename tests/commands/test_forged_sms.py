"""A stranger who forges everybody's numbers orders nothing, costs no more than is written down, and silences nobody."""

from app.coop.members.models import Consent
from tests import sample_cooperative, sample_declarations
from tests.commands.conftest import Desk
from tests.soak import forged_sms


def test_a_thousand_forged_sms_send_nothing_and_cost_no_more_than_the_bound(sqlite_database):
    sample_cooperative.build(sqlite_database)
    sample_declarations.appoint(sqlite_database)
    seen = forged_sms.forge(sqlite_database, 1000)
    assert seen["sms"] == 1002
    assert (seen["ordered"], seen["letters answered"], seen["hers waits for the PIN"]) == (0, 0, 1)
    assert 0 < seen["francs"] <= seen["bound"]


def test_a_number_gets_so_many_answers_a_day_then_one_sentence_and_what_matters_is_still_done(desk: Desk):
    said = [desk.say(f"PROD thiof {number}", sample_cooperative.AWA) for number in range(1, 36)]
    assert all("réf" in words for words in said[:30])
    assert said[30].startswith("Jappoo: assez de réponses par SMS à ce numéro aujourd'hui.")
    assert said[31:] == [None] * 4
    assert [row.state for row in desk.inbox()][30:] == ["ignored"] * 5
    assert desk.say("STOP", sample_cooperative.AWA) is None
    assert desk.inbox()[-1].state == "handled"
    assert not any(row.given for row in desk.rows(Consent) if row.phone == sample_cooperative.AWA)
    desk.clock.forward(hours=24)
    assert "réf" in desk.say("PROD thiof 50", sample_cooperative.AWA)


def test_strangers_share_what_is_answered_to_them(desk: Desk, monkeypatch):
    monkeypatch.setattr(forged_sms.allowance, "STRANGERS", 12)
    said = [desk.say(f"PRIX {number}", f"+22177999{number:04d}") for number in range(20)]
    assert sum(words is not None for words in said) == 12
    assert desk.say("PRIX thiof", sample_cooperative.AWA)
