"""What a hop is to its session, and what may be said of it: two tables."""

import pytest

from app.ussd.decision import Certainty, HopKind, decide, ending_of
from app.ussd.entries import Accumulated, Latest, Trail
from app.ussd.session import Claim, Session, Step

NOW = 1_000_000.0
KEY = b"k" * 32


def trail(*parts, dialled=()):
    return Trail(KEY, Accumulated(parts, dialled), "j")


def latest(turn, part=None):
    return Trail(KEY, Latest(turn, part), "j")


def session(of, *, ago=5.0, **more):
    return Session("v1", of.turn, of.mark, [Step("home")], at=NOW - ago, **more)


ACTING = Claim("another", NOW + 1)
DEAD = Claim("another", NOW - 1)


@pytest.mark.parametrize(
    ("known", "hop", "kind", "new"),
    [
        (None, trail(), HopKind.BEGIN, ()),
        (None, trail("1", "2"), HopKind.BEGIN, ()),
        (session(trail()), trail("1"), HopKind.TAKE, ("1",)),
        (session(trail("1")), trail("1", "2", "3"), HopKind.TAKE, ("2", "3")),
        (session(trail("1")), trail("1"), HopKind.REPEAT, ()),
        (session(trail("1")), trail("2"), HopKind.DIVERGED, ()),
        (session(trail("1")), trail("2", "1"), HopKind.DIVERGED, ()),
        (session(trail("1", "2")), trail("1"), HopKind.SHORTER, ()),
        (session(trail("1"), more=False), trail("1"), HopKind.REPEAT, ()),
        (session(trail("1"), more=False), trail("1", "2"), HopKind.DIVERGED, ()),
        # a dialling is a new call when the one before has ended, was opened, or fell silent
        (session(trail("1")), trail(), HopKind.SHORTER, ()),
        (session(trail("1"), ago=11), trail(), HopKind.BEGIN, ()),
        (session(trail("1"), more=False), trail(), HopKind.BEGIN, ()),
        (session(trail("1", "2"), proved=True), trail(), HopKind.BEGIN, ()),
        (session(trail()), trail(), HopKind.REPEAT, ()),
        (session(trail(), ago=60), trail(), HopKind.BEGIN, ()),
        # a first request that carries text finds nothing of the call before
        (session(trail("1", "2"), proved=True, ago=60), trail("3"), HopKind.BEGIN, ()),
        (session(trail("1", "2"), proved=True), trail("3"), HopKind.SHORTER, ()),
        (session(trail("1", "2"), proved=True), trail("3", dialled=("3",)), HopKind.BEGIN, ()),
        (session(trail("8", "1"), more=False, ago=60), trail("3"), HopKind.BEGIN, ()),
        (session(trail(), more=False), trail(), HopKind.BEGIN, ()),
        (session(latest(5), proved=True), latest(0), HopKind.BEGIN, ()),
        # another hop acts
        (session(trail("1"), claim=ACTING), trail("1", "2"), HopKind.WAIT, ()),
        (session(trail("1"), claim=DEAD), trail("1", "2"), HopKind.TAKE, ("2",)),
        (session(trail("1"), claim=ACTING), trail("1"), HopKind.REPEAT, ()),
        # a gateway that sends only the last entry
        (session(latest(2, "4")), latest(3, "12*5"), HopKind.TAKE, ("12*5",)),
        (session(latest(2, "4")), latest(4, "1"), HopKind.DIVERGED, ()),
        (session(latest(2, "4")), latest(2, "4"), HopKind.REPEAT, ()),
        (session(latest(2, "4")), latest(1, "4"), HopKind.SHORTER, ()),
        # a service code whose entries come on each request, only on the first, or again in the text
        (session(trail(dialled=("3",))), trail("2", dialled=("3",)), HopKind.TAKE, ("2",)),
        (session(trail(dialled=("3",))), trail("2"), HopKind.TAKE, ("2",)),
        (session(trail(dialled=("3",))), trail("3", "2", dialled=("3",)), HopKind.TAKE, ("2",)),
        (session(trail(dialled=("3",)), ago=0.2), trail("3", dialled=("3",)), HopKind.REPEAT, ()),
        (session(trail(dialled=("3",))), trail("3", dialled=("3",)), HopKind.TAKE, ("3",)),
        # a dial string is no repeat of a late hop that said the same, once the store had lost how its call began
        (session(trail("3")), trail("3", dialled=("3",)), HopKind.BEGIN, ()),
        (session(trail("2")), trail("3", dialled=("3",)), HopKind.BEGIN, ()),
        (session(trail("3"), begun=NOW - 5), trail("3", dialled=("3",)), HopKind.REPEAT, ()),
    ],
)
def test_a_hop_is_told_from_its_session_alone(known, hop, kind, new):
    assert decide(known, hop, NOW) == (kind, new)


@pytest.mark.parametrize(
    ("certainty", "outage", "ending"),
    [
        (Certainty.NOTHING, True, "nothing"),
        (Certainty.NOTHING, False, "trouble"),
        (Certainty.UNKNOWN, True, "unsure"),
        (Certainty.UNKNOWN, False, "unsure"),
        (Certainty.DONE, True, "done"),
        (Certainty.DONE, False, "done"),
    ],
)
def test_an_ending_says_no_more_than_is_known(certainty, outage, ending):
    assert ending_of(certainty, outage=outage) == ending
