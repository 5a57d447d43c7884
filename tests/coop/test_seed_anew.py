"""Seeding itself: as many as asked for, the same rows again, and life that goes on."""

import shutil
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.coop.cooperatives.models import Cooperative
from app.coop.demo.seed import AlreadySeeded, seed
from app.coop.ledger.models import Account, JournalEntry
from app.coop.ledger.queries import balances_of
from app.coop.members.models import Member, Number, Person
from app.coop.models import Base
from app.coop.offices.models import Role
from app.coop.production.declarations import declare
from app.coop.rights import Office
from app.coop.scope import Scope
from app.coop.subjects import approvals
from app.coop.till import corrections, schedule, void_loans
from app.coop.till.models import Payout
from app.coop.verify import verify
from app.db.database import Database
from tests.acts import by, own
from tests.conftest import PATIENT_MS
from tests.seeded_villages import MEMBERS, NOW, officers_of, plan

SALTED = {("people", "pin_hash")}
"""What differs each time on purpose: the salt of a hash."""


def rows(database):
    """Every row of every table but for salts."""
    with database.read() as reader:
        return {
            table.name: [
                tuple(value for column, value in row._mapping.items() if (table.name, column) not in SALTED)
                for row in reader.execute(select(table).order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def anew(database):
    """Give a village of the test's own, to change."""
    seed(database, plan())
    return database


@pytest.mark.parametrize("cooperatives", [1, 7, 300])
def test_members_are_dealt_to_as_many_cooperatives_as_asked_for(sqlite_database, cooperatives):
    seed(sqlite_database, plan(cooperatives))
    with sqlite_database.read() as reader:
        kept = dict(reader.execute(select(Member.id, Cooperative.code).join(Cooperative).where(Member.id <= MEMBERS)).all())
        assert kept == {i: f"CPS{(i - 1) % cooperatives + 1}" for i in range(1, MEMBERS + 1)}
        assert reader.scalar(select(func.count()).select_from(Cooperative)) == cooperatives
        assert officers_of(reader, 1, "secretary") == [1]
        assert verify(reader).wrong == ()


def test_forms_come_in_turn_and_an_advance_only_where_the_law_allows_it(database):
    seed(database, plan(cooperatives=5))
    with database.read() as reader:
        forms = dict(reader.execute(select(Cooperative.id, Cooperative.legal_form)).all())
        assert forms == {1: "AER", 2: "SCOOPS", 3: "GIE", 4: "COOP-CA", 5: "AER"}
        lent = select(Payout.member_id, Payout.cooperative_id).where(Payout.kind == "advance", Payout.state == "paid")
        places = dict(reader.execute(lent).all())
        owing = set(reader.scalars(select(Account.member_id).where(Account.kind == "advance", Account.balance > 0)))
        assert owing == set(places) == {i for i in range(1, MEMBERS + 1) if i % 5 != 2 and i not in (4, 9, 14)}
        assert void_loans.owed(reader, NOW.date()) == []
        assert [one for one in schedule.standings(reader, NOW.date(), Scope(1)) if one.late] == []
        assert verify(reader).wrong == ()


def test_a_seeded_advance_can_be_reversed(anew):
    secretary, others = Office(1, "secretary", 1), (Office(2, "treasurer", 1), Office(3, "president", 1))
    with anew.transaction() as session:
        entry = session.scalar(select(Payout.handed_entry_id).where(Payout.member_id == 50))
        asked = corrections.ask(session, by(secretary, "reversal", NOW), entry)
        for office in others:
            if approvals.decide(session, by(office, office.role, NOW), asked, approved=True).state == "approved":
                break
    with anew.read() as reader:
        assert reader.scalar(select(Payout.state).where(Payout.member_id == 50)) == "cancelled"
        assert balances_of(reader, 50).advance == 0
        assert verify(reader).wrong == ()


def test_life_goes_on_after_the_seed(anew):
    """PostgreSQL's counters stand behind the ids that the seed gave."""
    with anew.transaction() as session:
        session.add(Person(name="Nouveau"))
        session.add(Cooperative(code="NEW", name="New", commune_id=1, filiere_id=1, legal_form="GIE", created_at=NOW))
        session.add(JournalEntry(operation="x", kind="x", cooperative_id=1, at=NOW))
        session.add(Account(cooperative_id=1, kind="other"))
        session.flush()
        session.add(Number(phone="+1", person_id=1, registered_at=NOW))
        told = declare(session, own(1, "o", NOW, "sms"), 1, 1, Decimal(5))
    assert told.product == "Thiof"


def test_the_same_number_and_day_give_the_same_rows(database, sqlite_template, tmp_path):
    shutil.copyfile(sqlite_template, tmp_path / "twin.db")
    twin = Database(f"sqlite:///{tmp_path / 'twin.db'}", statement_ms=PATIENT_MS)
    seed(database, plan())
    seed(twin, plan())
    mine, other = rows(database), rows(twin)
    twin.dispose()
    assert mine == other


def test_a_second_seed_changes_nothing(anew):
    before = rows(anew)
    with pytest.raises(AlreadySeeded):
        seed(anew, plan(members=300))
    assert rows(anew) == before


def test_progress_counts_every_member(sqlite_database):
    slices = []
    seed(sqlite_database, plan(members=2_100), slices.append)
    assert slices == [2_000, 100]


@pytest.mark.parametrize("members", [1, 2, 3])
def test_the_smallest_villages_are_seeded_too(sqlite_database, members):
    seed(sqlite_database, plan(members=members))
    with sqlite_database.read() as reader:
        assert verify(reader).wrong == ()
        assert reader.scalar(select(func.count()).select_from(Role)) == members + 1
