"""The member's word, on their own phone, on what an officer did for them."""

from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts, units
from app.clock import DAKAR
from app.coop.contests import assisted_answers, opening_answers
from app.coop.members import notices
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.hop import Hop, Nothing, member_of, own_act, who_of
from menus.openings import OpeningTold, told_of
from menus.production import Goods

menu = Bindings("assisted_answers")
By = Annotated[str, kinds.Kind("words", "le secrétariat")]


class Answered(msgspec.Struct, frozen=True):
    answered: Annotated[str, kinds.Kind("words", "m" * 60)]


class AssistedTold(msgspec.Struct, frozen=True):
    """What the member is asked about: the session keeps it, so that her word is of what she saw."""

    id: int
    what: Annotated[str, kinds.Kind("words", "Déclaré")]
    by: By
    goods: Goods
    reference: kinds.Reference
    day: kinds.Day


class AssistedWord(msgspec.Struct, frozen=True):
    """The member's word on what was done for them: 1 it is right, 2 it is contested."""

    told: AssistedTold
    word: str


@menu.source(leads={"told": AssistedTold, "opening": OpeningTold, "nothing": None})
def assisted_told(hop: Hop, reader: Connection) -> Nothing:
    """Find what was done for the member, or brought over from paper, and waits for their word."""
    found = assisted_answers.asked(reader, member_of(hop), hop.now)
    brought = opening_answers.asked(reader, member_of(hop)) if found is None else None
    if brought is not None:
        raise Lead("opening", told_of(brought))
    if found is None:
        raise Lead("nothing")
    what, day = "Déclaré" if found.act == "declared" else "Annulé", found.at.astimezone(DAKAR).date()
    goods = units.count_of(found.quantity, found.unit, found.product)
    told = (what, texts.words("by")[found.role], goods, found.reference, day)
    raise Lead("told", AssistedTold(found.id, *told))


@menu.answer(refuses={"unknown": None})
def assisted_word(typed: str) -> str:
    """Read her word, 1 or 2."""
    if typed not in ("1", "2"):
        raise Refused("unknown")
    return typed


@menu.effect(ways={assisted_answers.UnknownAct: "nothing"}, notes=True)
def answer_assisted(hop: Hop, session: Session, kept: AssistedWord) -> Answered:
    """Write the member's word down; what they contest is undone, or goes to the president."""
    act, told = own_act(hop), kept.told.id
    if kept.word == "1":
        return Answered(f"Merci. Réf {assisted_answers.accept(session, act, told)} est juste.")
    done = assisted_answers.contest(session, act, told)
    words = texts.say("contested_receipt", reference=done.reference, became=done.became, day=hop.now)
    if done.ticket:
        words = texts.say("contest_opened", number=done.ticket.number, reference=done.reference, due=done.ticket.answer_by)
    notices.answer(session, act, "receipt", f"contested:{done.id}", words, who_of(hop).cooperative_id)
    if done.ticket:
        return Answered(f"Réf {done.reference}: réclamation {done.ticket.number} notée.")
    return Answered(f"Contesté: réf {done.reference} {texts.words('became')[done.became]}.")
