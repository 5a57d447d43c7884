"""Papers at the console: each by the office that may, of its own co-operative, and written down where it names members."""

from datetime import date

import pytest
from sqlalchemy import select, update

from app.coop.access.models import Activation, NumberChange
from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Member, Number
from app.coop.offices.models import OfficerAct, Role
from app.coop.production.papers import paper_number
from app.sms.models import Message
from tests import sample_boutiques, sample_cooperative, sample_declarations
from tests.pdf import pages, words
from tests.web.console.test_pages import inside

FORMS = {
    "cards": {"renew": "1"},
    "weighings": {"lines": "20"},
    "members": {},
    "shares": {},
    "labels": {"code": "L123456782", "count": "10"},
}


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


@pytest.fixture
def village_of_two(database, app):  # noqa: ARG001 - it makes the village
    with database.transaction() as session:
        place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mballing", **place))
    return database


def at_the_shelf(officer, phone=sample_declarations.SECRETARY):
    one = inside(officer, phone)
    one.get("/papers")
    return one


def acts(database):
    with database.read() as reader:
        rows = select(OfficerAct.act, OfficerAct.about, OfficerAct.person_id, OfficerAct.channel)
        return reader.execute(rows.where(OfficerAct.act.contains("printed"))).all()


@pytest.mark.parametrize("path", ["/papers/menu.pdf", "/papers/bureau.pdf"])
def test_the_menus_are_read_as_they_are_served(officer, path):
    answer = at_the_shelf(officer).get(path)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "*384*44135*" in words(answer.data)


def test_cards_are_printed_with_numbers_that_work_and_each_is_in_the_journal(officer, database):
    secretary = at_the_shelf(officer)
    answer = secretary.send("/papers/cards", renew="1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cartes-CPS1.pdf"'
    said = words(answer.data)
    assert "Awa 4" in said
    assert "Awa 1" not in said
    assert acts(database) == [("card printed", "member:4", 101, "web")]
    secretary.get("/papers")
    assert "Personne n&#39;attend de carte" in secretary.send("/papers/cards").get_data(as_text=True)
    assert len(acts(database)) == 1


def test_an_officer_prints_no_number_for_a_telephone_of_their_own(officer, database):
    with database.transaction() as session:
        session.execute(update(Number).where(Number.person_id == 4).values(person_id=101, phone="+221775550001"))
        session.flush()
        session.add(
            NumberChange(
                person_id=101, phone=sample_cooperative.NEW, act="released", by_person_id=None, at=sample_cooperative.LONG_AGO
            )
        )
        session.add(Number(person_id=4, phone=sample_cooperative.NEW, place=None, registered_at=sample_cooperative.LONG_AGO))
    secretary = at_the_shelf(officer)
    assert "Personne n&#39;attend de carte" in secretary.send("/papers/cards", renew="1").get_data(as_text=True)
    president = at_the_shelf(officer, sample_declarations.PRESIDENT)
    assert "Awa 4" in words(president.send("/papers/cards", renew="1").data)
    with database.read() as reader:
        told = reader.scalars(select(Message.text).where(Message.to_number == sample_cooperative.NEW)).all()
    assert any("nouveau numéro d'activation" in one for one in told)


def test_cards_of_those_who_need_no_number_are_printed_and_not_in_the_journal(officer, database):
    with database.read() as reader:
        before = reader.scalars(select(Activation.digest)).all()
    said = words(at_the_shelf(officer).send("/papers/cards", everybody="1").data)
    assert "Awa 1" in said
    assert "activation" not in said
    with database.read() as reader:
        assert reader.scalars(select(Activation.digest)).all() == before
    assert acts(database) == []


def test_a_weighing_list_takes_numbers_of_its_own_co_operative(officer, database):
    answer = at_the_shelf(officer).send("/papers/weighings", lines="3")
    assert [line for page in pages(answer.data) for line in page if line.isdigit() and len(line) == 6] == [
        paper_number(at) for at in (1, 2, 3)
    ]
    assert acts(database) == [("weighing paper printed", "cooperative:1", 101, "web")]


@pytest.mark.parametrize("lines", ["", "0", "401", "99999", "-1", "deux"])
def test_a_wrong_number_of_lines_takes_none(officer, database, lines):
    shelf = at_the_shelf(officer)
    assert "Un nombre de 1 à 400" in shelf.send("/papers/weighings", lines=lines).get_data(as_text=True)
    with database.read() as reader:
        assert reader.scalar(select(Cooperative.papers_printed)) == 0


@pytest.mark.parametrize(("path", "title"), [("members", "Registre des membres"), ("shares", "Registre des parts")])
def test_a_register_is_its_own_co_operatives_and_written_down(officer, village_of_two, path, title):
    with village_of_two.transaction() as session:
        session.execute(update(Member).where(Member.id == 3).values(cooperative_id=2))
    said = words(at_the_shelf(officer).send(f"/papers/{path}", cooperative="CPS2").data)
    assert f"{title}" in said
    assert "CPS Joal" in said
    assert "Awa 3" not in said
    assert acts(village_of_two) == [("register printed", "cooperative:1", 101, "web")]


def test_the_federation_names_the_co_operative(officer, village_of_two):
    shelf = at_the_shelf(officer, sample_declarations.ADMINISTRATOR)
    assert "Code de la CPS" in shelf.page
    said = words(shelf.send("/papers/members", cooperative="cps2").data)
    assert "CPS Mballing" in said
    assert "Awa" not in said
    shelf.get("/papers")
    assert "Aucune CPS n&#39;a ce code." in shelf.send("/papers/members", cooperative="CPS9").get_data(as_text=True)
    assert len(acts(village_of_two)) == 1


def test_labels_are_of_a_lot_of_the_scope(officer, database, village_of_two, clock):
    sample_declarations.treasurer(database)
    _, code = sample_boutiques.jars(database, clock())
    shelf = at_the_shelf(officer)
    answer = shelf.send("/papers/labels", code=code.lower(), count="11")
    assert [page.count(code) for page in pages(answer.data)] == [10, 1]
    with village_of_two.transaction() as session:
        session.execute(sample_boutiques.stock.Lot.__table__.update().values(cooperative_id=2))
    shelf.get("/papers")
    assert "Aucun lot de ce code ici" in shelf.send("/papers/labels", code=code, count="1").get_data(as_text=True)


MAY = {
    "president": {"cards", "weighings", "members", "shares", "labels"},
    "treasurer": {"members", "shares", "labels"},
    "delegate": {"weighings", "labels"},
    "auditor": {"members", "shares"},
}


@pytest.mark.parametrize("role", MAY)
def test_each_office_sees_and_prints_its_own_papers(officer, database, role):
    with database.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 102).values(role=role, from_on=date(2026, 1, 1)))
    shelf = at_the_shelf(officer, sample_declarations.PRESIDENT)
    shown = {kind for kind in FORMS if f'id="{kind}"' in shelf.page}
    assert shown == MAY[role]
    for kind, form in FORMS.items():
        shelf.get("/papers")
        answer = shelf.send(f"/papers/{kind}", **form)
        assert (answer.status_code == 403) is (kind not in MAY[role]), kind


def test_a_form_without_its_token_prints_nothing(officer, database):
    shelf = at_the_shelf(officer)
    assert shelf.send("/papers/cards", token="another", renew="1").status_code == 400
    assert acts(database) == []
