"""Acts that need the same rows lock them in one order (app/coop/members/lock.py): neither is aborted for the other's sake."""

from threading import Thread

import pytest

from app.coop.cooperatives.lock import lock_cooperative
from app.coop.handover.box import lock_box
from app.coop.members.lock import lock_members
from app.coop.verify import verify
from tests.races import closing
from tests.races.closing import OTHER, PRESIDENT
from tests.races.test_closing import house, outcome

__all__ = ["house"]


def half_agreed(session):
    closing.leaving(session)
    closing.agree(session, PRESIDENT)


def agreed(session):
    half_agreed(session)
    closing.agree(session)


def cooperative(session):
    lock_cooperative(session, 1)


def box(session):
    lock_box(session, 1)


def member(session):
    lock_members(session, [OTHER])


WAYS = {
    # what stands, what the other act locks, this act, what the other locks then
    "a settlement is handed over, a batch made": (agreed, cooperative, closing.hand, member),
    "a settlement is handed over, a taking reversed": (agreed, cooperative, closing.hand, box),
    "a settlement gets its last word, a batch is made": (half_agreed, cooperative, closing.agree, member),
}  # fmt: skip


@pytest.mark.parametrize(("stands", "first", "act", "then"), WAYS.values(), ids=WAYS)
def test_two_acts_at_once_wait_in_one_order(house, stands, first, act, then):
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
    assert ended == [None]
    with house.read() as reader:
        assert verify(reader).wrong == ()
