"""An officer's answer to what a member contests: what it is about, the verdict, and what the money does."""

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts, units
from app.coop.contests import answers
from app.coop.handover.kinds import handover_kinds
from app.coop.members.names import names_of
from app.coop.members.notices import tell_member
from app.db.rows import require
from app.gsm7 import fold
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.contests import SUBJECTS
from menus.hop import Hop, officers_act, reading_office

menu = Bindings("contest_answers")


SHORTEST = 4


LONGEST = 48


_AMOUNT = re.compile(r"\d[\d .]{3,}|\d+ ?(?:f|fr|fcfa|cfa|xof|mille)\b", re.IGNORECASE)


class Ruled(msgspec.Struct, frozen=True):
    ruled_number: kinds.Reference
    ruled: Annotated[str, kinds.Kind("words", "Fondée: 999 999 999 F redevient à payer.", private=True)]


class ContestRow(msgspec.Struct, frozen=True):
    id: int
    subject: str
    number: kinds.Reference
    what: kinds.Short
    reference: kinds.Reference
    card: kinds.Short
    day: kinds.Day
    late: kinds.Short
    name: Annotated[str, kinds.Kind("name", "m" * 20, private=True)] = ""


class Facts(msgspec.Struct, frozen=True):
    """Who contests what."""

    name: kinds.PersonName
    facts: Annotated[str, kinds.Kind("text", "m" * 100, private=True)]


class Ruling(msgspec.Struct, frozen=True):
    """What an answer says, and does to the money."""

    ruling: Annotated[str, kinds.Kind("words", "Fondée: 999 999 999 F redevient à payer.", private=True)]


class Claimed(msgspec.Struct, frozen=True):
    claim: ContestRow


class ContestAnswer(Claimed, frozen=True):
    """An officer's answer: `upheld` is `oui` or `non`."""

    upheld: str
    note: str


@menu.rows()
def contests_waiting(hop: Hop, reader: Connection) -> Sequence[ContestRow]:
    """Give what this officer may answer."""
    office = reading_office(reader, hop, "approve")
    found = answers.waiting(reader, office, hop.now)
    names = names_of(reader, [one.member_id for one in found])
    return [
        ContestRow(
            one.id,
            one.subject,
            one.number,
            SUBJECTS[one.subject],
            one.reference,
            one.card,
            one.answer_by,
            " en retard" if one.late else "",
            names.get(one.member_id, ""),
        )
        for one in found
    ]


@menu.source(leads={"gone": None})
def contest_facts(reader: Connection, kept: Claimed) -> Facts:
    """Say who contests how much of which day, and who had a hand in it."""
    name, found = answers.name_of(reader, kept.claim.id), answers.facts(reader, kept.claim.id)
    if found is None:
        raise Lead("gone")
    day, by = f"{found.on:%d/%m}", f"par {found.by}" if found.by else "par mobile money"
    if found.quantity is None:
        return Facts(name, f"{kinds.amount_words(found.amount)} remis le {day} {by}")
    weighed = units.count_of(found.quantity, found.unit, found.product)
    return Facts(name, f"{weighed}, {kinds.amount_words(found.amount)} par {found.unit}, le {day} {by}")


@menu.source(leads={"gone": None})
def contest_ruling(reader: Connection, kept: ContestAnswer) -> Ruling:
    """Say what the PIN confirms: the verdict, and where the money goes."""
    found = require(answers.facts(reader, kept.claim.id), Lead("gone"))
    return Ruling(_ruling(kept, kept.claim.subject, kinds.amount_words(found.amount)))


@menu.answer(refuses={"bad": None})
def contest_note(typed: str) -> kinds.Phrase:
    """Read the answer's words; whoever reads the member's SMS learns no amount from them."""
    words = " ".join(fold(typed).split()).rstrip(".")
    if not SHORTEST <= len(words) <= LONGEST or _AMOUNT.search(words):
        raise Refused("bad")
    return words


@menu.effect(leads={"not_yours": None}, ways={answers.ContestNotOpen: "gone", answers.Repaid: "repaid"})
def answer_contest(hop: Hop, session: Session, kept: ContestAnswer) -> Ruled:
    """Answer, and tell the member by SMS."""
    found = answers.facts(session, kept.claim.id)
    act, upheld = officers_act(session, hop, "approve"), kept.upheld == "oui"
    done = answers.answer(session, act, kept.claim.id, upheld=upheld, note=kept.note)
    words = texts.say("contest_answered", number=done.number, verdict="upheld" if upheld else "unfounded", note=kept.note)
    tell_member(session, act, done.member_id, "receipt", f"contest:{done.id}:answered", words)
    return Ruled(done.number, _ruling(kept, kept.claim.subject, kinds.amount_words(found.amount if found else 0)))


def _ruling(kept: ContestAnswer, subject: str, francs: str) -> str:
    moves = {"payment": f"{francs} redevient à payer.", "payout": f"{francs} est repris."}.get(subject, "à corriger: Caisse, 7.")
    stays = f"{francs} ne bouge pas." if subject in handover_kinds() else "rien ne bouge."
    return f"Fondée: {moves}" if kept.upheld == "oui" else f"Pas fondée: {stays}"
