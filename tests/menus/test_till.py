"""The till and a member's own money, on the phone: asked, approved by two, handed over, confirmed by her PIN."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.coop.approvals import sweep
from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.queries import balances_of
from app.coop.members.models import Member
from app.coop.offices.models import OfficerAct
from app.coop.till.models import Payout
from app.coop.verify import verify
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What doesn't depend on the database is tried on one."""


@pytest.fixture
def line(line, database):
    sample_declarations.treasurer(database)
    return line


def talk(line, phone, *entries, to=()):
    """Dial, and type what follows; return the last screen."""
    call = line(phone)
    said = call.dial([*to])
    for entry in entries:
        said = call.type(entry)
    return said


def at_till(line, phone, choice, *entries):
    return talk(line, phone, "2468", *entries, to=("8", "3", "4", choice))


def approve(line, *phones):
    for phone in phones:
        said = talk(line, phone, "2468", "1", "1", "2468", to=("8", "2"))
    return said


def balances(database, member=1):
    with database.read() as reader:
        assert verify(reader).wrong == ()
        return balances_of(reader, member)


def messages(database, cause):
    with database.read() as reader:
        return list(reader.execute(select(Message.to_number, Message.text, Message.parts).where(Message.cause.like(cause))))


def ask(line):
    return talk(line, sample_cooperative.AWA, "2468", "2", "5000", "2468", to=("1",))


def test_a_member_takes_savings_out_under_her_pin_and_three_officers(line, database):
    call = line(sample_cooperative.AWA)
    call.dial(["1"])
    assert "2 Retrait d'épargne" in call.type("2468")
    assert "Épargne libre 12 500 F" in call.type("2")
    assert "Pas assez" in call.type("12501")
    assert "Retirer 5 000 F" in call.type("5 000 F")
    reference = re.search(r"réf (\d{6})", call.type("2468"))[1]
    assert f"Retrait d'épargne 5 000 F, réf {reference}: vos responsables" in talk(
        line, sample_cooperative.AWA, "2468", "2", to=("1",)
    )
    assert "Approuvé" in approve(line, sample_declarations.SECRETARY, sample_declarations.PRESIDENT)
    assert "accepté, passez" in talk(line, sample_cooperative.AWA, "2468", "2", to=("1",))
    assert f"Remis: 5 000 F, réf {reference}" in at_till(line, sample_declarations.TREASURER, "5", "001", "1", "1")
    ((phone, text, parts),) = messages(database, "payout:%:handed")
    assert (phone, reference in text, " F" in text, parts) == (sample_cooperative.AWA, True, False, 1)
    assert "5 000 F" in talk(line, sample_cooperative.AWA, "2468", "2", to=("1",)), "what was handed over comes first"
    assert "remis le" in talk(line, sample_cooperative.AWA, "2468", "3", "1", to=("1",))
    assert "pas recu 5 000 F ?" in talk(line, sample_cooperative.AWA, "2468", "3", "1", "2", to=("1",))
    assert balances(database).savings == 7_500
    assert "C'est noté" in talk(line, sample_cooperative.AWA, "2468", "3", "1", "1", "2468", to=("1",))
    assert len(messages(database, "payout:%:paid")) == 1
    assert balances(database).savings == 7_500
    assert "Épargne retirée -5 000 F" in talk(line, sample_cooperative.AWA, "2468", "1", to=("1",))


@ON_SQLITE
def test_a_member_takes_her_wish_back(line, database):
    ask(line)
    assert "Demande annulée" in talk(line, sample_cooperative.AWA, "2468", "2", "1", "2468", to=("1",))
    ((phone, text, parts),) = messages(database, "payout:%:cancelled")
    assert (phone, "retirée" in text, parts) == (sample_cooperative.AWA, True, 1)
    assert "Rien à approuver" in talk(line, sample_declarations.PRESIDENT, "2468", to=("8", "2"))
    assert "Épargne libre 12 500 F" in talk(line, sample_cooperative.AWA, "2468", "2", to=("1",))
    assert balances(database).savings == 12_500


@ON_SQLITE
def test_a_wrong_pin_asks_for_nothing(line, database):
    assert "Code faux" in talk(line, sample_cooperative.AWA, "2468", "2", "5000", "1122", to=("1",))
    with database.read() as reader:
        assert reader.execute(select(Payout.id)).all() == []


@ON_SQLITE
def test_frozen_money_says_until_when(line, database):
    until = datetime.now(UTC) + timedelta(hours=20)
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(money_frozen_until=until))
    assert f"Argent suspendu jusqu'à {until:%H:%M le %d/%m}. Rien n'est changé" in talk(
        line, sample_cooperative.AWA, "2468", "2", "5000", "2468", to=("1",)
    )


@ON_SQLITE
@pytest.mark.parametrize(("choice", "field"), [("1", "savings"), ("2", "shares")])
def test_money_comes_in_by_the_treasurers_pin_and_she_is_told(line, database, choice, field):
    before = getattr(balances(database), field)
    assert "Awa 1: quel versement" in at_till(line, sample_declarations.TREASURER, "1", "001")
    assert "de Awa 1 ?" in at_till(line, sample_declarations.TREASURER, "1", "001", choice, "500", "1")
    said = at_till(line, sample_declarations.TREASURER, "1", "001", choice, "500", "1", "2468")
    assert "500 F de C00001: encaissé, numéro" in said
    assert getattr(balances(database), field) == before + 500
    ((phone, text, parts),) = messages(database, "till:%")
    assert (phone, "500" in text, parts) == (sample_cooperative.AWA, False, 1)
    with database.read() as reader:
        assert ("money taken in", 104, 1) in set(reader.execute(select(OfficerAct.act, OfficerAct.person_id, OfficerAct.member_id)))


@ON_SQLITE
def test_an_advance_is_asked_with_its_plan_handed_over_and_followed(line, database):
    said = at_till(line, sample_declarations.TREASURER, "3", "001", "10000", "3")
    assert "Avance 10 000 F à Awa 1, 3 x 3 334 F" in said
    assert "Demandé: Avance 10 000 F, réf" in at_till(line, sample_declarations.TREASURER, "3", "001", "10000", "3", "2468")
    assert [parts for *_, parts in messages(database, "payout:%:asked")] == [1]
    assert "3 x" not in approve(line, sample_declarations.SECRETARY, sample_declarations.PRESIDENT)
    at_till(line, sample_declarations.TREASURER, "5", "001", "1", "1")
    assert "Avance: reste 10 000 F, le" in talk(line, sample_cooperative.AWA, "2468", "4", to=("1",))
    assert "Personne n'est en retard" in at_till(line, sample_declarations.TREASURER, "8")
    assert balances(database).advance == 10_000


@ON_SQLITE
def test_instalments_of_less_than_a_franc_are_asked_again(line, database):
    said = at_till(line, sample_declarations.TREASURER, "3", "001", "5", "6")
    assert said.startswith("Moins d'un franc par mois")
    assert "5 F à rendre en combien de mois" in said
    assert "5 x 1 F" in at_till(line, sample_declarations.TREASURER, "3", "001", "5", "6", "5")
    assert balances(database).advance == 0


@ON_SQLITE
@pytest.mark.parametrize("typed", ["100000000", "9" * 30, "000", "-5", "5,5", "1e6", "5000 000 0000"])
def test_an_amount_that_doesnt_fit_is_asked_again_and_never_cut(line, database, typed):
    said = at_till(line, sample_declarations.TREASURER, "3", "001", typed)
    assert "avance de combien de F ?" in said
    assert not said.startswith("Awa")  # a refusal stands above the question
    with database.read() as reader:
        assert reader.scalars(select(Payout.id)).all() == []


@ON_SQLITE
def test_a_lease_names_its_asset_to_those_who_decide(line):
    said = at_till(line, sample_declarations.TREASURER, "4", "001", "Moteur 15 CV", "60000", "12", "2468")
    assert "Demandé: Crédit-bail Moteur 15 CV 60 000 F, réf" in said
    assert "Crédit-bail Moteur 15 CV en 12 fois 60 000 F" in talk(
        line, sample_declarations.SECRETARY, "2468", to=("8", "2")
    ).replace("\n", " ")


@ON_SQLITE
def test_two_officers_and_a_number_pay_who_has_no_telephone(line, database):
    reference = re.search(r"réf (\d{6})", ask(line))[1]
    approve(line, sample_declarations.SECRETARY, sample_declarations.PRESIDENT)
    at_till(line, sample_declarations.TREASURER, "5", "001", "1", "1")
    assert "2e responsable tape" in at_till(line, sample_declarations.TREASURER, "6", reference, "4711", "2468")
    assert "déjà signé" in at_till(line, sample_declarations.TREASURER, "6", reference, "4711", "2468")
    assert "C'est payé" in at_till(line, sample_declarations.PRESIDENT, "6", reference, "4711", "2468")
    assert balances(database).savings == 7_500
    ((phone, text, parts),) = messages(database, "payout:%:signed")
    assert (phone, "reçu signé, numéro 4711" in text.replace("recu", "reçu"), parts) == (sample_cooperative.AWA, True, 1), (
        "if she has one"
    )


@ON_SQLITE
def test_savings_that_never_came_are_a_contest_that_another_officer_answers(line, database):
    ask(line)
    approve(line, sample_declarations.SECRETARY, sample_declarations.PRESIDENT)
    at_till(line, sample_declarations.TREASURER, "5", "001", "1", "1")
    said = talk(line, sample_cooperative.AWA, "2468", "3", "1", "2", "1", to=("1",))
    number = re.search(r"Réclamation (\d{6}) notée", said)[1]
    assert [number in text for _, text, _ in messages(database, "contest:%")] == [True]
    assert "Rien à confirmer" in talk(line, sample_cooperative.AWA, "2468", "3", to=("1",))
    assert "votre réclamation attend" in talk(line, sample_cooperative.AWA, "2468", "2", to=("1",))
    assert "Aucune réclamation" in talk(line, sample_declarations.TREASURER, "2468", to=("8", "3", "5"))
    assert f"{number} Caisse" in talk(line, sample_declarations.SECRETARY, "2468", to=("8", "3", "5"))
    assert "Un SMS le lui dit" in talk(
        line, sample_declarations.SECRETARY, "2468", "1", "1", "Erreur de caisse", "2468", to=("8", "3", "5")
    )
    assert balances(database).savings == 12_500


def test_an_entry_is_corrected_by_two(line, database):
    at_till(line, sample_declarations.TREASURER, "1", "001", "1", "500", "1", "2468")
    assert "Épargne 500 F" in at_till(line, sample_declarations.TREASURER, "7", "001")
    assert "Demandé: annuler Épargne 500 F." in at_till(line, sample_declarations.TREASURER, "7", "001", "1", "2468")
    assert balances(database).savings == 13_000
    assert "Rien à approuver" in talk(line, sample_declarations.TREASURER, "2468", to=("8", "2"))
    assert "Approuvé" in approve(line, sample_declarations.SECRETARY)
    assert balances(database).savings == 12_500
    with database.transaction() as session:
        sweep.sweep(session, now=datetime.now(UTC))
    assert [phone for phone, *_ in messages(database, "approval:%:given")] == [sample_cooperative.AWA]
    assert "Correction -500 F" in talk(line, sample_cooperative.AWA, "2468", "1", to=("1",))


@ON_SQLITE
def test_a_levy_on_deliveries_waits_for_another(line):
    assert "Demandé: cotisation 100 F. Un autre responsable décide." in at_till(
        line, sample_declarations.TREASURER, "1", "001", "6", "100", "2468"
    )
    said = approve(line, sample_declarations.SECRETARY)
    assert "Impossible: la CPS ne lui doit pas autant" in said


@ON_SQLITE
@pytest.mark.parametrize(
    ("phone", "entries", "words"),
    [
        (sample_declarations.TREASURER, ("1", "104"), "Pas pour vous"),
        (sample_declarations.TREASURER, ("1", "999"), "Carte ou téléphone inconnu"),
        (sample_declarations.TREASURER, ("1", "001", "1", "abc"), "Un montant entier"),
        (sample_declarations.TREASURER, ("1", "001", "1", "999999999"), "Un montant entier"),
        (sample_declarations.TREASURER, ("1", "001", "3", "500"), "Il reste à rendre: 0 F"),
        (sample_declarations.TREASURER, ("3", "001", "500", "25"), "1 à 24"),
        (sample_declarations.TREASURER, ("3", "001", "5", "6"), "Moins d'un franc par mois"),
        (sample_declarations.TREASURER, ("4", "001", "*"), "1 à 20"),
        (sample_declarations.TREASURER, ("5", "001"), "Rien d'accepté"),
        (sample_declarations.TREASURER, ("6", "623590"), "Rien de remis"),
        (sample_declarations.SECRETARY, ("1",), "pas de votre charge"),
    ],
)
def test_what_the_till_refuses(line, phone, entries, words):
    assert words in at_till(line, phone, *entries)


@ON_SQLITE
@pytest.mark.parametrize("choice", ["3", "4"])
def test_a_scoops_is_told_at_once_that_it_lends_nothing(line, database, choice):
    with database.transaction() as session:
        session.execute(update(Cooperative).values(legal_form="SCOOPS"))
    said = at_till(line, sample_declarations.TREASURER, choice, "00001")
    assert said == "Art. 251: une SCOOPS ne prete pas à ses membres. Rien n'est changé.\n0 Retour"


def at_box(line, *entries):
    return talk(line, sample_declarations.TREASURER, "2468", *entries, to=("8", "3", "8"))


def test_the_box_is_counted_filled_and_brought_to_the_bank(line, database):
    assert "En caisse 1 022 500 F, promis 0 F, libre 1 022 500 F" in at_box(line)
    assert "Entrée d'une vente: 7 500 F ?" in at_box(line, "1", "7500")
    assert at_box(line, "1", "7500", "2468").startswith("Entrée d'une vente: 7 500 F noté.\nEn caisse 1 030 000 F")
    assert "Sortie vers la banque: 30 000 F noté.\nEn caisse 1 000 000 F" in at_box(line, "4", "30000", "2468")
    assert "libre 1 000 000 F" in at_box(line)
    assert "Il reste en caisse: 1 000 000 F. Rien n'est changé." in at_box(line, "4", "1000001", "2468")
    with database.read() as reader:
        assert verify(reader).wrong == ()
        acts = select(OfficerAct.act).where(OfficerAct.act.like("cash %"))
        assert sorted(reader.scalars(acts)) == ["cash into the box", "cash out of the box"]


@ON_SQLITE
def test_what_the_box_does_not_cover_is_neither_approved_nor_handed_over(line, database):
    ask(line)
    at_box(line, "4", "1020000", "2468")
    assert "la caisse n'a pas assez" in approve(line, sample_declarations.SECRETARY, sample_declarations.PRESIDENT)
    at_box(line, "1", "2500", "2468")
    assert "Approuvé" in approve(line, sample_declarations.PRESIDENT)
    assert "promis 5 000 F, libre 0 F" in at_box(line)
    assert balances(database).savings == 12_500
