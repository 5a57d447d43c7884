"""A member's own numbers, and a peer's word for a member who lost the PIN."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import phones, texts
from app.coop.access import numbers, resets
from app.coop.members import lookup, notices
from app.coop.members.telephones import HeldNumber, numbers_of
from app.coop.scope import Scope
from app.db.rows import require
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.hop import Hop, Nothing, own_act, who_of
from menus.member_lookup import WHY, CardNumber, NumberRow, PlacesGiven, tell_places

menu = Bindings("own_numbers")


class Mine(msgspec.Struct, frozen=True):
    mine: kinds.PrivateText


class PeerCard(msgspec.Struct, frozen=True):
    member_id: int
    person_id: int
    cooperative_id: int
    card: CardNumber


class Helped(msgspec.Struct, frozen=True):
    helped: kinds.Phrase


class Chosen(msgspec.Struct, frozen=True):
    own_number: NumberRow


class Helping(msgspec.Struct, frozen=True):
    peer_card: PeerCard


@menu.source()
def my_numbers(hop: Hop) -> Mine:
    """Give the member's numbers, a line each."""
    lines = [phones.write(one.phone) + _mark(one) for one in _held(hop)]
    return Mine("\n".join(lines) or "Aucun numéro.")


@menu.rows()
def numbers_to_prove(hop: Hop) -> Sequence[NumberRow]:
    """Give the numbers that an officer noted and the member hasn't proved: this one, in hand, is proved already."""
    return [NumberRow(one.id, phones.write(one.phone)) for one in _held(hop) if one.proof_wanted]


@menu.rows()
def numbers_to_drop(hop: Hop) -> Sequence[NumberRow]:
    """Give the numbers that the member may give up: all but the one in hand."""
    return [NumberRow(one.id, phones.write(one.phone)) for one in _held(hop) if one.phone != hop.phone]


@menu.effect(leads={"gone": None})
def prove_number(hop: Hop, session: Session, kept: Chosen) -> PlacesGiven:
    """Let another number open the account: the PIN was given on one that does."""
    person = who_of(hop).person_id
    wanted = next((one for one in numbers_of(session, person) if one.id == kept.own_number.id), None)
    if wanted is None or not numbers.prove(session, person, wanted.phone, by_person_id=None, now=hop.now):
        raise Lead("gone")
    words = texts.say("number_proved", day=hop.now)
    notices.tell_of_number(session, own_act(hop), person, wanted.phone, f"proved:{hop.operation}", words)
    return tell_places(hop, session, wanted.phone)


@menu.effect(leads={"gone": None})
def drop_number(hop: Hop, session: Session, kept: Chosen) -> Nothing:
    """Take a number off the account."""
    person = who_of(hop).person_id
    phone = require(numbers.release(session, person, kept.own_number.id, by_person_id=None, now=hop.now), Lead("gone"))
    words = texts.say("number_released", day=hop.now)
    notices.tell_person(session, own_act(hop), person, f"dropped:{hop.operation}", words, extra=(phone,))
    return Nothing()


@menu.answer(refuses=dict.fromkeys(("unknown", "short")))
def peers_card(hop: Hop, reader: Connection, typed: str) -> PeerCard:
    """Find a member of the peer's own co-operative by card, or by a telephone number of their own."""
    try:
        found = lookup.find(reader, Scope(who_of(hop).cooperative_id).cooperative, typed)
    except lookup.NoCard:
        raise Refused("short" if lookup.too_short(typed) else "unknown") from None
    return PeerCard(found.member_id, found.person_id, found.cooperative_id, found.card)


@menu.effect(denies={lookup.NoCard: WHY["state"], resets.NotNow: lambda no: WHY[no.why]})
def help_member(hop: Hop, session: Session, kept: Helping) -> Helped:
    """Take a peer's word; the second one opens the window."""
    member = lookup.in_cooperative(session, kept.peer_card.cooperative_id, kept.peer_card.card)
    window = resets.help_as_peer(session, own_act(hop), member)
    until = window.until
    words = texts.say("peer_helped", day=hop.now)
    if until:
        words = texts.say("reset_opened", hour=until, code=hop.desk.service.code)
    notices.tell_person(session, own_act(hop), member.person_id, f"peer:{hop.operation}", words)
    return Helped("Ouvert 30 min: le membre choisit son code." if until else "Noté. Un 2e membre doit le dire aussi.")


def _held(hop: Hop) -> list[HeldNumber]:
    with hop.desk.read() as reader:
        return numbers_of(reader, who_of(hop).person_id)


def _mark(number: HeldNumber) -> str:
    return " à confirmer" if number.proof_wanted else " de confiance" if number.trusted else ""
