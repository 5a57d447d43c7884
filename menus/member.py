"""Home, balances, the member's account and help."""

import msgspec
from sqlalchemy.orm import Session

from app.coop.ledger.reading import balances_of, movements_of
from app.coop.members import account, callbacks, notices, pins
from app.coop.members.identity import cooperative_of, person_of
from app.coop.subjects import SUBJECTS
from app.sms import texts
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead
from menus.caller import Hop, Nothing, PrivateWords, holders_of, member_of, own_act, who_of

menu = Bindings("member")


MOVEMENTS = {kind: words for subject in SUBJECTS for kind, words in subject.movements.items()}


class Balances(msgspec.Struct, frozen=True):
    shares: kinds.Amount
    savings: kinds.Amount
    payable: kinds.Amount
    advance: kinds.Amount


@menu.source()
def balances(hop: Hop) -> Balances:
    """Give the member's four balances; one SELECT."""
    with hop.desk.database.read() as reader:
        found = balances_of(reader, member_of(hop))
    return Balances(found.shares, found.savings, found.payable, found.advance)


@menu.source()
def movements(hop: Hop) -> PrivateWords:
    """Give the last five movements, a line each."""
    with hop.desk.database.read() as reader:
        found = movements_of(reader, member_of(hop))
    lines = [f"{move.on:%d/%m} {MOVEMENTS.get(move.kind, move.kind)} {kinds.amount_words(move.amount)}" for move in found]
    return PrivateWords("\n".join(lines) or "Aucun mouvement.")


@menu.effect()
def set_language(hop: Hop, session: Session) -> Nothing:
    """Note the language wished for."""
    account.set_language(session, who_of(hop).person_id, str(hop.kept["language"]))
    return Nothing()


@menu.effect()
def change_pin(hop: Hop, session: Session) -> Nothing:
    """Change the PIN, told on all the member's numbers."""
    person, (pepper, _, hashed) = who_of(hop).person_id, str(hop.kept["chosen"]).partition(":")
    pins.set_pin(session, person, hashed, int(pepper), now=hop.now)
    notices.tell_person(session, own_act(hop), person, f"pin:{hop.operation}", texts.pin_notice(hop.now))
    return Nothing()


@menu.effect(leads={"shared": None})
def set_amounts(hop: Hop, session: Session) -> Nothing:
    """Allow or stop amounts by SMS."""
    person, on = who_of(hop).person_id, hop.kept["amounts"] == "oui"
    try:
        account.set_amounts_by_sms(session, person, on)
    except account.SharedNumber:
        raise Lead("shared") from None
    notices.tell_person(session, own_act(hop), person, f"amounts:{hop.operation}", texts.amounts_chosen(on, hop.now))
    return Nothing()


@menu.effect()
def call_me(hop: Hop, session: Session) -> Nothing:
    """Put the number on its secretary's list, or the federation's when nobody knows it."""
    holders = holders_of(hop)
    whom = {"person_id": person_of(holders), "cooperative_id": cooperative_of(holders)}
    callbacks.ask(session, hop.phone, _subject(hop), **whom, now=hop.now)
    return Nothing()


def _subject(hop: Hop) -> str:
    """Say where in the menu she asked, and of which offer or training."""
    subject = str(hop.kept.get("subject", "Aide"))
    of = {"Boutique": ("offer", "name"), "Formation": ("training", "title")}.get(subject)
    return f"{subject}: {hop.kept[of[0]][of[1]]}" if of and of[0] in hop.kept else subject
