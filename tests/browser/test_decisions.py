"""What several decide, and what is read, in a real browser: asked at the desk, given on two telephones; figures; keys alone."""

import pytest

from app.coop.approvals import ApprovalRule
from tests import sample_declarations
from tests.web.console.test_figures import published

__all__ = ["published"]


def test_a_price_is_asked_at_the_desk_and_given_on_two_telephones(seat, database):
    sample_declarations.treasurer(database)
    with database.transaction() as session:
        session.add(ApprovalRule(kind="price", cooperative_id=1, needed=2, roles="president,treasurer"))
    mine, president, treasurer = seat(), seat(sample_declarations.PRESIDENT), seat(sample_declarations.TREASURER)
    mine.come_in()
    page = mine.page
    page.get_by_role("link", name="Argent").click()
    page.get_by_role("link", name="Thiof").click()
    page.get_by_label("Francs par kg").fill("9000")
    page.get_by_role("button", name="Demander ce prix").click()
    page.get_by_text("Demande notée").wait_for()
    assert "2e responsable" in mine.dial("8", "14", "2468", "1", "1", "2468")
    for word, phone in enumerate((president, treasurer)):
        mine.go("/approvals")
        assert f"{word} sur 2" in page.locator("main").inner_text()
        mine.look()
        assert "9 000 F" in phone.dial("8", "2", "2468", "1")
        phone.dial("8", "2", "2468", "1", "1", "2468")
    mine.go("/prices/1")
    assert "Aujourd'hui 9 000 F par kg" in page.locator("main").inner_text().replace("\u00a0", " ")


def test_figures_are_drawn_with_their_table_and_taken_as_a_file(seat, published):  # noqa: ARG001 - it has the months
    mine = seat(sample_declarations.ADMINISTRATOR)
    mine.come_in()
    page = mine.page
    page.get_by_role("link", name="Chiffres").first.click()
    mine.look("figures-desk")
    drawing = page.get_by_role("img").first
    assert drawing.is_visible()
    page.get_by_text("En tableau").first.click()
    assert page.get_by_role("columnheader", name="Combien").first.is_visible()
    page.get_by_label("CPS, par son code").fill("CPS1")
    page.get_by_role("button", name="Montrer").click()
    assert "CPS1" in page.locator("main").inner_text()
    mine.look()
    with page.expect_download() as given:
        page.get_by_role("link", name="CSV").click()
    assert "Membres" in given.value.path().read_text("utf-8-sig")


def test_a_co_operative_begins_by_the_keyboard_alone(seat):
    mine = seat(sample_declarations.ADMINISTRATOR)
    page = mine.page

    def press_to(what):
        """Go on with the tab key until the thing with this name has the focus, which must be seen."""
        for _ in range(80):
            page.keyboard.press("Tab")
            name = page.evaluate("() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText ?? ''").strip()
            if name.startswith(what):
                seen = "() => getComputedStyle(document.activeElement).outlineStyle"
                assert page.evaluate(seen) != "none"
                return
        pytest.fail(f"the tab key doesn't come to {what}")

    def fill(what, words):
        press_to(what)
        page.keyboard.type(words)

    def press(what):
        press_to(what)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    mine.go("/sign-in")
    fill("Numéro de téléphone", mine.phone)
    press("Recevoir le code")
    fill("Code reçu par SMS", mine.code())
    press("Continuer")
    mine.dial("8", "14", "2468", "1", page.locator(".number strong").inner_text(), "2468")
    press("C'est confirmé, entrer")
    press("Membres et CPS")
    press("CPS")
    press("Nouvelle CPS")
    mine.look("new-cps-desk")
    fill("Code", "CPS61")
    fill("Nom, comme", "CPS Joal 61")
    fill("Commune", "Joal")
    fill("Nom", "Fatou Sarr")
    fill("Numéro de téléphone, à soi seul", "771110001")
    press("Demander")
    assert "2 demandes notées" in page.get_by_role("status").inner_text()
    assert "CPS61 est là" in mine.dial("8", "14", "2468", "1", "1", "2468")
    assert "activation" in mine.dial("8", "14", "2468", "1", "1", "2468")
    page.reload()
    press("CPS61")
    mine.look()
    assert "Fatou Sarr" in page.locator("main").inner_text()
