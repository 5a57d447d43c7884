"""A worker killed while the provider has its request: the provider's own record says how often it was asked."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from sqlalchemy import select

from app.sms import outbox, sweeper
from app.sms.models import Message
from config.processes import dying_with_parent
from tests import village

SECONDS = 20


def test_a_message_whose_worker_was_killed_is_maybe_sent_and_never_sent_again(sqlite_database, valkey):
    asked, gone = [], threading.Event()

    class Slow(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["to"])
            gone.wait(SECONDS)

        def log_message(self, *arguments):
            del arguments

    provider = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    now = datetime.now(UTC)
    with sqlite_database.transaction() as session:
        outbox.put(session, to=village.AWA, text="Jappoo", purpose="answer", cause="a", now=now, part_price=20)
    environment = dict(os.environ) | {
        "JAPPOO_ENV": "test",
        "DATABASE_URL": sqlite_database.url,
        "REDIS_URL": valkey.url,
        "SECRET_KEY": village.KEY.decode(),
        "PIN_PEPPER": village.PEPPERS[1].decode(),
        "AT_USERNAME": "sandbox",
        "AT_API_KEY": "key",
        "AT_API_URL": f"http://127.0.0.1:{provider.server_port}",
    }

    def work(lanes):
        command = [sys.executable, "-c", f"import workers.runner as it; it.run({lanes!r}, burst=True)"]
        return subprocess.Popen(command, env=environment, preexec_fn=dying_with_parent())

    def state():
        with sqlite_database.read() as reader:
            return reader.scalar(select(Message.state))

    try:
        worker = work(["answer"])
        end = time.monotonic() + SECONDS
        while not asked and time.monotonic() < end:
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        gone.set()
        assert (asked, state()) == ([[village.AWA]], "sending")
        for later in (timedelta(minutes=1), timedelta(minutes=3), timedelta(hours=1)):
            with sqlite_database.transaction() as session:
                sweeper.sweep(session, now=now + later, wake=[].append)
            assert state() == "maybe"
        assert work(["answer"]).wait(SECONDS) == 0
        assert (asked, state()) == ([[village.AWA]], "maybe")
    finally:
        gone.set()
        provider.shutdown()
        provider.server_close()
