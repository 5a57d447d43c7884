"""The first use: an activation number, a PIN chosen twice; a number that wants proof; a PIN that was reset."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts
from app.coop.access import activation, numbers, pins, resets
from app.coop.access.identity import Who
from app.coop.members import notices
from app.digits import is_number
from app.ussd.bindings import Bindings, Found, Lead, Proved, Refused
from menus.hop import Hop, Nothing, own_act, who_of
from menus.identity import TYPED, Left, Until, check_pin, pin, waiting_here
from menus.member_lookup import PlacesGiven, tell_places

menu = Bindings("activation")


class Enrolling(msgspec.Struct, frozen=True):
    """Whose activation number was typed, on a number that they have yet to prove."""

    person_id: int


@menu.answer(
    acts=True,
    secret=True,
    proves=True,
    leads={"locked": Until, "enrolling": Enrolling, "dead": None},
    refuses=TYPED | {"number": Left},
)
def account_pin(hop: Hop, typed: str) -> Proved | Found:
    """Check the PIN; or, in its place, the activation number of a member who waits for this number beside its owner."""
    if _is_activation(typed) and (waiting := waiting_here(hop)):
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
    who = next((who for who in waiting_here(hop) if who.person_id == kept.enrolling.person_id), None)
    if who is None or who.state != "active":
        raise Lead("dead")
    return check_pin(hop, who, typed, unproved_too=True)


@menu.answer(name="activation", acts=True, secret=True, leads={"enrolling": Enrolling, "dead": None}, refuses=TYPED)
def activation_number(hop: Hop, typed: str) -> Found:
    """Tell by the activation number who is there, also of those who wait for this number; a malformed one is not a try."""
    who = who_of(hop)
    return _activating(hop, (who, *(one for one in waiting_here(hop) if one.person_id != who.person_id)), typed)


@menu.answer(acts=True, secret=True, leads={"dead": None}, refuses=TYPED)
def enrolling_number(hop: Hop, typed: str) -> Enrolling:
    """Tell by the activation number who of those that have yet to prove this number is there; a malformed one is not a try."""
    return Enrolling(_whose(hop, waiting_here(hop), typed).person_id)


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
    with desk.read() as reader:
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
def other_pin(hop: Hop, reader: Connection, typed: str) -> str:
    """Take a new PIN of who has just given the present one: another than that."""
    chosen = chosen_pin(hop, typed)
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
    words = texts.say("number_proved", day=hop.now)
    notices.tell_of_number(session, own_act(hop), who_of(hop).person_id, hop.phone, f"enrolled:{hop.operation}", words)
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
