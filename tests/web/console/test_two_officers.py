"""Two officers of one co-operative at one form: the second changes nothing that the first did, and is shown what that was."""

import re
from datetime import date

import pytest
from sqlalchemy import update

from app.coop.equipment.models import Booking
from tests import sample_declarations
from tests.web.console.test_pages import inside, plain
from tests.web.console.test_route_rights import ours
from tests.web.console.test_scopes import IDS, houses

__all__ = ["houses"]
FIRST, SECOND, CARE = sample_declarations.SECRETARY, sample_declarations.PRESIDENT, sample_declarations.ADMINISTRATOR
BY = r"En dernier : {}, Responsable 10\d, le 24/11 à 10:00\."
OFTEN = {
    "correspondence.answer": ("/letters/1/answer", {"words": "Demain à 9 h"}, BY.format("SMS répondu")),
    "console.stop": ("/broadcasts/1/stop", {}, BY.format("diffusion arrêtée")),
    "equipment.decide": ("/equipment/bookings/1/decide", {"accept": "1"}, BY.format("réservation acceptée")),
    "equipment.repair": (
        "/equipment/1/repair",
        {"seen": "usable"},
        "L'état .* a changé .* : en réparation\\. " + BY.format("matériel en réparation"),
    ),
    "ideas.decide": ("/ideas/1/decide", {"wish": "publish"}, BY.format("idée publiée")),
    "sales.end": ("/boutique/offers/{offer}/end", {}, BY.format("offre retirée")),
    "correspondence.take": ("/call-backs/2/take", {}, BY.format("rappel pris")),
    "trainings.choose": ("/trainings/2/choose", {"chosen": "1", "last": "1"}, BY.format("choix de l'entreprise noté")),
}
"""Done at once: what both send, and what the second reads."""
PHONED = {
    "equipment.hand_out": ("/equipment/bookings/2/out", {"state": "good"}, BY.format("matériel remis")),
    "equipment.take_back": ("/equipment/bookings/3/back", {"state": "good"}, BY.format("matériel repris")),
    "equipment.add": (
        "/equipment",
        {"name": "Broyeur", "place": "Joal", "fee": "0", "deposit": "0", "horizon": "14", "most": "4"},
        r"Impossible : ce nom est pris",
    ),
    "techniques.ask": (
        "/techniques",
        {"name": "Fumage", "filiere": "PECHE", "steps": "Saler, fumer trois heures."},
        r"Impossible : ce nom est pris",
    ),
    "sales.hand_over": ("/boutique/orders/1/hand-over", {"code": "538034"}, BY.format("vente")),
    "sales.paid": ("/boutique/orders/2/paid", {"box": "cash"}, BY.format("facture payée")),
    "sales.sell": ("/boutique/offers/{offer}/sell", {"units": "20", "seen": "1500"}, r"Impossible : il en reste \d+\."),
    "prices.ask": ("/prices/1/ask", {"amount": "1050", "seen": "1000"}, r"Le prix a changé depuis .* : 1 050 F"),
}
"""Done by the first one's PIN before the second sends the same form."""
CARES = {
    "foundation.change": ("/cps/1/set", {"setting": "name", "seen": "CPS Joal", "value": "CPS Joal centre"}, "Nom a changé depuis"),
    "foundation.end": ("/cps/1/product/end", {"name": "Thiof"}, r"Impossible : CPS1 ne prend pas Thiof\."),
    "foundation.found": (
        "/cps/new",
        {"code": "C9", "name": "x", "commune": "Mbour", "filiere": "PECHE", "form": "AER"},
        r"Impossible : C9 est déjà une CPS\.",
    ),
    "foundation.take": (
        "/cps/1/product",
        {"name": "Huitre", "unit": "kg", "filiere": "PECHE", "seen": "5"},
        "Impossible : CPS1 prend déjà Huitre",
    ),
    "ideas.begin": ("/ideas", {"support": "2026-12-24", "score": "2027-01-08"}, r"Impossible : un tour est ouvert"),
    "ideas.decline": ("/ideas/3/decline", {}, BY.format("idée pas réalisée")),
    "ideas.realise": ("/ideas/3/realise", {"name": "Huitre", "unit": "kg"}, BY.format("idée devenue un produit")),
    "offices.end": ("/offices/1/end", {}, BY.format("charge finie")),
    "offices.prolong": ("/offices/1/prolong", {"until": "2027-06-30", "seen": "None"}, "La fin de cette charge a changé"),
}
"""The same, by the federation's administrator twice."""
OWN = "what it changes is the officer's own"
ALONE = {
    **dict.fromkeys(
        ("access.begin", "access.choose", "access.end", "access.end_others", "access.prove", "access.remove", "console.sign_out"),
        OWN,
    ),
    **dict.fromkeys(
        ("imports.answers", "imports.ask", "imports.columns", "imports.take_back", "imports.upload", "imports.write"), OWN
    ),
    **dict.fromkeys(("broadcasts.confirm", "requests.withdraw"), OWN),
    "broadcasts.ask": "a text that is kept: test_broadcasts",
    "broadcasts.drop": "what is gone is gone: 403",
    "correspondence.close": "who took the call back closes it",
    "ideas.score": "each office scores for itself",
    "ledger.reverse": "it asks other officers, once: test_corrections",
    "offices.first_use": "it asks for another code each time",
    "offices.give": "the phone says that somebody has it already: test_console_requests",
    **dict.fromkeys(("papers.cards", "papers.lot_labels", "papers.members", "papers.shares", "papers.weighing_list"), "it prints"),
    **dict.fromkeys(("lots.recall", "trainings.applicants", "payments.file"), "it reads, and the journal keeps that"),
    **dict.fromkeys(("payments.references", "payments.take_references"), "each line says what is there already: test_payments"),
    **dict.fromkeys(("sales.pick_up", "trainings.chosen_in_file"), "it shows, and changes nothing"),
    "sales.put_up": "each puts up a part of its own, and the lot's rest is held against it: test_sales",
    "sales.refund": "it asks other officers, once: the phone says that it was asked",
}
"""Forms by which nothing of another's can be changed unseen, and why."""


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


def test_each_form_that_changes_something_is_tried(app):
    forms = {rule.endpoint for rule in ours(app) if "POST" in rule.methods}
    assert forms == {*OFTEN, *PHONED, *CARES, *ALONE}


@pytest.fixture
def offer(houses):
    with houses.read() as reader:
        return reader.exec_driver_sql("SELECT max(id) FROM offers").scalar()


@pytest.mark.parametrize("endpoint", OFTEN)
def test_the_second_is_told_who_was_first(officer, houses, offer, endpoint):
    path, form, says = OFTEN[endpoint]
    if endpoint == "correspondence.take":
        with houses.transaction() as session:
            session.connection().exec_driver_sql("UPDATE call_backs SET taken_by = NULL, taken_at = NULL")
        path = path.replace("2", "1")
    first, second = inside(officer, FIRST), inside(officer, SECOND)
    assert first.send(path.format(offer=offer), **form).status_code == 200
    second.send(path.format(offer=offer), **form)
    assert re.search(says, plain(second.page)), plain(second.page)[:900]


@pytest.mark.parametrize("endpoint", PHONED)
def test_the_second_is_told_what_the_first_ones_pin_has_done(officer, houses, offer, endpoint):
    path, form, says = PHONED[endpoint]
    with houses.transaction() as session:
        session.execute(update(Booking).where(Booking.id == 2).values(on_day=date(2026, 11, 24)))
        if endpoint == "equipment.hand_out":  # the machine is there again
            session.execute(update(Booking).where(Booking.id == 3).values(state="back"))
    first, second = inside(officer, FIRST), inside(officer, SECOND)
    first.send(path.format(offer=offer), **form)
    assert [said for said in first.on_phone() if "Impossible" in said] == []
    second.send(path.format(offer=offer), **form)
    assert re.search(says, plain(second.page)), plain(second.page)[:900]


@pytest.mark.parametrize("endpoint", CARES)
def test_the_federation_is_told_too(officer, houses, endpoint):  # noqa: ARG001 - they have what it changes
    path, form, says = CARES[endpoint]
    care, again = inside(officer, CARE), inside(officer, CARE)
    care.send(path, **form)
    assert [said for said in care.on_phone() if "Impossible" in said] == []
    again.send(path, **form)
    assert re.search(says, plain(again.page)), plain(again.page)[:900]


def test_ids_are_those_of_the_matrix():
    assert (IDS["equipment.hand_out"], IDS["equipment.take_back"], IDS["sales.paid"]) == (2, 3, 2)
