import shutil
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.coop.access import activation, pins
from app.coop.access.identity import who_holds
from app.coop.boutiques.queries import for_sale
from app.coop.chain.earnings import kilos
from app.coop.chain.family import family_of
from app.coop.chain.story import story_of
from app.coop.cooperatives.models import Cooperative
from app.coop.demo.seed import AlreadySeeded, Plan, seed
from app.coop.equipment.queries import equipment_for
from app.coop.ideas.queries import open_ideas
from app.coop.ledger.models import Account, JournalEntry
from app.coop.ledger.queries import balances_of
from app.coop.members import consent
from app.coop.members.models import Consent, Member, Number, Person
from app.coop.models import Base
from app.coop.offices.models import Role
from app.coop.prices.queries import prices_for
from app.coop.production.declarations import declare, products_of
from app.coop.rights import Office
from app.coop.scope import Scope
from app.coop.subjects import approvals
from app.coop.till import corrections, schedule, void_loans
from app.coop.till.models import Payout
from app.coop.training.queries import open_trainings
from app.coop.verify import verify
from app.db.database import Database
from tests.acts import by, own
from tests.conftest import PATIENT_MS
from tests.sample_cooperative import KEY, PEPPERS
from tests.scratch import TEMPLATE

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MEMBERS = 250
SHARED, PENDING, ADMINISTRATOR = "+221760000001", "+221760000002", "+221780000001"
SALTED = {("people", "pin_hash")}
"""What differs each time on purpose: the salt of a hash."""


def plan(cooperatives=None, members=MEMBERS, now=NOW):
    return Plan(members, cooperatives, PEPPERS, KEY, now)


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


def officers_of(reader, cooperative_id, role):
    scope = Role.cooperative_id.is_(None) if cooperative_id is None else Role.cooperative_id == cooperative_id
    return list(reader.scalars(select(Role.person_id).where(scope, Role.role == role)))


@pytest.fixture
def anew(database):
    """Give a village of the test's own, to change."""
    seed(database, plan())
    return database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request, tmp_path_factory):
    """Give the URL of a village that all tests of a kind only read."""
    with ExitStack() as opened:
        if request.param == "sqlite":
            file = shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("seeded") / "seeded.db")
            url = f"sqlite:///{file}"
        else:
            url = opened.enter_context(request.getfixturevalue("scratch").another("seeded", TEMPLATE))
        database = Database(url, statement_ms=PATIENT_MS)
        seed(database, plan())
        database.dispose()
        yield url


@pytest.fixture
def seeded(kept, request):
    """Give that village, on connections of the test's own."""
    if "postgresql" in kept:
        request.getfixturevalue("postgres")
    database = Database(kept, statement_ms=PATIENT_MS)
    yield database
    database.dispose()


@pytest.fixture
def reader(seeded):
    with seeded.read() as connection:
        yield connection


def test_member_i_has_a_phone_ending_in_i_and_is_active(reader):
    for i in (1, 2, 99, 100, 101, MEMBERS):
        (who,) = who_holds(reader, f"+22177{i:07d}")
        assert (who.member_id, who.state, who.language, who.place, who.has_pin) == (i, "active", "fr", None, True)
    assert who_holds(reader, f"+22177{MEMBERS + 1:07d}") == ()


def test_numbers_were_registered_ninety_days_ago(reader):
    assert set(reader.scalars(select(Number.registered_at))) == {datetime(2026, 8, 26, 9, tzinfo=UTC)}


def test_the_pin_of_a_member_is_2468(seeded):
    for i in (1, 100, MEMBERS):
        assert isinstance(pins.try_pin(seeded, i, "2468", "m", peppers=PEPPERS, now=NOW), pins.Right)


def test_one_hash_is_copied_to_all_members(reader):
    hashes = Counter(reader.scalars(select(Person.pin_hash)))
    assert hashes.most_common(1)[0][1] == MEMBERS


def test_a_hundred_members_make_a_cooperative(reader):
    kept = dict(reader.execute(select(Member.id, Cooperative.code).join(Cooperative).where(Member.id <= MEMBERS)).all())
    assert kept == {i: f"CPS{(i - 1) // 100 + 1}" for i in range(1, MEMBERS + 1)}


@pytest.mark.parametrize("cooperatives", [1, 7, 300])
def test_members_are_dealt_to_as_many_cooperatives_as_asked_for(sqlite_database, cooperatives):
    seed(sqlite_database, plan(cooperatives))
    with sqlite_database.read() as reader:
        kept = dict(reader.execute(select(Member.id, Cooperative.code).join(Cooperative).where(Member.id <= MEMBERS)).all())
        assert kept == {i: f"CPS{(i - 1) % cooperatives + 1}" for i in range(1, MEMBERS + 1)}
        assert reader.scalar(select(func.count()).select_from(Cooperative)) == cooperatives
        assert officers_of(reader, 1, "secretary") == [1]
        assert verify(reader).wrong == ()


def test_every_member_has_five_entries_or_more_and_four_accounts(reader):
    entries = dict(reader.execute(select(JournalEntry.member_id, func.count()).group_by(JournalEntry.member_id)).all())
    accounts = Counter(reader.scalars(select(Account.member_id).where(Account.member_id.is_not(None))))
    assert entries.pop(None) == 4, "each co-operative's box begins with what was counted, and one has sold"
    assert set(entries) == set(accounts) == set(reader.scalars(select(Member.id)))
    assert min(entries.values()) >= 5
    assert set(accounts.values()) == {4}


def test_no_entry_is_of_the_future(reader):
    assert reader.scalar(select(func.max(JournalEntry.at))) < NOW


def test_the_first_three_of_a_cooperative_are_its_officers(reader):
    for number in (1, 2, 3):
        first = 100 * (number - 1) + 1
        offices = [officers_of(reader, number, role) for role in ("secretary", "treasurer", "president")]
        assert offices == [[first], [first + 1], [first + 2]]
    assert reader.scalar(select(func.count()).select_from(Role)) == 10


def test_the_administrator_is_no_member(seeded, reader):
    (who,) = who_holds(reader, ADMINISTRATOR)
    assert (who.member_id, who.state, who.cooperative) == (None, "officer", None)
    assert officers_of(reader, None, "administrator") == [who.person_id]
    assert isinstance(pins.try_pin(seeded, who.person_id, "2468", "m", peppers=PEPPERS, now=NOW), pins.Right)


def test_two_share_a_number_each_with_a_place_and_a_pin(seeded, reader):
    two = who_holds(reader, SHARED)
    assert [(who.place, who.cooperative, who.state, who.shared) for who in two] == [
        (1, "CPS1", "active", True), (2, "CPS1", "active", True),
    ]  # fmt: skip
    for who, right, wrong in zip(two, ("1357", "8642"), ("8642", "1357"), strict=True):
        assert pins.try_pin(seeded, who.person_id, wrong, "a", peppers=PEPPERS, now=NOW) == pins.Wrong(2)
        assert isinstance(pins.try_pin(seeded, who.person_id, right, "b", peppers=PEPPERS, now=NOW), pins.Right)


def test_one_has_yet_to_activate_with_482190(seeded, reader):
    (who,) = who_holds(reader, PENDING)
    assert (who.state, who.cooperative, who.has_pin) == ("pending", "CPS1", False)
    opened = activation.try_activation(seeded, who.person_id, "482190", "m", key=KEY, now=NOW + timedelta(days=29))
    assert opened == activation.ActivationOpened()


def test_all_who_are_active_agreed_to_everything(reader):
    given = Counter(reader.scalars(select(Consent.person_id).where(Consent.given)))
    assert set(given) == set(reader.scalars(select(Person.id).where(Person.pin_hash.is_not(None))))
    assert set(given.values()) == {len(consent.PURPOSES) + 1}


def test_the_books_verify(reader):
    found = verify(reader)
    assert found.wrong == ()
    assert (found.entries, found.postings, found.accounts) == (
        5 * (MEMBERS + 3) + 4,
        10 * (MEMBERS + 3) + 8,
        4 * (MEMBERS + 3) + 13,
    )


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


def test_every_product_has_a_slot_and_a_price(reader):
    products = products_of(reader, 1)
    assert all(1 <= one.slot % 10 <= 8 for one in products)
    assert {one.name for one in prices_for(reader, Scope(1), NOW)} == {one.name for one in products}


def test_something_is_on_sale_and_trainings_are_open(reader):
    assert {goods.name for goods in for_sale(reader, NOW)} == {"Keccax en sachet", "Confiture de mangue"}
    assert for_sale(reader, NOW + timedelta(days=60)) == ()
    first, second = open_trainings(reader, NOW.date())
    assert (first.id, first.title, first.seats, first.free, first.min_age, first.max_age) == (
        1,
        "Hygiène du poisson",
        20,
        20,
        16,
        60,
    )
    assert first.starts_on == NOW.date() + timedelta(days=14)
    assert (second.id, second.seats) == (2, 1)
    assert open_trainings(reader, second.starts_on) == []


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


def test_each_boutique_has_something_to_try(reader):
    [idea] = open_ideas(reader, NOW)
    assert (idea.id, idea.by_pin, idea.support_until - NOW > timedelta(days=29)) == (1, 4, True)
    assert [one.name for one in equipment_for(reader, 1)] == ["Séchoir"]
    offer = next(one for one in for_sale(reader, NOW) if one.id == 1)
    assert (offer.name, offer.amount, offer.quantity) == ("Keccax en sachet", 1_500, Decimal(40))
    told = story_of(reader, offer.lot)
    assert [step.what.split(":")[0].split(" (")[0] for step in told.steps] == ["Livraison", "Transformation", "Vente"]
    assert sum(int(share.split(" ")[0]) for _, share in told.shares) == 100
    assert len(kilos(family_of(reader, offer.lot))) == 3
