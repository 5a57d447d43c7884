"""What a sign-in is worth: where it is listed, and all that ends it; cookies and forms."""

import re
from datetime import UTC, date, datetime

import pytest

from app import create_app
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import OfficerAct, Role
from config.settings import load
from tests import sample_cooperative, sample_declarations
from tests.web.console.test_sign_in import change, column


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


def test_a_new_secret_signs_nobody_out_and_lets_codes_in(officer, database, valkey, clock):
    fatou, awa = officer(), officer()
    fatou.come_in()
    awa.ask()
    given = {"JAPPOO_ENV": "test", "DATABASE_URL": database.url, "REDIS_URL": valkey.url}
    secrets = {
        "SECRET_KEY": "n" * 32,
        "SECRET_KEY_OLD": sample_cooperative.KEY.decode(),
        "PIN_PEPPER": sample_cooperative.PEPPERS[1].decode(),
    }
    after = create_app(load(given | secrets, dotenv=None), now=clock)
    for one in (fatou, awa):
        moved = after.test_client()
        moved._cookies = one.client._cookies
        one.client = moved
    assert fatou.inside
    awa.get("/sign-in/code")
    awa.enter()
    assert awa.inside
    after.extensions["jappoo"]["database"].dispose()


def test_sign_ins_are_listed_and_ended_one_or_all(officer):
    here, there, elsewhere = officer(), officer(), officer()
    for one in (here, there, elsewhere):
        one.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
        one.client.environ_base["REMOTE_ADDR"] = "41.82.1.77"
        one.come_in()
        one.clock.forward(minutes=1)
    page = here.get("/access").get_data(as_text=True)
    assert page.count("Firefox") == 3
    assert "41.82.1.x" in page
    assert "41.82.1.77" not in page
    newest = re.findall(r"/access/(\d+)/end", page)[0]
    stranger = officer(sample_declarations.PRESIDENT)
    stranger.come_in()
    stranger.get("/access")
    stranger.send(f"/access/{newest}/end")
    assert "n&#39;est plus ouverte" in stranger.page
    assert elsewhere.inside
    here.get("/access")
    here.send(f"/access/{newest}/end")
    assert [one.inside for one in (here, there, elsewhere)] == [True, True, False]
    here.get("/access")
    here.send("/access/end-others")
    assert "Entrées fermées : 1" in here.page
    assert [one.inside for one in (here, there)] == [True, False]


ENDS = {
    "the number is barred": (Number, Number.person_id == 101, {"proof_wanted": True}, False),
    "the number is another's": (Number, Number.person_id == 101, {"trusted": True}, False),
    "the member is blocked": (Member, Member.person_id == 101, {"state": "blocked"}, False),
    "the member has left": (Member, Member.person_id == 101, {"state": "departed"}, False),
    "the office has ended": (Role, Role.person_id == 101, {"until_on": date(2026, 11, 23)}, False),
    "the PIN is another": (Person, Person.id == 101, {"pin_set_at": datetime(2026, 11, 24, 10, 1, tzinfo=UTC)}, True),
}
"""What ends a sign-in: whose row becomes what, and whether a code comes after that."""


@pytest.mark.parametrize("why", ENDS)
def test_what_ends_a_sign_in_ends_it_at_once(officer, database, clock, why):
    table, row, values, coded = ENDS[why]
    fatou = officer()
    fatou.come_in()
    clock.forward(minutes=1)
    change(database, table, row, **values)
    assert fatou.get().request.path == "/sign-in"
    fatou.ask()
    assert len(fatou.codes()) == 1 + coded


def test_half_an_hour_without_a_page_signs_out_and_twelve_hours_always_do(officer, clock):
    fatou = officer()
    fatou.come_in()
    for _ in range(24):
        clock.forward(minutes=29)
        assert fatou.inside
    clock.forward(minutes=29)
    assert not fatou.inside
    fatou.come_in()
    clock.forward(minutes=31)
    assert not fatou.inside


def test_signing_out_ends_copies_of_the_cookie_too(officer, database):
    fatou = officer()
    fatou.come_in()
    copied = fatou.client.get_cookie("jappoo_console").value
    fatou.get()
    assert fatou.send("/sign-out").request.path == "/sign-in"
    fatou.client.set_cookie("jappoo_console", copied)
    assert not fatou.inside
    assert "console sign-out" in column(database, OfficerAct.act)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/sign-in/second", "/sign-out"])
def test_a_form_without_its_token_does_nothing(officer, path):
    fatou = officer()
    if path == "/sign-out":
        fatou.come_in()
    else:
        fatou.ask()
    before = fatou.codes()
    answer = fatou.send(path, token="another", phone=fatou.phone, code=before[-1])
    assert answer.status_code == 400
    assert fatou.codes() == before
    assert fatou.inside is (path == "/sign-out")


def test_cookies_and_pages_are_strict(officer, app):
    fatou = officer()
    seen = fatou.client.get("/sign-in")
    fatou.come_in()
    page = fatou.client.get("/")
    for answer in (seen, page):
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert answer.headers["Cache-Control"] == "no-store"
        text = answer.get_data(as_text=True)
        assert "<script" not in text
        assert "style=" not in text
        assert "<style" not in text
    app.config["SESSION_COOKIE_SECURE"] = True
    assert "Secure" in fatou.client.get("/sign-in").headers["Set-Cookie"]
