"""Whose acts it takes to get at an account, as docs/security.md lists them: all of them open it, all but one leave it shut.

And one person alone, an officer or a peer with a spare telephone, tries whatever the screens offer.
"""

import random
import re

import pytest
from sqlalchemy import select, update

from app.coop.ledger.queries import balances_of
from app.coop.members.models import Member, Number, Person
from tests import sample_cooperative, sample_declarations
from tests.menus.test_people import approve, bureau, dial
from tests.sample_cooperative import hashed

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
    ("phone", "moves", "seed"),
    [
        (sample_declarations.SECRETARY, AS_OFFICER, 1),
        (sample_declarations.PRESIDENT, AS_OFFICER, 2),
        ("+221770000201", AS_HOLDER, 3),
    ],
)
def test_nobody_alone_gets_at_an_account(line, database, phone, moves, seed):
    sample_declarations.women(database, 1)
    insider = Insider(line, phone, seed)
    for _ in range(50):
        insider.act(moves)
        with database.read() as reader:
            opening = select(Number.person_id, Number.phone).where(Number.person_id.in_((1, 4)), Number.proof_wanted.is_(False))
            assert set(reader.execute(opening)) <= {(1, sample_cooperative.AWA), (4, sample_cooperative.NEW)}
            assert reader.scalar(select(Member.state).where(Member.id == 1)) == "active"
            found = balances_of(reader, 1)
            assert (found.shares, found.savings) == (10_000, 12_500)
            pins = reader.execute(select(Person.id, Person.pin_hash).where(Person.id.in_((1, 4))).order_by(Person.id)).all()
            assert pins == [(1, hashed("2468")), (4, None)]


def chosen(line):
    return "Parts" in dial(line, sample_cooperative.AWA, "1", GUESS)


def on_the_spare(line):
    return "code secret" in dial(line, SPARE, "1")


def taken(line):
    return "Parts 10 000 F" in dial(line, SPARE, "1", "7", "1357") or "Parts 10 000 F" in dial(
        line, sample_cooperative.SHARED, "1", "1", "1357"
    )


def reset(line):
    bureau(line, "2", AWA, "2468")


def peer(number):
    return lambda line: dial(line, f"+221770000{number}", "7", "2468", "7", "2", AWA, "2468")


def chooses(line):
    dial(line, sample_cooperative.AWA, "1", "1", GUESS, GUESS)


def notes(kind):
    return lambda line: bureau(line, "3", AWA, SPARE[4:], kind, "2468")


def confirms(line):
    dial(line, sample_cooperative.AWA, "7", "2468", "7", "1", "1", "2468")


def merges(line):
    bureau(line, "8", "00002", AWA, "2468")


def seconds(line):
    approve(line)


WAYS = {
    "reset by an officer": ((reset, chooses), chosen),
    "reset by peers": ((peer(201), peer(202), chooses), chosen),
    "another number": ((notes("1"), confirms), on_the_spare),
    "another number, the PIN forgotten": ((notes("3"), seconds), on_the_spare),
    "two accounts made one": ((merges, seconds), taken),
}


@pytest.mark.parametrize(("name", "missing"), [(name, at) for name, (acts, _) in WAYS.items() for at in (None, *range(len(acts)))])
def test_an_account_opens_by_all_these_acts_and_by_no_fewer(line, database, name, missing):
    sample_declarations.women(database, 2)
    acts, opened = WAYS[name]
    for at, act in enumerate(acts):
        if at != missing:
            act(line)
    assert opened(line) is (missing is None)


def shares(database, officer, phone, place):
    """Let an officer have a number beside her own."""
    with database.transaction() as session:
        session.add(Number(phone=phone, person_id=officer, place=place, registered_at=sample_cooperative.LONG_AGO))
        session.flush()
        session.execute(update(Number).where(Number.phone == phone, Number.person_id != officer).values(place=1))


def test_who_has_the_members_telephone_renews_no_first_use(line, database):
    shares(database, 101, sample_cooperative.NEW, 2)
    talk, _ = bureau(line, "7", PENDING)
    said = talk.type("2468")
    assert "a votre numéro" in said
    assert not re.search(r"\d{6}", said)


@pytest.mark.parametrize(("card", "kind"), [(PENDING, "1"), (AWA, "3")])
def test_no_officer_notes_her_own_number_where_there_is_no_pin_to_ask_for(line, card, kind):
    talk, said = bureau(line, "3", card, sample_declarations.SECRETARY[4:], "1", kind)
    assert "noter 7" in said
    assert "a votre numéro" in talk.type("2468")


def test_a_shared_number_that_was_given_up_a_moment_ago_is_still_ones_own(line, database):
    shares(database, 101, sample_cooperative.AWA, 2)
    assert "n'ouvre plus" in dial(line, sample_declarations.SECRETARY, "7", "2468", "7", "3", "1", "2468")
    talk, _ = bureau(line, "2", AWA)
    assert "a votre numéro" in talk.type("2468")


def test_an_applicant_on_a_number_given_up_a_moment_ago_is_somebody_elses_to_accept(line, database):
    shares(database, 101, SPARE, None)
    dial(line, sample_declarations.SECRETARY, "7", "2468", "7", "3", "1", "2468")
    assert "Demande notée" in dial(line, SPARE, "1", "1", "Fatou Ndiaye", "CPS1")
    assert "Aucune demande" in bureau(line, "6")[1]
