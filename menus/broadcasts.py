"""Estimates of broadcasts that wait for their officer's word, and the word given by PIN."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app.amounts import number
from app.commands.broadcasts import ordered
from app.coop.broadcasts import confirmations
from app.coop.broadcasts.estimates import Nobody, TooSlow
from app.coop.rights import NotYours
from app.db.rows import require
from app.sms.broadcasts.budget import OverBudget
from app.sms.broadcasts.texts import first_words, numbers
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Denied, Lead
from menus.call_backs import age_words
from menus.hop import Hop, act_by, acting_office, who_of

menu = Bindings("broadcasts")
Said = Annotated[str, kinds.Kind("words", "m" * 24)]
Words = Annotated[str, kinds.Kind("words", "m" * 24)]
Number = Annotated[int, kinds.Kind("words", "9" * 9)]
Reach = Annotated[str, kinds.Kind("words", "9 999 999 numéros, 999 999 999 999 F")]
MOST_SAID = 24


class EstimateRow(msgspec.Struct, frozen=True):
    id: int
    age: kinds.Short
    whom: kinds.Short
    start: kinds.Short


class ToldEstimate(msgspec.Struct, frozen=True):
    said: Said
    reach: Reach
    words: Words


class OrderSent(msgspec.Struct, frozen=True):
    order: Number
    reach: Reach


class PickedEstimate(msgspec.Struct, frozen=True):
    estimate: EstimateRow


NO_MORE = Denied("Ce devis n'attend plus")
KEPT: Denials = {
    confirmations.FreshNumber: "Votre numéro a changé il y a moins de 72 h",
    confirmations.LeftAlready: lambda left: f"Même texte déjà parti: envoi {left.before.order}",
    OverBudget: lambda over: f"Budget du jour dépassé de {number(over.francs)} F",
    Nobody: "Personne à joindre",
    TooSlow: "Trop de monde pour une alerte de 3 h",
}


@menu.rows()
def estimates(hop: Hop) -> Sequence[EstimateRow]:
    """Give the officer's open estimates of this number, newest first."""
    return [EstimateRow(one.id, age_words(hop.now - one.at), one.said[:16], first_words(one.typed)[:16]) for one in _waiting(hop)]


@menu.source(leads={"denied": Denied})
def estimate(hop: Hop, kept: PickedEstimate) -> ToldEstimate:
    """Say what the PIN sends: to whom, how many, at what cost, its first words."""
    one = require(next((one for one in _waiting(hop) if one.id == kept.estimate.id), None), Lead("denied", NO_MORE))
    whom = f"ALERTE {one.said}" if one.purpose == "urgent" else one.said
    return ToldEstimate(whom[:MOST_SAID], _reach(one.recipients, one.francs), first_words(one.text)[:MOST_SAID])


@menu.effect(leads={"denied": Denied}, denies=KEPT, ways={NotYours: "not_yours"})
def send_broadcast(hop: Hop, session: Session, kept: PickedEstimate) -> OrderSent:
    """Order the broadcast, once, whether by SMS or here."""
    person = who_of(hop).person_id
    # For its `not_yours` alone: the office that acts is one that reaches the broadcast's own scope.
    acting_office(session, hop, "broadcast")
    broadcast = require(confirmations.find_for_pin(session, kept.estimate.id, person, hop.phone, hop.now), Lead("denied", NO_MORE))
    act = act_by(confirmations.office_of(session, broadcast, person, hop.now.date()), hop)

    ordered(session, act, broadcast, hop.desk.terms)
    cost = broadcast.recipients * broadcast.parts * broadcast.price
    return OrderSent(broadcast.order, _reach(broadcast.recipients, cost))


def _waiting(hop: Hop) -> tuple[confirmations.WaitingEstimate, ...]:
    with hop.desk.read() as reader:
        return confirmations.waiting_for_pin(reader, who_of(hop).person_id, hop.phone, hop.now)


def _reach(recipients: int, francs: int) -> str:
    return f"{numbers(recipients)}, {number(francs)} F"
