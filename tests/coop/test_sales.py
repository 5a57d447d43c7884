"""Sales at the boutique témoin: against the code, on account, by invoice; refunds and the day's end want two."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.coop.boutiques import clock as clock_of
from app.coop.boutiques import counts, offers, orders, queries, sales
from app.coop.cooperatives.models import Cooperative
from app.coop.handover.box import box_of
from app.coop.law import Unlawful
from app.coop.lots.stock import LotShort, split
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.sms.models import Message
from tests.shop_acts import SECRETARY, STRANGER, TREASURER, balances_of_payable, shop

__all__ = ["shop"]


def test_goods_are_handed_over_against_their_own_code_once(shop):
    row, other = shop.order(201, 3), shop.order(202, 2)
    assert row.code != other.code
    with shop.database.transaction() as session:
        assert sales.find(session, shop.act(TREASURER), row.code).id == row.id
        for office, code in ((TREASURER, "000000"), (Office(302, "president", 2), row.code)):
            with pytest.raises(orders.OrderNotOpen):
                sales.find(session, shop.act(office), code)
    before = shop.control("cash")
    shop.do(sales.hand_over, TREASURER, row.id)
    with pytest.raises(orders.OrderNotOpen):
        shop.do(sales.hand_over, TREASURER, row.id)
    assert shop.control("cash") - before == 4_500 == -shop.control("sales")
    assert shop.left == Decimal(35)


def test_nobody_hands_over_to_themselves(shop):
    row = shop.order(104, 1)
    with pytest.raises(sales.OwnSale):
        shop.do(sales.hand_over, TREASURER, row.id)
    assert shop.left == Decimal(39)


def test_on_account_is_taken_from_what_she_is_owed_and_more_is_an_overdraft(shop):
    owed = balances_of_payable(shop, 201)
    row = shop.order(201, 3, on_account=True)
    shop.do(sales.hand_over, TREASURER, row.id)
    assert balances_of_payable(shop, 201) == owed - 4_500
    dear = shop.order(201, 7, on_account=True)
    with pytest.raises(sales.AccountShort) as short:
        shop.do(sales.hand_over, TREASURER, dear.id)
    assert short.value.free == owed - 4_500
    with shop.database.transaction() as session:
        session.get_one(Cooperative, 1).legal_form = "SCOOPS"
    with pytest.raises(Unlawful, match="251"):
        shop.do(sales.hand_over, TREASURER, dear.id)
    assert shop.left == Decimal(30)


def test_a_refund_wants_two_and_is_given_once(shop):
    row = shop.do(sales.sell, TREASURER, shop.offer, Decimal(3))
    cash = shop.control("cash")
    shop.do(sales.ask_refund, TREASURER, row.id, restocked=True)
    with pytest.raises(approvals.AlreadyAsked):
        shop.do(sales.ask_refund, TREASURER, row.id, restocked=True)
    assert shop.agree().state == "approved"
    with pytest.raises(orders.OrderNotOpen):
        shop.do(sales.ask_refund, TREASURER, row.id, restocked=True)
    assert (shop.left, shop.lot, cash - shop.control("cash")) == (Decimal(40), (Decimal(152), Decimal(40)), 4_500)


def test_what_is_refunded_and_spoilt_comes_back_to_no_shelf(shop):
    row = shop.do(sales.sell, TREASURER, shop.offer, Decimal(3))
    shop.do(sales.ask_refund, TREASURER, row.id, restocked=False)
    shop.agree()
    assert (shop.left, shop.lot) == (Decimal(37), (Decimal(149), Decimal(37)))
    assert shop.control("differences") == 4_500 == -shop.control("shelf")


def test_a_public_buyer_is_delivered_before_paying_reminded_and_settled_once(shop):
    cash = shop.control("cash")
    first = shop.do(sales.deliver, TREASURER, shop.offer, Decimal(10), "Cantine de Joal", phone=STRANGER)
    second = shop.do(sales.deliver, TREASURER, shop.offer, Decimal(1), "Mairie de Joal")
    assert (first.invoice, second.invoice, first.state) == ("F2026-00001", "F2026-00002", "delivered")
    assert (shop.control("cash"), shop.control("receivable")) == (cash, 16_500)
    for _ in range(2):
        shop.clock.forward(days=31)
        with shop.database.transaction() as session:
            clock_of.remind(session, shop.clock())
            assert len(session.scalars(select(Message.id).where(Message.cause.like("order:%:due"))).all()) == 1
    with shop.database.read() as reader:
        assert len(queries.invoices_due(reader, TREASURER.scope)) == 2
    shop.do(sales.settle, TREASURER, first.id, "bank")
    with pytest.raises(orders.OrderNotOpen):
        shop.do(sales.settle, TREASURER, first.id, "cash")
    assert (shop.control("bank"), shop.control("receivable"), shop.control("cash")) == (15_000, 1_500, cash)
    shop.do(sales.ask_refund, TREASURER, first.id, restocked=True)
    shop.agree()
    assert shop.control("bank") == 0
    assert shop.left == Decimal(39)


def test_the_first_of_many_invoices_is_still_due(shop):
    for number in range(21):
        shop.do(sales.deliver, TREASURER, shop.offer, Decimal(1), f"Cantine de Joal {number}")
    with shop.database.read() as reader:
        assert queries.invoices_due(reader, TREASURER.scope)[-1].invoice == "F2026-00001"


@pytest.mark.parametrize(
    ("price", "name", "says"),
    [
        (0, None, "prix"),
        (-5, None, "prix"),
        (1_000_000, None, "prix"),
        (100, "m" * 21, "nom"),
        (100, "😀", "nom"),
        (100, "œ" * 11, "nom"),
    ],
)
def test_an_offer_that_cannot_be_says_what_is_wrong(shop, price, name, says):
    with pytest.raises(offers.OfferRefused, match=says):
        shop.do(offers.put_up, SECRETARY, offers.Put(shop.code, Decimal(1), price, name))


def test_what_is_promised_is_neither_split_nor_offered_twice(shop):
    with shop.database.transaction() as session:
        for do, args in ((split, (shop.code, Decimal(113))), (offers.put_up, (offers.Put(shop.code, Decimal(113), 100),))):
            with pytest.raises(LotShort), session.begin_nested():
                do(session, shop.act(SECRETARY), *args)
    shop.order(201, 3)
    assert shop.do(offers.take_down, SECRETARY, shop.offer) == Decimal(37)
    assert shop.lot == (Decimal(152), Decimal(3))
    with pytest.raises(orders.SoldOut):
        shop.order(202, 1)


def test_an_offer_that_is_over_gives_its_rest_back_and_an_order_of_it_stays(shop):
    shop.order(201, 3)
    shop.forward(days=offers.LONGEST_DAYS, hours=-1)
    assert shop.left == Decimal(40)
    shop.forward(hours=2)
    assert (shop.left, shop.lot) == (Decimal(0), (Decimal(152), Decimal(0)))


@pytest.mark.parametrize(("counted", "left", "cash"), [(38, 36, 0), (41, 39, 0), (1, None, 0)])
def test_a_shelf_is_counted_by_one_and_its_difference_noted_by_another(shop, counted, left, cash):
    del cash
    shop.order(201, 2)
    with pytest.raises(counts.NoDifference):
        shop.do(counts.ask, TREASURER, Decimal(40), shop.offer)
    shop.do(counts.ask, TREASURER, Decimal(counted), shop.offer)
    if left is None:
        with pytest.raises(approvals.Impossible, match="commandes"):
            shop.agree()
        return
    assert shop.agree().state == "approved"
    assert (shop.left, shop.lot.offered, shop.lot.units) == (Decimal(left), Decimal(counted), Decimal(112 + counted))
    assert shop.control("shelf") == 1_500 * (counted - 40)


@pytest.mark.parametrize("shelf", [True, False], ids=["shelf", "box"])
def test_what_waits_for_its_difference_is_not_counted_again_before_another_decides(shop, shelf):
    about = (shop.offer,) if shelf else ()
    shop.do(counts.ask, TREASURER, Decimal(38), *about)
    with pytest.raises(approvals.AlreadyAsked):
        shop.do(counts.ask, SECRETARY, Decimal(38), *about)
    shop.agree()
    with pytest.raises(counts.NoDifference):
        shop.do(counts.ask, SECRETARY, Decimal(38), *about)
    shop.do(counts.ask, TREASURER, Decimal(37), *about)
    shop.clock.forward(days=4)
    shop.do(counts.ask, TREASURER, Decimal(36), *about)  # nobody has decided: what is too old makes room


def test_a_box_is_counted_by_one_and_its_difference_noted_by_another(shop):
    with shop.database.read() as reader:
        books = box_of(reader, 1).there
    shop.do(counts.ask, TREASURER, Decimal(books - 500))
    assert shop.agree(approved=False).state == "refused"
    shop.do(counts.ask, TREASURER, Decimal(books - 500))
    shop.agree()
    with shop.database.read() as reader:
        assert box_of(reader, 1).there == books - 500
