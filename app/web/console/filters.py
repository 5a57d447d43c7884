"""How the console writes instants, ages, amounts, and the names of things."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask import Blueprint

from app import phones, texts, units
from app.amounts import number
from app.clock import DAKAR
from app.commands.broadcast_replies import STATES
from app.coop.foundation.console import figure
from app.coop.rights import OfficeRole
from app.ussd.kinds import amount_words
from app.web.console.act_words import ACTS
from app.web.console.session import now
from app.web.console.work_words import FILTERS
from menus.call_backs import age_words
from menus.statement import MOVEMENTS

OFFICES: Mapping[OfficeRole, str] = {
    "secretary": "secrétariat",
    "treasurer": "trésorerie",
    "president": "présidence",
    "delegate": "délégation",
    "auditor": "contrôle",
    "administrator": "fédération",
    "ministry": "ministère",
}
CHANNELS = {
    "ussd": "téléphone",
    "bureau": "téléphone",
    "sms": "SMS",
    "web": "console",
    "cli": "serveur",
    "file": "fichier",
    "clock": "l'heure",
}
LANES = {
    "code": "Codes",
    "urgent": "Alertes urgentes",
    "answer": "Réponses",
    "notice": "Avis et reçus",
    "bulk": "Diffusions",
}
MEMBERS = {"pending": "pas encore activé", "active": "actif", "blocked": "bloqué", "departed": "parti"}
MESSAGES = {
    "queued": "attend",
    "sending": "part",
    "maybe": "peut-être parti",
    "accepted": "parti",
    "underway": "en chemin",
    "expired": "trop tard, pas parti",
    "refused": "pas envoyé",
    "failed": "échec",
    "delivered": "reçu",
}
ENTRIES = {"box_in": "Entrée de caisse", "box_out": "Sortie de caisse", "difference": "Différence", "hire": "Location"}
"""Entries that no member reads, as officers do."""
VERDICTS = {
    "create": "Nouvelles",
    "update": "Changées",
    "same": "Déjà là",
    "ask": "À répondre",
    "refuse": "Refusées",
    "skip": "Passées",
}
PAYMENTS = {"open": "à remettre", "handed_over": "remis", "paid": "confirmé", "contested": "contesté", "cancelled": "annulé"}
REFUSED = {
    "not a reference of ours": "ce n'est pas une de nos références",
    "no operator's reference": "pas de référence de l'opérateur",
    "the operator says": "l'opérateur ne dit pas que c'est payé",
    "no mobile-money payment has it": "aucun paiement par téléphone n'a cette référence",
    "its batch was closed": "son lot est fermé : ce que l'opérateur a payé est encore dû dans les comptes",
    "several co-operatives have it": "plusieurs CPS ont cette référence",
    "another payment has": "cette référence de l'opérateur est déjà à un autre paiement",
    "its batch is not open": "son lot n'est pas ouvert",
    "the books owe less": "la CPS doit moins que cela maintenant",
    "the amount is": "le montant n'est pas celui du paiement",
    "the member's money is frozen": "l'argent du membre est suspendu",
    "it is": "déjà remis, ou annulé",
}
"""Why a line of the operator's file is refused, by how the reason begins."""


def refused_words(reason: str) -> str:
    """Say why a line was refused."""
    return next((words for begins, words in REFUSED.items() if reason.startswith(begins)), reason)


def register(routes: Blueprint) -> None:
    """Give the templates their filters."""
    filters: dict[str, Callable[..., Any]] = {
        "clock": clock,
        "day": day,
        "phone": phones.write,
        "age": age_words,
        "francs": francs,
        "lane": LANES.get,
        "state": STATES.get,
        "member_state": MEMBERS.get,
        "members_state": lambda state, number: MEMBERS[state] + "s" * (number > 1),
        "sms_state": MESSAGES.get,
        "weighing_state": {"noted": "pas confirmée", "credited": "créditée", "refused": "refusée"}.get,
        "count": units.count,
        "agree": lambda word, number: units.agree(number, word),
        "pay_way": {"cash": "en espèces", "mobile": "par téléphone"}.get,
        "batch_state": {"waiting": "attend des accords", "open": "ouvert", "closed": "fermé"}.get,
        "payment_state": lambda state, number: units.agree(number, PAYMENTS[state]),
        "reference_refused": refused_words,
        "entry_kind": lambda kind: MOVEMENTS.get(kind) or ENTRIES.get(kind, kind),
        "verdict": VERDICTS.get,
        "act_words": lambda act: ACTS.get(act, act),
        "figure": number,
        "setting": figure,
        "rest": lambda reason: texts.words("halt").get(reason, reason),
        "office": OFFICES.get,
        "channel": CHANNELS.get,
        **FILTERS,
    }
    for name, write in filters.items():
        routes.add_app_template_filter(write, name)


def francs(amount: int) -> str:
    """Write XOF so that no line breaks within it."""
    return amount_words(amount).replace(" ", "\u00a0")


def clock(at: datetime) -> str:
    """Write an instant: `24/11 à 14:05`; of another year than this one with its year."""
    here, this = at.astimezone(DAKAR), now().astimezone(DAKAR)
    return f"{here:%d/%m à %H:%M}" if here.year == this.year else f"{here:%d/%m/%Y à %H:%M}"


def day(on: date | datetime) -> str:
    """Write a day: `24/11/2026`."""
    return f"{on.astimezone(DAKAR) if isinstance(on, datetime) else on:%d/%m/%Y}"
