"""No act on money without the PIN, asked on the way to it; and none after the number or the office was taken away in mid-call."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.coop.access import numbers
from app.coop.members.models import Member, Number
from app.coop.offices.models import Role
from app.coop.payments.models import Payment
from app.coop.till.models import Payout
from menus.publication import compiled
from menus.registry import bindings
from tests import sample_cooperative, sample_declarations, sample_deliveries
from tests.menus.test_till import approve, ask

WITHOUT_PIN = {
    "declare": "a declaration, told by SMS",
    "declare_again": "the same, on purpose",
    "cancel": "takes a declaration back, behind the call's PIN, told by SMS",
    "declare_for": "an officer's help, told by SMS, and the member's own word follows",
    "declare_for_again": "the same, on purpose",
    "cancel_for": "an officer's help, told by SMS, and the member's own word follows",
    "contest": "stops money, moves none",
    "contest_payment": "stops money, moves none",
    "set_language": "no money",
    "propose_idea": "no money, behind the call's PIN",
    "support_idea": "no money, behind the call's PIN",
    "confirm_voice": "no money, behind the call's PIN",
    "withdraw_voice": "no money, behind the call's PIN",
    "publish_idea": "no money",
    "merge_ideas": "no money",
    "keep_idea_out": "no money",
    "book": "no money yet, told by SMS",
    "cancel_booking": "no money",
    "decide_booking": "no money yet, told by SMS",
    "repair_machine": "no money, told by SMS",
    "restore_machine": "no money",
    "propose_innovation": "no money, behind the call's PIN",
    "follow_innovation": "no money, behind the call's PIN",
    "read_innovation": "no money",
    "order": "reserves goods, moves no money; for strangers too",
    "cancel_order": "gives goods back, on the number that ordered",
    "end_offer": "goods stay where they are",
    "collect": "goods stay where they are",
    "apply": "no money, told by SMS",
    "accept_seat": "no money, told by SMS",
    "give_back": "no money, told by SMS",
    "attend": "no money, by the day's code",
    "attend_by_list": "no money",
    "choose_applicant": "no money, told by SMS",
    "drop_applicant": "no money, told by SMS",
    "day_code_draw": "no money",
    "move_training": "no money, told by SMS",
    "set_seats": "no money, turns nobody out",
    "read_applicants": "writes down that a list was read",
    "read_candidates": "writes down that a list was read",
    "announce_job": "an estimate, which the officer's PIN sends",
    "set_jobs_by_sms": "a consent, behind the call's PIN",
    "job_interest": "no money, behind the call's PIN",
    "job_agree": "gives the number away, behind the call's PIN",
    "job_withdraw": "no money, behind the call's PIN",
    "call_me": "no money, for strangers too",
    "note_line": "goes to the officer's open list, which the PIN credits",
    "note_refusal": "goes to the officer's open list, which the PIN credits",
    "take_call_back": "no money",
    "close_call_back": "no money",
    "refuse_request": "lets one's own request at the console go, behind the call's PIN",
    "answer_letter": "no money",
    "dismiss_letter": "no money",
    "dismiss_letters": "no money",
}
"""The effects that may be reached without a PIN asked on the way, each with its reason."""

PIN = ("pin", "account_pin", "enrolling_pin")


def reached_without_pin(menu) -> set[str]:
    """Return the screens that some way from home leads to past no question for the PIN; guards are ways that aren't walked."""
    found, edge = set(), [menu.start]
    while edge:
        name = edge.pop()
        if name in found or name not in menu.screens:
            continue
        found.add(name)
        screen = menu.screens[name]
        if screen.ask in PIN and not screen.effect:
            edge += screen.leads.values()
        elif screen.ask not in PIN:
            edge += screen.targets().values()
    return found


def test_whatever_acts_is_behind_a_pin_of_its_own_or_is_named_with_its_reason():
    menu = compiled()
    open_ = reached_without_pin(menu)
    acts = {menu.screens[name].effect for name in open_ if menu.screens[name].effect and menu.screens[name].ask not in PIN}
    assert acts == WITHOUT_PIN.keys()
    assert acts <= bindings.effects.keys()


@pytest.fixture
def database(sqlite_database):
    """Give SQLite only: when the PIN is asked doesn't depend on the database."""
    return sqlite_database


@pytest.fixture
def treasurer(line, database):
    """Give the treasurer's telephone with one payment and one withdrawal to hand over, on the screen before its `1`."""
    sample_declarations.treasurer(database)
    now = datetime.now(UTC)
    sample_deliveries.credited(database, sample_declarations.women(database, 1), now)
    sample_deliveries.batch(database, now)
    ask(line)
    approve(line, sample_declarations.SECRETARY, sample_declarations.PRESIDENT)

    def opened(way):
        talk = line(sample_declarations.TREASURER)
        talk.dial(["8", "3", *LISTS[way][0]])
        for entry in ("2468", *LISTS[way][1]):
            talk.said = talk.type(entry)
        return talk

    return opened


LISTS = {"payments": (["2"], ["201"]), "payouts": (["4", "5"], ["001", "1"])}


def handed(database):
    with database.read() as reader:
        rows = [*reader.scalars(select(Payment.handed_entry_id)), *reader.scalars(select(Payout.handed_entry_id))]
        return sum(entry is not None for entry in rows)


def flagged(session):
    held = session.scalars(select(Number.id).where(Number.phone == sample_declarations.TREASURER)).one()
    numbers.flag(session, 104, held, by_person_id=102, now=datetime.now(UTC))


def released(session):
    held = session.scalars(select(Number.id).where(Number.phone == sample_declarations.TREASURER)).one()
    numbers.release(session, 104, held, by_person_id=102, now=datetime.now(UTC))


def blocked(session):
    session.get_one(Member, 104).state = "blocked"


def out_of_office(session):
    session.execute(update(Role).where(Role.person_id == 104).values(until_on=sample_cooperative.LONG_AGO.date()))


def frozen(session):
    session.execute(update(Member).values(money_frozen_until=datetime.now(UTC) + timedelta(hours=3)))


@pytest.mark.parametrize("way", LISTS)
@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        (flagged, "n'ouvre plus votre compte"),
        (released, "n'ouvre plus votre compte"),
        (blocked, "n'ouvre plus votre compte"),
        (out_of_office, "pas de votre charge"),
        (frozen, "suspendu"),
    ],
)
def test_a_hand_over_asks_number_office_and_freeze_anew(treasurer, database, way, meanwhile, words):
    talk = treasurer(way)
    assert "emettre" in talk.said
    with database.transaction() as session:
        meanwhile(session)
    assert words in talk.type("1")
    assert handed(database) == 0


@pytest.mark.parametrize("way", LISTS)
def test_each_hand_over_is_written_at_its_own_1_and_once(treasurer, database, way):
    talk = treasurer(way)
    assert handed(database) == 0
    done = talk.type("1")
    assert "Remis: " in done
    assert talk.again() == done
    assert handed(database) == 1


@pytest.mark.usefixtures("treasurer")
@pytest.mark.parametrize("way", LISTS)
def test_the_list_to_hand_over_wants_the_pin_also_of_who_gave_it_in_this_call(line, way):
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8", "3", "7"])
    assert "Lot 1" in talk.type("2468")
    talk.type("0")
    said = ""
    for entry in LISTS[way][0]:
        said = talk.type(entry)
    assert "code secret ?" in said
    assert "Code faux" in talk.type("1122")
    assert "carte" in talk.type("2468")
