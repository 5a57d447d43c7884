"""Money comes in once, onto the account that it is for; a levy wants another officer."""

import pytest

from app.coop.handover import services as handover
from app.coop.ledger.queries import Balances
from app.coop.ledger.services import Overdrawn, account_of
from app.coop.production.deliveries import Delivery, credit
from app.coop.subjects import approvals
from app.coop.till import payouts, takings
from tests.acts import by
from tests.sample_till import PRESIDENT, SECRETARY, TREASURER


@pytest.mark.parametrize(
    ("kind", "box", "after"),
    [
        ("savings", "cash", Balances(10_000, 13_000)),
        ("savings", "mobile", Balances(10_000, 13_000)),
        ("shares", "bank", Balances(10_500, 12_500)),
        ("levy", "cash", Balances(10_000, 12_500)),
    ],
)
def test_money_comes_in_once(desk, kind, box, after):
    act = by(TREASURER, "in", desk.clock())
    before = desk.control(box)
    entry = desk.acted(takings.take_in, act, 1, kind, 500, box=box)
    assert desk.acted(takings.take_in, act, 1, kind, 500, box=box) == entry
    assert (desk.balances(), desk.control(box) - before) == (after, 500)
    assert desk.wrong() == ()


def test_accounts_are_opened_one_by_one_or_together_in_any_order(desk):
    desk.typed(takings.take_in, PRESIDENT, 104, "savings", 500)
    desk.do(credit, 1, [Delivery("fish", 104, 1_000)])
    assert desk.balances(104) == Balances(savings=500, payable=980)
    desk.do(credit, 1, [Delivery("more fish", 101, 1_000)])
    desk.typed(takings.take_in, TREASURER, 101, "shares", 500)
    assert (desk.balances(101), desk.wrong()) == (Balances(shares=500, payable=980), ())


@pytest.mark.parametrize("kind", ["payable", "advance", "leasing"])
def test_a_catch_is_credited_whichever_account_came_first(desk, kind):
    with desk.database.transaction() as session:
        account_of(session, 1, 4, kind)
    [done] = desk.do(credit, 1, [Delivery("fish", 4, 1_000)])
    assert (done.net, desk.balances(4).payable, desk.wrong()) == (980, 980, ())


def test_what_the_till_refuses(desk):
    for member, amount, kind, why in (
        (1, 0, "savings", ValueError),
        (1, -5, "savings", ValueError),
        (1, 1, "repayment", Overdrawn),
        (5, 500, "savings", payouts.NotHers),
    ):
        with pytest.raises(why):
            desk.typed(takings.take_in, TREASURER, member, kind, amount)
    with pytest.raises(handover.NotForYourself):
        desk.typed(takings.take_in, SECRETARY, 101, "savings", 500)


def test_a_levy_on_what_is_owed_wants_another_officer_and_enough_owed(desk):
    desk.do(credit, 1, [Delivery("fish", 1, 1_000)])
    desk.typed(takings.ask_levy, TREASURER, 1, 981)
    with pytest.raises(approvals.Impossible, match="ne lui doit pas autant"):
        desk.approve("member:1", PRESIDENT)
    desk.approve("member:1", PRESIDENT, approved=False)
    desk.typed(takings.ask_levy, TREASURER, 1, 980)
    desk.approve("member:1", PRESIDENT)
    assert (desk.balances().payable, desk.control("solidarity"), desk.wrong()) == (0, -1_000, ())
