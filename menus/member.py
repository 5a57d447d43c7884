"""Home, balances, the member's account and help."""

import msgspec
from sqlalchemy.orm import Session

from app import texts
from app.coop.access import pins
from app.coop.access.identity import cooperative_of, person_of
from app.coop.correspondence import call_backs
from app.coop.ledger.queries import balances_of, movements_of
from app.coop.members import account, notices
from app.coop.subjects import SUBJECTS
from app.ussd import kinds
from app.ussd.bindings import Bindings
from menus.boutiques import OfferRow
from menus.hop import Hop, Nothing, PrivateWords, holders_of, member_of, own_act, who_of
from menus.identity import ChosenPin
from menus.training_sessions import TrainingRow

menu = Bindings("member")


MOVEMENTS = {kind: words for subject in SUBJECTS for kind, words in subject.movements.items()}


class BalanceLines(msgspec.Struct, frozen=True):
    shares: kinds.Amount
    savings: kinds.Amount
    payable: kinds.Amount
    advance: kinds.Amount


@menu.source()
def balances(hop: Hop) -> BalanceLines:
    """Give the member's four balances; one SELECT."""
    with hop.desk.database.read() as reader:
        found = balances_of(reader, member_of(hop))
    return BalanceLines(found.shares, found.savings, found.payable, found.advance)


@menu.source()
def movements(hop: Hop) -> PrivateWords:
    """Give the last five movements, a line each."""
    with hop.desk.database.read() as reader:
        found = movements_of(reader, member_of(hop))
    lines = [f"{move.on:%d/%m} {MOVEMENTS.get(move.kind, move.kind)} {kinds.amount_words(move.amount)}" for move in found]
    return PrivateWords("\n".join(lines) or "Aucun mouvement.")


class Language(msgspec.Struct, frozen=True):
    language: str


class Wish(msgspec.Struct, frozen=True):
    amounts: str


class CallBackSubject(msgspec.Struct, frozen=True):
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
    notices.tell_person(session, own_act(hop), person, f"pin:{hop.operation}", texts.say("pin_notice", day=hop.now))
    return Nothing()


@menu.effect(ways={account.SharedNumber: "shared"})
def set_amounts(hop: Hop, session: Session, kept: Wish) -> Nothing:
    """Allow or stop amounts by SMS."""
    person, on = who_of(hop).person_id, kept.amounts == "oui"
    account.set_amounts_by_sms(session, person, on)
    words = texts.say("amounts_on", day=hop.now) if on else texts.say("amounts_off", day=hop.now)
    notices.tell_person(session, own_act(hop), person, f"amounts:{hop.operation}", words)
    return Nothing()


@menu.effect()
def call_me(hop: Hop, session: Session, kept: CallBackSubject) -> Nothing:
    """Put the number on its secretary's list, or the federation's when nobody knows it."""
    holders = holders_of(hop)
    whom = {"person_id": person_of(holders), "cooperative_id": cooperative_of(holders)}
    call_backs.ask(session, hop.phone, _subject(kept), **whom, now=hop.now)
    return Nothing()


def _subject(kept: CallBackSubject) -> str:
    if kept.subject == "Boutique" and kept.offer:
        return f"{kept.subject}: {kept.offer.name}"
    if kept.subject == "Formation" and kept.training:
        return f"{kept.subject}: {kept.training.title}"
    return kept.subject
