"""Races, lost stores and faults of our own: always one of the honest answers, and nothing twice."""

import threading
from collections.abc import Callable

import msgspec
import pytest
import redis
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.coop.members.models import Person
from app.coop.production.models import Declaration
from app.sms.models import Message
from app.ussd import session as sessions
from app.ussd.entries import journey_of
from app.ussd.ports import Doubtful, StoreDown
from app.ussd.redis_store import POINTER, RedisStore
from config.redis import connect
from tests import sample_cooperative
from tests.ussd.conftest import Handset, engine_on


def count(database, model) -> int:
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(model))


def walk_to_confirm(phone: Handset) -> Handset:
    phone.dial()
    for part in ("2", "2468", "2", "25"):
        phone.type(part)
    return phone


@pytest.fixture
def down() -> Callable[..., None]:
    def fail(*_, **__):
        raise StoreDown("gone")

    return fail


def test_a_racer_waits_for_the_outcome_and_gives_the_same_bytes(valkey, postgres_database):
    sample_cooperative.build(postgres_database)
    client = connect(valkey.url, seconds=2)
    engine = engine_on(postgres_database, RedisStore(client))
    client.set(POINTER, "v1")
    phone = walk_to_confirm(Handset(engine, sample_cooperative.AWA))
    phone.parts.append("1")
    said, gate = [], threading.Barrier(8)

    def confirm() -> None:
        gate.wait()
        said.append(phone.again().text)

    threads = [threading.Thread(target=confirm) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 8
    assert len(set(said)) == 1
    assert "Enregistré" in said[0]
    assert count(postgres_database, Declaration) == 1
    assert count(postgres_database, Message) == 1


def test_a_wrong_pin_sent_eight_times_at_once_is_one_try(valkey, postgres_database):
    sample_cooperative.build(postgres_database)
    engine = engine_on(postgres_database, RedisStore(connect(valkey.url, seconds=2)))
    phone = Handset(engine, sample_cooperative.AWA)
    phone.dial("1")
    phone.parts.append("1111")
    threads = [threading.Thread(target=phone.again) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with postgres_database.read() as reader:
        assert reader.scalar(select(Person.pin_tries).where(Person.id == 1)) == 1


def test_a_hop_waits_for_a_live_claim_then_says_that_we_dont_know_yet(handset, store, clock):
    phone = walk_to_confirm(handset())
    journey = journey_of(sample_cooperative.KEY, phone.call())
    live = sessions.read(store.sessions[journey])
    claim = sessions.Claim("another", clock().timestamp() + 60)
    store.sessions[journey] = sessions.write(msgspec.structs.replace(live, claim=claim))
    assert "Nous vérifions" in phone.type("1").text
    store.sessions[journey] = sessions.write(msgspec.structs.replace(live, claim=sessions.Claim("dead", clock().timestamp() - 1)))
    assert "Enregistré" in phone.again().text


def test_when_the_hop_that_acts_died_after_its_commit_the_waiter_tells_the_outcome(handset, store, clock, peopled):
    phone = walk_to_confirm(handset())
    journey = journey_of(sample_cooperative.KEY, phone.call())
    before = store.sessions[journey]
    done = phone.type("1")
    live = sessions.read(before)
    claim = sessions.Claim("the dead one", clock().timestamp() + 60)
    store.sessions[journey] = sessions.write(msgspec.structs.replace(live, claim=claim))
    assert phone.again().text == done.text
    assert count(peopled, Declaration) == 1


def test_a_store_that_goes_down_before_the_act_leaves_nothing_done(handset, store, peopled, down, monkeypatch):
    phone = walk_to_confirm(handset())
    monkeypatch.setattr(store, "swap", down)
    assert "Rien n'est enregistré" in phone.type("1").text
    assert count(peopled, Declaration) == 0


def test_a_store_that_goes_down_after_the_act_still_tells_it(handset, store, peopled, down, monkeypatch):
    phone = walk_to_confirm(handset())
    swap, calls = store.swap, []

    def once(*args, **more):
        calls.append(1)
        return swap(*args, **more) if len(calls) == 1 else down()

    monkeypatch.setattr(store, "swap", once)
    done = phone.type("1")
    assert "Enregistré" in done.text
    monkeypatch.undo()
    store.sessions.clear()
    assert phone.again().text == done.text
    assert count(peopled, Declaration) == 1


def test_with_the_store_down_an_outcome_is_still_found(handset, store, down, monkeypatch):
    phone = walk_to_confirm(handset())
    done = phone.type("1")
    monkeypatch.setattr(store, "load", down)
    assert phone.again().text == done.text
    assert "Prix CPS1" in handset().dial("3").text or "Rien n'est" in handset().dial("3").text
    assert "Comment adhérer" not in handset().dial("4").text


def test_a_fault_of_ours_offers_the_call_back(handset, engine, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("a fault of ours")

    phone = walk_to_confirm(handset())
    monkeypatch.setattr(engine._acts, "perform", broken)
    seen = phone.type("1")
    assert "Rien n'est enregistré" in seen.text
    assert "1 Rappelez-moi" in seen.text
    assert isinstance(seen.fault, RuntimeError)
    monkeypatch.undo()
    assert "On vous rappelle" in phone.type("1").text
    assert "noté" in phone.type("1").text


@pytest.mark.parametrize(
    ("fault", "sees"),
    [(Doubtful("commit"), "Nous vérifions"), (OperationalError("SELECT", {}, Exception("gone")), "Rien n'est enregistré")],
)
def test_a_database_out_of_reach_is_said_honestly(handset, engine, monkeypatch, fault, sees):
    def broken(*_, **__):
        raise fault

    phone = walk_to_confirm(handset())
    monkeypatch.setattr(engine._acts, "perform", broken)
    seen = phone.type("1")
    assert sees in seen.text
    assert not seen.more
    assert phone.again().text == seen.text


def test_an_engine_that_breaks_altogether_still_answers(handset, engine, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("even the store's client")

    monkeypatch.setattr(engine._store, "load", broken)
    assert "Rien n'est enregistré" in handset().dial().text


def test_a_session_whose_menu_is_gone_is_told(handset, store):
    phone = handset()
    phone.dial()
    journey = journey_of(sample_cooperative.KEY, phone.call())
    live = sessions.read(store.sessions[journey])
    store.sessions[journey] = sessions.write(msgspec.structs.replace(live, menu="old"))
    assert "menu a changé" in phone.type("1").text


def test_a_session_that_cant_be_read_is_as_good_as_lost(handset, store):
    phone = handset()
    phone.dial()
    store.sessions[journey_of(sample_cooperative.KEY, phone.call())] = b"{"
    assert "code secret" in phone.type("1").text


def test_redis_out_of_reach_is_a_store_down():
    store = RedisStore(redis.Redis(port=1, socket_connect_timeout=0.1))
    with pytest.raises(StoreDown):
        store.load("j")
    with pytest.raises(StoreDown):
        store.swap("j", None, b"{}", seconds=1)


def test_a_connection_that_was_cut_while_idle_costs_nobody_a_hop(valkey):
    store = RedisStore(connect(valkey.url))
    assert store.swap("j", None, b"one", seconds=60) == (True, None)
    valkey.kill()
    valkey.start()
    assert store.load("j") == (None, None)
    assert store.swap("j", None, b"two", seconds=60) == (True, None)
    assert store.load("j")[0] == b"two"


def test_swap_puts_only_where_the_old_stands_and_counts(valkey):
    client = connect(valkey.url, seconds=2)
    store = RedisStore(client)
    assert store.swap("j", None, b"1a", seconds=100, counts={"home|shown": 1}) == (True, None)
    assert store.swap("j", None, b"2", seconds=100) == (False, b"1a")
    assert store.swap("j", b"1a", b"2", seconds=100, counts={"home|shown": 1}) == (True, None)
    assert store.load("j")[0] == b"2"
    assert 0 < client.ttl("ussd:s:j") <= 100
    [counts] = client.keys("ussd:counts:*")
    assert client.hgetall(counts) == {b"home|shown": b"2"}


def test_a_product_retired_between_two_screens_is_told(handset, peopled):
    from sqlalchemy import update

    from app.coop.products.models import CooperativeProduct

    phone = walk_to_confirm(handset())
    with peopled.transaction() as session:
        session.execute(update(CooperativeProduct).values(active=False))
    assert "ne prend plus" in phone.type("1").text
    assert count(peopled, Declaration) == 0


def test_a_declaration_is_of_the_day_it_is_confirmed(handset, peopled, clock):
    clock.now = clock.now.replace(hour=23, minute=58)
    phone = walk_to_confirm(handset())
    clock.forward(minutes=3)
    phone.type("1")
    with peopled.read() as reader:
        assert reader.scalar(select(Declaration.declared_at)).day == 25


def test_ten_thousand_sessions_from_one_number_are_served_and_change_nothing(handset, store, peopled):
    phone = handset()
    assert {phone.dial().more for _ in range(10_000)} == {True}
    assert len(store.sessions) == 10_000
    assert count(peopled, Message) == 0
