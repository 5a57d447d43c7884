""""""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from app.coop.access import activation, pins
from app.coop.access.identity import who_holds
from app.coop.boutiques.queries import for_sale
from app.coop.chain.earnings import kilos
from app.coop.chain.family import family_of
from app.coop.chain.story import story_of
from app.coop.cooperatives.models import Cooperative
from app.coop.equipment.queries import equipment_for
from app.coop.ideas.queries import open_ideas
from app.coop.ledger.models import Account, JournalEntry
from app.coop.members import consent
from app.coop.members.models import Consent, Member, Number, Person
from app.coop.offices.models import Role
from app.coop.prices.queries import prices_for
from app.coop.production.declarations import products_of
from app.coop.scope import Scope
from app.coop.training.queries import open_trainings
from app.coop.verify import verify
from tests.sample_cooperative import KEY, PEPPERS
from tests.seeded_villages import MEMBERS, NOW, kept, officers_of, reader, seeded

__all__ = ["kept", "reader", "seeded"]

SHARED, PENDING, ADMINISTRATOR = "+221760000001", "+221760000002", "+221780000001"


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
