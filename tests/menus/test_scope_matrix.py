"""Officers of one co-operative try every screen of the Bureau with the other's cards, references, rows and ids.

The screens are read from the menu: what CPS1's own officers are shown, can type and do is collected first; then CPS2's officers
try the same with what CPS1's had in hand. A new question or act fails here until it says what is typed at it.
"""

import shutil
from datetime import UTC, date, datetime

import msgspec
import pytest

from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.services import open_accounts
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import Role
from app.coop.products.models import CooperativeProduct
from app.coop.rights import NotYours
from app.db.database import Database
from app.ussd.bindings import Lead, Refused
from tests import sample_cooperative, sample_everything
from tests.conftest import PATIENT_MS, SERVICE, Clock
from tests.menus.houses import FIRST, NOBODYS, SCREENS, SECOND, TYPED, Houses

OWN = {
    "add_training",
    "buy_goods",
    "count_box",
    "confirm_list",
    "confirm_sign_in",
    "publish_price",
    "enter_member",
    "make_batch",
    "move_box",
}
"""Acts on the officer's own list, price, box or due money: they take no id of anybody."""
NOT_NOW = {
    "ask_lease_for": "one is on its way",
    "ask_merge": "one of the two is leaving",
    "ask_withdrawal_for": "nothing is saved",
    "accept_idea": "the federation does",
    "add_course": "the federation does",
    "add_job": "the federation does",
    "add_partner": "the federation does",
    "announce_job": "nobody agreed to hear of jobs",
    "close_job": "the federation does",
    "fill_job": "the federation does",
    "prolong_partner": "the federation does",
    "read_candidates": "the federation does",
    "set_partner_places": "the federation does",
    "attend_by_list": "it has not begun",
    "certify": "it has not ended",
    "choose_applicant": "nobody chooses there",
    "close_call_back": "nobody took it",
    "day_code_draw": "it has not begun",
    "decline_idea": "the federation does",
    "hand_payout": "it is handed over",
    "merge_lots": "there is one lot of it",
    "note_work": "it is of deliveries",
    "note_departure": "it is noted",
    "renew_activation": "the account is open",
    "score_idea": "it is of her own co-operative",
    "settle": "something is on its way",
}
"""Acts that CPS1's own officers can't do here either, for another reason."""
NOS = ("changed", "taken", "not_yours", "denied", "gone", "call_back_gone", "letter_gone", "broadcast_kept")
BY_KEPT = {"assisted_declarations", "numbers_of_whom", "payouts_to_hand"}
"""Lists of the member whom a question before has found in the officer's scope."""
PARTNERS = {"partners", "course_centres", "course_companies", "job_companies"}
"""Lists of the federation's agreements."""
EMPTY = {"payouts_to_hand", "ideas_to_decide", "candidates", "alike_lots", *PARTNERS}
SHARED = {
    "desk_jobs",
    "job_filieres",
    "priceable",
    "brought_products",
    "assisted_products",
    "ideas_to_score",
    "run_products",
    "run_beside",
    "run_techniques",
}
"""Lists of products, which are nobody's, and of what is open to all."""
FOR_OTHERS = {"score_idea"}
"""Acts on what comes from another co-operative, on purpose."""


@pytest.fixture
def houses(founded, tmp_path, clock):
    """Give what was founded, as a copy of the test's own."""
    file, kept = founded
    database = Database(f"sqlite:///{shutil.copyfile(file, tmp_path / 'houses.db')}", statement_ms=PATIENT_MS, service=SERVICE)
    yield Houses(database, clock, kept)
    database.dispose()


@pytest.fixture(scope="module")
def founded(sqlite_template, tmp_path_factory):
    """CPS1 with something for every list, CPS2 with its officers and one member; and what sessions of CPS1's may keep."""
    file = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("houses") / "founded.db")
    database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS, service=SERVICE)
    clock = Clock(datetime(2026, 11, 24, 10, tzinfo=UTC))
    sample_everything.settle(database, clock())
    with database.transaction() as session:
        place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mbour", **place))
        session.flush()
        open_accounts(session, 2, None)
        session.add(CooperativeProduct(cooperative_id=2, slot=1, product_id=1, active=True))
        for number, role in ((301, "secretary"), (302, "president"), (304, "treasurer"), (311, None)):
            session.add(
                Person(id=number, name=f"Autre {number}", language="fr", pin_hash=sample_cooperative.hashed("2468"), pin_pepper=1)
            )
            session.flush()
            session.add(
                Number(phone=f"+221770000{number}", person_id=number, place=None, registered_at=sample_cooperative.LONG_AGO)
            )
            row = {"card": f"C{number:05d}", "state": "active", "joined_on": date(2026, 8, 26)}
            session.add(Member(id=number, person_id=number, cooperative_id=2, **row))
            if role:
                session.add(Role(person_id=number, role=role, cooperative_id=2, from_on=date(2026, 1, 1)))
    houses = Houses(database, clock, {})
    houses.found()
    database.dispose()  # the last one to close writes the log back into the file
    return file, houses.kept


def test_every_question_of_the_bureau_says_what_is_typed_at_it():
    assert {screen.ask for screen in SCREENS if screen.ask} == set(TYPED) | set(NOBODYS)
    assert {screen.effect for screen in SCREENS} >= OWN
    assert {screen.rows for screen in SCREENS} >= SHARED


def outcome(act, *args):
    """What came of it, as something to compare."""
    try:
        return ("given", msgspec.to_builtins(act(*args)))
    except (Lead, Refused, NotYours) as no:
        return (type(no).__name__, getattr(no, "name", getattr(no, "code", "")), msgspec.to_builtins(getattr(no, "values", None)))


@pytest.mark.parametrize("screen", [one for one in SCREENS if one.ask in TYPED], ids=lambda one: one.name)
def test_what_is_anothers_is_unknown_to_a_question(houses, screen):
    theirs, anothers = (outcome(houses.ask, phones, screen, houses.kept) for phones in (FIRST, SECOND))
    assert theirs[0] in ("given", "Lead")
    assert anothers in [("Refused", code, None) for code in ("unknown", "no_member", "no_account")]


@pytest.mark.parametrize("screen", [one for one in SCREENS if one.rows and one.rows not in SHARED], ids=lambda one: one.name)
def test_a_list_shows_nothing_of_anothers(houses, screen):
    theirs, anothers = (houses.rows(phones, screen, houses.kept) for phones in (FIRST, SECOND))
    assert bool(theirs) is (screen.rows not in EMPTY)
    if screen.rows not in BY_KEPT:
        assert anothers == []


@pytest.mark.parametrize(
    "screen", [one for one in SCREENS if one.effect and one.effect not in OWN | FOR_OTHERS], ids=lambda one: one.name
)
def test_no_act_is_done_to_what_is_anothers(houses, screen):
    theirs, anothers = (outcome(houses.act, phones, screen, houses.kept) for phones in (FIRST, SECOND))
    assert (theirs[0] == "given") is (screen.effect not in NOT_NOW)
    assert anothers[:2] in {("Lead", name) for name in NOS}
