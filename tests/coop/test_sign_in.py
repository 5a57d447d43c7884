"""Codes for the console under a rush: no more than three leave, and one that is typed by several at once opens once."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.coop.access import sign_in
from app.coop.access.models import SignIn
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations


@pytest.fixture
def desk(database):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    return sign_in.SignInServices(database, sample_cooperative.KEY, sample_cooperative.KEY)


def at_once(count, do):
    with ThreadPoolExecutor(count) as pool:
        return [one.result() for one in [pool.submit(do, number) for number in range(count)]]


def test_of_many_requests_at_once_three_get_a_code(desk, clock):
    at_once(
        5,
        lambda number: sign_in.ask_code(
            desk, sample_declarations.SECRETARY, sign_in.Browser(f"browser {number}"), known=False, now=clock()
        ),
    )
    with desk.database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(SignIn)) == 3


def test_a_code_typed_twice_at_once_opens_once(desk, clock):
    sign_in.ask_code(desk, sample_declarations.SECRETARY, sign_in.Browser("mine"), known=False, now=clock())
    with desk.database.read() as reader:
        code = re.findall(r"\d{6}", reader.scalar(select(Message.text)))[0]

    def enter(_):
        return sign_in.type_code(desk, sample_declarations.SECRETARY, sign_in.Browser("mine"), code=code, place="", now=clock())

    assert sum(at_once(4, enter)) == 1


def test_old_codes_that_opened_nothing_are_forgotten(desk, clock):
    sign_in.ask_code(desk, sample_declarations.SECRETARY, sign_in.Browser("mine"), known=False, now=clock())
    sign_in.ask_code(desk, sample_declarations.SECRETARY, sign_in.Browser("mine"), known=False, now=clock.forward(days=1))
    with desk.database.transaction() as session:
        sign_in.forget(session, clock())
    with desk.database.read() as reader:
        assert reader.scalars(select(SignIn.asked_at)).all() == [clock()]
