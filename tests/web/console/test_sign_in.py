"""The way into the console: the officer's telephone, then the PIN; nobody else gets as far as trying it."""

import time
from datetime import timedelta

import pytest
import redis
from sqlalchemy import select, update

from app import create_app
from app.coop.access.models import SignIn
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import OfficerAct, Role
from app.sms.models import Message
from config.settings import load
from tests import sample_cooperative, sample_declarations


def column(database, what, *where):
    with database.read() as reader:
        return list(reader.scalars(select(what).where(*where)))


def change(database, model, where, **values):
    with database.transaction() as session:
        session.execute(update(model).where(where).values(**values))


def test_code_and_pin_let_an_officer_in_and_she_is_told(officer, database):
    fatou = officer()
    assert "un SMS y arrive" in fatou.ask().get_data(as_text=True)
    answer = fatou.enter()
    assert answer.request.path == "/"
    assert "CPS Joal" in fatou.page
    assert column(database, OfficerAct.act) == ["console sign-in"]
    [told] = column(database, Message.text, Message.purpose == "security")
    assert told.startswith("Jappoo: console ouverte à 10:00")


def test_the_code_is_kept_as_a_hash_bound_to_the_browser(officer, database):
    fatou, other = officer(), officer()
    fatou.ask()
    [digest] = column(database, SignIn.digest)
    assert fatou.codes()[0] not in digest
    other.get("/sign-in")
    other.send("/sign-in", phone="77 000 01 02")
    assert "ne va pas" in other.enter(code=fatou.codes()[0]).get_data(as_text=True)
    fatou.enter()
    assert fatou.inside
    assert not other.inside


@pytest.mark.parametrize("phone", [sample_cooperative.AWA, sample_cooperative.NOBODY, sample_declarations.SECRETARY])
def test_the_answer_is_the_same_whoever_the_number_is(officer, phone):
    fatou = officer(phone)
    said = fatou.ask().get_data(as_text=True).replace(phone, "NUMBER")
    assert "Si <strong>NUMBER</strong> est le numéro d" in said
    assert len(fatou.codes()) == (phone == sample_declarations.SECRETARY)


def test_the_answer_takes_the_same_time_whoever_the_number_is(officer, monkeypatch):
    monkeypatch.setattr("app.web.console.session.STEP_SECONDS", 0.1)
    taken = {sample_declarations.SECRETARY: [], sample_cooperative.NOBODY: []}
    for phone in [*taken] * 2:
        fatou = officer(phone)
        fatou.get("/sign-in")
        before = time.monotonic()
        fatou.send("/sign-in", phone=phone)
        taken[phone].append(time.monotonic() - before)
    assert all(time >= 0.1 for times in taken.values() for time in times)  # the work itself takes milliseconds, and not the same


def test_an_address_has_so_many_forms(officer, valkey):
    fatou = officer()
    fatou.get("/sign-in")
    with redis.Redis.from_url(valkey.url) as client:
        client.set("console:forms:127.0.0.1", 59)
    assert fatou.send("/sign-in", phone=sample_declarations.SECRETARY).status_code == 200
    for path in ("/sign-in", "/sign-in/code"):
        fatou.get("/sign-in")
        refused = fatou.send(path, phone=sample_declarations.SECRETARY)
        assert (refused.status_code, "Trop de demandes" in refused.get_data(as_text=True)) == (429, True)
    assert len(fatou.codes()) == 1
    elsewhere = officer()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "41.82.1.1"
    assert elsewhere.come_in().status_code == 200
    valkey.kill()
    fatou.get("/sign-in")
    assert fatou.send("/sign-in", phone=sample_declarations.SECRETARY).status_code == 200


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


def test_a_wrong_code_and_a_wrong_pin_are_answered_with_the_same_page(officer):
    pages = []
    for wrong in ({"code": "000000"}, {"pin": "1357"}):
        fatou = officer()
        fatou.ask()
        token = fatou.page.partition('name="token" value="')[2].partition('"')[0]
        answer = fatou.enter(**wrong)
        pages.append((answer.status_code, fatou.page.replace(token, "TOKEN")))
        assert not fatou.inside
    assert pages[0] == pages[1]
    assert pages[0][0] == 403


def test_nobody_without_the_telephone_tries_or_locks_a_pin(officer, database):
    thief = officer()
    for _ in range(4):
        thief.ask()
        for guess in range(8):
            thief.enter(code=f"{guess:06d}", pin="2468")
    assert column(database, Person.pin_tries, Person.id == 101) == [0]
    assert max(column(database, SignIn.tries)) == 5
    assert not thief.inside


def test_what_others_ask_and_type_never_bars_who_has_signed_in_here_before(officer, clock):
    fatou, thief = officer(), officer()
    fatou.come_in()
    clock.forward(hours=1)
    for _ in range(5):
        thief.ask()
        thief.enter(code="000000")
    before = len(fatou.codes())
    assert before == 4
    fatou.come_in()
    assert len(fatou.codes()) == before + 1
    assert fatou.inside


def test_three_codes_an_hour(officer, clock):
    fatou = officer()
    for _ in range(5):
        fatou.ask()
    assert len(fatou.codes()) == 3
    clock.forward(hours=1)
    fatou.ask()
    assert len(fatou.codes()) == 4


def test_a_code_works_once_for_five_minutes_and_only_the_newest(officer, clock):
    fatou = officer()
    fatou.ask()
    fatou.ask()
    first, second = fatou.codes()
    fatou.enter(code=first)
    assert not fatou.inside
    fatou.enter(code=second, pin="1357")
    fatou.enter(code=second)
    assert not fatou.inside
    fatou.ask()
    clock.forward(minutes=5)
    fatou.enter()
    assert not fatou.inside


def test_five_tries_kill_a_code(officer):
    fatou = officer()
    fatou.ask()
    for _ in range(5):
        fatou.enter(code="000000")
    fatou.enter()
    assert not fatou.inside


def test_three_wrong_pins_lock_as_everywhere_and_tell(officer, database):
    fatou = officer()
    for _ in range(3):
        fatou.ask()
        fatou.enter(pin="1357")
    assert column(database, Person.pin_locked_until, Person.id == 101) != [None]
    assert any("Code bloqué" in words for words in column(database, Message.text, Message.purpose == "security"))


@pytest.mark.parametrize("form", [{"code": "12345"}, {"pin": "24680"}, {"pin": "²468"}])
def test_what_is_no_code_or_no_pin_is_no_try(officer, database, form):
    fatou = officer()
    fatou.ask()
    assert fatou.enter(**form).status_code == 403
    assert column(database, SignIn.tries) == [0]


def test_on_a_shared_number_the_place_says_who(officer, database):
    with database.transaction() as session:
        session.add(Role(person_id=3, role="delegate", cooperative_id=1, from_on=sample_cooperative.LONG_AGO.date()))
    both = officer(sample_cooperative.SHARED)
    for place, pin, inside in (("", "8642", False), ("1", "1357", False), ("2", "8642", True)):
        both.ask()
        both.enter(pin=pin, place=place)
        assert both.inside is inside
    assert column(database, Person.pin_tries, Person.id == 2) == [0]


@pytest.mark.parametrize("barred", [{"proof_wanted": True}, {"trusted": True}])
def test_a_number_that_is_barred_or_anothers_gets_no_code_and_ends_what_it_opened(officer, database, barred):
    fatou = officer()
    fatou.come_in()
    change(database, Number, Number.person_id == 101, **barred)
    assert not fatou.inside
    fatou.ask()
    assert len(fatou.codes()) == 1


@pytest.mark.parametrize("state", ["blocked", "departed"])
def test_a_member_who_is_blocked_or_left_is_out_and_gets_no_code(officer, database, state):
    fatou = officer()
    fatou.come_in()
    change(database, Member, Member.person_id == 101, state=state)
    assert not fatou.inside
    fatou.ask()
    assert len(fatou.codes()) == 1


def test_an_office_that_ended_signs_out(officer, database, clock):
    fatou = officer()
    fatou.come_in()
    change(database, Role, Role.person_id == 101, until_on=clock().date() - timedelta(days=1))
    assert fatou.get().request.path == "/sign-in"


def test_another_pin_signs_out(officer, database, clock):
    fatou = officer()
    fatou.come_in()
    change(database, Person, Person.id == 101, pin_set_at=clock.forward(minutes=1))
    assert not fatou.inside


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
    assert column(database, OfficerAct.act)[-1] == "console sign-out"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/sign-out"])
def test_a_form_without_its_token_does_nothing(officer, path):
    fatou = officer()
    if path == "/sign-out":
        fatou.come_in()
    else:
        fatou.ask()
    before = fatou.codes()
    answer = fatou.send(path, token="another", phone=fatou.phone, code=before[-1], pin="2468")
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
