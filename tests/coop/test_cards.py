"""Cards bring a new activation number to whoever has none that works; renewed, the older one dies."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from app.coop.access import activation
from app.coop.access.models import Activation
from app.coop.enrolment.cards import issue_cards
from app.coop.members.models import Number
from tests import sample_cooperative


@pytest.fixture
def pending(database):
    sample_cooperative.build(database)
    return database


def issue(database, clock, code="cps1", **how):
    with database.transaction() as session:
        return issue_cards(session, code, key=sample_cooperative.KEY, now=clock(), **how)


def test_a_card_that_works_is_renewed_only_when_asked(pending, clock):
    assert issue(pending, clock) == []
    [card] = issue(pending, clock, renew=True)
    assert (card.name, card.phone) == ("Awa 4", sample_cooperative.NEW)
    old = activation.try_activation(pending, 4, "482190", "a", key=sample_cooperative.KEY, now=clock())
    assert isinstance(old, activation.ActivationRefused) or card.activation == "482190"
    new = activation.try_activation(pending, 4, card.activation, "b", key=sample_cooperative.KEY, now=clock())
    assert new == activation.ActivationOpened()


@pytest.mark.parametrize(
    "worn", [{"tries": 5}, {"used_at": sample_cooperative.LONG_AGO}, {"expires_at": sample_cooperative.LONG_AGO}]
)
def test_one_that_works_no_more_is_printed_again(pending, clock, worn):
    with pending.transaction() as session:
        session.execute(update(Activation).values(**worn))
    assert len(issue(pending, clock)) == 1
    clock.forward(seconds=timedelta(days=1).total_seconds())
    assert issue(pending, clock) == []


def test_who_has_no_telephone_has_a_card(pending, clock):
    with pending.transaction() as session:
        session.execute(delete(Number).where(Number.person_id == 4))
        session.execute(delete(Activation))
    [card] = issue(pending, clock)
    assert (card.phone, card.place) == (None, None)


def test_an_unknown_co_operative_has_no_cards(pending, clock):
    assert issue(pending, clock, "CPS9") is None


def test_a_printed_number_lives_long_enough_to_be_handed_out(pending, clock):
    [card] = issue(pending, clock, renew=True)
    clock.forward(days=89)
    assert issue(pending, clock) == []
    opened = activation.try_activation(pending, 4, card.activation, "a", key=sample_cooperative.KEY, now=clock())
    assert opened == activation.ActivationOpened()
    clock.forward(days=1)
    [renewed] = issue(pending, clock)
    assert renewed.card == card.card
