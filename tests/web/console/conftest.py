"""The console in a browser's hands: it keeps cookies, sends forms with their token, and reads the officer's SMS."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.db.database import Database
from app.sms.models import Message
from app.web.console import session
from config.settings import load
from tests import menu_rows, sample_cooperative, sample_declarations
from tests.conftest import Clock
from tests.servers import Server


class Officer:
    """Somebody at a browser, with a telephone."""

    def __init__(self, client: FlaskClient, database: Database, phone: str) -> None:
        self.client, self.database, self.phone = client, database, phone
        self.page = ""

    def get(self, path: str = "/") -> TestResponse:
        return self._seen(self.client.get(path, follow_redirects=True))

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form as the page just seen would: with its token, unless `token` says otherwise."""
        tokens = re.findall(r'name="token" value="([^"]+)"', self.page)
        form = {"token": tokens[0] if tokens else ""} | fields
        return self._seen(self.client.post(path, data=form, follow_redirects=True))

    def codes(self) -> list[str]:
        """Return the codes that came to the telephone, oldest first."""
        with self.database.read() as reader:
            wanted = select(Message.text).where(Message.to_number == self.phone, Message.purpose == "code").order_by(Message.id)
            return [re.findall(r"\d{6}", words)[0] for words in reader.scalars(wanted)]

    def ask(self) -> TestResponse:
        self.get("/sign-in")
        return self.send("/sign-in", phone=self.phone)

    def enter(self, pin: str = "2468", place: str = "", code: str | None = None) -> TestResponse:
        return self.send("/sign-in/code", code=code or self.codes()[-1], pin=pin, place=place)

    def come_in(self) -> TestResponse:
        self.ask()
        return self.enter()

    @property
    def inside(self) -> bool:
        return self.client.get("/").status_code == 200

    def _seen(self, answer: TestResponse) -> TestResponse:
        self.page = answer.data.decode(errors="replace")  # a file is no page, and is read as it is
        return answer


Officers = Callable[..., Officer]


@pytest.fixture(autouse=True)
def _quick_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer forms on the way in almost at once: the test of their time sets its own."""
    monkeypatch.setattr(session, "STEP_SECONDS", 0.001)


@pytest.fixture
def app(database: Database, valkey: Server, clock: Clock):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    menu_rows.put(database, clock())
    environment = {
        "JAPPOO_ENV": "test",
        "DATABASE_URL": database.url,
        "REDIS_URL": valkey.url,
        "SECRET_KEY": sample_cooperative.KEY.decode(),
        "PIN_PEPPER": sample_cooperative.PEPPERS[1].decode(),
    }
    made = create_app(load(environment, dotenv=None), now=clock)
    yield made
    made.extensions["jappoo"]["database"].dispose()


@pytest.fixture
def officer(app: Flask, database: Database) -> Officers:
    """Give an officer at a browser of their own."""
    return lambda phone=sample_declarations.SECRETARY: Officer(app.test_client(), database, phone)
