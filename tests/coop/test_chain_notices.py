"""Who is told of a lot: buyers by a recall, producers when it is sold."""

from decimal import Decimal

import msgspec
from sqlalchemy import func, select, update

from app.coop.boutiques import sales
from app.coop.chain import clock as chain_clock
from app.coop.chain import write_offs
from app.coop.chain.family import family_of
from app.coop.chain.models import QuietChain
from app.coop.chain.recall import concerned, recall
from app.coop.lots import runs
from app.coop.lots.models import Lot
from app.coop.members.models import Member
from app.service import KEY
from app.sms.models import Message
from tests import sample_deliveries
from tests.acts import by
from tests.coop.test_chain import SECRETARY, TREASURER, chain

__all__ = ["chain"]


def test_a_recall_names_buyers_of_all_that_was_made_of_it_and_tells_each_number_once(chain):
    chain.sell(3)
    with chain.database.transaction() as session:
        sales.deliver(session, by(TREASURER, "canteen", chain.clock()), chain.offer, Decimal(5), "Cantine", "+221775550009")
    with chain.database.transaction() as session:
        family = family_of(session, chain.first)
        people = concerned(session, family)
        assert {one.who for one in people if one.kind == "buyer"} == {"at the counter", "Cantine"}
        assert len([one for one in people if one.kind == "producer"]) == 8
        for _ in range(2):
            assert recall(session, by(SECRETARY, "recall", chain.clock()), family, "Ne mangez pas ce lot.") == 9
        texts = session.scalars(select(Message.text).where(Message.purpose == "urgent")).all()
    assert texts == ["ALERTE CPS: Ne mangez pas ce lot."] * 9


def test_producers_are_told_once_a_lot_when_all_is_sold_or_after_thirty_days(chain):
    def told():
        with chain.database.transaction() as session:
            chain_clock.sweep(session, chain.clock())
            rows = session.execute(select(Message.to_number, Message.text).where(Message.purpose == "notice")).all()
        return sorted(rows)

    assert told() == []
    with chain.database.transaction() as session:
        session.execute(update(Member).where(Member.id == 202).values(amounts_by_sms=True))
    chain.sell(152)
    first = told()
    assert len(first) == 8
    assert [("F" in text.split("vendu")[1].replace("Fiche", "")) for _, text in first] == [False, True] + [False] * 6
    chain.clock.forward(days=40)
    assert told() == first


def tossed(chain):
    """Collect a lot of four more deliveries, and throw all of it away: nothing of it is left to be sold."""
    now, product = chain.clock(), 3
    sample_deliveries.credited(chain.database, range(201, 205), now, product=product)
    with chain.database.transaction() as session:
        lot = runs.collect(session, by(SECRETARY, "collect more", now), 1, product, now.date())
        write_offs.expire(session, by(SECRETARY, "toss", now), lot.code)
        return lot.id


def test_a_lot_that_is_all_sold_waits_for_none_in_front_of_it_of_which_some_is_left(chain, monkeypatch):
    monkeypatch.setattr(chain_clock, "MOST_LOTS", 1)
    second = tossed(chain)
    with chain.database.transaction() as session:
        chain_clock.sweep(session, chain.clock())
        assert session.get_one(Lot, second).told_at is not None
        assert session.scalar(select(Lot.told_at).where(Lot.code == chain.first)) is None


def test_a_lot_that_the_budget_does_not_hold_leaves_their_turn_to_those_behind_it(chain, monkeypatch):
    monkeypatch.setattr(chain_clock, "MOST_TOLD", 1)
    chain.sell(152)
    second = tossed(chain)
    chain.database.session.configure(info={KEY: msgspec.structs.replace(chain.database.service, budget=80)})
    with chain.database.transaction() as session:
        chain_clock.sweep(session, chain.clock())
        assert session.get_one(Lot, second).told_at is not None
        assert session.scalar(select(Lot.told_at).where(Lot.code == chain.first)) is None


def test_what_the_days_budget_does_not_hold_is_told_another_day(chain):
    chain.sell(152)
    for budget, told in ((100, 0), (160, 8)):
        chain.database.session.configure(info={KEY: msgspec.structs.replace(chain.database.service, budget=budget)})
        with chain.database.transaction() as session:
            chain_clock.sweep(session, chain.clock())
            assert session.scalar(select(func.count()).select_from(Message).where(Message.purpose == "notice")) == told


def test_after_thirty_days_a_lot_is_told_though_some_is_left_but_not_at_night_nor_for_a_quiet_co_operative(chain):
    chain.clock.forward(days=31)
    night = chain.clock().replace(hour=23)
    with chain.database.transaction() as session:
        session.add(QuietChain(cooperative_id=1))
        chain_clock.sweep(session, night)
        assert session.scalar(select(Lot.told_at).where(Lot.code == chain.first)) is None
        chain_clock.sweep(session, chain.clock())
        assert session.scalar(select(Lot.told_at).where(Lot.code == chain.first)) is not None
        assert session.scalar(select(func.count()).select_from(Message).where(Message.purpose == "notice")) == 0
