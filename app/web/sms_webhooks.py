"""SMS webhooks: what comes is written and answered at once; workers do the rest. What can't be read is kept for the operator."""

import hashlib
from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Blueprint, Response

from app.commands import inbound
from app.db.database import Database
from app.gateways import callbacks
from app.gateways.ussd import Unreadable
from app.sms import consents, inbox, outbox, reports
from app.web.callback_guard import body

log = structlog.get_logger("sms")
PROVIDER = "africastalking"


def sms_blueprint(database: Database, now: Callable[[], datetime]) -> Blueprint:
    """Serve `/at/<token>/sms…`."""
    routes = Blueprint("sms", __name__, url_prefix="/at/<token>")

    @routes.post("/sms")
    def incoming(token: str) -> Response:
        """Take an SMS; the same id again changes nothing. Anything but 200 makes the gateway repeat it for hours."""
        del token
        sent = body()
        try:
            # A database that is away isn't caught here: the 503 makes the gateway bring it again.
            inbound.take(database, callbacks.read_incoming(sent), now())
        except Unreadable as fault:
            # Kept and answered with 200: brought again it can't be read either.
            _keep(database, "incoming", sent, str(fault), now())
        return Response(status=200)

    @routes.post("/sms/reports")
    def report(token: str) -> Response:
        """Take a delivery report: any order, any number of times, also before the send has returned."""
        del token
        sent = body()
        try:
            told = callbacks.read_report(sent)
        except Unreadable as fault:
            _keep(database, "report", sent, str(fault), now())
        else:
            with database.transaction() as session:
                what = (told.id, told.status, told.number, told.reason)
                reports.keep(session, PROVIDER, *what, cost=told.cost, parts=told.parts, now=now())
            log.info("delivery report", status=told.status)
        return Response(status=200)

    @routes.post("/sms/optouts")
    def opt_out(token: str) -> Response:
        """Take an opt-out made at the gateway: as STOP."""
        del token
        sent = body()
        try:
            number = callbacks.read_opt_out(sent).number
        except Unreadable as fault:
            _keep(database, "optout", sent, str(fault), now())
        else:
            with database.transaction() as session:
                consents.opted_out(session, [number], now=now())
                outbox.withdraw(session, number, consents.STOPPED, now=now())
        return Response(status=200)

    return routes


def _keep(database: Database, route: str, body: bytes, why: str, at: datetime) -> None:
    with database.transaction() as session:
        # The body's hash is its id: brought again, it is the same row.
        mark = hashlib.sha256(body).hexdigest()[:40]
        inbox.keep_unreadable(session, PROVIDER, f"{route}:{mark}", body.decode("utf-8", "replace"), now=at)
    log.warning("a body on an SMS route can't be read; it is kept", route=route, field=why)
