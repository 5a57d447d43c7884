"""A worker's context on a test's own database, Valkey and gateway."""

from datetime import UTC, datetime

import pytest

from app.sms import outbox
from config.redis import connect
from config.settings import load
from tests import sample_cooperative
from tests.sms.conftest import FakeGateway
from workers import jobs, schedule
from workers.context import Context, clerk_of, sender_of

SENT_TO = "+221770000001"


@pytest.fixture
def here(sqlite_database, valkey, monkeypatch):
    given = {"JAPPOO_ENV": "test", "DATABASE_URL": sqlite_database.url, "REDIS_URL": valkey.url}
    secrets = {"SECRET_KEY": sample_cooperative.KEY.decode(), "PIN_PEPPER": sample_cooperative.PEPPERS[1].decode()}
    settings, queues = load(given | secrets, dotenv=None), connect(valkey.url)
    sender = sender_of(settings, sqlite_database, queues, FakeGateway())
    made = Context(settings, sqlite_database, queues, queues, sender, clerk_of(settings, sqlite_database))
    for module in (jobs, schedule):
        monkeypatch.setattr(module, "context", lambda: made)
    monkeypatch.setattr(schedule, "_swept", {})
    yield made
    made.sender.lines.shutdown()
    made.queues.close()


def put(here, cause, text="Jappoo", purpose="answer"):
    with here.database.transaction() as session:
        outbox.put(session, to=SENT_TO, text=text, purpose=purpose, cause=cause, now=datetime.now(UTC))
