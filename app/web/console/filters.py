"""How the console writes instants, ages, amounts, and the names of things."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint

from app import texts
from app.amounts import number
from app.clock import DAKAR
from app.commands.broadcast_replies import STATES
from app.ussd.kinds import amount_words
from menus.call_backs import age_words

LANES = {
    "code": "Codes",
    "urgent": "Alertes urgentes",
    "answer": "Réponses",
    "notice": "Avis et reçus",
    "bulk": "Diffusions",
}


def register(routes: Blueprint) -> None:
    """Give the templates their filters."""
    filters: dict[str, Callable[..., Any]] = {
        "clock": clock,
        "age": age_words,
        "francs": francs,
        "lane": LANES.get,
        "state": STATES.get,
        "figure": number,
        "rest": lambda reason: texts.words("halt").get(reason, reason),
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
