"""How the pages of broadcasts, boutiques, trainings and the fund write states, reasons and quantities."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app import units
from app.sms.cost import named
from app.web.console.lot_diagram import NAMES
from menus.sales_desk import WAYS

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

IDEAS = {
    "waiting": "à lire",
    "open": "publiée",
    "merged": "réunie",
    "kept_out": "pas publiée",
    "shortlisted": "retenue",
    "not_kept": "pas retenue",
    "accepted": "devenue un produit",
    "declined": "pas réalisée",
}

MACHINES = {"usable": "en service", "repair": "en réparation"}
BOOKINGS = {
    "asked": "à décider",
    "booked": "réservé",
    "out": "sorti",
    "back": "rendu",
    "missed": "pas venu",
}
HALVES = {"am": "matin", "pm": "après-midi"}


def goods(number: Decimal, unit: str, name: str = "") -> str:
    """Write a quantity: `2 caisses`, `2 caisses de Yeet`."""
    return units.count_of(number, unit, name) if name else units.count(number, unit)


FILTERS: dict[str, Callable[..., Any]] = {
    "fate": FATES.get,
    "reason": lambda reason: REASONS.get(reason, reason),
    "named": named,
    "goods": goods,
    "event_name": NAMES.get,
    "order_way": WAYS.get,
    "order_state": ORDERS.get,
    "idea_state": IDEAS.get,
    "machine_state": MACHINES.get,
    "booking_state": BOOKINGS.get,
    "half": HALVES.get,
    "tenths": lambda number: f"{number:.1f}".replace(".", ","),
}
