"""How the console writes instants, ages, amounts, and the names of things."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Blueprint

from app import texts
from app.amounts import number
from app.clock import DAKAR
from app.commands.broadcast_replies import STATES
from app.ussd.kinds import amount_words
from app.web.console.act_words import ACTS
from app.web.console.work_words import FILTERS
from menus.call_backs import age_words

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
        "office": texts.words("office").get,
        **FILTERS,
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
