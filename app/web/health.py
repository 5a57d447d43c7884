"""Is it alive, is it ready, how is it doing."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import redis
from flask import Blueprint, Response, abort, jsonify
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from app.db.database import Database
from app.sms import halts
from app.sms.models import Message
from app.ussd.redis_store import COUNTS


def health_blueprint(database: Database, store: Any, allowed: Callable[[], bool]) -> Blueprint:
    """Serve `/health/live`, `/health/ready` and `/metrics`; the last to this machine or a token only."""
    routes = Blueprint("health", __name__)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(database, store))

    @routes.get("/health/live")
    def live() -> Response:
        """Say that the process answers."""
        return jsonify({"web": "up"})

    @routes.get("/health/ready")
    def ready() -> tuple[Response, int]:
        """Name each dependency; only without the database is the service not ready."""
        found = {"database": _up(lambda: _ping(database)), "redis": _up(store.ping)}
        return jsonify(found), 200 if found["database"] == "up" else 503

    @routes.get("/metrics")
    def metrics() -> Response:
        """Give the figures in Prometheus' text."""
        if not allowed():
            abort(404)
        return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")

    return routes


class _Figures(Collector):
    """Hops of the day by screen and outcome, messages by state; no personal data."""

    def __init__(self, database: Database, store: Any) -> None:
        self._database, self._store = database, store

    def collect(self) -> Any:
        """Read the figures when they are asked for."""
        hops = CounterMetricFamily("jappoo_hops", "USSD hops today, by screen and outcome", labels=["screen", "outcome"])
        try:
            for name, count in self._store.hgetall(f"{COUNTS}{datetime.now(UTC):%Y-%m-%d}").items():
                screen, _, outcome = name.decode().partition("|")
                hops.add_metric([screen, outcome], int(count))
        except redis.RedisError:
            hops = CounterMetricFamily("jappoo_hops", "USSD hops today (the store is down)", labels=["screen", "outcome"])
        messages = GaugeMetricFamily("jappoo_messages", "SMS by lane and state", labels=["lane", "state"])
        with self._database.read() as reader:
            counted = select(Message.lane, Message.state, func.count()).group_by(Message.lane, Message.state)
            for lane, state, count in reader.execute(counted):
                messages.add_metric([lane, state], count)
            resting = GaugeMetricFamily("jappoo_lane_rests", "1 while the provider refuses our account", labels=["lane", "reason"])
            for lane, reason, *_ in halts.resting(reader):
                resting.add_metric([lane, reason], 1)
        return [hops, messages, resting]


def _up(check: Callable[[], Any]) -> str:
    try:
        check()
    except Exception:
        return "down"
    return "up"


def _ping(database: Database) -> None:
    with database.read() as reader:
        reader.execute(select(1))
