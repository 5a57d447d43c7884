"""What a process recalls of a call saves a look into the store, and is never believed against it."""

import pytest
import redis

from app.ussd.redis_store import POINTER, RedisStore
from config.redis import connect
from tests.ussd.conftest import Handset, engine_on

MENU = "v1"


@pytest.fixture
def client(valkey):
    with redis.Redis.from_url(valkey.url) as client:
        client.set(POINTER, MENU)
        yield client


@pytest.fixture
def process(peopled, valkey, clock):
    """Give as many processes as a test wants, on one store and one database."""
    return lambda: engine_on(peopled, RedisStore(connect(valkey.url, connect_seconds=30, seconds=30)), clock)


def commands(client) -> dict[str, int]:
    told = client.info("commandstats")
    return {name: told.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("mget", "evalsha", "eval")}


def asked(client, do) -> int:
    before = commands(client)
    do()
    return sum(commands(client).values()) - sum(before.values())


def test_a_call_on_one_process_takes_one_round_trip_a_hop_and_on_two_it_takes_two(client, process):
    one, other = process(), process()
    for engine in (one, other):
        Handset(engine, "+221770000001").dial()
    handset = Handset(one, "+221770000002")
    assert asked(client, handset.dial) == 1
    assert asked(client, lambda: handset.type("6")) == 1
    handset.engine = other
    assert asked(client, lambda: handset.type("0")) == 2
    handset.engine = one
    assert asked(client, lambda: handset.type("6")) == 3  # what it recalls doesn't stand any more: the store says so


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("turns", ["ABABAB", "AABBAB", "ABBBBA"])
def test_a_call_between_processes_says_what_it_says_on_one(process, turns):
    entries = ("6", "0", "8", "0", "6", "0")
    lone = Handset(process(), "+221770000003")
    wanted = [lone.dial().text, *(lone.type(entry).text for entry in entries)]
    engines = {"A": process(), "B": process()}
    handset = Handset(engines["A"], "+221770000004")
    found = [handset.dial().text]
    for entry, name in zip(entries, turns, strict=True):
        handset.engine = engines[name]
        found.append(handset.type(entry).text)
        assert handset.again().text == found[-1]
    assert found == wanted


def test_a_menu_that_was_moved_elsewhere_is_served_at_once(client, process, monkeypatch):
    engine = process()
    Handset(engine, "+221770000005").dial()
    looked = []
    current = engine._shelf.current
    monkeypatch.setattr(engine._shelf, "current", lambda version: looked.append(version) or current(version))
    client.set(POINTER, "v2")
    assert Handset(engine, "+221770000006").dial().more
    assert looked == [MENU, "v2"]


def test_what_is_recalled_is_not_said_when_the_store_is_emptied_or_gone(client, process, valkey):
    handset = Handset(process(), "+221770000007")
    handset.dial()
    shown = handset.type("6")
    client.flushall()
    client.set(POINTER, MENU)
    begun = handset.type("0")
    assert begun.text != shown.text
    assert client.dbsize() >= 2  # the call was begun anew, and kept
    valkey.kill()
    gone = handset.type("8")
    assert gone.fault is not None
