"""What a hop asks of the database: counted, so that nothing is asked twice."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from app.coop.prices.models import PriceRow
from app.ussd.memory_store import MemoryStore
from tests import sample_cooperative, sample_declarations
from tests.sample_cooperative import AWA, NOBODY, SHARED
from tests.ussd.conftest import Handset, engine_on


@pytest.fixture
def database(sqlite_database):
    """Give SQLite only: a statement is a statement."""
    return sqlite_database


@pytest.fixture
def asked():
    """Count the statements of what is done under it: by their first word and table."""

    @contextmanager
    def counting():
        seen = []

        def note(connection, cursor, statement, *rest):
            del connection, cursor, rest
            word = statement.split()[0]
            if word == "PRAGMA":  # how long SQLite waits for a writer; nothing is asked of it
                return
            table = re.search(r"(?:FROM|UPDATE|INTO) (\w+)", statement)
            seen.append(f"{word} {table[1] if table else ''}".strip())

        event.listen(Engine, "before_cursor_execute", note)
        yield seen
        event.remove(Engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def engine_at(database):
    sample_cooperative.build(database)
    return lambda clock: engine_on(database, MemoryStore(), clock)


PIN = ["SELECT numbers", "SELECT wrong_pins", "UPDATE people", "UPDATE people", "SELECT assisted_acts"]
"""The number opens the account, no PINs rest, the try is counted, cleared when it was right, and whatever waits for her word."""

WAITING = ["SELECT approvals", "SELECT contests", "SELECT call_backs", "SELECT sms_inbox", "SELECT console_requests"]
"""What waits for a secretary."""


@pytest.mark.parametrize(
    ("phone", "entries", "statements"),
    [
        (AWA, ("1",), ["SELECT numbers"]),
        (AWA, ("1", "2468"), [*PIN, "SELECT accounts"]),
        (AWA, ("1", "2468", "00"), []),
        (AWA, ("1", "2468", "00", "1"), ["SELECT accounts"]),
        (AWA, ("1", "2468", "1"), ["SELECT postings"]),
        (AWA, ("7", "2468"), [*PIN, "SELECT people"]),
        (AWA, ("7", "2468", "2"), []),
        (AWA, ("3",), ["SELECT numbers", "SELECT cooperative_products"]),
        (AWA, ("8",), ["SELECT numbers"]),
        (sample_declarations.SECRETARY, ("8",), ["SELECT numbers", "SELECT roles", *WAITING, "SELECT weighings"]),
        (sample_declarations.SECRETARY, ("8", "5"), []),
        (sample_declarations.SECRETARY, ("8", "5", "2"), ["SELECT numbers"]),
        (sample_declarations.SECRETARY, ("8", "5", "2", "2468"), [*PIN, "SELECT roles"]),
    ],
)
def test_a_hop_asks_for_no_more_than_it_shows(line, asked, phone, entries, statements):
    talk = line(phone)
    talk.dial([])
    for entry in entries[:-1]:
        talk.type(entry)
    with asked() as seen:
        talk.type(entries[-1])
    assert [statement for statement in seen if statement != "BEGIN"] == statements


def test_a_co_operatives_prices_are_asked_for_once_a_second_by_whoever_reads_them(engine_at, database, asked, clock, monkeypatch):
    monkeypatch.setattr("app.ussd.shared.SECONDS", 1.0)
    engine = engine_at(clock)
    Handset(engine, AWA).dial()
    with asked() as seen:
        told = [Handset(engine, phone).dial("3").text for phone in (AWA, SHARED, AWA)]
    assert told[0] == told[1] == told[2]
    assert seen.count("SELECT cooperative_products") == 1
    with database.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, unit="kg", amount=7777, from_at=clock()))
    clock.forward(seconds=0.9)
    assert "7 777" not in Handset(engine, AWA).dial("3").text
    clock.forward(seconds=0.1)
    assert "7 777" in Handset(engine, AWA).dial("3").text


def test_what_was_picked_from_makes_no_later_list_older(engine_at, database, clock, monkeypatch):
    monkeypatch.setattr("app.ussd.shared.SECONDS", 1.0)
    engine = engine_at(clock)
    picking = Handset(engine, AWA)
    picking.dial()
    picking.type("3")
    clock.forward(seconds=1)
    picking.type("1")
    with database.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, unit="kg", amount=7777, from_at=clock()))
    clock.forward(seconds=0.9)
    Handset(engine, AWA).dial("3")
    clock.forward(seconds=0.5)
    assert "7 777" in Handset(engine, AWA).dial("3").text


def test_another_co_operatives_member_reads_no_neighbours_prices(engine_at, database, clock, monkeypatch):
    monkeypatch.setattr("app.ussd.shared.SECONDS", 1.0)
    engine = engine_at(clock)
    with database.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, unit="kg", amount=7777, from_at=clock()))
    assert "7 777" in Handset(engine, AWA).dial("3").text
    assert "7 777" not in Handset(engine, NOBODY).dial("3").text
    assert "7 777" in Handset(engine, AWA).dial("3").text
