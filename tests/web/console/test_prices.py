"""Prices are read with what they were; another one, like an entry's reversal, is asked here and done on the phone."""

import pytest
from sqlalchemy import select

from app.coop.console_requests.models import ConsoleRequest
from app.coop.prices.models import PriceRow
from tests import sample_cooperative, sample_declarations, sample_deliveries
from tests.web.console.test_pages import inside, plain, rows


def test_prices_in_force_and_before(officer, database, clock):
    with database.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, unit="kg", amount=1250, from_at=clock(), published_by=101))
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/prices")
    assert rows(secretary.page, "prices")[0].replace("\u00a0", " ") == "1 Thiof 1 250 F par kg 24/11/2026 la CPS"
    secretary.get("/prices/1")
    assert [row.replace("\u00a0", " ") for row in rows(secretary.page, "past")] == [
        "24/11/2026 1 250 F par kg la CPS Responsable 101",
        "26/08/2026 1 000 F par kg la fédération -",
    ]


def test_a_price_is_asked_and_waits_for_the_pin(officer, database, clock):
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/prices/1")
    secretary.send("/prices/1/ask", amount="1\u00a0100", seen="1000")
    assert "puis 8, puis 14" in secretary.page
    with database.transaction() as session:
        assert session.scalars(select(ConsoleRequest.state)).all() == ["waiting"]
        session.add(PriceRow(product_id=1, cooperative_id=1, unit="kg", amount=1250, from_at=clock(), published_by=101))
    secretary.get("/prices/1")
    secretary.send("/prices/1/ask", amount="1200", seen="1000")
    assert "Le prix a changé depuis que vous avez ouvert la page : 1 250 F." in plain(secretary.page)


@pytest.mark.parametrize("amount", ["", "0", "-5", "1e3", "douze", "9999999"])
def test_what_is_no_price_is_one_sentence(officer, amount):
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/prices/1")
    secretary.send("/prices/1/ask", amount=amount, seen="1000")
    assert "Un prix est un nombre entier de francs" in secretary.page


def test_a_price_of_a_grade_that_no_scales_know_is_one_sentence(officer, database):
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/prices/1")
    secretary.send("/prices/1/ask", amount="1100", seen="1000", grade="Choix1")
    assert "Une qualité est A, B ou C." in secretary.page
    secretary.send("/prices/1/ask", amount="1100", seen="1000", grade="a")
    with database.read() as reader:
        assert [one["grade"] for one in reader.scalars(select(ConsoleRequest.arguments))] == ["A"]


def test_the_books_are_read_by_account_and_day(officer, database, clock):
    sample_declarations.treasurer(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 1), clock())
    treasurer = inside(officer, sample_declarations.TREASURER)
    treasurer.get("/ledger")
    [row] = rows(treasurer.page, "entries")
    assert "Livraison, n°" in row
    assert "Femme 201" in row
    assert "Achats +12 500 F" in row.replace("\u00a0", " ")
    treasurer.get("/ledger?account=cash")
    assert "Rien ce jour-là." in treasurer.page
    treasurer.get(f"/ledger?day={sample_cooperative.LONG_AGO:%Y-%m-%d}&account=cash")
    assert [row.split(",")[0] for row in rows(treasurer.page, "entries")][-2:]
    treasurer.get("/ledger?day=nonsense&after=x")
    assert "Livraison" in treasurer.page
    number = int(row.split("n° ")[1].split(" ")[0])
    treasurer.send(f"/ledger/{number}/reverse", day="2026-11-24")
    assert "puis 8, puis 14" in treasurer.page
    treasurer.send("/ledger/99999/reverse")
    assert "Rien n&#39;est demandé." in treasurer.page
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/ledger")
    assert "Demander l'annulation" not in secretary.page
    assert secretary.send(f"/ledger/{number}/reverse").status_code == 403
