"""A co-operative begins at the console: it and its first officers are asked for, and done by PIN; its products, what it sets."""

import pytest
from sqlalchemy import select

from app.coop.access.models import Activation
from app.coop.cooperatives.models import Cooperative
from app.coop.foundation import shown, take_product
from app.coop.members.models import Member, Person
from app.coop.offices.models import Role
from tests import sample_declarations
from tests.web.console.test_offices import asked, words
from tests.web.console.test_pages import inside, plain, rows

NEW = {"code": "cps61", "name": "CPS  Joal 61", "commune": "Joal-Fadiouth", "filiere": "PECHE", "form": "SCOOPS"}
FIRST = {
    "president-name": "Fatou Sarr",
    "president-phone": "77 111 00 01",
    "secretary-name": "Awa Ndour",
    "secretary-phone": "771110002",
}


def test_a_co_operative_begins_with_officers_before_it_has_a_member(officer, database):
    care = inside(officer, sample_declarations.ADMINISTRATOR)
    care.get("/cps")
    assert "Nouvelle CPS" in care.page
    care.get("/cps/new")
    care.send("/cps/new", **NEW, **FIRST)
    assert "3 demandes notées" in words(care.page)
    assert asked(database) == [
        "Fédération: nouvelle CPS CPS61 CPS Joal 61, Joal-Fadiouth, PECHE, SCOOPS.",
        "Fédération: charge de présidence CPS61 à Fatou Sarr 771110001.",
        "Fédération: charge de secrétariat CPS61 à Awa Ndour 771110002.",
    ]
    assert care.on_phone() == ["CPS61 est là. Ensuite ses produits, et ses responsables.", "Charge confiée.", "Charge confiée."]
    with database.read() as reader:
        [(made, form)] = reader.execute(select(Cooperative.id, Cooperative.legal_form).where(Cooperative.code == "CPS61")).all()
        held = reader.execute(select(Person.name, Role.role).join(Role).where(Role.cooperative_id == made)).all()
        theirs = select(Role.person_id).where(Role.cooperative_id == made)
        opens = reader.scalars(select(Activation.person_id).where(Activation.person_id.in_(theirs))).all()
        members = reader.scalars(select(Member.id).where(Member.cooperative_id == made)).all()
    assert (form, held, len(opens), members) == ("SCOOPS", [("Fatou Sarr", "president"), ("Awa Ndour", "secretary")], 2, [])
    care.get(f"/cps/{made}")
    assert [row.split(" 77")[0] for row in rows(care.page, "officers")] == ["Fatou Sarr Présidence", "Awa Ndour Secrétariat"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"code": ""}, "Il faut un code"),
        ({"commune": "Paris"}, "Il faut un code"),
        ({"president-phone": ""}, "le nom et un numéro"),
        ({"president-phone": "+33612345678"}, "le nom et un numéro"),
    ],
)
def test_what_is_half_said_is_not_asked(officer, database, wrong, says):
    care = inside(officer, sample_declarations.ADMINISTRATOR)
    care.get("/cps/new")
    care.send("/cps/new", **(NEW | FIRST | wrong))
    assert says in words(care.page)
    assert "Rien n'est demandé" in words(care.page)
    assert asked(database) == []


def test_a_product_shows_its_number_before_it_gets_it_for_life(officer, database):
    care = inside(officer, sample_declarations.ADMINISTRATOR)
    wanted = {"name": "Huitre", "unit": "kg", "filiere": "PECHE", "aliases": "huitres, yoxos", "divisible": "1"}
    care.get("/cps/1/product?name=Huitre&unit=kg&filiere=PECHE&divisible=1&aliases=huitres,+yoxos")
    assert "Huitre serait le numéro 4 de CPS1, compté en kg" in words(care.page)
    assert care.on_phone() == []
    with database.transaction() as session:
        take_product(session, "CPS1", "Gombo", unit="kg", divisible=True, filiere="MARAICHAGE", aliases=())
    care.send("/cps/1/product", **wanted, seen="4")
    assert "Le numéro de Huitre a changé depuis que vous avez ouvert la page : 5. Rien n'est demandé." in words(care.page)
    care.send("/cps/1/product", **wanted, seen="5")
    assert asked(database) == ["Fédération: CPS1: Huitre, en kg, sera le numéro 5, pour toujours."]
    assert care.on_phone() == ["Huitre est le numéro 5 de CPS1."]
    care.get("/cps/1/product?name=huitre")
    assert "est déjà le numéro 5" in words(care.page)
    care.send("/cps/1/product/end", name="Huitre")
    assert care.on_phone() == ["CPS1 ne prend plus Huitre."]
    care.get("/cps/1")
    assert "5 Huitre (plus pris) kg" in rows(care.page, "products")


def test_what_a_co_operative_sets_is_changed_by_pin_and_its_history_says_by_whom(officer, database):
    care = inside(officer, sample_declarations.ADMINISTRATOR)
    care.get("/cps/1")
    for setting, seen, value in (
        ("payment_threshold", "500000", "300 000"),
        ("name", "CPS Joal", "CPS Joal centre"),
        ("legal_form", "AER", "GIE"),
        ("solidarity_percent", "2", "51"),
    ):
        care.send("/cps/1/set", setting=setting, seen=seen, value=value)
    assert asked(database) == [
        "Fédération: CPS1: seuil d'accord sur un paiement (F), 500 000 devient 300 000.",
        "Fédération: CPS1: nom, CPS Joal devient CPS Joal centre.",
        "Fédération: CPS1: forme juridique, AER devient GIE.",
        "Fédération: CPS1: part de solidarité (%), 2 devient 51.",
    ]
    assert care.on_phone()[-1] == "Impossible: part de solidarité (%) est un nombre entier de 0 à 50. Rien n'est changé."
    with database.read() as reader:
        told, _ = shown(reader, "CPS1")
    assert (told["payment_threshold"], told["name"], told["legal_form"], told["solidarity_percent"]) == (
        300_000,
        "CPS Joal centre",
        "GIE",
        2,
    )
    care.send("/cps/1/set", setting="name", seen="CPS Joal", value="Autre")
    assert "Nom a changé depuis que vous avez ouvert la page : CPS Joal centre." in words(care.page)
    care.send("/cps/1/set", setting="name", seen="CPS Joal centre", value="CPS Joal centre")
    assert "c'est déjà CPS Joal centre. Rien n'est demandé" in words(care.page)
    care.send("/cps/1/set", setting="payment_threshold", seen="300000", value="beaucoup")
    assert "un nombre entier" in words(care.page)
    care.get("/cps/1")
    assert "seuil d'accord sur un paiement (F), 300 000, par Responsable 103" in plain(care.page)


def test_officers_of_a_co_operative_found_nothing_and_see_no_way_to(officer):
    own = inside(officer, sample_declarations.PRESIDENT)
    own.get("/cps/1")
    assert "Changer" not in own.page
    assert "Un produit de plus" not in own.page
    assert own.get("/cps/new").status_code == 403
