"""Sums as people type them, and in words why no money moves."""

import re

from app.coop import law
from app.coop.access.freezes import MoneyFrozen
from app.coop.closing import settlements
from app.coop.handover import services as handover
from app.coop.handover.box import BoxShort
from app.coop.ledger.services import MOST_MOVED, AccountFull, Overdrawn
from app.coop.solidarity.fund import FundShort
from app.coop.till import payouts, withdrawals
from app.ussd import kinds
from app.ussd.bindings import Denials, Refused
from menus.hop import clock_words

_FRANCS = re.compile(r"\d+|\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3})+", re.ASCII)
"""Thousands may be set apart by dots or commas; what has fewer than three digits behind one is no whole number of francs."""


def read_francs(typed: str) -> int:
    """Return whole XOF from `12 500 F` or `12.500`; raises Refused("francs"), on centimes and on more than MOST_MOVED too."""
    words = typed.replace(" ", "").upper().removesuffix("F")
    digits = words.replace(".", "").replace(",", "")
    if not (_FRANCS.fullmatch(words) and len(digits) <= 9 and 0 < int(digits) <= MOST_MOVED):
        raise Refused("francs")
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
