"""The member whose card an officer typed: which office acts, why nothing is done, and what the officer is told (Bureau 5)."""

from typing import Annotated

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import phones, texts
from app.coop.access import activation
from app.coop.act import Act
from app.coop.members import lookup, notices
from app.coop.members.models import Number
from app.coop.subjects import approvals
from app.ussd import kinds
from app.ussd.bindings import Denials, Refused
from menus.hop import Hop, officers_act, own_act, who_of

WHY: dict[str, str] = {
    "own": "Ce membre a votre numéro, ou c'est vous.",
    "state": "Ce compte n'est pas actif.",
    "often": "Assez pour aujourd'hui: voyez un autre jour.",
    "fresh": "Votre numéro a changé depuis moins de 72 h.",
    "lost": "Son numéro a changé il y a moins de 72 h.",
    "place": "Il faut deux membres actifs de votre CPS.",
    "no_phone": "Aucun numéro prouvé: Membres, puis 3.",
    "again": "Déjà noté: il faut un 2e membre, autre numéro.",
    "known": "Le membre l'a déjà: retirez-le d'abord, choix 4.",
    "many": "Trop de numéros: retirez-en un d'abord.",
    "nothing": "Rien à activer sur cette carte.",
    "elsewhere": "Ce numéro est aussi d'une autre CPS: voyez CARE.",
    "open": "Un paiement ou une pesée est en cours.",
    "frozen": "Numéro ou code changé: attendez 24 h.",
    "pin": "Tapez d'abord la carte qui a un code secret.",
    "owes": "La 2e carte a une avance: gardez celle-là.",
    "busy": "Une opération date de moins de 2 ans.",
    "asked": "C'est déjà demandé.",
    "gone": "Déjà fait, ou plus possible.",
}

CardNumber = Annotated[str, kinds.Kind("words", "m" * 12)]


class Whom(msgspec.Struct, frozen=True):
    """Whose card was typed, as the session keeps it. No name: it is read when shown."""

    member_id: int
    person_id: int
    cooperative_id: int
    card: CardNumber
    state: str
    has_pin: bool


class Named(msgspec.Struct, frozen=True):
    name: kinds.PersonName


class NumberRow(msgspec.Struct, frozen=True):
    id: int
    phone: kinds.Short


class Issued(msgspec.Struct, frozen=True):
    """What the last screen says, and the operation that an activation number was drawn from: the number itself is kept nowhere."""

    then: str
    issued: str = ""
    card: str = ""
    place: str = ""


class PlacesGiven(msgspec.Struct, frozen=True):
    """The places on a number that is shared from now on."""

    places: kinds.Phrase


class Typed(msgspec.Struct, frozen=True):
    """What every way of Bureau 5 has kept: whose card was typed."""

    whom: Whom


PEOPLE: Denials = {lookup.NoCard: WHY["gone"], approvals.AlreadyAsked: WHY["asked"]}
"""Why nothing is done, on any way of Bureau 5."""


def found(session: Session, whom: Whom) -> lookup.FoundMember:
    """Return the member whose card was typed as they stand now. Raises finding.NoCard."""
    return lookup.in_cooperative(session, whom.cooperative_id, whom.card)


def act_on(session: Session, hop: Hop, whom: Whom) -> Act:
    """Return what is done on the member whose card was typed, by the office that may; leads to `not_yours`."""
    return officers_act(session, hop, "people", whom.cooperative_id)


def issue(hop: Hop, session: Session, person_id: int, then: str) -> Issued:
    """Issue an activation number drawn from this operation."""
    draw = activation.drawn_from(hop.operation, hop.desk.key)
    activation.issue(session, person_id, key=hop.desk.key, now=hop.now, draw=draw)
    return Issued(then, hop.operation)


def read_phone(typed: str) -> str:
    """Read nine digits of a Senegalese mobile number as E.164; refuses as `bad`."""
    phone = phones.read(typed)
    if phone is None or not phone.startswith("+2217"):
        raise Refused("bad")
    return phone


def tell_places(hop: Hop, session: Session, phone: str) -> PlacesGiven:
    """Tell the holders of a number that is shared now their places; say them to who has just proved it."""
    mine = who_of(hop).person_id
    holders = notices.tell_places(session, own_act(hop), phone, hop.operation)
    own = [holder.place for holder in holders if holder.person_id == mine]
    others = [holder.place for holder in holders if holder.person_id != mine]
    if not own:
        return PlacesGiven("")
    return PlacesGiven(f"Votre place: {own[0]}" + (f", l'autre membre: {others[0]}. " if len(others) == 1 else ". "))


def tell_holders(hop: Hop, session: Session, phone: str, new: int) -> None:
    """Tell the holders of a number that it was noted for somebody else too."""
    for holder in session.scalars(select(Number.person_id).where(Number.phone == phone, Number.person_id != new)).all():
        words = texts.say("number_wanted", day=hop.now)
        notices.tell_person(session, own_act(hop), holder, f"wanted:{holder}:{hop.operation}", words)
