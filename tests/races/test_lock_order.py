"""Acts that need the same rows lock them in one order (app/coop/members/lock.py): neither is aborted for the other's sake."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from app.coop.closing import departures
from app.coop.closing.models import Departure
from app.coop.cooperatives.lock import lock_cooperative
from app.coop.handover.box import lock_box
from app.coop.members.lock import lock_members
from app.coop.subjects import approvals
from app.coop.till import takings
from app.coop.till.models import Payout
from app.coop.verify import verify
from tests.acts import by, own
from tests.races import closing
from tests.races.closing import NOW, OTHER, PRESIDENT, SECRETARY, TREASURER
from tests.races.test_closing import house, outcome

__all__ = ["house"]


LONG_AGO = NOW - timedelta(days=40)


def half_agreed(session):
    closing.leaving(session)
    closing.agree(session, PRESIDENT)


def agreed(session):
    half_agreed(session)
    closing.agree(session)


def changed(session):
    closing.leaving(session)
    closing.take_in(session)


def levy(session):
    takings.ask_levy(session, by(TREASURER, f"levy {id(session)}", NOW), OTHER, 100)


def exclusion(session, at=NOW, operation="out"):
    act = by(SECRETARY, f"{operation} {id(session)}", at)
    departures.ask(session, act, "exclusion", closing.other_member(session), paper="77", reason=departures.REASONS[3])


def leaving_and_to_be_excluded(session):
    departures.note(session, by(SECRETARY, "leave", NOW), closing.other_member(session), "77")
    exclusion(session)


def excluded_settled_and_to_be_reinstated(session):
    exclusion(session, LONG_AGO)
    last_word(session, "exclusion", LONG_AGO)
    closing.settle(session)
    departures.ask(session, by(SECRETARY, "back", NOW), "reinstatement", closing.other_member(session), paper="78")


def stay(session):
    departures.stay(session, own(OTHER, "stay", NOW))


def settle_again(session):
    closing.settle(session, "again")


def reinstate(session):
    last_word(session, "reinstatement", NOW)


def last_word(session, kind, at):
    wish = session.scalars(select(approvals.Approval.id).where(approvals.Approval.kind == kind)).one()
    assert approvals.decide(session, by(PRESIDENT, kind, at), wish, approved=True).state == "approved"


def cooperative(session):
    lock_cooperative(session, 1)


def box(session):
    lock_box(session, 1)


def member(session):
    lock_members(session, [OTHER])


def approval(kind):
    return lambda session: session.execute(select(approvals.Approval.id).where(approvals.Approval.kind == kind).with_for_update())


def payout(session):
    session.execute(select(Payout.id).with_for_update())


def departure(session):
    session.execute(select(Departure.id).with_for_update())


WAYS = {
    # what stands, what the other act locks, this act, what the other locks then, this act's refusal
    "a settlement is handed over, a batch made": (agreed, cooperative, closing.hand, member, None),
    "a settlement is handed over, a taking reversed": (agreed, cooperative, closing.hand, box, None),
    "a settlement gets its last word, a batch is made": (half_agreed, cooperative, closing.agree, member, None),
    "a leaver stays, her settlement gets a word": (closing.leaving, approval("settlement"), stay, member, None),
    "a leaver stays, her settlement is handed over": (agreed, payout, stay, member, None),
    "a settlement is asked anew, the old one gets a word": (changed, approval("settlement"), settle_again, member, None),
    "a settlement is asked anew, the old one is handed over": (changed, payout, settle_again, member, None),
    "an account is opened again, its settlement gets a word": (
        excluded_settled_and_to_be_reinstated, approval("settlement"), reinstate, member, None,
    ),
    "a levy is asked again, the first gets a word": (levy, approval("levy"), levy, member, approvals.AlreadyAsked),
    "an exclusion is asked again, the first gets a word": (
        leaving_and_to_be_excluded, approval("exclusion"), exclusion, departure, approvals.AlreadyAsked,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stands", "first", "act", "then", "refusal"), WAYS.values(), ids=WAYS)
def test_two_acts_at_once_wait_in_one_order(house, stands, first, act, then, refusal):
    with house.transaction() as session:
        stands(session)
    ended = []
    with house.transaction() as session:
        first(session)
        waiter = Thread(target=lambda: ended.append(outcome(house, act)))
        waiter.start()
        waiter.join(0.4)
        assert not ended, f"it waits: {ended}"
        then(session)
    waiter.join(30)
    assert isinstance(ended[0], refusal or type(None)), ended[0]
    with house.read() as reader:
        assert verify(reader).wrong == ()
