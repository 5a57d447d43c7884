"""Is it alive, is it ready, how is it doing."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Blueprint, Response, abort, jsonify
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from app.coop.access import wrong_pins
from app.db.database import Database
from app.sms import figures, inbox, lanes, reports
from app.sms.models import Inbound, Message, Report
from app.ussd.redis_store import counts_of
from config import tally

log = structlog.get_logger("web")


def health_blueprint(database: Database, store: Any, queues: Any, allowed: Callable[[], bool]) -> Blueprint:
    """Serve `/health/live`, `/health/ready` and `/metrics`; the last to this machine or a token only."""
    routes = Blueprint("health", __name__)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(database, store, queues))

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

    def __init__(self, database: Database, store: Any, queues: Any) -> None:
        self._database, self._store, self._queues = database, store, queues

    def collect(self) -> Any:
        """Read the figures when they are asked for; what is out of reach is left out, and `jappoo_up` says so."""
        up = GaugeMetricFamily("jappoo_up", "0 while a part is out of reach, and its figures are missing here", labels=["part"])
        found: list[Any] = [up]
        for part, read in (("redis", self._of_the_store), ("database", self._of_the_database)):
            try:
                found += read()
                up.add_metric([part], 1)
            except Exception as fault:
                log.warning("figures are out of reach", part=part, fault=type(fault).__name__)
                up.add_metric([part], 0)
        left_out = GaugeMetricFamily("jappoo_day_left_out", "1 when the day's figures took too long and are missing here")
        try:
            with self._database.read() as reader:
                day = self._of_the_day(reader)
        except Exception:  # the statement's time-out: at millions a day the rest is still worth having
            day = []
        left_out.add_metric([], int(not day))
        return [*found, left_out, *day]

    def _of_the_store(self) -> list[Any]:
        """Return the day's hops, and what failed in all processes."""
        tally.tell(self._queues)
        hops = CounterMetricFamily("jappoo_hops", "USSD hops today, by screen and outcome", labels=["screen", "outcome"])
        by_outcome: Counter[tuple[str, str]] = Counter()
        for name, count in counts_of(self._store, datetime.now(UTC).date()).items():
            screen, outcome = name.split("|")[:2]
            if outcome not in ("ms", "answered"):  # these are of the hop before (`jappoo menus funnel`)
                by_outcome[screen, outcome] += count
        for (screen, outcome), count in by_outcome.items():
            hops.add_metric([screen, outcome], count)
        failed = CounterMetricFamily("jappoo_failed", "What failed today and was passed over, by its kind", labels=["what", "name"])
        for name, count in tally.told(self._queues).items():
            what, _, which = name.partition(":")
            failed.add_metric([what, which], count)
        return [hops, failed]

    def _of_the_database(self) -> list[Any]:
        """Return what waits, what is under way, and which lanes rest."""
        waiting = GaugeMetricFamily("jappoo_waiting", "What came and was not worked on yet", labels=["queue"])
        messages = GaugeMetricFamily("jappoo_messages", "SMS that are on their way, by lane and state", labels=["lane", "state"])
        resting = GaugeMetricFamily("jappoo_lane_rests", "1 while the provider refuses us, or is silent", labels=["lane", "reason"])
        with self._database.read() as reader:
            for queue, new in ((inbox.QUEUE, Inbound.state == "new"), (reports.QUEUE, Report.fate == "new")):
                waiting.add_metric([queue], reader.scalar(select(func.count()).where(new)) or 0)
            for lane in lanes.lane_statuses(reader, datetime.now(UTC)):
                for state, count in (("queued", lane.queued), ("sending", lane.sending), ("maybe", lane.maybe)):
                    messages.add_metric([lane.lane, state], count)
                if lane.rests:
                    resting.add_metric([lane.lane, lane.rests], 1)
            wrong = wrong_pins.recent(reader, datetime.now(UTC))
        words = "Wrong PINs of the last ten minutes, on all numbers"
        return [waiting, messages, resting, GaugeMetricFamily("jappoo_wrong_pins_recent", words, value=wrong)]

    def _of_the_day(self, reader: Connection) -> list[Any]:
        """Return what was refused and spent since midnight, what is in doubt, and the letters that nobody has read."""
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        ended = GaugeMetricFamily("jappoo_messages_today", "SMS written today, by lane and state", labels=["lane", "state"])
        written = select(Message.lane, Message.state, func.count()).where(Message.created_at >= midnight)
        for lane, state, count in reader.execute(written.group_by(Message.lane, Message.state)):
            ended.add_metric([lane, state], count)
        refused = GaugeMetricFamily("jappoo_refused_messages", "SMS refused today, by reason", labels=["reason"])
        for reason, count in figures.refused_by_reason(reader, midnight):
            refused.add_metric([reason], count)
        today = figures.spent(reader, midnight)
        doubted = reader.scalar(select(func.count()).where(Message.state == "maybe"))
        unread = reader.scalar(select(func.count()).where(Inbound.state == "unparsed", Inbound.closed_at.is_(None)))
        gauges = (
            ("jappoo_spent_xof", "XOF for SMS today: as the provider said, else as estimated", today["centimes_best"] / 100),
            ("jappoo_sms_parts", "Parts of SMS that left today", today["parts"]),
            ("jappoo_maybe_sent", "SMS that may have been sent and may not", doubted),
            ("jappoo_unread_letters", "SMS that no command understood and no officer has closed", unread),
        )
        return [ended, refused, *(GaugeMetricFamily(name, words, value=float(value or 0)) for name, words, value in gauges)]


def _up(check: Callable[[], Any]) -> str:
    try:
        check()
    except Exception:
        return "down"
    return "up"


def _ping(database: Database) -> None:
    with database.read() as reader:
        reader.execute(select(1))
