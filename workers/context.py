"""What the workers of one process share, made once from the settings."""

from functools import cache
from typing import Any

import msgspec

from app.db.database import Database
from app.gateways.africastalking_sms import AfricasTalkingSms
from app.gateways.sms import SmsGateway
from app.sms.outbox import listen
from app.sms.waker import Waker
from config.redis import connect
from config.settings import Settings, load


class Context(msgspec.Struct, frozen=True):
    """The database, the queues and the SMS gateway of this process."""

    settings: Settings
    database: Database
    queues: Any
    gateway: SmsGateway


@cache
def context() -> Context:
    """Return this process's context; connects on first use, so it is safe to fork before."""
    settings = load()
    database = Database(settings.database_url, statement_ms=10_000)
    queues = connect(settings.queues_url, connect_seconds=2, seconds=5)
    listen(database.session, Waker(queues))
    gateway = AfricasTalkingSms(settings.at_username or "", settings.at_api_key or "", settings.at_sender_id, settings.at_api_url)
    return Context(settings, database, queues, gateway)
