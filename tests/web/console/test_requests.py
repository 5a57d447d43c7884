"""What was asked at the console, its state, and the way to take it back."""

import pytest

from app.coop.console_requests import services
from app.coop.prices.console import AskedPrice
from tests import sample_declarations
from tests.acts import by
from tests.web.console.test_pages import inside


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


def ask(database, clock, office=sample_declarations.CLERK, amount=1_100):
    with database.transaction() as transaction:
        return services.ask(transaction, by(office, "console", clock(), "web"), AskedPrice(1, amount))


def test_what_i_asked_is_shown_with_its_state_and_withdrawn(officer, database, clock):
    fatou = inside(officer, sample_declarations.SECRETARY)
    assert "Rien n&#39;a été demandé" in fatou.get("/requests").get_data(as_text=True)
    request = ask(database, clock)
    assert "1 demande attend" in fatou.get("/").get_data(as_text=True)
    page = fatou.get("/requests").get_data(as_text=True)
    assert "CPS1: prix Thiof: 1 100 F par kg, avant 1 000 F." in page
    assert "Attend votre code secret" in page
    fatou.send(f"/requests/{request}/withdraw")
    assert "Demande retirée" in fatou.page
    assert "Retiré" in fatou.page
    fatou.send(f"/requests/{request}/withdraw")
    assert "n&#39;attend plus" in fatou.page


def test_nobody_reads_anothers(officer, database, clock):
    ask(database, clock)
    assert "Thiof" not in inside(officer, sample_declarations.PRESIDENT).get("/requests").get_data(as_text=True)


def test_long_lists_have_pages(officer, database, clock):
    fatou = inside(officer, sample_declarations.SECRETARY)
    for amount in range(55):
        request = ask(database, clock, amount=1_000 + amount)
        with database.transaction() as transaction:
            services.end(transaction, by(sample_declarations.CLERK, "w", clock(), "web"), request, "withdrawn")
    page = fatou.get("/requests").get_data(as_text=True)
    assert "1 054 F" in page
    assert "1 004 F" not in page
    assert "1 004 F" in fatou.get("/requests?before=6").get_data(as_text=True)
