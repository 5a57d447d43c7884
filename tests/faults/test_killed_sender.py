"""A sender is killed at each step between its claim and its settling: what never left leaves by itself, and nothing twice."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
import redis
from sqlalchemy import select, update

from app.sms import outbox, sweeper
from app.sms.marks import Marks
from app.sms.models import Message
from config.redis import connect
from tests.child_processes import forking
from tests.faults import killed_sender

MESSAGES = 40


class Judge(BaseHTTPRequestHandler):
    """Takes every message and counts what each number got."""

    protocol_version = "HTTP/1.1"
    taken: ClassVar[Counter[str]] = Counter()

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        numbers = form["to"][0].split(",")
        self.taken.update(numbers)
        given = [{"number": one, "statusCode": 101, "messageId": f"AT{one}", "cost": "XOF 20.0000"} for one in numbers]
        body = json.dumps({"SMSMessageData": {"Message": f"Sent to {len(numbers)}", "Recipients": given}}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        del format, args


class Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@pytest.fixture
def provider() -> Iterator[str]:
    server = Listening(("127.0.0.1", 0), Judge)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    Judge.taken = Counter()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("emptied", [False, True], ids=["", "emptied"])
@pytest.mark.parametrize(
    ("step", "in_doubt"),
    [("claimed", (0, 0)), ("marked", (1, 16)), ("on the line", (1, 16)), ("answered", (1, 16)), ("to be settled", (1, 32))],
)
def test_nothing_is_lost_or_doubled_and_what_never_left_leaves(postgres_database, valkey, provider, step, in_doubt, emptied):
    own = {"JAPPOO_ENV": "test", "DATABASE_URL": postgres_database.url, "REDIS_URL": valkey.url, "AT_API_URL": provider}
    own |= {"SECRET_KEY": "s" * 32, "PIN_PEPPER": "p" * 32, "SMS_RATE": "600"}
    with postgres_database.transaction() as session:
        for number in range(MESSAGES):
            given = {"to": f"+22177{number:07}", "text": f"Jappoo: {number}", "purpose": "answer", "cause": "a"}
            outbox.put(session, now=datetime.now(UTC), **given)
    assert work(step, own) == -9
    if emptied:
        with redis.Redis.from_url(valkey.url) as client:
            client.flushall()
    with connect(valkey.url, seconds=5) as client, postgres_database.transaction() as session:
        old = update(Message).where(Message.state == "sending")
        claimed = len(session.scalars(old.values(claimed_at=datetime.now(UTC) - timedelta(minutes=1)).returning(Message.id)).all())
        sweeper.sweep(session, now=datetime.now(UTC), wake=lambda _: None, marks=Marks(client))
    assert work("none", own) == 0
    with postgres_database.read() as reader:
        states = {row.to_number: row.state for row in reader.execute(select(Message.to_number, Message.state))}
    least, most = (claimed, claimed) if emptied else in_doubt
    doubted = [number for number, state in states.items() if state == "maybe"]
    assert least <= len(doubted) <= most
    assert claimed > most or emptied or step == "to be settled"
    assert set(Judge.taken.values()) == {1}, "doubled"
    assert set(states) == {*Judge.taken, *doubted}, "lost"


def work(step: str, environment: dict[str, str]) -> int | None:
    process = forking().Process(target=killed_sender.send, args=(step, environment))
    process.start()
    process.join(120)
    return process.exitcode
