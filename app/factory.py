"""The web application, wired; nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from app.coop.access import sign_in
from app.coop.offices.queries import Directory
from app.db.database import Database
from app.gateways.africastalking_ussd import AfricasTalkingUssd
from app.gateways.hubtel_ussd import HubtelUssd
from app.gsm7 import fold
from app.sms.notifier import Notifier
from app.sms.outbox import listen
from app.ussd.engine import Engine
from app.ussd.redis_store import RedisStore
from app.web.callback_guard import answer_faults, behind_proxies, guard_callbacks, local_or_bearer
from app.web.console import add_console
from app.web.health import health_blueprint
from app.web.lot_page import trace_blueprint
from app.web.sms_webhooks import sms_blueprint
from app.web.ussd_webhook import ussd_blueprint
from config.demands import demand
from config.redis import connect
from config.settings import OTHER_THREADS, PUBLIC_THREADS, Settings, load
from config.terms import terms_of
from config.wsgi import MOST_BYTES
from menus.publication import SqlShelf
from menus.registry import bindings
from menus.runtime import Desk, SqlActs


def utc_now() -> datetime:
    """Return the time; the one clock of the web application."""
    return datetime.now(UTC)


def build(settings: Settings | None = None, now: Callable[[], datetime] = utc_now) -> Flask:
    """Return the application; raises BadSetting when it must not start on these settings."""
    settings = demand(settings or load())
    app = Flask("app")
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    threads = settings.web_threads + OTHER_THREADS + PUBLIC_THREADS
    # Less than a hop has: one that waits for a row in vain must still have time to say so.
    database = Database(settings.database_url, pool_size=threads, lock_ms=400, service=settings.service)
    sessions, queues = connect(settings.sessions_url), connect(settings.queues_url)
    listen(database.session, Notifier(queues))
    code, officers, terms = settings.ussd_code, Directory(database), terms_of(settings)
    desk = Desk(database, settings.peppers, settings.key("members"), officers, terms)
    constants = constants_of(settings)
    shelf = SqlShelf(database, sessions)
    engine: Engine[Any] = Engine(
        store=RedisStore(sessions),
        shelf=shelf,
        acts=SqlActs(database, now),
        bindings=bindings,
        desk=desk,
        secret=settings.journey_keys[0],
        before=settings.journey_keys[1:],
        constants=constants,
        now=now,
    )
    # The menu is read now, or the first caller would wait for it.
    shelf.current(None)
    behind_proxies(app, settings.trusted_proxies)
    answer_faults(app)
    guard_callbacks(app, settings.callback_tokens, settings.networks)
    if "africastalking" in settings.dialects:
        app.register_blueprint(ussd_blueprint("at", AfricasTalkingUssd(code), engine))
    if "hubtel" in settings.dialects:
        app.register_blueprint(ussd_blueprint("hubtel", HubtelUssd(code), engine))
    app.register_blueprint(sms_blueprint(database, now))
    app.register_blueprint(
        health_blueprint(
            database, sessions, queues, local_or_bearer(settings.metrics_token, behind_proxy=settings.trusted_proxies > 0)
        )
    )
    app.register_blueprint(trace_blueprint(database, sessions, now))
    gate = sign_in.SignInServices(database, settings.key("console"), settings.key("authenticators"))
    production = settings.jappoo_env == "production"
    orders = settings.key("orders")
    add_console(app, gate, terms, now, sessions, orders=orders, secrets=settings.cookie_keys, secure=production)
    # A telephone for everybody, without a gateway's token: never where members are.
    if not production:
        from app.web.phone import phone_blueprint

        app.register_blueprint(phone_blueprint(f"http://{settings.host}:{settings.simulator_port}", code))
    app.extensions["jappoo"] = {"engine": engine, "database": database, "desk": desk}
    return app


def constants_of(settings: Settings) -> dict[str, str]:
    """Return the words that settings put on screens: what a call costs, the string to dial, the one for help."""
    code = settings.ussd_code
    return {"cost": fold(settings.ussd_cost_text), "code": code, "help": f"{code.rstrip('#')}*8#" if code else ""}
