"""Officers of one co-operative try every screen of the Bureau with the other's cards, references, rows and ids.

The screens are read from the menu: what CPS1's own officers are shown, can type and do is collected first; then CPS2's officers
try the same with what CPS1's had in hand. A new question or act fails here until it says what is typed at it.
"""

import contextlib
import shutil
from datetime import UTC, date, datetime
from typing import get_args

import msgspec
import pytest
from sqlalchemy import select

from app.coop.access.identity import who_holds
from app.coop.boutiques.models import Order
from app.coop.broadcasts.estimates import Draft, estimate
from app.coop.contests import services
from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.services import open_accounts
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import Role
from app.coop.offices.queries import Directory
from app.coop.payments.due import Wanted, due
from app.coop.payments.models import Payment
from app.coop.production.models import Weighing
from app.coop.products.models import CooperativeProduct
from app.coop.rights import NotYours, Right
from app.coop.till.models import Payout
from app.db.database import Database
from app.ussd.bindings import Hop, Lead, Refused
from menus.publication import compiled
from menus.registry import bindings
from menus.runtime import Desk
from tests import fuzz, sample_cooperative, sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.commands.conftest import TERMS
from tests.conftest import PATIENT_MS, SERVICE, Clock

MENU = compiled()
SCREENS = [screen for screen in MENU.screens.values() if screen.guard in get_args(Right)]
FIRST = {
    "sell": sample_declarations.TREASURER,
    "score": sample_declarations.PRESIDENT,
    "weigh": sample_declarations.SECRETARY,
    "pay": sample_declarations.TREASURER,
    "approve": sample_declarations.PRESIDENT,
}
SECOND = {"score": "+221770000302", "weigh": "+221770000301", "pay": "+221770000304"}
"""Who acts in CPS1 and in CPS2; the secretary where no other is named."""

TYPED = {
    "assisted_member": "00201",
    "hand_to": "00202",
    "line": "00204",
    "members_card": "00202",
    "other_card": "00203",
    "paper_line": "00203",
    "sign_reference": "payout",
    "pick_up": "order",
    "till_card": "00201",
    "till_hand_card": "00201",
    "till_payer": "00201",
}
"""What of CPS1's is typed at a question."""
NOBODYS = {
    "idea_points": "44444",
    "idea_product": "Huître",
    "idea_unit": "kg",
    "merge_into": "1",
    "counted": "97,5",
    "course_contract": "IRT 12/26",
    "course_last_day": "30092027",
    "course_level": "AUCUN",
    "job_commune": "TOUTES",
    "lot_place": "Saly",
    "split_units": "5",
    "job_trade": "Soudeur",
    "job_until": "15122026",
    "partner_contact": "Mme Sow",
    "partner_name": "CFP Mbour",
    "partner_places": "40",
    "partner_until": "31122027",
    "invoice_buyer": "Mairie de Joal",
    "invoice_phone": "1",
    "work_minutes": "90",
    "work_workers": "4",
    "work_cost": "5000",
    "lent_to": "CPS2",
    "offer_units": "10",
    "order_units": "1",
    "shelf_counted": "37",
    "shown_number": "123",
    "run_in": "50",
    "run_also_in": "5",
    "run_beside_out": "1",
    "keep_days": "180",
    "bought_name": "Thiof",
    "bought_unit": "kg",
    "bought_units": "50",
    "bought_source": "Salins de Palmarin",
    "run_out": "38",
    "technique_name": "Claies",
    "technique_steps": "Monter les claies sur pieds.",
    "assisted_place": "1",
    "contest_note": "Vu et compté",
    "grade": "1",
    "letter_words": "Oui, demain.",
    "member_name": "Fatou Ndiaye",
    "member_phone": "771112233",
    "new_phone": "771112277",
    "paper_day": "2311",
    "paper_number": "4711",
    "weighing_paper": "4711",
    "pay_way": "1",
    "pin": "2468",
    "price_amount": "1100",
    "quantity": "5",
    "reason": "1",
    "sign_number": "4711",
    "till_amount": "500",
    "till_asset": "Moteur",
    "till_sum_in": "500",
    "till_sum_out": "500",
    "till_times": "3",
    "training_day": "15122026",
    "training_place": "Mbour",
    "training_seats": "12",
    "training_title": "Couture",
    "weight": "12,5",
}
"""What is typed at questions that name nobody."""
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
    fuzz.settle(database, clock())
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


class Houses:
    def __init__(self, database, clock, kept):
        self.database, self.clock, self.kept = database, clock, kept
        self.desk = Desk(database, sample_cooperative.PEPPERS, sample_cooperative.KEY, Directory(database, 0), TERMS)

    def found(self):
        database, clock = self.database, self.clock
        with database.transaction() as session:
            act = by(sample_declarations.CLERK, "matrix", clock(), "sms", sample_declarations.SECRETARY)
            estimate(session, act, Draft("CPS1", "Réunion du bureau", False, None), key=sample_cooperative.KEY, terms=TERMS)
        sample_deliveries.credited(database, [203], clock())
        self.kept = self._collected()
        self.kept["decided_idea"] = self.kept["unread_idea"]
        self.kept["merge_lot"] = self.kept["stock_lot"]
        firm = {"id": 1, "name": "SIRN", "until": "31/12/2027"}
        self.kept |= dict.fromkeys(("partner", "course_centre", "course_company", "job_company"), firm)
        for screen in ("till_hand_over", "hand_over", "leaver_confirm", "weigh_grade"):
            self.act(FIRST, MENU.screens[screen], self.kept, keep=True)
        with database.transaction() as session:
            credited, noted = (session.scalar(select(Weighing).where(Weighing.state == state)) for state in ("credited", "noted"))
            services.open_contest(session, own(credited.member_id, "contest", clock()), "weighing", credited.id)
            undo = {"undo": {"id": noted.id, "reference": "482913", "goods": "12,5 kg de Thiof", "member_id": 201}}
            [owed] = due(session, 1, Wanted(member_id=203), "cash", clock())
        one_due = {"one_due": {"member_id": 203, "card": "C00203", "amount": owed.amount}}
        self.kept = self.kept | self._collected() | undo | one_due

    def _collected(self):
        """Return what the sessions of CPS1's officers may keep: the first of each list, what is typed, what choices add."""
        kept = {}
        for screen in MENU.screens.values():
            for choice in screen.choices.values():
                kept = choice.keep | kept
        for screen in SCREENS * 4:
            with contextlib.suppress(LookupError, Lead, Refused, TypeError, msgspec.ValidationError):
                if screen.rows and screen.keep:
                    kept[screen.keep] = self.rows(FIRST, screen, kept)[0]
                elif screen.ask and screen.keep:
                    self._answered(screen, kept)
        return kept

    def _answered(self, screen, kept):
        try:
            kept[screen.keep] = self.ask(FIRST, screen, kept)
        except Lead as lead:
            kept[lead.name] = msgspec.to_builtins(lead.values)

    def hop(self, phones, right, kept):
        phone = phones.get(right, phones["weigh"])
        with self.database.read() as reader:
            [who] = who_holds(reader, phone)
        return Hop(self.desk, phone, self.clock(), "matrix", "t", "fr", msgspec.to_builtins(who), True, kept)

    def typed(self, ask):
        word = (TYPED | NOBODYS)[ask]
        if word == "order":
            with self.database.read() as reader:
                return reader.scalar(select(Order.code).where(Order.state == "reserved"))
        table = {"payment": Payment, "payout": Payout}.get(word)
        if table is None:
            return word
        with self.database.read() as reader:
            return reader.scalar(select(table.reference).where(table.state.in_(("handed_over", "handed")))) or ""

    def ask(self, phones, screen, kept):
        answer = bindings.answers[screen.ask]
        return msgspec.to_builtins(answer.call(self.hop(phones, screen.guard, kept), self.typed(screen.ask)))

    def rows(self, phones, screen, kept):
        return [msgspec.to_builtins(row) for row in bindings.rows_of[screen.rows].call(self.hop(phones, screen.guard, kept))]

    def act(self, phones, screen, kept, *, keep=False):
        with self.database.session() as session:
            done = bindings.effects[screen.effect].call(self.hop(phones, screen.guard, kept), session)
            session.commit() if keep else session.rollback()
            return done


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
