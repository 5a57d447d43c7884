"""How the console writes instants, ages, amounts, and the names of things."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint

from app import texts, units
from app.amounts import number
from app.clock import DAKAR
from app.commands.broadcast_replies import STATES
from app.sms.cost import named
from app.ussd.kinds import amount_words
from app.web.console.act_words import ACTS
from app.web.console.lot_diagram import NAMES
from menus.call_backs import age_words
from menus.sales_desk import WAYS

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

FATES = {"failed": "Échec", "refused": "Retenu", "expired": "Pas parti", "maybe": "Incertain"}
REASONS = {
    "": "pas dit",
    "stopped": "le numéro a dit STOP",
    "opted out at the gateway": "bloqué chez l'opérateur des SMS",
    "UserInBlacklist": "bloqué chez l'opérateur des SMS",
    "same text again": "même texte trop de fois",
    "not a person's number": "pas le numéro d'une personne",
    "not a phone number": "pas un numéro de téléphone",
    "not a number for SMS": "ce numéro ne reçoit pas de SMS",
    "NotNetworkSubscriber": "numéro qui n'existe plus",
    "do not disturb": "ne veut pas être dérangé",
    "broadcast stopped": "diffusion arrêtée",
    "too late to leave": "trop tard pour partir",
    "expired on the network": "téléphone éteint trop longtemps",
    "no answer": "la passerelle n'a pas répondu",
    "worker lost": "coupure chez nous",
    "rejected": "refusé par le réseau",
    "failed": "échec du réseau",
}
"""Why a message hasn't arrived; another reason is shown as the network gave it."""

ORDERS = {
    "reserved": "à retirer",
    "sold": "vendue",
    "delivered": "livrée, à payer",
    "cancelled": "annulée",
    "expired": "pas retirée",
    "refunded": "remboursée",
}


def register(routes: Blueprint) -> None:
    """Give the templates their filters."""
    filters: dict[str, Callable[..., Any]] = {
        "clock": clock,
        "day": day,
        "age": age_words,
        "francs": francs,
        "lane": LANES.get,
        "state": STATES.get,
        "member_state": MEMBERS.get,
        "members_state": lambda state, number: MEMBERS[state] + "s" * (number > 1),
        "sms_state": MESSAGES.get,
        "act_words": lambda act: ACTS.get(act, act),
        "figure": number,
        "rest": lambda reason: texts.words("halt").get(reason, reason),
        "fate": FATES.get,
        "reason": lambda reason: REASONS.get(reason, reason),
        "named": named,
        "goods": goods,
        "date": lambda on: f"{on:%d/%m/%Y}",
        "event_name": NAMES.get,
        "order_way": WAYS.get,
        "order_state": ORDERS.get,
        "office": texts.words("office").get,
    }
    for name, write in filters.items():
        routes.add_app_template_filter(write, name)


def francs(amount: int) -> str:
    """Write XOF so that no line breaks within it."""
    return amount_words(amount).replace(" ", "\u00a0")


def clock(at: datetime) -> str:
    """Write an instant: `24/11 à 14:05`."""
    return f"{at.astimezone(DAKAR):%d/%m à %H:%M}"


def day(on: date | datetime) -> str:
    """Write a day: `24/11/2026`."""
    return f"{on.astimezone(DAKAR) if isinstance(on, datetime) else on:%d/%m/%Y}"


def goods(number: Decimal, unit: str, name: str = "") -> str:
    """Write a quantity: `2 caisses`, `2 caisses de Yeet`."""
    return units.count_of(number, unit, name) if name else units.count(number, unit)
