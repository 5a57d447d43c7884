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
from sqlalchemy import func, select

from app.coop.access import wrong_pins
from app.db.database import Database
from app.db.rows import total
from app.sms import day_figures, inbox, lanes, reports
from app.sms.models import Inbound, Report
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
        try:
            day = self._of_the_day()
        except Exception:  # the part that is out of reach was said above
            day = []
        words = "1 when nothing has added up the day's figures of late, and they are missing here"
        return [*found, GaugeMetricFamily("jappoo_day_left_out", words, value=int(not day)), *day]

    def _of_the_store(self) -> list[Any]:
        """Return the day's hops, and what failed in all processes."""
        # A web process counts log lines that were dropped, and has no round of its own to tell them in.
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
        """Return what waits, what is under way or in doubt, the letters that nobody has read, and which lanes rest."""
        waiting = GaugeMetricFamily("jappoo_waiting", "What came and was not worked on yet", labels=["queue"])
        messages = GaugeMetricFamily("jappoo_messages", "SMS that are on their way, by lane and state", labels=["lane", "state"])
        resting = GaugeMetricFamily("jappoo_lane_rests", "1 while the provider refuses us, or is silent", labels=["lane", "reason"])
        with self._database.read() as reader:
            for queue, new in ((inbox.QUEUE, Inbound.state == "new"), (reports.QUEUE, Report.fate == "new")):
                waiting.add_metric([queue], total(reader, select(func.count()).where(new)))
            statuses = lanes.lane_statuses(reader, datetime.now(UTC))
            for lane in statuses:
                for state, count in (("queued", lane.queued), ("sending", lane.sending), ("maybe", lane.maybe)):
                    messages.add_metric([lane.lane, state], count)
                if lane.rests:
                    resting.add_metric([lane.lane, lane.rests], 1)
            unread = reader.scalar(select(func.count()).where(Inbound.state == "unparsed", Inbound.closed_at.is_(None)))
            wrong = wrong_pins.recent(reader, datetime.now(UTC))
        gauges = (
            ("jappoo_maybe_sent", "SMS that may have been sent and may not", sum(lane.maybe for lane in statuses)),
            ("jappoo_unread_letters", "SMS that no command understood and no officer has closed", unread or 0),
            ("jappoo_wrong_pins_recent", "Wrong PINs of the last ten minutes, on all numbers", wrong),
        )
        return [waiting, messages, resting, *(GaugeMetricFamily(name, words, value=value) for name, words, value in gauges)]

    def _of_the_day(self) -> list[Any]:
        """Return what was written, refused and spent since midnight, as the scheduler has added it up; nothing when it hasn't."""
        with self._database.read() as reader:
            today = day_figures.day_sums(reader, datetime.now(UTC))
        if today is None:
            return []
        ended = GaugeMetricFamily("jappoo_messages_today", "SMS written today, by lane and state", labels=["lane", "state"])
        for lane, state, count in today.written:
            ended.add_metric([lane, state], count)
        refused = GaugeMetricFamily("jappoo_refused_messages", "SMS refused today, by reason", labels=["reason"])
        for reason, count in today.refused:
            refused.add_metric([reason], count)
        spent = "XOF for SMS today: as the provider said, else as estimated"
        return [
            ended,
            refused,
            GaugeMetricFamily("jappoo_spent_xof", spent, value=today.centimes / 100),
            GaugeMetricFamily("jappoo_sms_parts", "Parts of SMS that left today", value=today.parts),
        ]


def _up(check: Callable[[], Any]) -> str:
    try:
        check()
    except Exception:
        return "down"
    return "up"


def _ping(database: Database) -> None:
    with database.read() as reader:
        reader.execute(select(1))
