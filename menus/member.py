"""Home, balances, the member's account and help."""

import msgspec
from sqlalchemy.orm import Session

from app.coop.ledger.reading import balances_of
from app.coop.members import account, callbacks, notices, pins
from app.coop.members.identity import cooperative_of, person_of
from app.sms import texts
from app.ussd import kinds
from app.ussd.bindings import Bindings
from menus.boutiques import OfferRow
from menus.caller import Hop, Nothing, holders_of, member_of, own_act, who_of
from menus.identity import ChosenPin
from menus.training import TrainingRow

menu = Bindings("member")


class Balances(msgspec.Struct, frozen=True):
    shares: kinds.Amount
    savings: kinds.Amount
    payable: kinds.Amount
    owed: kinds.Amount


class Own(msgspec.Struct, frozen=True):
    """Whose account it is."""

    name: kinds.PersonName
    card: kinds.Short
    cooperative: kinds.Short


@menu.source()
def balances(hop: Hop) -> Balances:
    """Give the member's four balances; one SELECT."""
    with hop.desk.database.read() as reader:
        found = balances_of(reader, member_of(hop))
    return Balances(found.shares, found.savings, found.payable, found.owed)


@menu.source()
def own_account(hop: Hop) -> Own:
    """Say whose account it is; one SELECT."""
    with hop.desk.database.read() as reader:
        name, card = account.name_and_card(reader, member_of(hop))
    return Own(name, card, who_of(hop).cooperative or "")


class Language(msgspec.Struct, frozen=True):
    language: str


class Wish(msgspec.Struct, frozen=True):
    amounts: str


class Subject(msgspec.Struct, frozen=True):
    """Where in the menu somebody asked to be called, and of which offer or training."""

    subject: str = "Aide"
    offer: OfferRow | None = None
    training: TrainingRow | None = None


@menu.effect()
def set_language(hop: Hop, session: Session, kept: Language) -> Nothing:
    """Note the language wished for."""
    account.set_language(session, who_of(hop).person_id, kept.language)
    return Nothing()


@menu.effect()
def change_pin(hop: Hop, session: Session, kept: ChosenPin) -> Nothing:
    """Change the PIN, told on all the member's numbers."""
    person, (pepper, _, hashed) = who_of(hop).person_id, kept.chosen.partition(":")
    pins.set_pin(session, person, hashed, int(pepper), now=hop.now)
    notices.tell_person(session, own_act(hop), person, f"pin:{hop.operation}", texts.pin_notice(hop.now))
    return Nothing()


@menu.effect(ways={account.SharedNumber: "shared"})
def set_amounts(hop: Hop, session: Session, kept: Wish) -> Nothing:
    """Allow or stop amounts by SMS."""
    person, on = who_of(hop).person_id, kept.amounts == "oui"
    account.set_amounts_by_sms(session, person, on)
    notices.tell_person(session, own_act(hop), person, f"amounts:{hop.operation}", texts.amounts_chosen(on, hop.now))
    return Nothing()


@menu.effect()
def call_me(hop: Hop, session: Session, kept: Subject) -> Nothing:
    """Put the number on its secretary's list, or the federation's when nobody knows it."""
    holders = holders_of(hop)
    whom = {"person_id": person_of(holders), "cooperative_id": cooperative_of(holders)}
    callbacks.ask(session, hop.phone, _subject(kept), **whom, now=hop.now)
    return Nothing()


def _subject(kept: Subject) -> str:
    if kept.subject == "Boutique" and kept.offer:
        return f"{kept.subject}: {kept.offer.name}"
    if kept.subject == "Formation" and kept.training:
        return f"{kept.subject}: {kept.training.title}"
    return kept.subject
