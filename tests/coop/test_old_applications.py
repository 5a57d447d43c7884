"""Who wanted to join and didn't is known for ninety days, and no longer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.coop.enrolment import applications
from app.coop.enrolment.models import Application
from tests import sample_cooperative, sample_declarations
from tests.acts import by
from tests.sample_cooperative import LONG_AGO

OF_CPS1 = sample_declarations.CLERK


@pytest.fixture
def house(database):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    with database.transaction() as session:
        for number in range(3):
            applications.apply(session, 1, f"Fatou Faye {'abc'[number]}", f"+22177111223{number}", now=LONG_AGO)
        _, refused, approved = session.scalars(select(Application.id).order_by(Application.id)).all()
        now = LONG_AGO + timedelta(days=10)
        applications.refuse(session, by(OF_CPS1, "x", now), refused)
        applications.approve(session, by(OF_CPS1, "y", now), approved, "12", key=sample_cooperative.KEY)
    return database


def forget(database, days):
    with database.transaction() as session:
        return applications.forget(session, now=LONG_AGO + timedelta(days=days))


def left(database):
    with database.read() as reader:
        rows = reader.execute(select(Application.state, Application.name, Application.phone).order_by(Application.id))
        return [f"{row.state} {row.name[-6:]}{(row.phone or '')[-1:]}" for row in rows]


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        (89, ["waiting Faye a0", "refused Faye b1", "approved Faye c2"]),
        (90, ["refused ", "refused Faye b1", "approved Faye c2"]),
        (99, ["refused ", "refused Faye b1", "approved Faye c2"]),
        (100, ["refused ", "refused ", "approved Faye c2"]),
    ],
)
def test_who_wasnt_taken_in_is_forgotten_ninety_days_after(house, days, kept):
    assert forget(house, days) is False
    assert left(house) == kept


def test_one_that_lapsed_is_decided_and_asks_nobody(house):
    forget(house, 90)
    with house.transaction() as session:
        first = session.scalar(select(Application.id).order_by(Application.id))
        assert applications.to_decide(session, OF_CPS1) == []
        with pytest.raises(applications.ApplicationClosed):
            applications.refuse(session, by(OF_CPS1, "late", LONG_AGO + timedelta(days=91)), first)


def test_a_round_takes_so_many_and_says_when_there_may_be_more(house, monkeypatch):
    monkeypatch.setattr(applications, "MOST_FORGOTTEN", 1)
    assert (forget(house, 100), forget(house, 101)) == (True, False)
    assert [state.split()[0] for state in left(house)] == ["refused", "refused", "approved"]
