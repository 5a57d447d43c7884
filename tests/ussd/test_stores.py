"""What a Store promises, held to by both: the one in memory, which most tests stand on, and Valkey."""

from datetime import UTC, datetime

import pytest

from app.ussd.memory_store import MemoryStore
from app.ussd.redis_store import COUNTS, POINTER, RedisStore
from config.redis import connect

ANY_BYTES = b'\x00\xff"{}\r\n'


class InMemory(MemoryStore):
    def counted(self) -> dict[str, int]:
        return dict(self.counts)

    def points_at(self, version: str) -> None:
        self.pointer = version

    def empty(self) -> None:
        self.__init__()


class OnValkey(RedisStore):
    def __init__(self, client) -> None:
        super().__init__(client)
        self.client = client

    def counted(self) -> dict[str, int]:
        return {name.decode(): int(many) for name, many in self.client.hgetall(f"{COUNTS}{datetime.now(UTC).date()}").items()}

    def points_at(self, version: str) -> None:
        self.client.set(POINTER, version)

    def empty(self) -> None:
        self.client.flushall()


@pytest.fixture(params=["memory", "valkey"])
def store(request):
    if request.param == "memory":
        return InMemory()
    return OnValkey(connect(request.getfixturevalue("valkey").url, connect_seconds=30, seconds=30))


def put(store, old, new, **more):
    return store.swap("j", old, new, seconds=100, **more)


def test_nothing_stands_at_first(store):
    assert store.load("j") == (None, None)
    assert store.noted("n") is None


def test_a_session_is_kept_to_the_byte_under_its_own_journey(store):
    assert put(store, None, ANY_BYTES) == (True, None)
    assert store.load("j")[0] == ANY_BYTES
    assert store.load("k")[0] is None


@pytest.mark.parametrize(
    ("stood", "old", "stands"),
    [(b"1", None, b"1"), (b"1", b"2", b"1"), (b"1", b"1 ", b"1"), (None, b"1", None)],
    ids=["something stands", "another stands", "one that begins alike stands", "it has been lost"],
)
def test_nothing_is_put_noted_or_counted_where_another_stands(store, stood, old, stands):
    if stood:
        put(store, None, stood)
    assert put(store, old, b"9", counts={"home|shown": 1}, note=("n", "words")) == (False, stands)
    assert store.load("j")[0] == stood
    assert store.noted("n") is None
    assert store.counted() == {}


def test_of_two_that_saw_the_same_one_is_put(store):
    put(store, None, b"1")
    assert [put(store, b"1", new)[0] for new in (b"2", b"3")] == [True, False]
    assert store.load("j")[0] == b"2"


def test_what_is_put_is_counted_once_each(store):
    put(store, None, b"1", counts={"home|shown": 1, "pin|refused": 2})
    put(store, b"1", b"2", counts={"home|shown": 1})
    assert store.counted() == {"home|shown": 2, "pin|refused": 2}


def test_the_last_note_stands(store):
    put(store, None, b"1", note=("n", "j 1"))
    put(store, b"1", b"2", note=("n", "é 2"))
    assert store.noted("n") == "é 2"
    assert store.noted("m") is None


def test_the_pointer_comes_with_the_session(store):
    put(store, None, b"1")
    store.points_at("v7")
    assert store.load("j") == (b"1", "v7")


def test_all_of_it_may_be_lost(store):
    put(store, None, b"1", counts={"home|shown": 1}, note=("n", "j 1"))
    store.empty()
    assert store.load("j") == (None, None)
    assert store.noted("n") is None
    assert put(store, b"1", b"2") == (False, None)
    assert put(store, None, b"2") == (True, None)
