"""Papers are printed from the page, in a real browser: the file comes, and says what was asked for."""

from pathlib import Path

from tests.pdf import words


def test_cards_and_a_weighing_list_are_downloaded(seat):
    mine = seat()
    mine.come_in()
    mine.go("/papers")
    mine.look()
    mine.page.get_by_label("Refaire aussi les numéros").check()
    with mine.page.expect_download() as download:
        mine.page.get_by_role("button", name="Imprimer : Cartes de membre").click()
    assert download.value.suggested_filename == "cartes-CPS1.pdf"
    assert "numéro d'activation" in words(Path(download.value.path()).read_bytes())
    mine.page.get_by_label("Combien de lignes").fill("3")
    with mine.page.expect_download() as download:
        mine.page.get_by_role("button", name="Imprimer : Pesées sans réseau").click()
    assert words(Path(download.value.path()).read_bytes()).count("Reçu de pesée n°") == 3
    mine.page.get_by_label("Combien de lignes").fill("0")
    mine.page.get_by_role("button", name="Imprimer : Pesées sans réseau").click()
    assert "Un nombre de 1 à 400" in mine.page.get_by_role("status").inner_text()
