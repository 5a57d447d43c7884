"""Messages: what members wrote and no command understood, read and answered by an officer."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import phones
from app.coop.correspondence import inbox
from app.gsm7 import fold
from app.sms import cost, prices
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused, Ways
from menus.call_backs import Phone, age_words
from menus.hop import Hop, Nothing, officers_act, reading_office

menu = Bindings("inbox")
MOST_TYPED = 120
"""Characters of an answer typed on a phone: what gateways let through in one entry, and what the next page still shows."""
Start = Annotated[str, kinds.Kind("words", "m" * 16, private=True)]
Typed = Annotated[str, kinds.Kind("text", "m" * MOST_TYPED, private=True)]
Number = Annotated[int, kinds.Kind("words", "9" * 9)]
GONE: Ways = {inbox.LetterClosed: "letter_gone"}


class LetterRow(msgspec.Struct, frozen=True):
    """One that waits; no name: who wrote is known by the number."""

    id: int
    age: kinds.Short
    phone: Phone
    start: Start


class LetterShown(msgspec.Struct, frozen=True):
    """One to be read; `number` is what REPONDRE wants to hear."""

    number: Number
    day: kinds.Day
    words: kinds.PrivateText


class Costs(msgspec.Struct, frozen=True):
    price: kinds.Short


class Dismissed(msgspec.Struct, frozen=True):
    dismissed: kinds.Short


class Reading(msgspec.Struct, frozen=True):
    letter: LetterRow


class Replying(Reading, frozen=True):
    reply: str


class LetterReply(msgspec.Struct, frozen=True):
    reply: str


@menu.rows()
def letters(hop: Hop, reader: Connection) -> Sequence[LetterRow]:
    """Give what waits, oldest first."""
    found = inbox.unread(reader, reading_office(reader, hop, "call_backs").cooperative_id)
    return [LetterRow(one.id, age_words(hop.now - one.at), phones.write(one.phone), one.text[:16]) for one in found]


@menu.source(leads={"letter_gone": None})
def letter(hop: Hop, reader: Connection, kept: Reading) -> LetterShown:
    """Say its number, when it came and what it says."""
    found = inbox.unread(reader, reading_office(reader, hop, "call_backs").cooperative_id, letter=kept.letter.id)
    if not found:
        raise Lead("letter_gone")
    return LetterShown(found[0].id, found[0].at.date(), " ".join(found[0].text.split()) or "(vide)")


@menu.answer(refuses={"long": None})
def letter_words(typed: str) -> Typed:
    """Read an answer."""
    words = " ".join(typed.split())
    if not 0 < len(fold(words)) <= MOST_TYPED:
        raise Refused("long")
    return words


@menu.source()
def letter_price(hop: Hop, reader: Connection, kept: LetterReply) -> Costs:
    """Say what the answer costs, with the name that stands before it."""
    whole = inbox.signed(reader, reading_office(reader, hop, "call_backs").cooperative_id, kept.reply)
    price = prices.part_price(reader, hop.now, hop.desk.service.part_price)
    quote = cost.quote(whole, 1, price)
    return Costs(f"{quote.parts} SMS, {kinds.amount_words(quote.francs)}")


@menu.effect(leads={"not_yours": None}, ways=GONE)
def answer_letter(hop: Hop, session: Session, kept: Replying) -> Nothing:
    """Send the answer; the first officer's counts."""
    inbox.answer(session, officers_act(session, hop, "call_backs"), kept.letter.id, kept.reply)
    return Nothing()


@menu.effect(leads={"not_yours": None}, ways=GONE)
def dismiss_letters(hop: Hop, session: Session, kept: Reading) -> Dismissed:
    """Close all that this number wrote, without an answer."""
    number = inbox.dismiss_all(session, officers_act(session, hop, "call_backs"), kept.letter.id)
    return Dismissed(f"{number} message{'s' * (number > 1)}")


@menu.effect(leads={"not_yours": None}, ways=GONE)
def dismiss_letter(hop: Hop, session: Session, kept: Reading) -> Nothing:
    """Close it without an answer."""
    inbox.dismiss(session, officers_act(session, hop, "call_backs"), kept.letter.id)
    return Nothing()
