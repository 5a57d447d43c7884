"""The member's word on the balances that were brought over from paper."""

from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app import texts
from app.amounts import number
from app.coop.contests import opening_answers
from app.coop.members.notices import answer
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Refused
from menus.hop import Hop, own_act, who_of
from menus.identity import STATES, unproved

menu = Bindings("openings")
LONGEST = "Parts 999 999 999, épargne 999 999 999, on vous doit 999 999 999, vous devez 999 999 999 F"


class OpeningTold(msgspec.Struct, frozen=True):
    """What the member is asked about: the session keeps it, so that their word is of what they saw."""

    id: int
    words: Annotated[str, kinds.Kind("words", LONGEST, private=True)]


class OpeningWord(msgspec.Struct, frozen=True):
    """The member's word on it: 1 it is right, 2 it is contested."""

    opening: OpeningTold
    word: str


class OpeningAnswer(msgspec.Struct, frozen=True):
    opening_said: Annotated[str, kinds.Kind("words", "m" * 80)]


def told_of(found: opening_answers.WaitingOpening) -> OpeningTold:
    """Say what was brought over; accounts that hold nothing are left out."""
    said = (("parts", found.shares), ("épargne", found.savings), ("on vous doit", found.payable), ("vous devez", found.owed))
    words = ", ".join(f"{name} {number(amount)}" for name, amount in said if amount)
    return OpeningTold(found.id, f"{words[:1].upper()}{words[1:]} F")


@menu.guard(name="own_word", leads=dict.fromkeys(STATES))
def own_word_guard(hop: Hop) -> Divert | None:
    """Let pass who has proved to be there: what they are asked stands before all that the guard `pin` opens."""
    return None if hop.proved else unproved(hop)


@menu.answer(refuses={"unknown": None})
def opening_word(typed: str) -> str:
    """Read the member's word, 1 or 2."""
    if typed not in ("1", "2"):
        raise Refused("unknown")
    return typed


@menu.effect(ways={opening_answers.OpeningAnswered: "nothing"}, notes=True)
def answer_opening(hop: Hop, session: Session, kept: OpeningWord) -> OpeningAnswer:
    """Write the member's word down; what they contest goes to the officers, with its clock."""
    act, about = own_act(hop), kept.opening.id
    if kept.word == "1":
        opening_answers.accept(session, act, about)
        return OpeningAnswer("Merci. C'est noté: vos soldes sont justes.")
    made = opening_answers.contest(session, act, about)
    if not made.known:
        words = texts.say("contest_opened", number=made.number, reference=f"{about % 1_000_000:06d}", due=made.answer_by)
        answer(session, act, "receipt", f"contest:{made.id}", words, who_of(hop).cooperative_id)
    return OpeningAnswer(f"Réclamation {made.number} notée. Réponse par SMS au plus tard le {made.answer_by:%d/%m}.")
