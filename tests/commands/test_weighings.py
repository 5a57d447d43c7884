"""Weighings by SMS are noted in the officer's list; only the PIN on USSD moves money."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app.commands.weighings import WeighedLine, read_lines
from app.coop.ledger.models import JournalEntry
from app.coop.members.models import Number
from app.coop.prices.models import PriceRow
from app.coop.production.models import Weighing
from app.gsm7 import septets
from tests import sample_cooperative, sample_declarations


@pytest.fixture
def refs(desk, clock):
    sample_declarations.appoint(desk.database)
    return sample_declarations.declared(desk.database, sample_declarations.women(desk.database, 3), clock())


@pytest.mark.parametrize(
    ("rest", "lines"),
    [
        ("623590 12,5 A", [("623590", "12,5", "A")]),
        ("623590 12,5 A 111112 30 B", [("623590", "12,5", "A"), ("111112", "30", "B")]),
        ("623590 12,111112 30", [("623590", "12", None), ("111112", "30", None)]),
        ("623590 12.5KG A", [("623590", "12.5", "A")]),
        ("623590 12,5A", [("623590", "12,5", "A")]),
        ("623590 12,5 KILOGRAMMES QUALITE A 111112 30", [("623590", "12,5", "A"), ("111112", "30", None)]),
        ("623590 12 KG", [("623590", "12", None)]),
        ("REF 623590 12,5 A", [("623590", "12,5", "A")]),
        ("623 590 120 A, 111 112 300", [("623590", "120", "A"), ("111112", "300", None)]),
        ("623590 120 REF 111 112 30 B", [("623590", "120", None), ("111112", "30", "B")]),
        ("623590 12 500", []),
        ("623 590", []),
        ("623590 12 Z", []),
        ("62359 12", []),
        ("623590", []),
        ("", []),
    ],
)
def test_lines_are_read(rest, lines):
    assert read_lines(rest) == [WeighedLine(*line) for line in lines]


def test_lines_are_noted_once_and_nothing_is_credited(desk, refs):
    entries = len(desk.rows(JournalEntry))
    text = f"Valider {refs[0]} 12,5 a, {refs[1]} 30 B, 111112 3"
    said = desk.say(text, sender=sample_declarations.SECRETARY, sms_id="one")
    assert "2 pesées notées" in said
    assert "Inconnues ici: 111112" in said
    assert septets(said) <= 160
    assert desk.say(text, sender=sample_declarations.SECRETARY, sms_id="one") is None
    assert [(row.grade, row.state, row.channel) for row in desk.rows(Weighing)] == [("A", "noted", "sms"), ("B", "noted", "sms")]
    assert len(desk.rows(JournalEntry)) == entries
    assert f"rien n'est noté. Déjà pesées: {refs[0]}." in desk.say(f"VALIDER {refs[0]} 12", sender=sample_declarations.SECRETARY)
    assert "par exemple" in desk.say("VALIDER tout", sender=sample_declarations.SECRETARY)


@pytest.mark.parametrize("manners", ["svp", "s'il vous plaît", "merci d'avance", "à bientôt", "Merci Awa", ", Awa Diop"])
def test_manners_take_no_grade_along(desk, refs, manners):
    assert "1 pesée notée" in desk.say(f"VALIDER {refs[0]} 12,5 A {manners}", sender=sample_declarations.SECRETARY)
    assert [row.grade for row in desk.rows(Weighing)] == ["A"]


@pytest.mark.parametrize("grade", ["D", "S", "D merci", "s svp"])
def test_a_grade_that_there_is_not_is_no_manners(desk, refs, grade):
    assert "Rien n'est noté" in desk.say(f"VALIDER {refs[0]} 12,5 {grade}", sender=sample_declarations.SECRETARY)
    assert desk.rows(Weighing) == []


@pytest.mark.parametrize(("end", "weight"), [(" 12", ",5 B"), (" 12,", "5 B"), (" 12,5", " B")])
def test_a_weight_cut_between_two_pieces_is_noted_whole_or_not_at_all(desk, refs, end, weight):
    several = "".join(f"{ref} 12,5 A, " for ref in refs[:2])
    first = f"VALIDER {several}"
    first += " " * (153 - len(first) - len(refs[2]) - len(end)) + refs[2] + end
    said = desk.say(first, sender=sample_declarations.SECRETARY)
    assert "2 pesées notées" in said
    assert f"Fin coupée ? Renvoyez: {refs[2]}." in said
    assert {(row.weight, row.grade) for row in desk.rows(Weighing)} <= {(Decimal("12.5"), "A")}
    desk.say(weight, sender=sample_declarations.SECRETARY)
    assert [(row.weight, row.grade) for row in desk.rows(Weighing)] == [(Decimal("12.5"), grade) for grade in "AAB"]


def test_a_weight_read_over_a_missing_piece_is_noted_anew_when_that_comes(desk, refs):
    office = sample_declarations.SECRETARY
    first = f"VALIDER {refs[0]} 12,5 A, "
    first += " " * (153 - len(first) - len(refs[1]) - 2) + refs[1] + " 1"
    middle, end = "2,5 A," + " " * 140 + refs[2] + " ", "7 B"
    desk.say(first, sender=office)
    assert "1 pesée notée" in desk.say(end, sender=office)
    assert [row.weight for row in desk.rows(Weighing)] == [Decimal("12.5"), Decimal(17)]
    assert "3 pesées notées" in desk.say(middle, sender=office)
    noted = [(row.weight, row.grade) for row in desk.rows(Weighing) if row.state == "noted"]
    assert noted == [(Decimal("12.5"), "A"), (Decimal("12.5"), "A"), (Decimal(7), "B")]
    # Where a second middle piece belongs can't be told: what was noted is taken back, and so it is said.
    assert "Rien n'est enregistré" in desk.say(middle[:-1] + ".", sender=office)
    assert {row.state for row in desk.rows(Weighing)} == {"undone"}


def test_every_line_of_a_very_long_sms_is_noted(desk, clock):
    sample_declarations.appoint(desk.database)
    refs = sample_declarations.declared(desk.database, sample_declarations.women(desk.database, 50), clock())
    said = desk.say("Valider: " + "; ".join(f"{ref} 12,5 a" for ref in refs), sender=sample_declarations.SECRETARY)
    assert said.startswith("Jappoo: 50 pesées notées.")
    assert len(desk.rows(Weighing)) == 50


def test_a_weight_far_from_the_declaration_is_noted_and_pointed_out(desk, refs):
    said = desk.say(f"VALIDER {refs[0]} 12, {refs[1]} 30, {refs[2]} 5, 111112 3", sender=sample_declarations.SECRETARY)
    assert f"Poids loin du déclaré: {refs[1]}, {refs[2]}." in said
    assert len(desk.rows(Weighing)) == 3
    assert septets(said) <= 160


def test_a_weight_with_three_decimals_is_not_noted_and_how_to_write_it_is_said(desk, refs):
    said = desk.say(f"VALIDER {refs[0]} 1.200 A, {refs[1]} 12,5", sender=sample_declarations.SECRETARY)
    assert f"Poids pas clair: {refs[0]} 1,2 ou 1200." in said
    assert septets(said) <= 160
    assert len(desk.rows(Weighing)) == 1
    assert "rien n'est noté. Poids pas clair" in desk.say(f"VALIDER {refs[0]} 1,200", sender=sample_declarations.SECRETARY)
    assert len(desk.rows(Weighing)) == 1


def test_one_reference_with_two_weights_is_not_noted_and_twice_the_same_is_once(desk, refs):
    said = desk.say(
        f"VALIDER {refs[0]} 12,5 A, {refs[1]} 12,5, {refs[0]} 13 A, {refs[1]} 12,5", sender=sample_declarations.SECRETARY
    )
    assert said.startswith("Jappoo: 1 pesée notée.")
    assert said.endswith(f"Deux poids: {refs[0]}.")
    assert [row.weight for row in desk.rows(Weighing)] == [Decimal("12.5")]


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ("{0} 1.250, {1} 1.250, {2} 100", "Poids pas clair: {0} 1,25 ou 1250. Et 2 autres."),
        ("{0} 0, {2} 100, " + ", ".join(f"{100000 + number} 5" for number in range(30)), "Et 30 autres."),
        (", ".join(f"{100000 + number} 5" for number in range(30)), "100006, 100007. Et 21 autres."),
    ],
)
def test_what_is_not_noted_is_named_as_far_as_one_sms_goes(desk, refs, lines, end):
    said = desk.say(f"VALIDER {lines.format(*refs)}", sender=sample_declarations.SECRETARY)
    assert (end.format(*refs) in said, septets(said) <= 160) == (True, True)


def test_a_line_worth_too_much_is_not_noted_and_said(desk, refs):
    with desk.database.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, unit="kg", amount=999_999, from_at=sample_cooperative.LONG_AGO))
    said = desk.say(f"VALIDER {refs[0]} 101 A, {refs[1]} 12,5", sender=sample_declarations.SECRETARY)
    assert "1 pesée notée" in said
    assert f"Plus de 99 999 999 F: {refs[0]}." in said
    assert f"rien n'est noté. Plus de 99 999 999 F: {refs[2]}." in desk.say(
        f"VALIDER {refs[2]} 99999", sender=sample_declarations.SECRETARY
    )
    assert len(desk.rows(Weighing)) == 1


@pytest.mark.parametrize("sender", [sample_cooperative.AWA, sample_cooperative.NOBODY, sample_declarations.ADMINISTRATOR])
def test_anybody_else_is_answered_as_a_member(desk, refs, sender):
    assert "PRIX, SOLDE, PROD" in desk.say(f"VALIDER {refs[0]} 12", sender=sender)
    assert desk.rows(Weighing) == []
    with desk.database.read() as reader:
        assert reader.scalar(select(Weighing.id)) is None


@pytest.mark.parametrize(
    "text", ["VALIDER {ref} 12,5 A", "TARIF thiof 1200", "REPONDRE 1 bonjour", "DIFF CPS1 Réunion demain", "ETAT"]
)
def test_an_officers_trusted_number_is_no_officers_by_sms(desk, refs, text):
    with desk.database.transaction() as session:
        session.execute(update(Number).where(Number.phone == sample_declarations.SECRETARY).values(trusted=True))
    assert "PRIX, SOLDE, PROD" in desk.say(text.format(ref=refs[0]), sender=sample_declarations.SECRETARY)
    assert desk.rows(Weighing) == []
