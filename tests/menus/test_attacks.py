"""One person alone can't take an account: an officer, or a peer, with a spare telephone tries whatever the screens offer."""

import random
import re

import pytest
from sqlalchemy import select

from app.coop.ledger.reading import balances_of
from app.coop.members.models import Member, Number, Person
from tests import quay, village
from tests.village import hashed

SPARE, GUESS = "+221775550000", "7391"
AWA, PENDING = "00001", "00004"


@pytest.fixture
def database(sqlite_database):
    """Give SQLite only: which acts are possible doesn't depend on the database."""
    return sqlite_database


class Insider:
    """Somebody with a PIN of their own, a spare telephone, and every activation number that a screen has shown them."""

    def __init__(self, line, phone, seed):
        self.line, self.phone, self.random, self.known = line, phone, random.Random(seed), "482190"  # noqa: S311 - a test's dice

    def types(self, phone, *entries):
        talk = self.line(phone)
        said = talk.dial([])
        for entry in entries:
            said = talk.type(entry)
            shown = re.search(r"activation (\d{6})", said)
            self.known = shown[1] if shown else self.known

    def act(self, moves):
        phone, *entries = self.random.choice(moves)
        card = self.random.choice((AWA, PENDING))
        said = {"card": card, "known": self.known, "digit": str(self.random.randint(1, 3))}
        self.types(self.phone if phone == "own" else SPARE, *(said.get(entry, entry) for entry in entries))


AS_HOLDER = [
    ("spare", "1", "known", GUESS, GUESS),
    ("spare", "1", "known", "1", GUESS, GUESS),
    ("spare", "1", "digit", "known", "1", GUESS, GUESS),
    ("spare", "1", "1", GUESS, GUESS),
    ("spare", "1", "known", "2468"[::-1]),
    ("own", "7", "2468", "7", "1", "1", "2468"),
    ("own", "7", "2468", "7", "2", "card", "2468"),
]
AS_OFFICER = [
    *AS_HOLDER,
    ("own", "8", "5", "2", "2468", "card", "2468"),
    ("own", "8", "5", "3", "2468", "card", SPARE[4:], "digit", "2468"),
    ("own", "8", "5", "3", "2468", "card", SPARE[4:], "digit", "digit", "2468"),
    ("own", "8", "5", "4", "2468", "card", "digit", "digit", "2468"),
    ("own", "8", "5", "7", "2468", "card", "2468"),
    ("own", "8", "2", "2468", "1", "1", "2468"),
    ("own", "8", "5", "1", "2468", "Fatou Ndiaye", SPARE[4:], "4711", "2468"),
    ("own", "8", "5", "6", "2468", "1", "1", "4711", "2468"),
    ("own", "8", "5", "8", "2468", "card", "card", "2468"),
    ("own", "8", "5", "8", "2468", "00101", "card", "2468"),
    ("own", "8", "5", "8", "2468", "card", "00102", "2468"),
    ("own", "8", "5", "5", "2468", "digit", "card", "77", "digit", "2468"),
    ("own", "8", "5", "5", "2468", "4", "1", "1", "2468"),
    ("spare", "1", "1", "Fatou Ndiaye", "CPS1"),
]


@pytest.mark.parametrize(
    ("phone", "moves", "seed"), [(quay.SECRETARY, AS_OFFICER, 1), (quay.PRESIDENT, AS_OFFICER, 2), ("+221770000201", AS_HOLDER, 3)]
)
def test_nobody_alone_gets_at_an_account(line, database, phone, moves, seed):
    quay.women(database, 1)
    insider = Insider(line, phone, seed)
    for _ in range(50):
        insider.act(moves)
        with database.read() as reader:
            opening = select(Number.person_id, Number.phone).where(Number.person_id.in_((1, 4)), Number.proof_wanted.is_(False))
            assert set(reader.execute(opening)) <= {(1, village.AWA), (4, village.NEW)}
            assert reader.scalar(select(Member.state).where(Member.id == 1)) == "active"
            found = balances_of(reader, 1)
            assert (found.shares, found.savings) == (10_000, 12_500)
            pins = reader.execute(select(Person.id, Person.pin_hash).where(Person.id.in_((1, 4))).order_by(Person.id)).all()
            assert pins == [(1, hashed("2468")), (4, None)]
