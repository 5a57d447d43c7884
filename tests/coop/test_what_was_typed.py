"""A member is erased: nothing of what anybody typed of them, at any question of the menu, is left in the database.

Each question that keeps what is typed is walked to with the real engine, by the member and by officers, and the flow is gone on
with until it acts. A new question is tried by itself, and fails here when no walk comes to it.
"""

import shutil
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.coop.closing.erasure import erase_member
from app.coop.closing.models import Departure
from app.coop.contests import services
from app.coop.enrolment import applications
from app.coop.ledger.models import Account, JournalEntry
from app.coop.ledger.services import account_of, post
from app.coop.members.models import Member, Number, Person
from app.coop.models import Base
from app.coop.openings.models import Opening, OpeningBalance
from app.coop.openings.services import ACCOUNTS
from app.coop.production.models import Weighing
from app.coop.till.models import Payout
from app.coop.training.models import Training
from app.db import operations
from app.db.database import Database
from app.sms import retention
from app.sms.models import Inbound
from app.ussd.vocabulary import Vocabulary
from menus.publication import CONSTANTS, compiled
from menus.registry import bindings
from tests import fuzz, incoming_sms, sample_cooperative, sample_declarations, sample_deliveries, sample_everything
from tests.acts import own
from tests.conftest import PATIENT_MS, SERVICE, Clock
from tests.sample_cooperative import LONG_AGO
from tests.ussd.conftest import Handset
from tests.without_triggers import unguarded

NOW = LONG_AGO.replace(month=11, day=24, hour=10)
MENU = compiled()
SECRETS = Vocabulary(MENU, bindings, CONSTANTS).secrets
NEVER_STANDS = {"assisted_told": "its source always leads on: to the question `assisted_word`, or past it"}
QUESTIONS = [screen for screen in MENU.screens.values() if screen.form == "question" and screen.keep]
ASKED = [screen.name for screen in QUESTIONS if screen.keep not in SECRETS and screen.name not in NEVER_STANDS]
MEMBER, NAME, PHONE, CARD = 201, "Fatou Zqximarka", "+221769876543", "C98765"
FREE = {"join_name": NAME, "member_name": NAME, "letter_words": "Zqxireponse", "contest_note": "Zqxinote", "till_asset": "Zqxibien"}
"""What is typed at questions that take any words."""
MARKS = (*dict.fromkeys(word.lower() for word in FREE.values()), PHONE.removeprefix("+221"), CARD.lower())
THEIRS = dict.fromkeys(
    ("assisted_member", "members_card", "till_card", "till_payer", "till_hand_card", "peers_card", "paper_line", "line", "hand_to"),
    CARD[1:],
)
TYPED = (
    FREE
    | THEIRS
    | {"new_phone": "771112277", "chosen_pin": "3579", "same_pin": "3579", "member_phone": PHONE[4:], "other_card": "00202"}
)
PHONES = (
    PHONE,
    sample_declarations.SECRETARY,
    sample_declarations.TREASURER,
    sample_declarations.PRESIDENT,
    sample_declarations.ADMINISTRATOR,
    sample_cooperative.NOBODY,
    sample_cooperative.AWA,
)
INSTEAD = {
    "assisted_place": {"assisted_member": sample_cooperative.SHARED[4:]},
    "weigh_refuse": {"grade": "4"},
    "hand_next": {"hand_to": "1"},
    **{goal: {"line": "3"} for goal in ("paper_number", "paper_day", "paper_line")},
}
"""What else is typed on the way to a question."""
BEFORE = {
    "assisted_word": "assisted_quantity",
    "heirs_paper": "leaver_paper",
    "sign": "hand",
    "sign_number": "hand",
}
"""The flow by which a question comes to be asked at all."""
NO_ACT = {
    "assisted_caller": "the walk ends at a list that is too short",
    "assisted_place": "what is another's, who shares a number, is looked at",
    "card_card": "the account is open",
    "heirs_paper": "the account can't be settled yet",
    "merge_card": "these two can't be merged now",
    "merge_other": "these two can't be merged now",
    "work_cost": "no lot was made by a run yet",
    "work_minutes": "no lot was made by a run yet",
    "work_workers": "no lot was made by a run yet",
}
"""Questions that lead to no act here."""
ASSET = FREE["till_asset"].lower()
NOT_COME = {
    "apply_birth_day": "only where the year alone leaves a doubt",
    "attend": "the day's code is the centre's",
    "certificate_number": "there is no certificate yet",
    "console_number": "only while a browser asks to come in",
    "idea_product": "no idea was accepted yet",
    "idea_unit": "no idea was accepted yet",
    "lent_to": "the co-operative owns no machine",
    "lot_code": "a lot's code can't be guessed",
    "pick_up": "a pick-up code can't be guessed",
    "run_also_in": "there is one lot only",
    "run_beside_out": "one product comes out",
}
"""Questions that no walk answers here: none of them asks for anything of a person's but a day of birth."""
MUST_STAY = {
    ("members", "card", CARD.lower()): "the books' entries stand under it",
    ("consents", "phone", PHONE[4:]): "the proof of what was agreed to",
    ("payouts", "asset", ASSET): "what is leased is in the books",
}
"""What may be left: table, column and which of the marks; never the name."""
LEAVES_WITH_TIME = ("sms_", "applications")
"""Tables that a sweep empties, a year or ninety days after."""


CIRCLES = 2
"""How often a walk comes by the same screen before it is given up."""


class Walk(fuzz.Hands):
    """Hands that know where they go: to one question, and on to an act."""

    acted = False
    varies = False
    """Whether the next turn would type anything else."""

    def to(self, goal: str, phone: str) -> bool:
        """Walk on a telephone; tell whether the question was answered."""
        for turn in range(4):
            self.turn, self.goal, self.answered, self.varies = turn, goal, False, False
            self.away = self.distances(goal)
            handset = Handset(self.engine, phone)
            stands, seen = handset.dial(), Counter[str]()
            while stands.more and seen[stands.screen] < CIRCLES:
                seen[stands.screen] += 1
                self.clock.forward(seconds=20)
                before, said = stands, handset.type(self.entry(stands, phone))
                stands = said
                if before.screen == goal and said.event != "refused":
                    self.answered, self.away = True, self.nearest_act()
                if self.answered and said.event == "acted":
                    self.acted = True
                    return True
                if said.event == "refused":
                    break
            if self.answered:
                return True
            if not self.varies:
                return False
        return False

    def nearest_act(self):
        away = self.distances(*(screen.name for screen in MENU.screens.values() if screen.effect))
        return {name: away.get(name, fuzz.FAR) for name in MENU.screens}

    def entry(self, stands, phone):
        screen = MENU.screens[stands.screen]
        if screen.form == "choices":
            return str(min(screen.choices, key=lambda number: self.way(screen.choices[number]), default=0))
        if screen.form == "list":
            self.varies = True
            return str(self.turn + 1)
        if screen.form == "confirmation":
            return "1"
        if screen.ask in ("pin", "account_pin", "enrolling_pin"):
            return fuzz.PINS.get(phone, ("2468",))[0]
        likely = fuzz.LIKELY.get(screen.ask, ("1",))
        if screen.ask == "sign_reference":
            return self.reference()
        typed = (TYPED | INSTEAD.get(self.goal, {})).get(screen.ask)
        self.varies |= typed is None and len(likely) > 1
        return typed or likely[self.turn % len(likely)]

    def reference(self):
        table = Base.metadata.tables["payments"]
        with self.database.read() as reader:
            mine = select(table.c.reference).where(table.c.member_id == MEMBER, table.c.reference.is_not(None))
            return reader.scalar(mine.limit(1)) or "1"


@pytest.fixture(scope="session")
def settled(sqlite_template, tmp_path_factory):
    """Give a file: the village with something for every list, and a member whose name, number and card nobody else has."""
    file = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("typed") / "settled.db")
    database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS, service=SERVICE)
    sample_everything.settle(database, NOW)
    sample_deliveries.credited(database, [MEMBER], NOW, product=2)
    with unguarded(database) as session:
        session.execute(update(Person).where(Person.id == MEMBER).values(name=NAME))
        session.execute(update(Member).where(Member.id == MEMBER).values(card=CARD))
        session.execute(update(Number).where(Number.person_id == MEMBER).values(phone=PHONE))
        session.execute(delete(Inbound))
        soon = dict.fromkeys(("starts_on", "ends_on", "apply_until"), NOW.date() + timedelta(days=14))
        session.execute(update(Training).where(Training.id == 1).values(**soon))
        incoming_sms.letter(session, f"Ici {NAME}", PHONE, NOW)
        credited = session.scalar(select(func.min(Weighing.id)).where(Weighing.member_id == MEMBER, Weighing.state == "credited"))
        services.open_contest(session, own(MEMBER, "contest", NOW), "weighing", credited)
        lines = [(account_of(session, 1, None, "cash"), 5_000), (account_of(session, 1, MEMBER, "savings"), -5_000)]
        post(session, operation="typed", kind="savings", cooperative_id=1, member_id=MEMBER, lines=lines, now=NOW)
    database.dispose()
    return file


def walked(settled, tmp_path, screen):
    """Walk to a question, telephone by telephone until it led to an act; give the database, who came, and whether it did."""
    database = Database(f"sqlite:///{shutil.copyfile(settled, tmp_path / 'typed.db')}", statement_ms=PATIENT_MS, service=SERVICE)
    walk = Walk(database, Clock(NOW), 0)
    if screen in BEFORE:
        assert [phone for phone in PHONES if walk.to(BEFORE[screen], phone)]
        with database.transaction() as session:
            session.execute(update(Departure).values(kind="death"))
    if screen.startswith("till_lease"):
        with unguarded(database) as session:
            session.execute(update(Payout).where(Payout.member_id == MEMBER).values(state="cancelled"))
    if screen == "opening_word":
        with unguarded(database) as session:
            entry = session.scalar(select(func.min(JournalEntry.id)).where(JournalEntry.member_id == MEMBER))
            session.add(Opening(id=1, cooperative_id=1, day=NOW.date(), state="posted", noted_at=NOW))
            session.flush()
            session.add(OpeningBalance(opening_id=1, member_id=MEMBER, entry_id=entry, **dict.fromkeys(ACCOUNTS, 1)))
    walk.acted = False
    came = [phone for phone in PHONES if not walk.acted and walk.to(screen, phone)]
    return database, came, walk.acted


def holding(database):
    """Return where any mark stands: table, column, mark."""
    with database.read() as reader:
        return {
            (table.name, column, mark)
            for table in Base.metadata.tables.values()
            for rows in (reader.exec_driver_sql(f"SELECT * FROM {table.name}").all(),)  # noqa: S608 - our own tables
            for words in (str(rows).lower(),)
            for mark in MARKS
            if mark in words
            for row in rows
            for column, value in row._mapping.items()
            if mark in str(value).lower()
        }


@pytest.mark.parametrize("screen", ASKED)
def test_nothing_that_was_typed_is_left(settled, tmp_path, screen):
    database, came, acted = walked(settled, tmp_path, screen)
    assert bool(came) is (screen not in NOT_COME)
    assert acted is (screen not in NO_ACT.keys() | NOT_COME.keys())
    assert ("people", "name", NAME.lower()) in holding(database)
    with unguarded(database) as session:
        session.execute(update(Account).where(Account.member_id == MEMBER).values(balance=0))
        session.execute(update(Member).where(Member.id == MEMBER).values(state="departed", left_on=date(2026, 11, 25)))
    later = NOW + timedelta(days=3700)
    with database.transaction() as session:
        erase_member(session, CARD, now=later)
    left = holding(database) - set(MUST_STAY)
    assert {one for one in left if not one[0].startswith(LEAVES_WITH_TIME)} == set()
    with database.transaction() as session:
        for forget in (retention.forget, operations.forget, applications.forget):
            assert not forget(session, now=later)
    assert holding(database) - set(MUST_STAY) == set()
    database.dispose()
