"""Each route of the console takes a right of the table; who hasn't it is shown nothing and changes nothing."""

import pytest
from sqlalchemy import delete

from app.coop.access.models import SignIn
from app.coop.offices.models import Role
from app.coop.rights import FEDERATIONS, ROLES, Office
from app.web.console.rooms import ROOMS
from app.web.console.route_rights import ROUTES, right_of
from tests import sample_declarations
from tests.web.console.test_scopes import state

OPEN = ("sign_in", "static")
SAYS = "Votre charge ne permet pas cela"


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


def ours(app):
    """Return the console's routes behind its guard."""
    names = {name for name, view in app.view_functions.items() if view.__module__.startswith("app.web.console")}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint in names]
    return [rule for rule in rules if rule.endpoint.partition(".")[0] not in OPEN and not rule.endpoint.endswith(".static")]


def test_every_blueprint_and_every_route_that_acts_has_a_line(app):
    wanted = {rule.endpoint.partition(".")[0] for rule in ours(app)}
    wanted |= {rule.endpoint for rule in ours(app) if "POST" in rule.methods}
    assert wanted - set(ROUTES) == set()


def test_a_room_takes_the_right_of_its_page():
    assert [room.title for room in ROOMS if room.right != right_of(room.endpoint)] == []


@pytest.fixture
def signed_in(app, database, clock):
    """Give a browser that is signed in by an office of one's choice."""

    def sign(role):
        place = None if role in FEDERATIONS else 1
        at, phone = clock(), sample_declarations.ADMINISTRATOR
        with database.transaction() as session:
            session.execute(delete(Role).where(Role.person_id == 103))
            session.add(Role(person_id=103, role=role, cooperative_id=place, from_on=at.date()))
            row = SignIn(phone=phone, browser="b", known=True, digest="", asked_at=at, expires_at=at, person_id=103, opened_at=at)
            session.add(row)
            session.flush()
            number = row.id
        client = app.test_client()
        with client.session_transaction() as held:
            held["held"] = {"sign_in": number, "seen": int(at.timestamp()), "token": "t"}
        return client, Office(103, role, place)

    return sign


@pytest.mark.parametrize("role", ROLES)
def test_who_has_not_the_right_is_refused_and_changes_nothing(app, database, signed_in, role):
    client, office = signed_in(role)
    before = state(database)
    adapter = app.url_map.bind("localhost")
    for rule in ours(app):
        if office.may(right_of(rule.endpoint)):
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 1), method)
            answer = client.open(path, method=method, data={"token": "t"} if method == "POST" else None)
            refused = (answer.status_code, SAYS in answer.get_data(as_text=True))
            assert refused == (403, True) or (rule.endpoint == "console.overview" and answer.status_code == 303), path
    assert state(database) == before


@pytest.mark.parametrize("role", ROLES)
def test_everybody_comes_to_a_page_of_their_own(signed_in, role):
    client, office = signed_in(role)
    answer = client.get("/", follow_redirects=True)
    assert answer.request.path == ("/" if office.may("read") else "/figures")
    page = client.get("/access")
    assert page.status_code == 200
    assert ("Membres" in page.get_data(as_text=True)) is office.may("read")
