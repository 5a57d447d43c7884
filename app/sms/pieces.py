"""Pieces of one long SMS that a gateway brings as several: made one again, so that a later piece is never an order of its own.

A piece with another behind it is full: 150 to 160 septets, or 64 to 70 UTF-16 units of another alphabet. What the same number
sends within APART of a full one goes on with it. What came up to HURRY before a full one and still waits is its end: nobody types
a full piece in that time. Not promised: an end that was worked on before its beginning came stays what it was taken for.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gsm7 import measure
from app.sms import inbox
from app.sms.models import Inbound

APART, HURRY = timedelta(seconds=20), timedelta(seconds=10)
# A part with a header has 153 septets or 67 units, and a few fewer before a letter of two; one without has 160 or 70.
_FULL = {"GSM-7": range(150, 161), "UCS-2": range(64, 71)}
JOINED = "joined"
"""The state of a piece whose text stands in another row; its reason is that row's id."""


def is_full(text: str) -> bool:
    """Tell whether a text may be a piece with another behind it."""
    size = measure(text)
    return size.units in _FULL[size.alphabet] or (size.alphabet == "UCS-2" and len(text) in _FULL["GSM-7"])


def gather(session: Session, sms: Inbound) -> bool:
    """Make a message that is worked on whole with the pieces that wait; False when it is itself the end of one that waits."""
    waiting = select(Inbound).where(Inbound.sender == sms.sender, Inbound.id > sms.id, Inbound.state == "new")
    text, at = sms.text, sms.received_at
    # With twelve more pieces the text is about as long as a row keeps.
    for other in session.scalars(waiting.order_by(Inbound.id).limit(12).with_for_update()):
        if is_full(text) and other.received_at <= at + APART:
            text, at = other.text, other.received_at
            append(sms, other)
        elif sms.reason != inbox.IN_PIECES and is_full(other.text) and other.received_at <= sms.received_at + HURRY:
            append(other, sms)
            return False
        else:
            break
    return True


def begun(session: Session, sms: Inbound) -> Inbound | None:
    """Return the message, worked on before, that this one goes on with; None when it stands alone."""
    before = select(Inbound).where(Inbound.sender == sms.sender, Inbound.id < sms.id)
    last = session.scalar(before.order_by(Inbound.id.desc()).limit(1))
    if (
        last is None
        or last.state in ("new", "ignored")
        or last.reason == inbox.IN_PIECES
        or last.received_at < sms.received_at - APART
        or not is_full(last.text)
    ):
        return None
    return session.get(Inbound, int(last.reason or 0)) if last.state == JOINED else last


def append(head: Inbound, piece: Inbound) -> None:
    """Put a piece's text behind another's, and say where it stands now."""
    head.text, head.reason = (head.text + piece.text)[: inbox.MOST_CHARACTERS], inbox.IN_PIECES
    inbox.settle(piece, JOINED, reason=str(head.id), whose=head.cooperative_id)
