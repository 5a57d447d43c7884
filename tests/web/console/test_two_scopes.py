"""An officer of two co-operatives chooses for which they act; nothing of the other is read or done until they change."""

import re
from datetime import date

import pytest
from sqlalchemy import update

from app import create_app
from app.coop.offices.models import Role
from config.settings import load
from tests import sample_cooperative, sample_declarations
from tests.web.console.test_pages import inside
from tests.web.console.test_scopes import IDS, SHOWN, TEXT, TRIED, fill, state, with_an_id

CHOICE, PRICE = "/access/scope", {"amount": "1200", "seen": "1000"}


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


@pytest.fixture
def both(database, app, clock, officer, monkeypatch):
    """The president of CPS1 is the secretary of CPS2 too."""
    monkeypatch.setattr("app.coop.broadcasts.estimates.code_of", lambda *_: TRIED["broadcasts.confirm"][0][0]["code"])
    fill(database, clock.now, app.extensions["console"][4])
    with database.transaction() as session:
        session.add(Role(person_id=102, role="secretary", cooperative_id=2, from_on=date(2026, 1, 1)))
    return officer(sample_declarations.PRESIDENT)


def end_office(database, cooperative):
    with database.transaction() as session:
        session.execute(
            update(Role).where(Role.person_id == 102, Role.cooperative_id == cooperative).values(until_on=date(2026, 11, 1))
        )


def header(one):
    return re.sub(r"<[^>]+>", " ", one.page.partition("<main")[0])


def test_who_has_two_is_asked_first_and_sees_only_what_they_chose(both):
    both.come_in()
    for path in ("/", "/prices", "/members/1", "/access"):
        assert both.get(path).request.path == CHOICE
        assert "CPS Mbour, secrétariat" in both.page
    assert both.send(CHOICE, scope="2").request.path == "/"
    assert "CPS Mbour" in header(both)
    assert "Secrétariat" in header(both)
    assert both.get("/members/1").status_code == 404
    both.get(CHOICE)
    both.send(CHOICE, scope="1")
    assert "Présidence" in header(both)
    assert both.get("/members/1").status_code == 200


def test_the_federation_is_a_choice_like_the_others(both, database):
    with database.transaction() as session:
        session.add(Role(person_id=102, role="administrator", cooperative_id=None, from_on=date(2026, 1, 1)))
    both.be_inside()
    both.get()
    both.send(CHOICE, scope="")
    assert "Fédération" in header(both)
    assert both.get("/waiting").status_code == 200
    both.get(CHOICE)
    both.send(CHOICE, scope="2")
    assert both.get("/waiting").status_code == 403


def test_nothing_is_done_before_the_choice(both, database):
    both.be_inside()
    both.get()
    before = state(database)
    assert both.send("/prices/1/ask", **PRICE).request.path == CHOICE
    assert state(database) == before


@pytest.mark.parametrize("forged", ["", "3", "0", "x", "1 OR 1", "٢", None])
def test_a_forged_choice_opens_nothing(both, forged):
    both.be_inside()
    both.get()
    answer = both.send(CHOICE, **({} if forged is None else {"scope": forged}))
    assert (answer.status_code, "Votre charge ne permet pas cela" in both.page) == (403, True)
    assert both.get().request.path == CHOICE


def test_another_officer_chooses_no_scope_that_is_not_theirs(both, officer):  # noqa: ARG001 - they have CPS2
    fatou = inside(officer, sample_declarations.SECRETARY)
    fatou.get()
    assert "Changer" not in fatou.page
    assert fatou.send(CHOICE, scope="2").status_code == 403
    assert "CPS Mbour" not in header(fatou) + str(fatou.get("/").data)


def test_a_form_that_was_open_for_the_other_is_too_old(both, database):
    both.be_inside()
    both.get()
    both.send(CHOICE, scope="1")
    both.get("/prices/1")
    old = re.findall(r'name="token" value="([^"]+)"', both.page)[0]
    both.get(CHOICE)
    both.send(CHOICE, scope="2")
    before = state(database)
    assert both.send("/prices/1/ask", token=old, **PRICE).status_code == 400
    assert state(database) == before


def test_an_office_that_ends_meanwhile_ends_the_choice_and_does_nothing_for_the_other(both, database):
    both.be_inside()
    both.get()
    both.send(CHOICE, scope="1")
    both.get("/prices/1")
    end_office(database, 1)
    before = state(database)
    assert both.send("/prices/1/ask", **PRICE).request.path == CHOICE
    assert "Votre charge a pris fin" in both.page
    assert state(database) == before
    assert both.send(CHOICE, scope="1").status_code == 403
    both.get(CHOICE)
    both.send(CHOICE, scope="2")
    assert "CPS Mbour" in header(both)
    end_office(database, 2)
    assert both.get().request.path == "/sign-in"


def test_who_gets_a_second_office_stays_where_they_are(officer, database, both):
    end_office(database, 2)
    one = inside(officer, sample_declarations.PRESIDENT)
    one.get()
    with database.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 102, Role.cooperative_id == 2).values(until_on=None))
    assert one.get("/members/1").status_code == 200
    assert "Changer" in one.page
    assert both.phone == one.phone


def test_the_choice_outlasts_a_restart(both, database, valkey, clock):
    both.be_inside()
    both.get()
    both.send(CHOICE, scope="2")
    given = {"JAPPOO_ENV": "test", "DATABASE_URL": database.url, "REDIS_URL": valkey.url}
    secrets = {"SECRET_KEY": sample_cooperative.KEY.decode(), "PIN_PEPPER": sample_cooperative.PEPPERS[1].decode()}
    after = create_app(load(given | secrets, dotenv=None), now=clock)
    moved = after.test_client()
    moved._cookies = both.client._cookies
    both.client = moved
    both.get()
    assert "CPS Mbour" in header(both)
    after.extensions["jappoo"]["database"].dispose()


def test_what_is_of_their_other_co_operative_is_neither_read_nor_done(app, both, database):
    both.be_inside()
    both.get()
    both.send(CHOICE, scope="2")
    routes = with_an_id(app)

    def path(endpoint, method="GET"):
        return app.url_map.bind("").build(endpoint, dict.fromkeys(routes[endpoint].arguments, IDS.get(endpoint, 1)), method=method)

    for page, words in [(path(endpoint), words) for endpoint, words in SHOWN.items()] + [("/broadcasts/2", TEXT)]:
        assert both.get(page).status_code in (403, 404), page
        assert words not in both.page
    for endpoint in TRIED.keys() - {"requests.withdraw"}:  # what they asked is theirs in both
        before = state(database)
        both.get()
        both.send(path(endpoint, "POST"), **TRIED[endpoint][0][0])
        assert state(database) == before, endpoint
