"""Who is it: place and PIN; and the guard that asks."""

from datetime import datetime
from hashlib import blake2b
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app import texts, units
from app.coop.access import numbers, pins, wrong_pins
from app.coop.access.identity import Who, who_waits
from app.coop.contests import assisted_answers
from app.coop.members import notices
from app.coop.members import privacy_notice as law
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Found, Lead, Proved, Refused
from menus.hop import Hop, Words, clock_words, holders_of, own_act, who_of

menu = Bindings("identity")
STATES = ("stranger", "place", "activation", "pin", "blocked", "departed", "officer", "enrol", "unproved", "reset", "notice")
"""Where whoever hasn't proved to be there may have to go first."""


class Left(msgspec.Struct, frozen=True):
    left: kinds.Count
    tries: Annotated[str, kinds.Kind("words", "999 essais")]

    @classmethod
    def of(cls, number: int) -> "Left":
        """Say how many tries are left."""
        return cls(number, units.count(number, "essai"))


TYPED = {"form": None, "wrong": Left}
"""Refusals of a PIN or an activation number; only a wrong one is a try."""


class Until(msgspec.Struct, frozen=True):
    until: kinds.Phrase


@menu.guard(name="pin", leads=dict.fromkeys((*STATES, "told")))
def pin_guard(hop: Hop) -> Divert | None:
    """Let pass a member who has proved to be there; else say what must come first, by the number and its state.

    What an officer did for her comes first too, once she has proved to be there, until she has said a word on it.
    """
    if not hop.proved:
        return unproved(hop)
    who = who_of(hop)
    if who.member_id is None:
        return Divert("officer", who)
    return Divert("told", who) if who.waiting and _asked(hop, who) else None


def unproved(hop: Hop, *, officer: bool = False) -> Divert:
    """Say what must come before the PIN; an `officer` who is no member has one too."""
    if hop.who is None:
        holders = holders_of(hop)
        if len(holders) != 1:
            return Divert("place" if holders else "stranger")
        who = holders[0]
    else:
        who = who_of(hop)
    if officer and who.state == "officer":
        return Divert("pin" if who.has_pin else "activation", who)
    first = _first(who, hop.now)
    if first in ("blocked", "departed", "officer", "enrol", "unproved") and who.place is None and (waiting := waiting_here(hop)):
        new = next((one for one in waiting if one.state == "pending"), None)
        return Divert("activation", new) if new else Divert("enrol", waiting[0])
    return Divert(first, who)


def _first(who: Who, now: datetime) -> str:
    """Return what comes first for somebody on a number of theirs: on one that wants proof never the PIN alone."""
    if who.state == "active" and who.proof_wanted:
        return "enrol"
    if who.state == "pending":
        return "unproved" if who.proof_wanted else "notice" if who.activating else "activation"
    if who.state == "active":
        return "reset" if who.reset_until and who.reset_until > now else "pin"
    return who.state


@menu.answer(refuses={"unknown": None})
def place(hop: Hop, typed: str) -> Found:
    """Tell by the place digit which of a shared number's members is meant."""
    for who in holders_of(hop):
        if str(who.place) == typed:
            return Found(who)
    raise Refused("unknown")


@menu.answer(acts=True, secret=True, proves=True, leads={"locked": Until}, refuses=TYPED)
def pin(hop: Hop, typed: str) -> Proved:
    """Check the PIN; a malformed one is not a try."""
    if not pins.well_formed(typed):
        raise Refused("form")
    return check_pin(hop, who_of(hop), typed)


def check_pin(hop: Hop, who: Who, typed: str, *, unproved_too: bool = False) -> Proved:
    """Check somebody's PIN; leads to `locked`, refuses a `wrong` one, which is a try."""
    desk = hop.desk
    with desk.read() as reader:
        # Asked anew: an officer may have barred the number since this call began.
        if not unproved_too and not numbers.opens(reader, who.person_id, hop.phone):
            raise Lead("locked", Until("bloqué sur ce numéro"))
        seen = wrong_pins.look(reader, hop.phone, who.person_id, hop.now)
    if seen.rests:
        why = "pas vérifié: trop d'essais faux ici, dans 1 h" if seen.rests == "number" else "pas vérifié: tapez encore dans 1 min"
        raise Lead("locked", Until(why))

    def tell(session: Session, locked: pins.Locked) -> None:
        words = notices.lock_words(locked.until, desk.service.code)
        notices.tell_person(session, own_act(hop), who.person_id, f"lock:{hop.operation}", words)

    result = pins.try_pin(desk.database, who.person_id, typed, hop.operation, peppers=desk.peppers, now=hop.now, tell=tell)
    match result:
        case pins.Wrong(left):
            _note_wrong(hop, who.person_id)
            raise Refused("wrong", Left.of(left))
        case pins.Locked(until):
            raise Lead(
                "locked", Until(f"bloqué jusqu'à {clock_words(until)}" if until else "bloqué jusqu'à sa remise par le secrétariat")
            )
        case pins.Busy():
            raise Lead("locked", Until("pas vérifié. Un instant, tapez encore"))
        case pins.Right(hashed):
            _tell_of_wrong(hop, who.person_id, seen)
            who = msgspec.structs.replace(who, waiting=_asked(hop, who))
            return Proved(who, language=who.language, opened=_opened(hop, who, hashed))


def _note_wrong(hop: Hop, person_id: int) -> None:
    with hop.desk.database.transaction() as session:
        # In a transaction of its own, so that the refusal that follows takes nothing of it back.
        wrong_pins.note(session, hop.phone, person_id, now=hop.now)


def _tell_of_wrong(hop: Hop, person_id: int, seen: wrong_pins.WrongPinsSeen) -> None:
    """Tell once, on all numbers, of wrong PINs before this call: somebody may be trying."""
    if seen.since is None:
        return
    with hop.desk.database.transaction() as session:
        # Of two calls at once only the one that forgets them tells of them.
        if wrong_pins.forget_of(session, person_id, hop.now):
            words = texts.say("pins_tried", tries=seen.number, day=seen.since, hour=seen.since)
            notices.tell_person(session, own_act(hop), person_id, f"wrong pins:{hop.operation}", words)


def _opened(hop: Hop, who: Who, hashed: str) -> str:
    """Name who opens a call, on which number and by which PIN, so that nobody can tell them from the name."""
    said = f"{hop.phone}\0{who.person_id}\0{hashed}"
    return blake2b(said.encode(), key=hop.desk.key, digest_size=16, person=b"opened").hexdigest()


def _asked(hop: Hop, who: Who) -> bool:
    with hop.desk.read() as reader:
        return who.member_id is not None and bool(reader.scalar(assisted_answers.waiting(who.member_id, hop.now)))


def waiting_here(hop: Hop) -> tuple[Who, ...]:
    """Return who waits for the number in hand: it opens nothing of theirs before they prove it."""
    with hop.desk.read() as reader:
        return who_waits(reader, hop.phone)


@menu.source()
def notice_whole() -> Words:
    """Give the whole notice of the law."""
    return Words(law.WHOLE)
