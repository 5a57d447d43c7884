"""What a message is for decides its lane, its patience and its need of consent."""

from datetime import timedelta
from typing import Literal

import msgspec

Lane = Literal["code", "urgent", "answer", "notice", "bulk"]
LANES: tuple[Lane, ...] = ("code", "urgent", "answer", "notice", "bulk")
QUEUES = ("incoming", *LANES, "reports")
"""The SMS that came, the lanes, and the delivery reports that came: each has a worker of its own."""


class Purpose(msgspec.Struct, frozen=True):
    """`expires` is when it no longer leaves; `consent` the consent that it needs, if any; `guarded`: never again and again."""

    lane: Lane
    expires: timedelta
    consent: str | None = None
    guarded: bool = False


PURPOSES = {
    "code": Purpose("code", timedelta(minutes=15)),
    "urgent": Purpose("urgent", timedelta(hours=3), "urgent"),
    "answer": Purpose("answer", timedelta(hours=6), guarded=True),
    "security": Purpose("notice", timedelta(days=2)),
    "receipt": Purpose("notice", timedelta(days=2)),
    "notice": Purpose("notice", timedelta(days=3), "notices", guarded=True),
    "task": Purpose("notice", timedelta(days=3)),
    "alarm": Purpose("notice", timedelta(hours=6)),
    "report": Purpose("bulk", timedelta(days=3), "notices"),
    "broadcast": Purpose("bulk", timedelta(days=1), "broadcasts"),
}
"""A receipt is of the member's own act, so it needs no consent; `security` tells of locks and PINs, `task` an officer of what
waits for them and whoever asked how it ended, `alarm` of halts, `report` many of a month's sums."""

BULK_FROM = 200
"""More recipients than this go to `bulk`, whatever they are told, unless it is urgent."""


def lane_of(purpose: str, recipients: int) -> Lane:
    """Return the lane of one text to so many recipients: a broadcast to few needn't wait behind one to many."""
    lane = PURPOSES[purpose].lane
    if lane in ("bulk", "notice"):
        return "bulk" if recipients > BULK_FROM else "notice"
    return lane


LEAVES_AGAIN = ("code", "urgent")
"""Lanes whose *maybe sent* messages leave once more after a minute."""
