"""The way into the console: a code to the officer's telephone, then a number confirmed on it by PIN, or an authenticator."""

import re
import time
from datetime import timedelta

import pyotp
import pytest
import redis
from sqlalchemy import select, update

from app import create_app
from app.coop.access import authenticators
from app.coop.access.models import Authenticator, SignIn
from app.coop.console_requests import queries, services
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import OfficerAct, Role
from app.sms.models import Message
from config.settings import load
from tests import sample_cooperative, sample_declarations
from tests.acts import by


def column(database, what, *where):
    with database.read() as reader:
        return list(reader.scalars(select(what).where(*where)))


def change(database, model, where, **values):
    with database.transaction() as session:
        session.execute(update(model).where(where).values(**values))


def test_a_code_and_the_number_confirmed_on_the_phone_let_an_officer_in_and_she_is_told(officer, database):
    fatou = officer()
    assert "un SMS y arrive" in fatou.ask().get_data(as_text=True)
    assert "Confirmez au téléphone" in fatou.type_code().get_data(as_text=True)
    assert fatou.send("/sign-in/second").status_code == 403
    assert "pas encore confirmé" in fatou.page
    assert not fatou.inside
    assert fatou.confirm() is None
    answer = fatou.send("/sign-in/second")
    assert answer.request.path == "/"
    assert "CPS Joal" in fatou.page
    assert column(database, OfficerAct.act) == ["console confirmed", "console sign-in"]
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


def test_no_pin_is_asked_in_a_browser(officer):
    fatou = officer()
    pages = [
        fatou.get("/sign-in").get_data(as_text=True),
        fatou.ask().get_data(as_text=True),
        fatou.type_code().get_data(as_text=True),
    ]
    assert not any('name="pin"' in page or 'type="password"' in page for page in pages)


def test_a_wrong_number_on_the_phone_opens_nothing_and_five_end_it(officer):
    fatou = officer()
    fatou.ask()
    fatou.type_code()
    shown = re.findall(r"<strong>(\d{3})</strong>", fatou.page)[0]
    other = "000" if shown != "000" else "111"
    assert [fatou.confirm(other) for _ in range(5)] == [4, 3, 2, 1, 0]
    assert fatou.confirm(shown) == 0
    assert fatou.send("/sign-in/second").request.path == "/sign-in/code"
    assert not fatou.inside


def test_the_second_step_has_ten_minutes(officer, clock):
    fatou = officer()
    fatou.ask()
    fatou.type_code()
    shown = re.findall(r"<strong>(\d{3})</strong>", fatou.page)[0]
    clock.forward(minutes=10)
    assert fatou.confirm(shown) == 0
    assert fatou.send("/sign-in/second").request.path == "/sign-in/code"


def test_a_number_confirmed_on_the_phone_opens_only_the_browser_that_shows_it(officer):
    fatou, thief = officer(), officer()
    for one in (fatou, thief):
        one.ask()
        one.get("/sign-in/code")
    fatou.type_code(fatou.codes()[0])
    fatou.confirm()
    thief.send("/sign-in/second")
    assert not thief.inside
    assert fatou.send("/sign-in/second").request.path == "/"


def code_of(shown, at, steps=0):
    return shown.generate_otp(int(at.timestamp()) // 30 + steps)


@pytest.fixture
def totp(officer, database):
    """Give an officer with an authenticator that is on."""
    fatou = officer()
    fatou.come_in()
    fatou.get("/access")
    fatou.send("/access/authenticator")
    shown = pyotp.TOTP(re.findall(r'class="secret">(\w+)<', fatou.page)[0])
    assert "<svg" in fatou.page
    fatou.send("/access/authenticator/try", code=code_of(shown, fatou.clock()))
    assert "puis 14" in fatou.page
    with database.transaction() as session:
        [asked] = queries.waiting_for(session.connection(), 101, None, fatou.clock())
        act = by(sample_declarations.CLERK, "on", fatou.clock())
        done = services.confirm(session, act, asked.id, asked.mark, key=b"k" * 32)
    assert done.state == "done", done
    fatou.send("/sign-out")
    fatou.clock.forward(minutes=2)
    return fatou, shown


def test_an_authenticators_code_opens_once_within_a_step_of_its_own(totp):
    fatou, shown = totp
    fatou.ask()
    fatou.type_code()
    assert "application d'authentification" in fatou.page
    code = code_of(shown, fatou.clock(), -1)
    for wrong in ("12345", code_of(shown, fatou.clock(), -2), code_of(shown, fatou.clock(), 2)):
        assert fatou.send("/sign-in/second", code=wrong).status_code == 403
    assert fatou.send("/sign-in/second", code=code).request.path == "/"
    fatou.send("/sign-out")
    fatou.ask()
    fatou.type_code()
    fatou.send("/sign-in/second", code=code)
    assert not fatou.inside
    assert fatou.send("/sign-in/second", code=code_of(shown, fatou.clock(), 1)).request.path == "/"


def test_wrong_codes_of_an_authenticator_are_counted_and_burn_no_sms(totp):
    fatou, shown = totp
    fatou.ask()
    fatou.type_code()
    for _ in range(4):
        assert fatou.send("/sign-in/second", code="000000").status_code == 403
    fatou.get("/sign-in/second")
    assert fatou.send("/sign-in/second", code="000000").request.path == "/sign-in/code"
    assert fatou.send("/sign-in/second", code=code_of(shown, fatou.clock())).request.path == "/sign-in/code"
    assert not fatou.inside


def test_a_copy_of_the_database_shows_no_authenticators_secret(totp, database):
    _, shown = totp
    assert shown.secret not in str(column(database, Authenticator.sealed))
    for key in (b"x" * 32, b""):
        with database.transaction() as session:
            assert not authenticators.check(session, 101, code_of(shown, totp[0].clock()), seal=key, now=totp[0].clock())


def test_an_authenticator_opens_nothing_before_the_pin_on_the_phone(officer, database):
    fatou = officer()
    fatou.come_in()
    fatou.get("/access")
    fatou.send("/access/authenticator")
    shown = pyotp.TOTP(re.findall(r'class="secret">(\w+)<', fatou.page)[0])
    fatou.send("/access/authenticator/try", code="000000")
    assert "ne va pas" in fatou.page
    fatou.send("/access/authenticator/try", code=code_of(shown, fatou.clock()))
    with database.transaction() as session:
        assert not authenticators.is_on(session, 101)
        [asked] = queries.waiting_for(session.connection(), 101, None, fatou.clock())
        authenticators.remove(session, 101)
        authenticators.begin(session, 101, seal=b"k" * 32, now=fatou.clock() + timedelta(minutes=1))
        done = services.confirm(session, by(sample_declarations.CLERK, "on", fatou.clock()), asked.id, asked.mark, key=b"k" * 32)
        assert (done.state, "préparée depuis" in done.said) == ("failed", True)


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


def test_when_another_code_can_come_is_said_the_same_for_every_number(officer, clock):
    said = []
    for phone in (sample_declarations.SECRETARY, sample_cooperative.NOBODY):
        fatou = officer(phone)
        for _ in range(3):
            assert "Pas de nouveau code" not in fatou.ask().get_data(as_text=True)
        said.append(fatou.ask().get_data(as_text=True).partition("Pas de nouveau code avant ")[2][:5])
    assert said == ["11:00", "11:00"]
    clock.forward(hours=1)
    assert "Pas de nouveau code" not in officer().ask().get_data(as_text=True)


def test_nobody_without_the_telephone_tries_or_locks_a_pin(officer, database):
    thief = officer()
    for _ in range(4):
        thief.ask()
        for guess in range(8):
            thief.enter(code=f"{guess:06d}")
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
    fatou.type_code(second, place="")
    fatou.get("/sign-in/code")
    assert fatou.type_code(second).status_code == 403
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


@pytest.mark.parametrize("code", ["12345", "1234567", "²12345"])
def test_what_is_no_code_is_no_try(officer, database, code):
    fatou = officer()
    fatou.ask()
    assert fatou.type_code(code).status_code == 403
    assert column(database, SignIn.tries) == [0]


def test_on_a_shared_number_the_place_says_who(officer, database):
    with database.transaction() as session:
        session.add(Role(person_id=3, role="delegate", cooperative_id=1, from_on=sample_cooperative.LONG_AGO.date()))
    both = officer(sample_cooperative.SHARED)
    both.ask()
    for place, inside in (("", False), ("1", False), ("2", True)):
        both.get("/sign-in/code")
        both.enter(place=place)
        assert both.inside is inside


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
