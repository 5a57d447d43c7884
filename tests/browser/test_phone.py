"""The phone page: a member's call, by pointer and by keyboard, as on the demo's first day."""

from collections.abc import Iterator

import pytest

from tests import menu_rows, sample_cooperative
from tests.browser.conftest import WIDTHS, Seat
from tests.faults.stack import House


@pytest.fixture
def house(sqlite_database, valkey, clock, tmp_path) -> Iterator[House]:
    sample_cooperative.build(sqlite_database)
    menu_rows.put(sqlite_database, clock())
    made = House(tmp_path, sqlite_database, valkey)
    made.start("web", "simulator")
    yield made
    made.end()


def test_a_catch_is_registered_on_the_phone_page(chromium, house):
    across, down = WIDTHS["telephone"]
    page = chromium.new_page(viewport={"width": across, "height": down}, locale="fr-FR")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(f"http://127.0.0.1:{house.port}/phone")
    Seat(page).look()
    page.get_by_label("Autre numéro").fill("77 000 00 12")
    page.get_by_role("button", name="Prendre").click()
    page.locator("#call").click()
    screen, entry = page.locator("#screen"), page.get_by_label("Votre réponse")
    for seen, typed in (
        ("Mes soldes", "2"),
        ("Votre code secret", "2468"),
        ("Quel produit", "1"),
        ("combien de kg", "12,5"),
        ("12,5 kg de Thiof", "1"),
    ):
        screen.get_by_text(seen).wait_for()
        entry.fill(typed)
        page.keyboard.press("Enter")
    screen.get_by_text("Enregistré").wait_for()
    Seat(page).look("phone-desk")
    page.close()
    assert faults == []
