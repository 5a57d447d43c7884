"""Files in a real browser: a register with mistakes to its end, and the operator's file out and back in."""

import csv
import re

from sqlalchemy import func, select

from app.coop.members.models import Member
from app.coop.payments.models import Payment
from tests import sample_declarations, sample_deliveries

HEAD = "Nom;Téléphone;Né(e) le\n"


def test_a_register_with_mistakes_comes_in_and_is_taken_back(seat, database, tmp_path):
    mine, sheet = seat(), tmp_path / "registre.csv"
    mine.come_in()
    page = mine.page

    def bring(text):
        sheet.write_text(HEAD + text, "utf-8")
        mine.go("/imports")
        page.get_by_label("Fichier", exact=True).set_input_files(sheet)
        page.get_by_role("button", name="Regarder d'abord").click()
        mine.look()

    bring("Coumba Guèye;771234501;1958\n;771234599;1960\nAwa 1;;1970\n")
    assert "Refusées" in page.locator("#counts + dl").inner_text()
    bring("Coumba Guèye;771234501;1958\nAwa 1;;1970\n")
    page.locator("form input[name^='answer-']").fill("non")
    page.get_by_role("button", name="Garder ces réponses").click()
    page.get_by_role("button", name="Demander l'import").click()
    said = mine.dial("8", "14", "2468", "1", "1", "2468")
    mine.go(re.findall(r"/imports/\d+", page.url)[0])
    assert "Revenez" in said or page.get_by_role("button", name="Écrire maintenant").is_visible(), said
    page.get_by_role("button", name="Écrire maintenant").click()
    assert "C'est écrit" in page.get_by_role("status").inner_text()
    mine.look()
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Member)) == 10
    page.get_by_text("Annuler l'import").click()
    page.get_by_role("button", name="Oui, annuler").click()
    assert "2 lignes reprises" in page.get_by_role("status").inner_text()


def test_the_operators_file_goes_out_and_its_references_come_in(seat, database, clock, tmp_path):
    sample_declarations.treasurer(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 2), clock())
    sample_deliveries.batch(database, clock(), way="mobile")
    mine = seat(sample_declarations.TREASURER)
    mine.come_in()
    page = mine.page
    page.get_by_role("link", name="2 paiements à remettre").click()
    page.get_by_role("link", name="Lot 1").click()
    mine.look()
    with page.expect_download() as given:
        page.get_by_role("button", name="Prendre le fichier").click()
    rows = list(csv.DictReader(given.value.path().read_text("utf-8").splitlines()))
    back = tmp_path / "references.csv"
    back.write_text("reference;operator_reference\n" + "".join(f"{row['reference']};OM{at}234\n" for at, row in enumerate(rows)))
    for said in ("2 prises, 0 déjà là", "0 à prendre, 2 déjà là"):
        mine.go("/payments")
        page.get_by_label("Fichier", exact=True).set_input_files(back)
        page.get_by_role("button", name="Regarder d'abord").click()
        mine.look()
        if "prises" in said:
            page.get_by_role("button", name=re.compile("Prendre 2")).click()
        assert said in page.locator("main").inner_text()
    with database.read() as reader:
        assert set(reader.scalars(select(Payment.state))) == {"handed_over"}


def test_a_member_is_found_by_keyboard_and_the_file_fits(seat, database, clock):
    sample_declarations.treasurer(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 1), clock())
    mine = seat()
    mine.come_in()
    mine.go("/members")
    page = mine.page
    page.get_by_label("Nom, numéro").focus()
    page.keyboard.type("fam 201")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert "Personne de ce nom" in page.locator("main").inner_text()
    page.get_by_label("Nom, numéro").fill("201 fem")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Femme 201").click()
    page.get_by_text("Livraison", exact=True).first.click()
    assert "12 500" in page.locator("main").inner_text()
    mine.look()
    mine.go("/cps/1")
    mine.look()
