"""Two cards of one person become one account: two officers decide, every franc and number moves, both cards go on meaning her."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.coop.approvals.rules import set_rule
from app.coop.ledger.queries import balances_of
from app.coop.ledger.services import account_of, post
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import Role
from app.coop.production.models import Declaration
from app.coop.verify import verify
from tests import sample_cooperative, sample_declarations
from tests.menus.test_people import approve, bureau, dial, texts_to


def ask(line, kept="00001", other="00201", phone=sample_declarations.SECRETARY):
    talk, said = bureau(line, "8", kept, other, phone=phone)
    return said, talk.type("2468")


@pytest.fixture
def officers(line):
    """Give the village its officers before anything else."""
    return line


@pytest.fixture
def twice(database, officers):
    """Give Awa another card: C00201, a number of its own, savings and a catch that is declared; what it owed is repaid."""
    del officers
    sample_declarations.women(database, 1)
    with database.transaction() as session:
        cash = account_of(session, 1, None, "cash")
        for name, lines in (
            ("repaid", [(cash, 10_000), (account_of(session, 1, 201, "advance"), -10_000)]),
            ("saved", [(cash, 700), (account_of(session, 1, 201, "savings"), -700)]),
        ):
            entry = {"cooperative_id": 1, "member_id": 201, "now": sample_cooperative.LONG_AGO, "lines": lines}
            post(session, operation=f"twice:{name}", kind="savings", **entry)
        session.add(Role(person_id=201, role="delegate", cooperative_id=1, from_on=sample_cooperative.LONG_AGO.date()))
    return sample_declarations.declared(database, [201], datetime.now(UTC))[0]


def test_two_officers_make_one_of_two(line, database, twice):
    said, asked = ask(line)
    assert "C00001 Awa 1, C00201 Femme 201" in said
    assert "2e responsable" in asked
    assert "Approuvé" in approve(line)
    with database.read() as reader:
        assert verify(reader).wrong == ()
        kept, other = balances_of(reader, 1), balances_of(reader, 201)
        assert (kept.savings, kept.shares, other.savings) == (13_200, 10_000, 0)
        assert reader.scalar(select(Declaration.member_id).where(Declaration.reference == twice)) == 1
        assert set(reader.scalars(select(Number.phone).where(Number.person_id == 1))) == {sample_cooperative.AWA, "+221770000201"}
        assert reader.scalar(select(Person.pin_hash).where(Person.id == 201)) is None
        assert reader.scalar(select(Role.person_id).where(Role.role == "delegate")) == 1
        assert reader.scalar(select(Member.state).where(Member.id == 201)) == "departed"
        assert reader.scalar(select(Member.money_frozen_until).where(Member.id == 1)) is not None
    for phone in (sample_cooperative.AWA, "+221770000201"):
        assert "comptes sont réunis" in texts_to(database, phone)[-1]
        assert "Épargne 13 200 F" in dial(line, phone, "1", "2468")
    assert "Cartes réunies" in dial(line, sample_cooperative.AWA, "1", "2468", "1")
    talk, said = bureau(line, "2", "00201")
    assert "Awa 1, C00001" in said, "the other card means her"
    talk = line()
    talk.dial(["8", "1"])
    for entry in ("2468", "00201"):
        said = talk.type(entry)
    assert "Quel produit" in said


@pytest.mark.parametrize(
    ("kept", "other", "words"),
    [
        ("00001", "00005", "pas actif"),
        ("00004", "00001", "qui a un code"),
        ("00001", "00101", "c'est vous"),
        ("00101", "00001", "c'est vous"),
    ],
)
def test_what_is_not_one_person_is_refused(line, twice, kept, other, words):
    del twice
    assert words in ask(line, kept, other)[1]


def test_one_card_typed_twice_is_said_so_before_any_code(line):
    assert bureau(line, "8", "00001", "00001")[1].startswith("Deux fois cette carte: tapez l'autre.")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"leaving_on": datetime(2026, 1, 1, tzinfo=UTC).date()}, "pas actif"),
        ({"money_frozen_until": sample_cooperative.LONG_AHEAD}, "24 h"),
    ],
)
def test_what_is_in_doubt_waits(line, database, twice, values, words):
    del twice
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 201).values(**values))
    assert words in ask(line)[1]


def test_debts_stay_with_their_card(line, database):
    sample_declarations.women(database, 1)
    assert "a une avance" in ask(line)[1]
    assert "2e responsable" in ask(line, "00201", "00001")[1]


def test_what_changed_before_the_second_word_is_not_merged(line, database, twice):
    del twice
    ask(line)
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == 201).values(state="blocked"))
    assert "Impossible" in approve(line)
    with database.read() as reader:
        assert balances_of(reader, 201).savings == 700


def test_the_one_on_the_card_is_not_one_of_several_who_approve_it(line, database):
    with database.transaction() as session:
        set_rule(session, 1, "merge", 2, (), now=sample_cooperative.LONG_AGO)
    ask(line, "00001", "00102")
    assert "Il manque encore 1" in approve(line, sample_declarations.PRESIDENT)
    assert "Impossible: sa carte est celle d'un responsable qui a voté" in approve(line, sample_declarations.ADMINISTRATOR)


def test_the_one_on_the_card_does_not_approve_it(line):
    ask(line, "00001", "00102")
    assert "Impossible: c'est votre carte" in approve(line)
