"""Who is it: place, activation, PIN; and the guard that asks."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app import texts, units
from app.coop.access import activation, numbers, pins, resets, wrong_pins
from app.coop.access.identity import Who, who_waits
from app.coop.contests import assisted_answers
from app.coop.members import notices
from app.coop.members import privacy_notice as law
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Found, Lead, Proved, Refused
from menus.hop import Hop, Nothing, Words, clock_words, holders_of, own_act, who_of
from menus.member_lookup import PlacesGiven, tell_places

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


class Enrolling(msgspec.Struct, frozen=True):
    """Whose activation number was typed, on a number that they have yet to prove."""

    person_id: int


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
    if first in ("blocked", "departed", "officer", "enrol", "unproved") and who.place is None and (waiting := _waiting(hop)):
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
    return _check_pin(hop, who_of(hop), typed)


@menu.answer(
    acts=True,
    secret=True,
    proves=True,
    leads={"locked": Until, "enrolling": Enrolling, "dead": None},
    refuses=TYPED | {"number": Left},
)
def account_pin(hop: Hop, typed: str) -> Proved | Found:
    """Check the PIN; or, in its place, the activation number of a member who waits for this number beside its owner."""
    if _is_activation(typed) and (waiting := _waiting(hop)):
        try:
            return _activating(hop, waiting, typed)
        except Refused as wrong:
            raise Refused("number", wrong.values) from None
    return pin(hop, typed)


class Enrolled(msgspec.Struct, frozen=True):
    enrolling: Enrolling


@menu.answer(acts=True, secret=True, proves=True, leads={"locked": Until, "dead": None}, refuses=TYPED)
def enrolling_pin(hop: Hop, typed: str, kept: Enrolled) -> Proved:
    """Check the PIN of whose activation number was right; a malformed one is not a try."""
    if not pins.well_formed(typed):
        raise Refused("form")
    who = next((who for who in _waiting(hop) if who.person_id == kept.enrolling.person_id), None)
    if who is None or who.state != "active":
        raise Lead("dead")
    return _check_pin(hop, who, typed, unproved_too=True)


def _check_pin(hop: Hop, who: Who, typed: str, *, unproved_too: bool = False) -> Proved:
    desk = hop.desk
    with desk.database.read() as reader:
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
        wrong_pins.note(session, hop.phone, person_id, now=hop.now)


def _tell_of_wrong(hop: Hop, person_id: int, seen: wrong_pins.WrongPinsSeen) -> None:
    """Tell once, on all numbers, of wrong PINs before this call: somebody may be trying."""
    if seen.since is None:
        return
    with hop.desk.database.transaction() as session:
        if wrong_pins.forget_of(session, person_id, hop.now):
            words = texts.say("pins_tried", tries=seen.number, day=seen.since, hour=seen.since)
            notices.tell_person(session, own_act(hop), person_id, f"wrong pins:{hop.operation}", words)


def _opened(hop: Hop, who: Who, hashed: str) -> str:
    """Name who opens a call, on which number and by which PIN, so that nobody can tell them from the name."""
    said = f"{hop.phone}\0{who.person_id}\0{hashed}"
    return blake2b(said.encode(), key=hop.desk.key, digest_size=16, person=b"opened").hexdigest()


def _asked(hop: Hop, who: Who) -> bool:
    with hop.desk.database.read() as reader:
        return who.member_id is not None and assisted_answers.asked(reader, who.member_id, hop.now) is not None


@menu.answer(name="activation", acts=True, secret=True, leads={"enrolling": Enrolling, "dead": None}, refuses=TYPED)
def activation_number(hop: Hop, typed: str) -> Found:
    """Tell by the activation number who is there, also of those who wait for this number; a malformed one is not a try."""
    who = who_of(hop)
    return _activating(hop, (who, *(one for one in _waiting(hop) if one.person_id != who.person_id)), typed)


@menu.answer(acts=True, secret=True, leads={"dead": None}, refuses=TYPED)
def enrolling_number(hop: Hop, typed: str) -> Enrolling:
    """Tell by the activation number who of those that have yet to prove this number is there; a malformed one is not a try."""
    return Enrolling(_whose(hop, _waiting(hop), typed).person_id)


def _activating(hop: Hop, people: Sequence[Who], typed: str) -> Found:
    """Tell who has this activation number, for a first PIN; whoever has a PIN is led to it."""
    who = _whose(hop, people, typed)
    if who.state == "active":
        raise Lead("enrolling", Enrolling(who.person_id))
    return Found(msgspec.structs.replace(who, activating=True))


def _whose(hop: Hop, waiting: Sequence[Who], typed: str) -> Who:
    """Count a try of whose number it is; a wrong one is a try of each."""
    if not _is_activation(typed):
        raise Refused("form")
    desk, number, people = hop.desk, typed.replace(" ", ""), [who.person_id for who in waiting]
    with desk.database.read() as reader:
        meant = activation.whose(reader, people, number, key=desk.key)
    tried = [
        activation.try_activation(desk.database, person, number, hop.operation, key=desk.key, now=hop.now)
        for person in ([meant] if meant else people)
    ]
    left = [result.left for result in tried if isinstance(result, activation.ActivationRefused)]
    if left:
        raise Refused("wrong", Left.of(max(left)))
    if meant is None or not isinstance(tried[0], activation.ActivationOpened):
        raise Lead("dead")
    return next(who for who in waiting if who.person_id == meant)


def _waiting(hop: Hop) -> tuple[Who, ...]:
    with hop.desk.database.read() as reader:
        return who_waits(reader, hop.phone)


def _is_activation(typed: str) -> bool:
    return is_number(typed.replace(" ", ""), 6, least=6)


@menu.answer(secret=True, refuses={"form": None, "trivial": None})
def chosen_pin(hop: Hop, typed: str) -> str:
    """Take a new PIN; what is kept is its hash, with the pepper's number before it."""
    if not pins.well_formed(typed):
        raise Refused("form")
    if pins.trivial(typed, hop.phone):
        raise Refused("trivial")
    hashed, pepper = pins.hash_pin(typed, hop.desk.peppers)
    return f"{pepper}:{hashed}"


@menu.answer(secret=True, refuses={"form": None, "trivial": None, "same": None})
def other_pin(hop: Hop, typed: str) -> str:
    """Take a new PIN of who has just given the present one: another than that."""
    chosen = chosen_pin(hop, typed)
    with hop.desk.database.read() as reader:
        if pins.is_current(reader, who_of(hop).person_id, typed, hop.desk.peppers):
            raise Refused("same")
    return chosen


class ChosenPin(msgspec.Struct, frozen=True):
    """The hash of a PIN that was chosen, with the pepper's number before it."""

    chosen: str


@menu.answer(secret=True, refuses={"differs": None})
def same_pin(hop: Hop, typed: str, kept: ChosenPin) -> bool:
    """Hold the PIN typed again against the one chosen."""
    pepper, _, hashed = kept.chosen.partition(":")
    if not pins.matches(typed, hashed, hop.desk.peppers[int(pepper)]):
        raise Refused("differs")
    return True


@menu.effect(leads={"dead": None})
def activate(hop: Hop, session: Session, kept: ChosenPin) -> PlacesGiven:
    """Open the member's account: PIN, consent, an SMS; from now on a number with an owner is shared."""
    pepper, _, hashed = kept.chosen.partition(":")
    who = who_of(hop)
    person = who.person_id
    opened = who.activating and numbers.opens(session, person, hop.phone)
    if not (opened and activation.activate(session, own_act(hop), hashed, int(pepper))):
        raise Lead("dead")
    words = texts.say("activation_notice", day=hop.now)
    notices.answer(session, own_act(hop), "security", f"activated:{hop.operation}", words, who.cooperative_id)
    placed = {phone: tell_places(hop, session, phone) for phone in numbers.share_all(session, person)}
    return placed.get(hop.phone, PlacesGiven(""))


class PerhapsEnrolled(msgspec.Struct, frozen=True):
    """Whose activation number was right, if the call wasn't lost meanwhile."""

    enrolling: Enrolling | None = None


@menu.effect(leads={"dead": None})
def enrol_number(hop: Hop, session: Session, kept: PerhapsEnrolled) -> PlacesGiven:
    """Let the number in hand open the account: the activation number and the PIN were right, one after the other."""
    if not (kept.enrolling and hop.proved and numbers.enrol(session, who_of(hop).person_id, hop.phone, now=hop.now)):
        raise Lead("dead")
    notices.tell_self(session, own_act(hop), f"enrolled:{hop.operation}", texts.say("number_proved", day=hop.now))
    return tell_places(hop, session, hop.phone)


@menu.effect(leads={"shut": None})
def use_reset(hop: Hop, session: Session, kept: ChosenPin) -> Nothing:
    """Set the PIN chosen in a reset's window, and tell all the person's numbers."""
    pepper, _, hashed = kept.chosen.partition(":")
    person = who_of(hop).person_id
    if not resets.use(session, person, hop.phone, hashed, int(pepper), now=hop.now):
        raise Lead("shut")
    notices.tell_person(session, own_act(hop), person, f"pin:{hop.operation}", texts.say("pin_notice", day=hop.now))
    return Nothing()


@menu.effect()
def decline_reset(hop: Hop, session: Session) -> Nothing:
    """Shut a window that nobody here asked for."""
    if resets.decline(session, who_of(hop).person_id):
        notices.tell_self(session, own_act(hop), f"declined:{hop.operation}", texts.say("reset_declined", day=hop.now))
    return Nothing()


@menu.source()
def notice_whole() -> Words:
    """Give the whole notice of the law."""
    return Words(law.WHOLE)
