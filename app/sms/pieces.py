"""Pieces of one long SMS that a gateway brings as several: made one again, so that a later piece is never an order of its own.

A piece with another behind it is full: 150 to 160 septets, or 64 to 70 UTF-16 units of another alphabet. What the same number
sends within APART of a full one goes on with it. A full one that comes up to HURRY behind an end goes before that: nobody types
a full piece in that time. Gateways number no pieces, so that full ones stand in the order in which they came.
Not promised: an end that was worked on before its beginning came stays what it was taken for.
"""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
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
    """Make a message that is worked on whole with the pieces that wait; False when it is itself a later piece of another."""
    if sms.reason == inbox.IN_PIECES:
        return True
    waiting = select(Inbound).where(Inbound.sender == sms.sender, Inbound.id > sms.id, Inbound.state == "new")
    parts, before = [sms], sms
    # With twelve more pieces the text is about as long as a row keeps.
    for other in session.scalars(waiting.order_by(Inbound.id).limit(12).with_for_update()):
        if not _follows(before, other) and not _precedes(before, other):
            break
        # A full one stands before the end, where that has come.
        at = len(parts) - (is_full(other.text) and not is_full(parts[-1].text))
        parts.insert(at, other)
        before = other
    for piece in parts[1:]:
        append(parts[0], piece, parts[0].text + piece.text)
    return parts[0] is sms


class BegunMessage(msgspec.Struct, frozen=True):
    """A message that was worked on before, its whole text with the piece that has come, and whether that stands before its end."""

    head: Inbound
    whole: str
    late: bool


def begun(session: Session, sms: Inbound) -> BegunMessage | None:
    """Return the message, worked on before, that this one is a piece of; None when it stands alone."""
    before = select(Inbound).where(Inbound.sender == sms.sender, Inbound.id < sms.id)
    last = session.scalar(before.order_by(Inbound.id.desc()).limit(1))
    if last is None or last.state in ("new", "ignored"):
        return None
    gathered = last.state == JOINED or last.reason == inbox.IN_PIECES
    goes_on = last.reason != inbox.IN_PIECES and _follows(last, sms)
    if not goes_on and not (gathered and _precedes(last, sms)):
        return None
    head = session.get(Inbound, int(last.reason or 0)) if last.state == JOINED else last
    if head is None or head is sms:
        return None
    ends = [piece.text for piece in joined(session, head) if not is_full(piece.text)]
    late = bool(ends) and is_full(sms.text) and head.text.endswith(ends[-1])
    at = len(head.text) - (len(ends[-1]) if late else 0)
    return BegunMessage(head, head.text[:at] + sms.text + head.text[at:], late)


def is_unclear(session: Session, head: Inbound) -> bool:
    """Tell whether the pieces of a message may stand in another order: two ends, or two middle ones of which one came late."""
    full = [is_full(piece.text) for piece in joined(session, head)]
    return full.count(False) > 1 or (full.count(True) > 1 and False in full[:-1])


def joined(session: Session, head: Inbound) -> Sequence[Inbound]:
    """Return the pieces of a message behind its first, in the order in which they came."""
    pieces = select(Inbound).where(Inbound.sender == head.sender, Inbound.state == JOINED, Inbound.reason == str(head.id))
    return session.scalars(pieces.order_by(Inbound.id)).all()


def append(head: Inbound, piece: Inbound, whole: str) -> None:
    """Give a message its whole text with a piece, and say where that stands now."""
    head.text, head.reason = whole[: inbox.MOST_CHARACTERS], inbox.IN_PIECES
    inbox.settle(piece, JOINED, reason=str(head.id), whose=head.cooperative_id)


def _follows(before: Inbound, piece: Inbound) -> bool:
    return is_full(before.text) and piece.received_at <= before.received_at + APART


def _precedes(end: Inbound, piece: Inbound) -> bool:
    return is_full(piece.text) and piece.received_at <= end.received_at + HURRY
