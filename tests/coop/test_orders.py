"""Orders at the boutique témoin: stock is taken once and given back once."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert, select, update

from app.coop.act import Act
from app.coop.boutiques import clock as clock_of
from app.coop.boutiques import offers, orders, sales
from app.coop.boutiques.models import Offer, Order
from app.coop.lots.models import Lot
from app.coop.members.models import Member
from app.sms.models import Message
from tests.shop_acts import SECRETARY, STRANGER, TREASURER, shop

__all__ = ["shop"]


def test_an_order_takes_its_goods_and_the_same_again_is_the_first(shop):
    first = shop.order(201, 3)
    assert shop.order(201, 3).id == first.id
    assert (shop.left, shop.lot) == (Decimal(37), (Decimal(152), Decimal(40)))
    assert shop.order(201, 2).id != first.id
    shop.clock.forward(minutes=31)
    assert shop.order(201, 3).id != first.id
    assert shop.left == Decimal(32)


def test_the_same_goods_paid_another_way_are_another_order(shop):
    cash = shop.order(201, 3)
    account = shop.order(201, 3, on_account=True)
    assert (account.id == cash.id, account.way, shop.order(201, 3).way) == (False, "account", "cash")


def test_nobody_orders_on_an_account_that_was_blocked_meanwhile(shop):
    with shop.database.transaction() as session:
        session.get_one(Member, 201).state = "blocked"
    with pytest.raises(orders.BadOrder, match="actif"):
        shop.order(201, 3, on_account=True)
    assert shop.left == Decimal(40)


def test_a_stranger_has_one_open_order_of_a_tenth(shop):
    with pytest.raises(orders.BadOrder, match="4 au plus"):
        shop.order(STRANGER, 5)
    shop.order(STRANGER, 4)
    with pytest.raises(orders.OneOpenOrder):
        shop.order(STRANGER, 1)
    assert shop.order("+221775550002", 3).state == "reserved"
    assert shop.left == Decimal(33)


@pytest.mark.parametrize("units", ["0", "-1", "1.5"])
def test_orders_are_of_whole_units(shop, units):
    with pytest.raises(orders.BadOrder):
        shop.order(201, units)
    assert shop.left == Decimal(40)


def test_more_than_there_is_is_told_what_is_left(shop):
    shop.order(201, 38)
    with pytest.raises(orders.SoldOut) as out:
        shop.order(202, 3)
    assert out.value.left == Decimal(2)
    assert shop.left == Decimal(2)


def test_a_price_that_changed_since_it_was_shown_is_asked_again(shop):
    shop.do(offers.change_price, SECRETARY, shop.offer, 3_000)
    for who, do in (
        (201, shop.order),
        (TREASURER, lambda who, units, **named: shop.do(sales.sell, who, shop.offer, units, **named)),
    ):
        with pytest.raises(orders.PriceChanged) as changed:
            do(who, Decimal(2), shown=1_500)
        assert changed.value.price == 3_000
        assert shop.left == Decimal(40)
    assert shop.order(201, 2, shown=3_000).amount == 6_000


def test_one_order_comes_to_what_one_act_may_move(shop):
    shop.do(offers.change_price, SECRETARY, shop.offer, offers.MOST_PRICE)
    with shop.database.transaction() as session:
        for model, column, where in ((Offer, "quantity", Offer.id == shop.offer), (Lot, "offered", Lot.code == shop.code)):
            session.execute(update(model).where(where).values({column: Decimal(101)}))
        # An SMS goes on in the same transaction, and answers.
        with pytest.raises(orders.BadOrder, match="99 999 999 F"):
            orders.place(session, shop.act(201), shop.offer, Decimal(101))
    assert shop.left == Decimal(101)
    assert shop.order(201, 100).amount == 99_999_900


def test_a_reservation_is_over_at_exactly_48_hours_and_given_back_once(shop):
    row = shop.order(201, 3)
    shop.clock.forward(hours=48)
    with pytest.raises(orders.OrderNotOpen):
        shop.do(sales.hand_over, TREASURER, row.id)
    shop.forward(seconds=0)
    shop.forward(seconds=1)
    with pytest.raises(orders.OrderNotOpen):
        shop.do(orders.cancel, 201, row.id)
    assert shop.left == Decimal(40)


def test_a_second_before_it_is_still_hers(shop):
    row = shop.order(201, 3)
    shop.forward(hours=47, minutes=59, seconds=59)
    assert shop.do(sales.hand_over, TREASURER, row.id).state == "sold"
    shop.forward(hours=1)
    assert (shop.left, shop.lot) == (Decimal(37), (Decimal(149), Decimal(37)))


def test_nothing_is_kept_past_its_best_before_day(shop):
    with shop.database.transaction() as session:
        offer = session.get(Offer, shop.offer)
        offer.until_at = shop.clock().replace(hour=0) + timedelta(days=1)
    row = shop.order(201, 3)
    assert row.reserved_until == offer.until_at
    shop.forward(hours=14)
    with pytest.raises(orders.OrderNotOpen):
        shop.do(sales.hand_over, TREASURER, row.id)
    assert (shop.left, shop.lot) == (Decimal(0), (Decimal(152), Decimal(0)))


def test_who_let_two_expire_buys_at_the_counter(shop):
    for _ in range(2):
        shop.order(STRANGER, 1)
        shop.forward(hours=49)
    with pytest.raises(orders.CounterOnly):
        shop.order(STRANGER, 1)
    assert shop.order("+221775550002", 1).state == "reserved"


def test_who_ordered_and_did_not_come_is_told_once_by_day(shop):
    row = shop.order(STRANGER, 1)
    shop.order("+221775550002", 1)
    shop.do(lambda session, act: orders.cancel(session, act, row.id + 1), "+221775550002")
    shop.forward(hours=47)
    ends = row.reserved_until

    def told(at):
        with shop.database.transaction() as session:
            clock_of.sweep(session, at)
            clock_of.tell_expired(session, at)
        with shop.database.read() as reader:
            return reader.execute(select(Message.to_number, Message.text).where(Message.purpose == "receipt")).all()

    assert told(ends - timedelta(seconds=1)) == []
    assert told(ends.replace(hour=23)) == []
    for at in (ends + timedelta(hours=10), ends + timedelta(hours=11)):
        [message] = told(at.replace(hour=9))
        assert message.to_number == STRANGER
        assert f"commande code {row.code}: pas retirée à temps" in message.text


def test_what_could_not_be_told_for_a_day_is_told_no_more(shop):
    row = shop.order(STRANGER, 1)
    late = row.reserved_until + timedelta(days=1)
    with shop.database.transaction() as session:
        clock_of.sweep(session, late)
        clock_of.tell_expired(session, late.replace(hour=10) + timedelta(days=1))
        assert session.scalars(select(Message.id).where(Message.purpose == "receipt")).all() == []


def test_only_who_ordered_takes_it_back_and_once(shop):
    row = shop.order(201, 3)
    for other in (202, STRANGER):
        with pytest.raises(orders.OrderNotOpen):
            shop.do(orders.cancel, other, row.id)
    assert shop.do(orders.cancel, 201, row.id).state == "cancelled"
    with pytest.raises(orders.OrderNotOpen):
        shop.do(orders.cancel, 201, row.id)
    assert shop.left == Decimal(40)


@pytest.mark.parametrize("buyers", [40])
def test_many_buyers_for_eight_jars_are_eight(shop, buyers):
    """On both databases, each buyer on a thread of their own; the rest are told that nothing is left."""
    with shop.database.transaction() as session:
        session.get_one(Offer, shop.offer).quantity = Decimal(8)
        session.scalars(select(Lot).where(Lot.code == shop.code)).one().offered = Decimal(8)
    ended, start = [], Barrier(buyers)

    def buyer(number):
        act = Act(0, "ussd", f"buyer {number}", shop.clock(), phone=f"+2217755{number:05d}")
        start.wait(30)
        try:
            with shop.database.transaction() as session:
                orders.place(session, act, shop.offer, Decimal(1))
            ended.append("bought")
        except orders.SoldOut as out:
            ended.append(f"{out.left:f}")

    threads = [Thread(target=buyer, args=(number,)) for number in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(ended) == ["0"] * (buyers - 8) + ["bought"] * 8
    assert shop.left == 0


def test_many_reservations_end_in_few_statements(shop, clock):
    old = clock() - timedelta(hours=49)
    rows = [
        {
            "cooperative_id": 1, "offer_id": shop.offer, "member_id": 201, "phone": "", "quantity": Decimal(1), "amount": 1_500,
            "way": "cash", "state": "reserved", "code": f"{number:06d}", "at": old, "reserved_until": clock(), "channel": "ussd",
            "operation": f"many:{number}",
        }
        for number in range(12_000)
    ]  # fmt: skip
    with shop.database.transaction() as session:
        session.execute(insert(Order), rows)
        session.scalars(select(Lot).where(Lot.code == shop.code)).one().units = Decimal(12_040)
        session.scalars(select(Lot).where(Lot.code == shop.code)).one().offered = Decimal(12_040)
        assert orders.expire(session, clock()) == 12_000
        assert orders.expire(session, clock()) == 0
        assert session.scalar(select(Offer.quantity).where(Offer.id == shop.offer)) == Decimal(12_040)
