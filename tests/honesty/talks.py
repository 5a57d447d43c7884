"""A call from a handset, and what a person may type on what they see."""

import re
from datetime import datetime

import msgspec

from app.ussd.menus import Reply
from tests.honesty import till

FIGURES = ("25", "40", "333")
"""What is typed for a sum or a weight: never what a choice or a confirmation is."""
ASKED = re.compile(r"(?:Payer|Peser|Donner) (\d+) \?")


class Talk(msgspec.Struct):
    """One call from one handset: what was typed, what is seen (None when the answer was lost), which figures were meant.

    `smooth` says that nothing failed or came again in it so far; `forgotten` that the store has failed it, so that its acts
    can't be told from those of the call that had its session id a few minutes before.
    """

    number: int
    at: datetime
    phone: str
    dialect: str
    session: str
    dialled: tuple[str, ...]
    parts: list[str] = []
    smooth: bool = True
    forgotten: bool = False
    sees: Reply | None = None
    meant: set[int] = set()


def entries(talk: Talk) -> tuple[str, ...]:
    """Return what the person may type on what they see; the likeliest first, for shorter traces."""
    seen = talk.sees.text if talk.sees else ""
    if "Code secret" in seen:
        return (till.PINS[talk.phone], "1111", "0")
    if ASKED.search(seen):
        return ("1", "0", "00", "7")
    if "somme" in seen or "kg" in seen:
        return (*FIGURES, "12*5", "0")
    return ("2", "1", "5", "3", "4", "0", "00", "9")
