"""Cards bring a new activation number, and the older one dies."""

from app.coop.members import activation
from app.coop.members.cards import issue_cards
from tests import village


def test_a_pending_member_gets_a_card_with_a_number_that_works(database, clock):
    village.build(database)
    with database.transaction() as session:
        [card] = issue_cards(session, "cps1", key=village.KEY, now=clock())
    assert card.phone == village.NEW
    old = activation.try_activation(database, 4, "482190", "a", key=village.KEY, now=clock())
    assert isinstance(old, activation.Refused) or card.activation == "482190"
    new = activation.try_activation(database, 4, card.activation, "b", key=village.KEY, now=clock())
    assert new == activation.Opened()


def test_an_unknown_co_operative_has_no_cards(database, clock):
    with database.transaction() as session:
        assert issue_cards(session, "CPS9", key=village.KEY, now=clock()) is None
