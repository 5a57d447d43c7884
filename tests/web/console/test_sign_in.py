"""The way into the console: a code to the officer's telephone, then a number confirmed on it by PIN, or an authenticator."""

import time

import pytest
import redis
from sqlalchemy import inspect, select, update

from app.coop.access.models import SignIn
from app.coop.members.models import Person
from app.coop.offices.models import OfficerAct, Role
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations


def column(database, what, *where):
    with database.read() as reader:
        return list(reader.scalars(select(what).where(*where).order_by(*inspect(what.class_).primary_key)))


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
    elsewhere.come_in()
    valkey.kill()
    fatou.get("/sign-in")
    assert fatou.send("/sign-in", phone=sample_declarations.SECRETARY).status_code == 200


def test_no_pin_is_asked_in_a_browser(officer):
    fatou = officer()
    pages = [
        fatou.get("/sign-in").get_data(as_text=True),
        fatou.ask().get_data(as_text=True),
        fatou.type_code().get_data(as_text=True),
    ]
    assert not any('name="pin"' in page or 'type="password"' in page for page in pages)


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
