"""The console in a browser's hands: it keeps cookies, sends forms with their token, and reads the officer's SMS."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.coop.access import sign_in_sessions
from app.coop.access.models import SignIn
from app.coop.console_requests import queries, services
from app.coop.members.models import Number
from app.coop.offices.queries import offices_of
from app.db.database import Database
from app.db.rows import store
from app.sms.models import Message
from app.web.console import session
from config.settings import load
from tests import menu_rows, sample_cooperative, sample_declarations
from tests.acts import by
from tests.conftest import Clock
from tests.servers import Server


class Officer:
    """Somebody at a browser, with a telephone."""

    def __init__(self, client: FlaskClient, database: Database, phone: str, clock: Clock) -> None:
        self.client, self.database, self.phone, self.clock = client, database, phone, clock
        self._page: str | None = ""

    @property
    def page(self) -> str:
        """Return the page just seen; the first one inside is asked for when somebody looks at it."""
        if self._page is None:
            self.get()
        return self._page or ""

    def get(self, path: str = "/") -> TestResponse:
        return self._seen(self.client.get(path, follow_redirects=True))

    def send(self, path: str, *, look: bool = True, **fields: str) -> TestResponse:
        """Send a form as the page just seen would: with its token, unless `token` says otherwise; `look` where it leads."""
        tokens = re.findall(r'name="token" value="([^"]+)"', self.page)
        form = {"token": tokens[0] if tokens else ""} | fields
        return self._seen(self.client.post(path, data=form, follow_redirects=look))

    def codes(self) -> list[str]:
        """Return the codes that came to the telephone, oldest first."""
        with self.database.read() as reader:
            wanted = select(Message.text).where(Message.to_number == self.phone, Message.purpose == "code").order_by(Message.id)
            return [re.findall(r"\d{6}", words)[0] for words in reader.scalars(wanted)]

    def ask(self) -> TestResponse:
        self.get("/sign-in")
        return self.send("/sign-in", phone=self.phone)

    def type_code(self, code: str | None = None, place: str = "") -> TestResponse:
        return self.send("/sign-in/code", code=code or self.codes()[-1], place=place)

    def confirm(self, number: str | None = None) -> int | None:
        """Confirm on the telephone the number that the page shows, or another; return what the telephone learns."""
        shown = re.findall(r"<strong>(\d{3})</strong>", self.page)
        with self.database.transaction() as transaction:
            row = transaction.scalars(
                select(SignIn).where(SignIn.phone == self.phone, SignIn.used_at.is_not(None)).order_by(SignIn.id.desc()).limit(1)
            ).one()
            office = offices_of(transaction, row.person_id, self.clock().date())[-1]
            act = by(office, f"confirm {row.id}", self.clock())
            return sign_in_sessions.confirm_number(transaction, act, row.id, number or shown[0])

    def enter(self, place: str = "", code: str | None = None, *, look: bool = True) -> TestResponse:
        """Type the code, confirm the number on the telephone where there is one, and go on."""
        answer = self.type_code(code, place)
        if answer.request.path != "/sign-in/second":
            return answer
        self.confirm()
        return self.send("/sign-in/second", look=look)

    def come_in(self) -> None:
        """Come in, and look at nothing there yet."""
        self.ask()
        assert self.enter(look=False).location == "/"
        self._page = None

    def be_inside(self) -> None:
        """Be let in as `come_in` ends, without its four pages and two SMS."""
        at = self.clock()
        with self.database.transaction() as transaction:
            person = transaction.scalars(select(Number.person_id).where(Number.phone == self.phone)).one()
            times = dict.fromkeys(("asked_at", "expires_at", "used_at", "confirmed_at", "opened_at"), at)
            row = store(transaction, SignIn(phone=self.phone, person_id=person, browser="", known=True, digest="", **times))
        with self.client.session_transaction() as held:
            held["held"] = {"sign_in": row.id, "seen": int(at.timestamp()), "token": f"token {row.id}"}
        self._page = None

    def on_phone(self) -> list[str]:
        """Confirm by PIN, in their order, what was asked and waits; return what came of each."""
        at = self.clock()
        with self.database.transaction() as session:
            person = session.scalars(select(Number.person_id).where(Number.phone == self.phone)).one()
            act = by(offices_of(session, person, at.date())[-1], "pin", at, "ussd")
            waiting = queries.waiting_for(session.connection(), person, None, at)
            return [services.confirm(session, act, one.id, one.mark, key=sample_cooperative.KEY).said for one in waiting]

    @property
    def inside(self) -> bool:
        return self.client.get("/").status_code == 200

    def _seen(self, answer: TestResponse) -> TestResponse:
        self._page = answer.data.decode(errors="replace")  # a file is no page, and is read as it is
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
def officer(app: Flask, database: Database, clock: Clock) -> Officers:
    """Give an officer at a browser of their own."""
    return lambda phone=sample_declarations.SECRETARY: Officer(app.test_client(), database, phone, clock)
