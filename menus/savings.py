"""A member's own money: ask for savings, see what is to be repaid."""

import re
from datetime import date
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts
from app.clock import DAKAR
from app.coop import law
from app.coop.access.freezes import MoneyFrozen, check_money
from app.coop.closing import settlements
from app.coop.handover import services as handover
from app.coop.handover.box import BoxShort
from app.coop.ledger.services import MOST_MOVED, AccountFull, Overdrawn
from app.coop.members.notices import answer
from app.coop.solidarity.fund import FundShort
from app.coop.till import payouts, schedule, withdrawals
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Lead, Refused
from menus.hop import Hop, Nothing, PrivateWords, clock_words, member_of, own_act, who_of

menu = Bindings("savings")
_FRANCS = re.compile(r"\d+|\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3})+", re.ASCII)
"""Thousands may be set apart by dots or commas; what has fewer than three digits behind one is no whole number of francs."""
What = Annotated[str, kinds.Kind("words", "m" * 32)]
STANDING = {
    "asked": "vos responsables décident.",
    "approved": "accepté, passez à la caisse sous 14 jours.",
    "contested": "votre réclamation attend.",
}


class Free(msgspec.Struct, frozen=True):
    free: kinds.Amount


class Out(msgspec.Struct, frozen=True):
    """A payout on its way, as its member sees it."""

    id: int
    what: What
    amount: kinds.Amount
    reference: kinds.Reference
    standing: kinds.Phrase


class AskedPayout(msgspec.Struct, frozen=True):
    amount: kinds.Amount
    reference: kinds.Reference


def read_francs(typed: str) -> int:
    """Return whole XOF from `12 500 F` or `12.500`; raises Refused("bad"), on centimes and on more than MOST_MOVED too."""
    words = typed.replace(" ", "").upper().removesuffix("F")
    digits = words.replace(".", "").replace(",", "")
    if not (_FRANCS.fullmatch(words) and len(digits) <= 9 and 0 < int(digits) <= MOST_MOVED):
        raise Refused("bad")
    return int(digits)


MONEY: Denials = {
    MoneyFrozen: lambda frozen: f"Argent suspendu jusqu'à {clock_words(frozen.until)}.",
    withdrawals.NotEnough: lambda short: f"Épargne libre: {kinds.amount_words(short.free)}.",
    law.Unlawful: str,
    BoxShort: lambda short: f"Il reste en caisse: {kinds.amount_words(short.free)}.",
    settlements.TooEarly: lambda early: f"Pas avant le {early.opens:%d/%m/%Y}.",
    FundShort: "La caisse de solidarité n'a pas assez.",
    payouts.AlreadyOpen: "Une demande attend déjà.",
    payouts.NotHers: "Compte pas actif ici.",
    handover.NotForYourself: "Pas pour vous-même: un autre responsable.",
    handover.HandoverNotOpen: "Déjà fait, ou changé depuis.",
    handover.SameOfficer: "Vous avez déjà signé: il faut un autre.",
    handover.OtherSignature: "L'autre a tapé un autre numéro de reçu.",
    payouts.BadAmount: "Moins d'un franc par mois: moins de mois, svp.",
    settlements.StillOpen: "Un paiement ou une pesée est en cours.",
    settlements.Owes: "Le membre doit plus que son avoir.",
    AccountFull: "Un compte passerait 999 999 999 F.",
    Overdrawn: "Plus que ce que disent les comptes.",
}
"""Why the books or the rules say no, wherever money moves."""


class PayoutWish(msgspec.Struct, frozen=True):
    withdraw_amount: int


class TakenBackPayout(msgspec.Struct, frozen=True):
    """A payout that its member takes back."""

    out: Out


@menu.source(leads={"handed": None, "out": Out}, denies=MONEY)
def withdrawable(hop: Hop, reader: Connection) -> Free:
    """Say what may be asked for; what was handed over comes first, then what is asked for already, and money that rests."""
    found = payouts.open_of(reader, member_of(hop))
    if any(one.state == "handed" and not one.contested for one in found):
        raise Lead("handed")
    for one in found:
        if one.kind == "withdrawal":
            standing = STANDING["contested" if one.contested else one.state]
            raise Lead("out", Out(one.id, payouts.words_of(one.kind, one.asset), one.amount, one.reference, standing))
    check_money(reader, member_of(hop), hop.now)
    return Free(max(0, withdrawals.free_savings(reader, member_of(hop))))


@menu.answer(refuses={"bad": None, "much": None})
def withdraw_amount(hop: Hop, reader: Connection, typed: str) -> kinds.Amount:
    """Read how much, no more than nothing else holds."""
    francs = read_francs(typed)
    if francs > withdrawals.free_savings(reader, member_of(hop)):
        raise Refused("much")
    return francs


@menu.effect(denies=MONEY)
def ask_withdrawal(hop: Hop, session: Session, kept: PayoutWish) -> AskedPayout:
    """Ask for savings: several officers decide."""
    asked = payouts.ask(session, own_act(hop), "withdrawal", member_of(hop), kept.withdraw_amount)
    return AskedPayout(kept.withdraw_amount, asked.reference)


@menu.effect(denies=MONEY)
def cancel_payout(hop: Hop, session: Session, kept: TakenBackPayout) -> Nothing:
    """Take back what was asked for."""
    act, out = own_act(hop), kept.out
    payouts.cancel(session, act, out.id)
    words = texts.say("payout_cancelled", reference=out.reference, day=hop.now)
    answer(session, act, "receipt", f"payout:{out.id}:cancelled", words, who_of(hop).cooperative_id)
    return Nothing()


@menu.source()
def instalments(hop: Hop, reader: Connection) -> PrivateWords:
    """Say what she is to repay: owed, late, and what comes next."""
    found = schedule.standings(reader, today_of(hop), member_of(hop))
    return PrivateWords("\n".join(standing_words(one) for one in found) or "Aucune échéance.")


def standing_words(one: schedule.LoanStanding) -> str:
    """Say how a member stands with what she repays."""
    late = f", en retard {kinds.amount_words(one.late)}" if one.late else ""
    ahead = f", le {one.next_on:%d/%m} {kinds.amount_words(one.next_amount)}" if one.next_on else ""
    return f"{payouts.KINDS[one.kind].words}: reste {kinds.amount_words(one.owed)}{late}{ahead}"


def today_of(hop: Hop) -> date:
    """Return the day it is in Dakar."""
    return hop.now.astimezone(DAKAR).date()
