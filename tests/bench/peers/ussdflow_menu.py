"""Three hops on ussdflow: it can't read back what it keeps in Redis, and its first hop fails; both are mended as its API allows."""

import os
from pathlib import Path
from typing import Any

import redis
from flask import Flask, request
from ussdflow import CacheManager, IngressData, USSDService
from ussdflow.cache import Cache
from ussdflow.models import USSDSession
from ussdflow.utils import action_registry


class Sessions(Cache):
    """Sessions as JSON in Redis."""

    def __init__(self) -> None:
        self.client = redis.Redis(port=int(os.environ["STORE_PORT"]))

    def set(self, key: str, value: USSDSession) -> None:
        self.client.set(key, value.model_dump_json())

    def get(self, key: str) -> USSDSession | None:
        found = self.client.get(key)
        return USSDSession.model_validate_json(found) if found else None

    def delete(self, key: str) -> None:
        self.client.delete(key)


class Service(USSDService):
    """The first hop hands over the level itself, not its number."""

    def get_menu(self, session: USSDSession, menu_level: Any) -> str:
        said: str = super().get_menu(session, getattr(menu_level, "menu_level", menu_level))
        return said


def note(session: USSDSession, _: object) -> dict[str, str]:
    """Say what was typed."""
    return {"kilos": session.text.rpartition("*")[2]}


action_registry.handler(note)
service = Service(
    menu_file_path=str(Path(__file__).with_suffix(".json")),
    cache_manager=CacheManager(cache_type="custom", custom_cache=Sessions()),
    actions_registry=action_registry,
)
app = Flask(__name__)


@app.post("/ussd")
def ussd() -> str:
    """Answer a hop of Africa's Talking."""
    form = request.form
    given = {name: form[at] for name, at in (("session_id", "sessionId"), ("phone_number", "phoneNumber"), ("text", "text"))}
    said: str = service.ingress(IngressData(service_code=form["serviceCode"], network_code=form["networkCode"], **given))
    return said
