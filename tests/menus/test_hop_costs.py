"""What a hop asks of the database: counted, so that nothing is asked twice."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from tests import sample_declarations
from tests.sample_cooperative import AWA


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
        (AWA, ("3",), ["SELECT numbers", "SELECT numbers", "SELECT cooperative_products"]),
        (AWA, ("8",), ["SELECT numbers"]),
        (sample_declarations.SECRETARY, ("8",), ["SELECT numbers", "SELECT roles", *WAITING]),
        (sample_declarations.SECRETARY, ("8", "5"), []),
        (sample_declarations.SECRETARY, ("8", "5", "2"), ["SELECT numbers"]),
        (sample_declarations.SECRETARY, ("8", "5", "2", "2468"), [*PIN, "SELECT roles", "SELECT roles"]),
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
