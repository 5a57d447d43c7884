"""Home, balances, the member's account and help."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts
from app.coop.access import pins
from app.coop.access.identity import Who, cooperative_of, person_of
from app.coop.correspondence import call_backs
from app.coop.correspondence.models import CallBack
from app.coop.ledger.queries import balances_of
from app.coop.members import account, notices
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead
from menus.activation import ChosenPin
from menus.boutiques import OfferRow
from menus.hop import Hop, Nothing, clock_words, holders_of, member_of, own_act, who_of
from menus.trainings import TrainingRow

menu = Bindings("member")


class BalanceLines(msgspec.Struct, frozen=True):
    shares: kinds.Amount
    savings: kinds.Amount
    payable: kinds.Amount
    owed: kinds.Amount


class AccountHead(msgspec.Struct, frozen=True):
    """Whose account it is."""

    name: kinds.PersonName
    card: kinds.Short
    cooperative: kinds.Short


@menu.source()
def balances(hop: Hop, reader: Connection) -> BalanceLines:
    """Give the member's four balances; one SELECT."""
    found = balances_of(reader, member_of(hop))
    return BalanceLines(found.shares, found.savings, found.payable, found.owed)


@menu.source()
def own_account(hop: Hop, reader: Connection) -> AccountHead:
    """Say whose account it is; one SELECT."""
    name, card = account.name_and_card(reader, member_of(hop))
    return AccountHead(name, card, who_of(hop).cooperative or "")


class Language(msgspec.Struct, frozen=True):
    language: str


class Wish(msgspec.Struct, frozen=True):
    amounts: str


class CallBackSubject(msgspec.Struct, frozen=True):
    """Where in the menu somebody asked to be called, and of which offer or training."""

    subject: str = "Aide"
    offer: OfferRow | None = None
    training: TrainingRow | None = None


class DoneWords(msgspec.Struct, frozen=True):
    """What was done, in words."""

    said: kinds.Phrase


class CallAsked(msgspec.Struct, frozen=True):
    call_asked: Annotated[str, kinds.Kind("words", "m" * 60)]


class WhoCalls(msgspec.Struct, frozen=True):
    who: kinds.Short


class WishedLanguage(msgspec.Struct, frozen=True):
    wished: kinds.Phrase


WISHED = {"fr": "Revenir au français ?", "wo": "Noter wolof ? Pas encore traduit: rien ne change"}
LANGUAGES = {"fr": "français", "wo": "wolof. Pas encore traduit: rien ne change"}


@menu.source(leads={"same": None})
def wished_language(hop: Hop, kept: Language) -> WishedLanguage:
    """Ask about another language than the one noted."""
    if kept.language == who_of(hop).language:
        raise Lead("same")
    return WishedLanguage(WISHED[kept.language])


@menu.effect()
def set_language(hop: Hop, session: Session, kept: Language) -> DoneWords:
    """Note the language wished for."""
    account.set_language(session, who_of(hop).person_id, kept.language)
    return DoneWords(LANGUAGES[kept.language])


@menu.effect()
def change_pin(hop: Hop, session: Session, kept: ChosenPin) -> Nothing:
    """Change the PIN, told on all the member's numbers."""
    person, (pepper, _, hashed) = who_of(hop).person_id, kept.chosen.partition(":")
    pins.set_pin(session, person, hashed, int(pepper), now=hop.now)
    notices.tell_person(session, own_act(hop), person, f"pin:{hop.operation}", texts.say("pin_notice", day=hop.now))
    return Nothing()


@menu.source(leads={"shared": None})
def amounts(hop: Hop, reader: Connection) -> Nothing:
    """Lead elsewhere at once whose number others read."""
    if account.others_read(reader, who_of(hop).person_id):
        raise Lead("shared")
    return Nothing()


@menu.effect(ways={account.SharedNumber: "shared"})
def set_amounts(hop: Hop, session: Session, kept: Wish) -> DoneWords:
    """Allow or stop amounts by SMS."""
    person, on = who_of(hop).person_id, kept.amounts == "oui"
    account.set_amounts_by_sms(session, person, on)
    words = texts.say("amounts_on", day=hop.now) if on else texts.say("amounts_off", day=hop.now)
    notices.tell_person(session, own_act(hop), person, f"amounts:{hop.operation}", words)
    return DoneWords("Vos montants viennent par SMS." if on else "Vos montants ne viennent plus par SMS.")


@menu.effect()
def call_me(hop: Hop, session: Session, kept: CallBackSubject) -> CallAsked:
    """Put the number on its secretary's list, or the federation's when nobody knows it."""
    holders = holders_of(hop)
    whom = {"person_id": person_of(holders), "cooperative_id": cooperative_of(holders)}
    row, new = call_backs.ask(session, hop.phone, _subject(kept), **whom, now=hop.now)
    asked = "C'est noté" if new else f"Déjà noté ({clock_words(session.get_one(CallBack, row).at)})"
    return CallAsked(f"{asked}: {_caller_of(holders)} vous rappelle.")


@menu.source()
def who_calls(hop: Hop) -> WhoCalls:
    """Say who calls back: the secretary of the number's co-operative, else the federation."""
    who = _caller_of(holders_of(hop))
    return WhoCalls(who[0].upper() + who[1:])


def _caller_of(holders: Sequence[Who]) -> str:
    return call_backs.caller_of(cooperative_of(holders))


def _subject(kept: CallBackSubject) -> str:
    if kept.subject == "Boutique" and kept.offer:
        return f"{kept.subject}: {kept.offer.name}"
    if kept.subject == "Formation" and kept.training:
        return f"{kept.subject}: {kept.training.title}"
    return kept.subject
