"""The boutique témoin: stock is taken once and given back once, each sale is in the books, and differences are noted by two."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, insert, select

from app.coop.act import Act
from app.coop.approvals.models import Approval
from app.coop.boutiques import clock as clock_of
from app.coop.boutiques import counts, offers, orders, queries, sales
from app.coop.boutiques.models import Offer, Order
from app.coop.cooperatives.models import Cooperative
from app.coop.handover.box import box_of
from app.coop.law import Unlawful
from app.coop.ledger.models import Account, Posting
from app.coop.ledger.queries import balances_of
from app.coop.lots.models import Lot
from app.coop.lots.stock import LotShort, split
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.coop.verify import verify
from app.sms.models import Message
from tests import sample_boutiques, sample_declarations
from tests.acts import by, own

SECRETARY, PRESIDENT, TREASURER = sample_declarations.CLERK, Office(102, "president", 1), Office(104, "treasurer", 1)
STRANGER = "+221775550001"


@pytest.fixture
def shop(database, clock):
    """Give forty sachets for 1 500 F of a lot of 152."""
    sample_declarations.staffed(database)
    sample_boutiques.neighbours(database)
    offer, code = sample_boutiques.jars(database, clock())
    return Shop(database, clock, offer, code)


class Shop:
    def __init__(self, database, clock, offer, code):
        self.database, self.clock, self.offer, self.code, self.acts = database, clock, offer, code, 0

    def act(self, who):
        self.acts += 1
        operation, now = f"shop {self.acts}", self.clock()
        if isinstance(who, Office):
            return by(who, operation, now)
        return own(who, operation, now) if isinstance(who, int) else Act(0, "ussd", operation, now, phone=who)

    def do(self, do, who, *args, **named):
        with self.database.transaction() as session:
            return do(session, self.act(who), *args, **named)

    def order(self, who=STRANGER, units=1, **named):
        return self.do(orders.place, who, self.offer, Decimal(units), **named)[0]

    @property
    def left(self):
        """What nobody has ordered; with the books sound."""
        with self.database.read() as reader:
            assert verify(reader).wrong == ()
            return reader.scalar(select(Offer.quantity).where(Offer.id == self.offer))

    @property
    def lot(self):
        with self.database.read() as reader:
            return reader.execute(select(Lot.units, Lot.offered).where(Lot.code == self.code)).one()

    def control(self, kind):
        with self.database.read() as reader:
            of = select(func.sum(Posting.amount)).join(Account, Account.id == Posting.account_id)
            return int(reader.scalar(of.where(Account.kind == kind, Account.member_id.is_(None))) or 0)

    def agree(self, *, approved=True):
        """Let another officer decide what waits."""
        with self.database.transaction() as session:
            wish = session.scalars(select(Approval.id).where(Approval.state == "waiting")).one()
            return approvals.decide(session, self.act(PRESIDENT), wish, approved=approved)

    def forward(self, **delta):
        self.clock.forward(**delta)
        with self.database.transaction() as session:
            clock_of.sweep(session, self.clock())


def test_an_order_takes_its_goods_and_the_same_again_is_the_first(shop):
    first = shop.order(201, 3)
    assert shop.order(201, 3).id == first.id
    assert (shop.left, shop.lot) == (Decimal(37), (Decimal(152), Decimal(40)))
    assert shop.order(201, 2).id != first.id
    shop.clock.forward(minutes=31)
    assert shop.order(201, 3).id != first.id
    assert shop.left == Decimal(32)


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
        assert f"commande code {row.code}: pas retirée en 48 h" in message.text


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


def balances_of_payable(shop, member):
    with shop.database.read() as reader:
        return balances_of(reader, member).payable


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


def test_a_box_is_counted_by_one_and_its_difference_noted_by_another(shop):
    with shop.database.read() as reader:
        books = box_of(reader, 1).there
    shop.do(counts.ask, TREASURER, Decimal(books - 500))
    assert shop.agree(approved=False).state == "refused"
    shop.do(counts.ask, TREASURER, Decimal(books - 500))
    shop.agree()
    with shop.database.read() as reader:
        assert box_of(reader, 1).there == books - 500


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
