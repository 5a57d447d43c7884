"""Messages: what members wrote and no command understood, read and answered by an officer."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app import phones
from app.coop.members import inbox
from app.gsm7 import fold
from app.sms import cost, prices
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.call_backs import Phone, age_words
from menus.caller import Hop, Nothing, officers_act, reading_office

menu = Bindings("inbox")
MOST_TYPED = 120
"""Characters of an answer typed on a phone: what gateways let through in one entry, and what the next page still shows."""
Start = Annotated[str, kinds.Kind("words", "m" * 16, private=True)]
Typed = Annotated[str, kinds.Kind("text", "m" * MOST_TYPED, private=True)]
Number = Annotated[int, kinds.Kind("words", "9" * 9)]
GONE: dict[str, type | None] = {"letter_gone": None}


class LetterRow(msgspec.Struct, frozen=True):
    """One that waits; no name: who wrote is known by the number."""

    id: int
    age: kinds.Short
    phone: Phone
    start: Start


class Letter(msgspec.Struct, frozen=True):
    """One to be read; `number` is what REPONDRE wants to hear."""

    number: Number
    day: kinds.Day
    words: kinds.PrivateText


class Costs(msgspec.Struct, frozen=True):
    price: kinds.Short


@menu.rows()
def letters(hop: Hop) -> Sequence[LetterRow]:
    """Give what waits, oldest first."""
    with hop.desk.database.read() as reader:
        found = inbox.unread(reader, reading_office(reader, hop, "call_backs").cooperative_id)
    return [LetterRow(one.id, age_words(hop.now - one.at), phones.write(one.phone), one.text[:16]) for one in found]


@menu.source(leads=GONE)
def letter(hop: Hop) -> Letter:
    """Say its number, when it came and what it says."""
    with hop.desk.database.read() as reader:
        found = inbox.unread(reader, reading_office(reader, hop, "call_backs").cooperative_id, letter=_letter(hop))
    if not found:
        raise Lead("letter_gone")
    return Letter(found[0].id, found[0].at.date(), " ".join(found[0].text.split()) or "(vide)")


@menu.answer(refuses={"long": None})
def letter_words(typed: str) -> Typed:
    """Read an answer."""
    words = " ".join(typed.split())
    if not 0 < len(fold(words)) <= MOST_TYPED:
        raise Refused("long")
    return words


@menu.source()
def letter_price(hop: Hop) -> Costs:
    """Say what the answer costs, with the name that stands before it."""
    with hop.desk.database.read() as reader:
        whole = inbox.signed(reader, reading_office(reader, hop, "call_backs").cooperative_id, str(hop.kept["reply"]))
        price = prices.part_price(reader, hop.now, hop.desk.service.part_price)
    quote = cost.quote(whole, 1, price)
    return Costs(f"{quote.parts} SMS, {kinds.amount_words(quote.francs)}")


@menu.effect(leads={"letter_gone": None, "not_yours": None})
def answer_letter(hop: Hop, session: Session) -> Nothing:
    """Send the answer; the first officer's counts."""
    try:
        inbox.answer(session, officers_act(session, hop, "call_backs"), _letter(hop), str(hop.kept["reply"]))
    except inbox.LetterClosed:
        raise Lead("letter_gone") from None
    return Nothing()


@menu.effect(leads={"letter_gone": None, "not_yours": None})
def dismiss_letter(hop: Hop, session: Session) -> Nothing:
    """Close it without an answer."""
    try:
        inbox.dismiss(session, officers_act(session, hop, "call_backs"), _letter(hop))
    except inbox.LetterClosed:
        raise Lead("letter_gone") from None
    return Nothing()


def _letter(hop: Hop) -> int:
    return int(hop.kept["letter"]["id"])
