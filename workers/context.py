"""What the workers of one process share, made once from the settings."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec

import app.coop.subjects  # noqa: F401 - jobs lead to what any subject has declared
from app.commands.inbound import Clerk
from app.coop.offices.queries import administrators
from app.db.database import Database
from app.gateways.africastalking_sms import AfricasTalkingSms
from app.gateways.sms import SmsGateway
from app.sms.halts import Watch
from app.sms.marks import Marks
from app.sms.notifier import Notifier
from app.sms.outbox import listen
from app.sms.rate import Rate
from app.sms.sender import LINES, Sender
from app.texts import languages
from config.redis import connect
from config.settings import Settings, load
from config.terms import terms_of


class Context(msgspec.Struct, frozen=True):
    """The database, the queues and the way to the SMS gateway of this process."""

    settings: Settings
    database: Database
    queues: Any
    sessions: Any
    sender: Sender
    clerk: Clerk


@cache
def context() -> Context:
    """Return this process's context; connects on first use, so it is safe to fork before."""
    settings = load()
    languages()  # the texts are read now, not while a message waits
    # No member waits for a worker's statement, which may claim or settle hundreds of messages.
    database = Database(settings.database_url, statement_ms=10_000, service=settings.service)
    queues = connect(settings.queues_url, connect_seconds=2, seconds=5)
    listen(database.session, Notifier(queues))
    account = settings.at_username or "", settings.at_api_key or "", settings.at_sender_id
    gateway = AfricasTalkingSms(*account, settings.at_api_url, pool=LINES)
    sessions = connect(settings.sessions_url, connect_seconds=2, seconds=5)
    return Context(
        settings, database, queues, sessions, sender_of(settings, database, queues, gateway), clerk_of(settings, database)
    )


def sender_of(settings: Settings, database: Database, queues: Any, gateway: SmsGateway) -> Sender:
    """Return the way to a gateway; its threads start when they are needed."""

    def watch() -> Watch:
        with database.read() as reader:
            return Watch(administrators(reader, datetime.now(settings.zone).date()))

    lines, rate = ThreadPoolExecutor(LINES, "line"), Rate(queues, settings.sms_rate)
    return Sender(database, gateway, rate, lines, watch, lambda: datetime.now(UTC), random.random, Marks(queues))


def clerk_of(settings: Settings, database: Database) -> Clerk:
    """Return who works on the SMS that come."""
    own = settings.at_short_code, terms_of(settings), settings.at_sender_id
    return Clerk(database, settings.key("orders"), *own)
