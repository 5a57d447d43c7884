"""After the code by SMS: a number that is confirmed on the telephone, or an authenticator's code."""

import re
from datetime import timedelta

import pyotp
import pytest

from app.coop.access import authenticators
from app.coop.access.models import Authenticator
from app.coop.console_requests import queries, services
from tests import sample_declarations
from tests.acts import by
from tests.web.console.test_sign_in import column


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


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
