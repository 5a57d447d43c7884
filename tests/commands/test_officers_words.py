"""Who may say officers' words, and what anybody else is answered."""

import pytest

from app.coop.offices.models import OfficerAct
from app.sms.models import Inbound
from tests import sample_cooperative, sample_declarations
from tests.commands.broadcast_office import TEXT, office

__all__ = ["office"]


@pytest.mark.parametrize("sender", [sample_cooperative.AWA, sample_cooperative.NOBODY, sample_cooperative.SHARED])
@pytest.mark.parametrize("text", [f"DIFF TOUS {TEXT}", "URGENT TOUS Vent", "OUI 1234", "ETAT", f"MEMBRE {sample_cooperative.AWA}"])
def test_anybody_else_is_answered_as_a_member_and_written_down(office, sender, text):
    office.ordered()
    assert "PRIX, SOLDE, PROD" in office.ask(text, sender)
    assert [(row.sender, row.state) for row in office.rows(Inbound)][-1] == (sender, "refused")
    assert [row.state for row in office.broadcasts()] == ["sending"]


@pytest.mark.parametrize("sender", [sample_cooperative.AWA, sample_cooperative.NOBODY, sample_cooperative.SHARED])
def test_a_members_cancelling_stops_no_broadcast(office, sender):
    office.ordered()
    assert "ANNULER et sa réf" in office.ask("ANNULER 1", sender) or sender == sample_cooperative.NOBODY
    assert [row.state for row in office.broadcasts()] == ["sending"]


def test_a_co_operatives_officer_stays_within_it(office):
    federation = office.ordered(f"DIFF SECRETAIRES {TEXT}", sample_declarations.ADMINISTRATOR)
    assert "1 numéro" in federation
    assert "aucun envoi 1" in office.ask("ANNULER 1", sample_declarations.PRESIDENT)
    assert "aucun envoi 1" in office.ask("ETAT 1", sample_declarations.PRESIDENT)
    office.ordered("DIFF TOUS Marché fermé")
    assert "envoi 2" in office.ask("ETAT 2", sample_declarations.ADMINISTRATOR)
    assert "arrêté" in office.ask("ANNULER 2", sample_declarations.ADMINISTRATOR)


def test_a_member_is_looked_up_without_name_or_amount(office):
    office.ask("STOP", sample_cooperative.AWA)
    said = office.ask("MEMBRE 77 000 00 12")
    assert said == "Jappoo: C00001, CPS1, actif, annonces non, alertes oui."
    assert "C00003" in office.ask(f"membre {sample_cooperative.SHARED}")
    assert "pas encore activé" in office.ask(f"MEMBRE {sample_cooperative.NEW[4:]}")
    assert "aucun membre" in office.ask("MEMBRE 771234567")
    for card in ("001", "C00001", "carte n° 001"):
        assert office.ask(f"MEMBRE {card}") == said
    assert "C00002, CPS1, actif, numéro partagé" in office.ask("MEMBRE 002")
    assert "aucun membre" in office.ask("MEMBRE 999")
    assert {(act.act, act.member_id) for act in office.rows(OfficerAct)} == {("look up", member) for member in (1, 2, 3, 4)}


def test_officers_have_a_help_of_their_own(office):
    assert "DIFF ou URGENT public texte" in office.ask("AIDE")
    assert office.answers()[-1].parts == 1
    assert "DIFF" not in office.ask("AIDE", sample_cooperative.AWA)


def test_the_help_names_only_what_the_office_may_do(office):
    """The federation weighs nothing; a secretary does."""
    assert "VALIDER, TARIF, REPONDRE" in office.ask("AIDE")
    said = office.ask("AIDE", sample_declarations.ADMINISTRATOR)
    assert "VALIDER" not in said
    assert "MEMBRE, TARIF, REPONDRE" in said
