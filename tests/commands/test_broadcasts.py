"""What a confirmed broadcast does: sent once, late, stopped, told to the others; nothing leaves before its `OUI`."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from app.coop.members.models import Number
from app.coop.offices.models import OfficerAct
from app.sms.broadcasts.budget import reserved_on
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.commands.broadcast_office import ALL, TEXT, code_in, make, office
from tests.commands.conftest import TERMS

__all__ = ["office"]


def test_oui_sends_once_and_tells_the_others(database, clock):
    office = make(database, clock)
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    first = office.ask(f"oui {code}")
    assert "envoi 1" in first
    assert "ANNULER 1" in first
    assert office.ask(f"OUI  {code}.") == first
    sent = office.sent()
    assert len(sent) == ALL == len({message.to_number for message in sent})
    assert {(m.text, m.lane, m.state, m.purpose, m.cooperative_id) for m in sent} == {
        (f"CPS Joal: {TEXT}", "notice", "queued", "broadcast", 1)
    }
    assert [m.person_id for m in sent if m.to_number == sample_cooperative.SHARED] == [None]
    copies = office.caused("copy:")
    assert [copy.to_number for copy in copies] == [sample_declarations.PRESIDENT]
    assert "ANNULER 1" in copies[0].text
    assert [(act.act, act.about, act.channel) for act in office.rows(OfficerAct)] == [("broadcast", "broadcast:1", "sms")]
    [row] = office.broadcasts()
    assert (row.state, row.recipients, row.written, row.reserved) == ("sending", ALL, ALL, ALL * 20)


def test_who_said_stop_before_or_after_the_oui_gets_none(office):
    office.ask("STOP", sample_cooperative.AWA)
    said = office.ask(f"DIFF TOUS {TEXT}")
    assert f"{ALL - 1} numéros (1 STOP)" in said
    office.ask(f"OUI {code_in(said)}")
    office.ask("STOP", "+221770000201")
    states = {message.to_number: message.state for message in office.sent()}
    assert sample_cooperative.AWA not in states
    assert states["+221770000201"] == "refused"
    assert list(states.values()).count("queued") == ALL - 2


def test_a_later_hour_waits_and_can_be_cancelled(office, clock):
    said = office.ordered("DIFF TOUS @18:30 Marché fermé")
    assert "Départ 18:30, fin 18:30" in said
    assert {message.next_at.hour for message in office.sent()} == {18}
    assert office.broadcasts()[0].state == "scheduled"
    clock.forward(hours=2)
    assert f"arrêté: 0 sur {ALL}" in office.ask("annuler", sample_declarations.PRESIDENT)
    assert {message.state for message in office.sent()} == {"expired"}
    assert f"déjà arrêté: 0 sur {ALL}" in office.ask("ANNULER 1")
    [row] = office.broadcasts()
    assert (row.state, row.reserved, row.ended_by) == ("stopped", 0, 102)
    with office.database.transaction() as session:
        assert reserved_on(session, clock().date()) == 0


def test_between_quiet_hours_it_waits_for_their_end_and_says_so(office, clock):
    clock.forward(hours=12)  # 22:00
    said = office.ask("DIFF TOUS Marché fermé")
    assert "Départ demain 7:00 (heures calmes), fin 7:00." in said
    assert office.answers()[-1].parts <= 2
    office.ask(f"OUI {code_in(said)}")
    assert {(message.next_at.day, message.next_at.hour) for message in office.sent()} == {(25, 7)}
    assert {message.expires_at - message.next_at for message in office.sent()} == {timedelta(days=1)}
    assert "Dès OUI" in office.ask("URGENT TOUS Vent violent, rentrez")


def test_the_budget_is_of_the_day_that_it_leaves_on(office):
    office.clerk = msgspec.structs.replace(office.clerk, terms=msgspec.structs.replace(TERMS, daily_budget=500))
    office.ordered()
    code = code_in(office.ask("DIFF TOUS Marché fermé"))
    said = office.ask(f"OUI {code}")
    assert "budget du jour dépassé de 460 F: cet envoi coute 480 F" in said
    assert (office.sent(2), office.broadcasts()[1].state) == ([], "estimated")
    assert "envoi 2:" in office.ordered("DIFF TOUS @demain 8h Marché ouvert")
    assert "envoi 3:" in office.ordered("URGENT TOUS Vent violent, rentrez")
    assert "arrêté" in office.ask("ANNULER 1")
    assert "envoi 4:" in office.ask(f"OUI {code}")


def test_who_joined_between_the_estimate_and_the_oui_is_counted_and_paid(office):
    office.clerk = msgspec.structs.replace(office.clerk, terms=msgspec.structs.replace(TERMS, daily_budget=20 * ALL))
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    with office.database.transaction() as session:
        number = {"place": None, "registered_at": sample_cooperative.LONG_AGO}
        session.add(Number(phone="+221770000999", person_id=201, **number))
    said = office.ask(f"OUI {code}")
    assert f"dépassé de 20 F: cet envoi coute {20 * ALL + 20} F" in said
    assert (office.sent(), office.broadcasts()[0].state, office.broadcasts()[0].recipients) == ([], "estimated", ALL)
    office.clerk = msgspec.structs.replace(office.clerk, terms=TERMS)
    assert f"{ALL + 1} numéros, {20 * ALL + 20} F" in office.ask(f"OUI {code}")
    assert len(office.sent()) == ALL + 1


def test_an_alert_leaves_first_at_any_hour_and_expires_after_three(office, clock):
    clock.forward(hours=13)  # 23:00
    office.ask("STOP", sample_cooperative.AWA)
    office.ask("STOP ALERTE", "+221770000201")
    said = office.ordered("URGENT TOUS Tempête, restez à terre")
    assert "23:00" in said
    sent = office.sent()
    assert {(message.lane, message.expires_at - message.next_at) for message in sent} == {("urgent", timedelta(hours=3))}
    assert {message.next_at for message in sent} == {clock()}
    assert len(sent) == ALL - 1
    assert "ALERTE 1" in office.caused("copy:")[0].text


def test_every_officer_of_the_scope_has_a_copy_and_may_stop_it(office):
    delegate = "+221770000201"
    with office.database.transaction() as session:
        session.add(
            sample_declarations.Role(person_id=201, role="delegate", cooperative_id=1, from_on=sample_declarations.date(2026, 1, 1))
        )
    assert "PRIX, SOLDE" in office.ask(f"DIFF TOUS {TEXT}", delegate)
    office.ordered()
    assert {copy.to_number for copy in office.caused("copy:")} == {sample_declarations.PRESIDENT, delegate}
    assert "en cours" in office.ask("ETAT", delegate)
    assert "arrêté" in office.ask("ANNULER 1", delegate)


def test_etat_says_the_figures(office):
    office.ordered()
    office.change(update(Message).where(Message.cause == "broadcast:1", Message.id % 2 == 0).values(state="delivered", rank=100))
    half = sum(message.state == "delivered" for message in office.sent())
    assert f"en cours: {half} sur {ALL} partis, {half} arrivés" in office.ask("ETAT")
    assert f"arrêté: {half} sur {ALL} étaient partis" in office.ask("ANNULER 1")


def test_etat_of_what_is_late_says_when_it_goes_on(office, clock):
    office.ordered("DIFF TOUS @20:50 Marché fermé")
    clock.forward(hours=11)
    assert f"0 sur {ALL} partis, 0 arrivé. Reprise demain 7:00 (heures calmes). Annuler" in office.ask("ETAT")


def test_annuler_without_anything_under_way_drops_the_estimate(office):
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    assert "devis annulé" in office.ask("Annuler!")
    assert "ce devis est annulé" in office.ask(f"OUI {code}")


def test_annuler_behind_an_estimate_stops_nothing_that_is_anothers(office, clock):
    office.ordered("DIFF TOUS @ven 9h Marché fermé", sample_declarations.PRESIDENT)
    code = code_in(office.ask("DIFF TOUS Marché ouvert"))
    said = office.ask("ANNULER")
    assert "devis annulé, rien n'est envoyé. L'envoi 1 continue: pour l'arreter, ANNULER 1" in said
    assert (office.answers()[-1].parts, [row.state for row in office.broadcasts()]) == (1, ["scheduled", "dead"])
    assert "ce devis est annulé" in office.ask(f"OUI {code}")
    clock.forward(minutes=1)
    assert "envoi 1 arrêté" in office.ask("ANNULER")


def test_annuler_with_the_code_of_oui_is_its_broadcasts(office):
    office.ordered("DIFF TOUS Marché fermé")
    code = code_in(office.ask(f"DIFF TOUS {TEXT}"))
    office.ask(f"OUI {code}")
    assert "aucun envoi" in office.ask(f"ANNULER {code}", sample_declarations.PRESIDENT)
    assert "envoi 2 (" in office.ask(f"ETAT {code}")
    assert "envoi 2 arrêté" in office.ask(f"ANNULER {code}")
    assert [row.state for row in office.broadcasts()] == ["sending", "stopped"]


@pytest.mark.parametrize("code", [None, "482918"])
def test_annuler_with_the_code_of_an_estimate_drops_that_one(office, monkeypatch, code):
    if code:  # six digits with a right check digit are a reference too
        monkeypatch.setattr("app.coop.broadcasts.estimates.code_of", lambda *_: code)
    code = code_in(office.ask("DIFF TOUS Marché fermé"))
    monkeypatch.undo()
    office.ask(f"DIFF TOUS {TEXT}")
    assert "devis annulé, rien n'est envoyé" in office.ask(f"ANNULER {code}")
    assert [row.state for row in office.broadcasts()] == ["dead", "estimated"]
    assert "devis est annulé" in office.ask(f"OUI {code}")
