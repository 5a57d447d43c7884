"""Prices by SMS: asked in any spelling, proposed by officers."""

import pytest
from sqlalchemy import update

from app.coop import approvals
from app.coop.prices import proposals
from app.coop.prices.models import PriceProposal, PriceRow
from app.coop.products.models import Product
from app.gsm7 import septets
from tests import sample_cooperative, sample_declarations
from tests.acts import by


@pytest.fixture
def quayside(desk):
    sample_declarations.appoint(desk.database)
    return desk


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prix yeet", "Yeet: 2 000 F par caisse, depuis le 26/08, fédération"),
        ("Prix YÉÉT", "Yeet: 2 000 F"),
        ("prix tiofs", "Thiof"),
        ("prix sardinel", "Sardinelle: 3 000 F"),
        ("prix sardin", "Sardinelle"),
        ("prix du kilo de tiof", "Thiof: 1 000 F"),
    ],
)
def test_a_misspelling_is_understood_or_a_name_is_suggested(desk, text, says):
    assert says in desk.say(text)


def test_the_place_of_a_price_is_its_own(desk, clock):
    with desk.database.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, grade=None, unit="kg", amount=1400, from_at=clock()))
    assert "Thiof: 1 400 F par kg, depuis le 24/11, CPS1" in desk.say("PRIX thiof")
    assert "Yeet: 2 000 F par caisse, depuis le 26/08, fédération" in desk.say("PRIX yeet")
    assert "Thiof: 1 000 F par kg, depuis le 26/08, fédération" in desk.say("PRIX thiof", sender=sample_cooperative.NOBODY)


def test_grades_with_a_price_of_their_own_are_said(desk, clock):
    with desk.database.transaction() as session:
        for grade, amount, cooperative in (("A", 1300, None), ("B", 900, None), ("B", 950, 1)):
            row = {"product_id": 1, "cooperative_id": cooperative, "grade": grade, "amount": amount}
            session.add(PriceRow(unit="kg", from_at=clock(), **row))
    assert "Thiof: A 1 300 F par kg" in desk.say("PRIX thiof A")
    assert "Thiof: C 1 000 F par kg" in desk.say("PRIX thiof qualité C")
    assert "Thiof: 1 000 F, A 1 300 F, B 950 F par kg, depuis le 24/11, fédération, CPS1" in desk.say("PRIX thiof")
    assert "Thiof 1 000 F/kg; Thiof A 1 300 F/kg; Thiof B 950 F/kg" in desk.say("PRIX")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("TARIF thiof 1300", 1300), ("tarif tiofs 1 300 F", 1300), ("Tarif Thiof 1.300 fcfa", 1300), ("TARIF thiof 1,300", 1300)],
)
def test_tarif_notes_and_publishes_nothing(quayside, text, amount):
    prices = len(quayside.rows(PriceRow))
    said = quayside.say(text, sender=sample_declarations.SECRETARY)
    assert "1 300 F par kg (avant 1 000 F), CPS1: noté" in said or "Thiof" in said
    assert septets(said) <= 160
    assert len(quayside.rows(PriceRow)) == prices
    assert [row.amount for row in quayside.rows(PriceProposal)] in ([amount], [])


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        *dict.fromkeys(("12 500", "12\u00a0500", "12\u202f500", "12 500 F", "XOF 12 500", "12.500", "12 500-"), 12_500).items(),
        *dict.fromkeys(("12500,00", "12500.4", "1.355,90", "-12 500", "1,25E+04", "=B2*C2", "")).items(),
    ],
)
def test_an_amount_as_spreadsheets_write_it_is_read_whole_or_not_at_all(quayside, cell, amount):
    quayside.say(f"TARIF thiof {cell}", sender=sample_declarations.SECRETARY)
    assert [row.amount for row in quayside.rows(PriceProposal)] == ([amount] if amount else [])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("TARIF thiof 1300 F/kg", 1300),
        ("TARIF thiof 1 300 F CFA par kilo", 1300),
        ("TARIF thiof A 1300 le kg", 1300),
        ("TARIF yeet 3 000 F la caisse", 3000),
        ("TARIF yeet 3000 F/kg", None),
        ("TARIF thiof 1300 la caisse", None),
        ("TARIF thiof 1300 F demain", None),
        ("TARIF thiof 1300 kg", None),
    ],
)
def test_tarif_takes_the_unit_that_the_product_is_counted_in_and_no_other(quayside, text, amount):
    said = quayside.say(text, sender=sample_declarations.SECRETARY)
    assert [row.amount for row in quayside.rows(PriceProposal)] == ([amount] if amount else [])
    assert amount or "Rien n'est noté" in said


def test_a_products_own_last_letter_is_none_of_a_grade(quayside):
    with quayside.database.transaction() as session:
        session.execute(update(Product).where(Product.id == 1).values(name="Thiof X"))
    assert "Thiof X, 1 300 F par kg" in quayside.say("TARIF thiof x 1300", sender=sample_declarations.SECRETARY)
    quayside.say("TARIF yeet x 1300", sender=sample_declarations.SECRETARY)
    assert [row.product_id for row in quayside.rows(PriceProposal)] == [1]


def test_tarif_takes_a_grade_and_names_what_it_may_mean(quayside):
    assert "Thiof A, 1 300 F par kg" in quayside.say("TARIF thiof A 1300", sender=sample_declarations.SECRETARY)
    assert [(row.grade, row.amount) for row in quayside.rows(PriceProposal)] == [("A", 1300)]
    before = len(quayside.rows(PriceProposal))
    assert "qualité A, ou toutes ? Envoyez TARIF THIOF 1300, ou TARIF THIOF QUALITE A 1300" in quayside.say(
        "Tarif thiof a 1300", sender=sample_declarations.SECRETARY
    )
    assert len(quayside.rows(PriceProposal)) == before
    assert "Thiof, 1 350 F par kg" in quayside.say("TARIF thiof à 1350 francs", sender=sample_declarations.SECRETARY)
    assert "Thiof A, 1 250 F" in quayside.say("tarif thiof qualite a 1250", sender=sample_declarations.SECRETARY)
    assert [row.grade for row in quayside.rows(PriceProposal)] == ["A", None, "A"]
    assert "prix de Sardinelle ? Envoyez TARIF" in quayside.say("TARIF sardin 5000", sender=sample_declarations.SECRETARY)
    assert "Envoyez PRIX" in quayside.say("PRIX sardin")


def test_what_tarif_cannot_read_is_said(quayside):
    for text in (
        "TARIF",
        "TARIF thiof",
        "TARIF 1300",
        "TARIF thiof 0",
        "TARIF thiof 99999999",
        "TARIF thiof 12,5",
        "TARIF thiof 1.355,90",
    ):
        assert "par exemple" in quayside.say(text, sender=sample_declarations.SECRETARY)
    assert quayside.rows(PriceProposal) == []
    assert "PRIX, SOLDE, PROD" in quayside.say("TARIF thiof 1300", sender=sample_cooperative.AWA)


def test_a_proposal_is_confirmed_by_its_own_officer_within_its_life_and_once(quayside, clock):
    quayside.say("TARIF thiof 1100", sender=sample_declarations.SECRETARY)
    (row,) = quayside.rows(PriceProposal)
    president = proposals.Office(102, "president", 1)
    with quayside.database.transaction() as session:
        with pytest.raises(proposals.ProposalClosed):
            proposals.confirm(session, by(president, "x", clock()), row.id)
        assert approvals.waiting_for(session, president, clock()) == []
        with pytest.raises(proposals.ProposalClosed):
            proposals.confirm(session, by(sample_declarations.CLERK, "x", clock() + proposals.LIVES), row.id)
        assert proposals.confirm(session, by(sample_declarations.CLERK, "x", clock()), row.id)
        with pytest.raises(proposals.ProposalClosed):
            proposals.confirm(session, by(sample_declarations.CLERK, "x", clock()), row.id)


@pytest.mark.parametrize(
    ("before", "amount", "far"), [(1000, 1200, False), (1000, 1201, True), (1000, 799, True), (None, 5, False)]
)
def test_how_far_a_price_moves(before, amount, far):
    assert proposals.moves_far(before, amount, 20) is far
