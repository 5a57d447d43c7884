"""USSD webhooks: one route a dialect, the same engine behind."""

import time
from typing import Any

import structlog
from flask import Blueprint, Response

from app import deadline, once
from app.gateways.ussd import Dialled, Ended, Unreadable, UssdGateway
from app.ussd.engine import Engine
from app.ussd.entries import Accumulated, Call, Latest
from app.ussd.menus import Reply
from app.web.callback_guard import body
from config import logs

HOP_SECONDS = 1.4
"""What a hop may wait in all: the gateway hangs up after two seconds, and the last wait may take half of one more."""
HOPS = structlog.get_logger("hop")


def ussd_blueprint(path: str, gateway: UssdGateway, engine: Engine[Any]) -> Blueprint:
    """Serve a dialect under `/<path>/<token>/ussd`. The token is checked before every route (see `callback_guard.py`)."""
    routes = Blueprint(f"ussd_{gateway.name}", __name__, url_prefix=f"/{path}/<token>")

    @routes.post("/ussd")
    def hop(token: str) -> Response:
        """Answer a hop: 200 with words, whatever is missing in the form or down behind it."""
        del token
        started, sent = time.perf_counter(), body()
        network = ""
        try:
            asked = gateway.read(sent)
        except Unreadable as fault:
            reply = engine.ending("diverged")
            HOPS.warning("a hop can't be read", field=str(fault))
        else:
            if isinstance(asked, Ended):
                return Response(status=200)
            with deadline.within(HOP_SECONDS), once.within():
                reply, network = engine.answer(call_of(gateway.name, asked)), asked.network
        words, kind = gateway.write(reply.text, reply.more, sent)
        _say(reply, gateway.name, network, time.perf_counter() - started)
        return Response(words, content_type=kind)

    @routes.post("/ussd/events")
    def ended(token: str) -> Response:
        """Take an end-of-session notice; its `input` may hold a PIN, so nothing of it is read."""
        del token
        body()
        return Response(status=200)

    return routes


def call_of(dialect: str, asked: Dialled) -> Call:
    """Return a hop as the engine knows it."""
    if asked.turn is None:
        return Call(dialect, asked.session, asked.phone, Accumulated(asked.parts, asked.dialled))
    return Call(dialect, asked.session, asked.phone, Latest(asked.turn, asked.parts[-1] if asked.turn else None, asked.dialled))


def _say(reply: Reply, dialect: str, network: str, seconds: float) -> None:
    told = {"trace": reply.journey[:12], "screen": reply.screen, "outcome": reply.event, "ms": round(seconds * 1000, 1)}
    if reply.fault:
        HOPS.error("hop", **told, fault=type(reply.fault).__name__, exc_info=reply.fault)
    else:
        logs.say("hop", **told, gateway=dialect, network=network)
