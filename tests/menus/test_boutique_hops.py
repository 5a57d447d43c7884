"""What the four boutiques' screens ask of the database: three statements a hop at the most, the PIN and the act's own apart."""

from datetime import UTC, datetime

import pytest

from tests import sample_boutiques, sample_declarations
from tests.menus.test_hop_costs import asked

__all__ = ["asked"]
MEMBER, SECRETARY, TREASURER, CARE = "+221770000201", sample_declarations.SECRETARY, "+221770000104", "+221780000001"
MOST = 3
PIN, BUREAU = "2468", "8"
"""What opens, and what counts all that waits for an officer: test_hop_costs has these."""
WAYS = {
    "a stranger orders": ("+221775550001", "4", "4", "1", "1", "1"),
    "a member looks a lot up": (MEMBER, "4", "5", "{lot}"),
    "a member's lots": (MEMBER, "4", "3", PIN, "1"),
    "a member proposes": (MEMBER, "4", "1", "1", PIN, "Fumer au gaz"),
    "a member supports": (MEMBER, "4", "1", "2"),
    "a member's voice": (MEMBER, "4", "1", "3", PIN),
    "kept ideas": (MEMBER, "4", "1", "4"),
    "a member books": (MEMBER, "4", "2", "1", PIN, "1", "1"),
    "a member's bookings": (MEMBER, "4", "2", "2", PIN),
    "a member reads techniques": (MEMBER, "4", "2", "3", "1", "1"),
    "a member reads innovations": (MEMBER, "4", "2", "4"),
    "a member's orders": (MEMBER, "4", "6"),
    "ideas are read": (SECRETARY, "8", "11", "1", "1", PIN),
    "ideas are scored": (CARE, "8", "11", "1", "2", PIN),
    "bookings are decided": (SECRETARY, "8", "11", "2", "1", PIN),
    "machines are handed out": (SECRETARY, "8", "11", "2", "2", PIN),
    "machines are in repair": (SECRETARY, "8", "11", "2", "4", PIN, "1", "1"),
    "a lot is transformed": (SECRETARY, "8", "11", "5", PIN, "1", "1", "10", "4", "10"),
    "lots are transformed": (SECRETARY, "8", "11", "3", "5", PIN, "1", "1", "10", "1", "4", "10", "2", "1", "1"),
    "deliveries": (SECRETARY, "8", "11", "3", "2", PIN),
    "a lot is counted": (SECRETARY, "8", "11", "3", "3", PIN, "1", "1", "10"),
    "a lot is divided": (SECRETARY, "8", "11", "3", "3", PIN, "1", "3", "10", "Saly"),
    "lots are made one": (SECRETARY, "8", "11", "3", "3", PIN, "1", "4"),
    "salt is bought": (SECRETARY, "8", "11", "3", "4", PIN, "sel", "kg", "10", "500", "Palmarin"),
    "an order is handed over": (TREASURER, "8", "11", "4", "1", PIN, "123456"),
    "goods are sold": (TREASURER, "8", "11", "4", "2", PIN, "1", "1"),
    "goods are put up": (SECRETARY, "8", "11", "4", "3", PIN, "1", "1", "500"),
    "goods go on invoice": (TREASURER, "8", "11", "4", "4", PIN, "1", "1", "Mairie de Joal", "1"),
    "invoices": (TREASURER, "8", "11", "4", "5", PIN),
    "a sale is taken back": (TREASURER, "8", "11", "4", "6", PIN),
    "the shelf is counted": (TREASURER, "8", "11", "4", "7", PIN, "2", "1", "10"),
    "the box is counted": (TREASURER, "8", "11", "4", "7", PIN, "1", "5000"),
}


FOUR = {
    "De vous": "the list is read again to see that the lot is theirs, and a lot's way takes three",
    "Que sort-il d'autre ?": "what goes in and what comes out are weighed before the products are listed",
}
"""Screens that take one more, and why."""


@pytest.fixture
def database(sqlite_database):
    """Give SQLite only: a statement is a statement."""
    return sqlite_database


@pytest.mark.parametrize("way", WAYS)
def test_a_hop_asks_three_things_at_the_most(line, database, asked, way):
    now = datetime.now(UTC)
    sample_declarations.treasurer(database)
    _, lot = sample_boutiques.jars(database, now)
    sample_boutiques.federation(database, now)
    sample_boutiques.dryer(database, now)
    phone, *entries = WAYS[way]
    talk = line(phone)
    talk.dial([])
    for entry in entries:
        with asked() as seen:
            said = talk.type(entry.format(lot=lot))
        statements = [one for one in seen if one != "BEGIN"]
        most = MOST + any(said.startswith(words) for words in FOUR)
        assert entry in (PIN, BUREAU) or len(statements) <= most, (entry, said, statements)
        assert "Choix inconnu" not in said or entry == PIN, (entry, said)
