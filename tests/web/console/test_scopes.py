"""An officer of CPS2 at the console sends what is CPS1's through each route that takes an id: it is refused, nothing is changed."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.coop.boutiques import orders, sales
from app.coop.broadcasts import templates
from app.coop.broadcasts.estimates import SHORT, Draft, code_of, estimate
from app.coop.console_requests import services as console_requests
from app.coop.cooperatives.models import Cooperative
from app.coop.correspondence.models import CallBack
from app.coop.equipment import bookings
from app.coop.ideas import services as ideas
from app.coop.ideas.voices import CRITERIA
from app.coop.imports.models import Import, ImportFile
from app.coop.members.models import Member, Number, Person
from app.coop.models import Base
from app.coop.offices.models import Role
from app.coop.payments.models import Payment, PaymentBatch
from app.coop.prices.console import AskedPrice
from app.coop.rights import Office
from tests import incoming_sms, sample_boutiques, sample_cooperative, sample_declarations, sample_trainings
from tests.acts import by, own
from tests.samples import sample
from tests.sending_broadcasts import TERMS
from tests.web.console.test_pages import inside, order

SECOND = "+221770000301"
REFUSED = "n&#39;est pas à vous. Rien n&#39;est envoyé."
TEXT = "Pesée lundi 30/11"
CODE = code_of(sample_cooperative.KEY, "estimate", SHORT)
TRIED = {
    "correspondence.answer": [({"words": "Demain à 9 h"}, 200, REFUSED), ({"dismiss": "1", "words": ""}, 200, REFUSED)],
    "correspondence.take": [({}, 200, "Rien n&#39;est noté.")],
    "correspondence.close": [({"outcome": "settled"}, 200, "Rien n&#39;est noté.")],
    "ledger.reverse": [({}, 403, "Rien n&#39;est fait.")],
    "prices.ask": [({"amount": "1200", "seen": "1000"}, 404, "votre CPS ne le prend pas")],
    "imports.answers": [({"answer-x": "oui"}, 404, "n&#39;est pas à vous")],
    "imports.columns": [({"name": "Contact", "field": "phone"}, 404, "n&#39;est pas à vous")],
    "imports.ask": [({}, 404, "n&#39;est pas à vous")],
    "imports.write": [({}, 404, "n&#39;est pas à vous")],
    "imports.take_back": [({}, 404, "n&#39;est pas à vous")],
    "payments.file": [({}, 403, "Rien n&#39;est fait.")],
    "broadcasts.confirm": [({"code": CODE}, 403, "Rien n&#39;est fait.")],
    "broadcasts.drop": [({}, 403, "Rien n&#39;est fait.")],
    "equipment.decide": [({"accept": "1"}, 200, "pas à votre CPS")],
    "equipment.hand_out": [({"state": "good"}, 200, "Impossible")],
    "equipment.take_back": [({"state": "good"}, 200, "Impossible")],
    "equipment.repair": [({"seen": "usable"}, 200, "pas à votre CPS")],
    "ideas.decide": [({"wish": "publish"}, 200, "pas à vous")],
    "ideas.score": [(dict.fromkeys(CRITERIA, "1"), 403, "Rien n&#39;est fait.")],
    "ideas.decline": [({}, 403, "Rien n&#39;est fait.")],
    "ideas.realise": [({"name": "Huitre", "unit": "kg"}, 403, "Rien n&#39;est fait.")],
    "sales.sell": [({"units": "1", "seen": "1500"}, 200, "pas de votre CPS")],
    "lots.recall": [({}, 403, "Rien n&#39;est fait.")],
    "trainings.applicants": [({}, 403, "Rien n&#39;est fait.")],
    "trainings.choose": [({"chosen": "1"}, 200, "pas à vous")],
    "sales.hand_over": [({"code": "538034"}, 200, "pas de votre CPS")],
    "sales.paid": [({"box": "cash"}, 200, "Impossible")],
    "sales.refund": [({}, 200, "Impossible")],
    "sales.end": [({}, 200, "pas de votre CPS")],
    "requests.withdraw": [({}, 200, "n&#39;attend plus")],
    "console.stop": [({}, 403, "Rien n&#39;est fait.")],
}
"""What is sent to each route, with the status and the words that come back."""
OWN = {
    "trainings.chosen_in_file": "it changes nothing, and test_trainings tries a stranger's training",
    **dict.fromkeys(
        ("foundation.product", "foundation.take", "foundation.end", "foundation.change"),
        "the federation's administrator alone asks it (test_foundation)",
    ),
    "access.end": "test_sign_in tries a stranger's",
    "offices.end": "the federation's administrator alone asks it (test_offices)",
    "offices.prolong": "the federation's administrator alone asks it (test_offices)",
}
"""Routes that take what is no co-operative's, with the test that tries them."""
READ = {
    "imports.file": "n&#39;est pas à vous",
    "prices.one": "votre CPS ne le prend pas",
    "payments.batch": "n&#39;est pas de votre CPS",
    "cooperatives.file": "n&#39;est pas la vôtre",
    "members.file": "n&#39;est pas de votre CPS",
}
"""Pages of one thing, with the words that come back."""
SHOWN = {
    "broadcasts.one": "Réunion demain",
    "equipment.week": "Femme 201",
    "ideas.one": "Elever des huitres",
    "trainings.job": "Chantier naval",
    "trainings.one": "Femme 201",
    "lots.one": "par 8 producteurs",
}
"""Pages of one thing, with words that CPS1 reads there and CPS2 must not see."""
IDS = {
    "broadcasts.confirm": 2,
    "equipment.hand_out": 2,
    "equipment.take_back": 3,
    "imports.take_back": 2,
    "ideas.score": 2,
    "ideas.decline": 3,
    "ideas.realise": 3,
    "sales.paid": 2,
    "sales.refund": 2,
    **dict.fromkeys(("trainings.one", "trainings.applicants", "trainings.choose"), 2),
}
"""The id that is CPS1's where it isn't 1."""
OWNERS = dict.fromkeys(("ideas.decline", "ideas.realise", "trainings.job"), sample_declarations.ADMINISTRATOR)
"""Who may do it, where that isn't CPS1's president."""


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


@pytest.fixture
def houses(database, app, clock, monkeypatch):
    monkeypatch.setattr("app.coop.broadcasts.estimates.code_of", lambda *_: CODE)
    fill(database, clock.now, app.extensions["console"][4])
    return database


@sample
def fill(database, now, key):
    """Give CPS1 a letter and a broadcast, and CPS2 its secretary."""
    with database.transaction() as session:
        place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mbour", **place))
        session.add(Person(id=301, name="Autre 301", language="fr", pin_hash=sample_cooperative.hashed("2468"), pin_pepper=1))
        session.flush()
        session.add(Number(phone=SECOND, person_id=301, place=None, registered_at=sample_cooperative.LONG_AGO))
        session.add(Member(id=301, person_id=301, cooperative_id=2, card="C00301", state="active", joined_on=date(2026, 8, 26)))
        session.add(Role(person_id=301, role="secretary", cooperative_id=2, from_on=date(2026, 1, 1)))
        batch = {"way": "mobile", "state": "open", "total": 500, "made_by": 102, "made_at": now, "channel": "ussd"}
        session.add(PaymentBatch(id=1, cooperative_id=1, operation="batch", **batch))
        session.flush()
        held = {"cooperative_id": 1, "member_id": 1, "season": 2026, "reference": "000018", "amount": 500, "state": "open"}
        session.add(Payment(id=1, batch_id=1, **held))
        taken = {"taken_by": 102, "taken_at": now}
        session.add(CallBack(phone=sample_cooperative.AWA, topic="Aide", cooperative_id=1, at=now, **taken))
        whose = {"person_id": 102, "cooperative_id": 1, "kind": "members", "name": "a.csv", "at": now, "answers": {}}
        agreed = {"confirmed": {"create": 1, "update": 0}, "body": "Nom;Né(e) le\nCoumba Guèye;1958\n".encode()}
        done = {"digest": "0" * 64, "state": "done", "begun_at": now, "begun_by": "x", "alive_at": now, "counts": {}}
        session.add(Import(id=50, kind="members", **done))
        session.flush()
        session.add_all([ImportFile(id=1, **whose, **agreed), ImportFile(id=2, import_id=50, **whose, **agreed)])
        incoming_sms.letter(session, "Qui peut venir ?", sample_cooperative.AWA, now)
        console_requests.ask(session, by(Office(102, "president", 1), "console", now, "web"), AskedPrice(1, 1_100))
    assert order(database, lambda: now) == 1
    offer, _ = sample_boutiques.jars(database, now)
    with database.transaction() as session:
        orders.place(session, own(1, "order", now, phone=sample_cooperative.AWA), offer, Decimal(2))[0].code = "538034"
        sales.deliver(session, by(Office(101, "secretary", 1), "invoice", now), offer, Decimal(1), "Cantine de Joal")
    sample_boutiques.dryer(database, now)
    sample_trainings.shipyard(database, None)
    with database.transaction() as session:
        sample_trainings.welding(session, now, 201)
        for number, stands in enumerate(("waiting", "open", "shortlisted"), 1):
            idea, _ = ideas.propose(session, own(200 + number, f"idea {number}", now), f"Elever des huitres {number}")
            idea.state = stands
        for number, held in enumerate(("asked", "booked", "out"), 1):
            row = bookings.book(session, own(200 + number, f"booking:{number}", now), 1, date(2026, 11, 24 + number), "am")
            row.state = held
    president = by(Office(102, "president", 1), "estimate", now, "web", sample_declarations.PRESIDENT)
    with database.transaction() as session:
        estimate(session, president, Draft("TOUS", TEXT), key=key, terms=TERMS)
        templates.keep(session, president, "Pesée", Draft("TOUS", TEXT))


def state(database):
    with database.read() as reader:
        tables = [table for table in Base.metadata.sorted_tables if table.name != "sign_ins"]
        return {table.name: list(reader.execute(select(table).order_by(*table.primary_key))) for table in tables}


def with_an_id(app):
    """Return the console's routes that take something in their path."""
    ours = {name for name, view in app.view_functions.items() if view.__module__.startswith("app.web.console")}
    return {rule.endpoint: rule for rule in app.url_map.iter_rules() if rule.arguments and rule.endpoint in ours}


def test_every_route_with_an_id_is_tried(app):
    assert set(with_an_id(app)) == {*TRIED, *READ, *SHOWN, *OWN}


@pytest.mark.parametrize("endpoint", SHOWN)
def test_what_is_anothers_is_not_read(app, houses, officer, endpoint):  # noqa: ARG001 - they have what is read
    path = app.url_map.bind("").build(endpoint, dict.fromkeys(with_an_id(app)[endpoint].arguments, IDS.get(endpoint, 1)))
    stranger, owner = inside(officer, SECOND), inside(officer, OWNERS.get(endpoint, sample_declarations.PRESIDENT))
    assert stranger.get(path).status_code in (403, 404)
    assert SHOWN[endpoint] not in stranger.page
    assert owner.get(path).status_code == 200
    assert SHOWN[endpoint] in owner.page


@pytest.mark.parametrize(
    ("endpoint", "form", "status", "says"),
    [(one, *how) for one, hows in TRIED.items() for how in hows],
    ids=lambda one: str(one)[:24],
)
def test_what_is_anothers_is_refused_and_stays(app, houses, officer, endpoint, form, status, says):
    path = app.url_map.bind("").build(
        endpoint, dict.fromkeys(with_an_id(app)[endpoint].arguments, IDS.get(endpoint, 1)), method="POST"
    )
    stranger = inside(officer, SECOND)
    assert not [one for one in ("Qui peut venir", "Réunion demain") if one in stranger.page]
    before = state(houses)
    answer = stranger.send(path, **form)
    assert (answer.status_code, says in stranger.page) == (status, True)
    assert state(houses) == before
    owner = inside(officer, OWNERS.get(endpoint, sample_declarations.PRESIDENT))
    before = state(houses)
    assert owner.send(path, **form).status_code == 200
    assert state(houses) != before


@pytest.mark.parametrize(("endpoint", "says"), READ.items())
def test_what_is_anothers_is_not_shown(app, houses, officer, endpoint, says):
    path = app.url_map.bind("").build(endpoint, dict.fromkeys(with_an_id(app)[endpoint].arguments, 1))
    stranger = inside(officer, SECOND)
    before = state(houses)
    answer = stranger.get(path)
    assert (answer.status_code, says in stranger.page) == (404, True)
    assert state(houses) == before
    assert inside(officer, sample_declarations.PRESIDENT).get(path).status_code == 200
