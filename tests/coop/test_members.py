from contextlib import suppress
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.coop.access import activation, identity, numbers, pins
from app.coop.access.activation import ActivationOpened, ActivationRefused, Dead
from app.coop.access.models import Activation
from app.coop.correspondence import call_backs
from app.coop.correspondence.models import CallBack
from app.coop.members import account, consent, privacy_notice
from app.coop.members.models import Consent, Member, Number, Person
from app.coop.offices import queries
from app.coop.offices.models import Role
from app.coop.prices.models import PriceRow
from app.coop.prices.queries import find_product, prices_for, spelling
from app.coop.products.models import CooperativeProduct
from app.coop.rights import NotYours
from app.coop.scope import Scope
from app.keys import derived
from tests.acts import own
from tests.sample_cooperative import AWA, DEPARTED, KEY, LONG_AGO, NEW, NOBODY, PEPPERS, SHARED, hashed


def issue(database, person=4, number=482190):
    with database.transaction() as session:
        return activation.issue(session, person, key=KEY, now=LONG_AGO, draw=lambda _: number)


def attempt(database, number, mark, now=LONG_AGO, person=4):
    return activation.try_activation(database, person, number, mark, key=KEY, now=now)


def activate(database, person=4):
    with database.transaction() as session:
        return activation.activate(session, own(person, "activate", LONG_AGO, phone=NEW), hashed("2468"), 1)


def test_a_number_issued_under_an_older_secret_still_opens(village):
    before = derived("a" * 32, "members")
    after = derived("b" * 32, "members", ["a" * 32])
    for key, made in ((after, before), (after, b"a" * 32)):
        with village.transaction() as session:
            activation.issue(session, 4, key=made, now=LONG_AGO, draw=lambda _: 482190)
        assert isinstance(
            activation.try_activation(village, 4, "482190", f"m{made[:2]!r}", key=key, now=LONG_AGO), ActivationOpened
        )
    stranger = derived("c" * 32, "members")
    assert isinstance(activation.try_activation(village, 4, "482190", "m3", key=stranger, now=LONG_AGO), ActivationRefused)


def test_an_activation_number_has_six_digits_and_only_its_hash_is_kept(village):
    assert issue(village, number=42) == "000042"
    with village.read() as reader:
        assert "000042" not in reader.scalar(select(Activation.digest).where(Activation.person_id == 4))


def test_the_right_number_opens_again_and_again_until_it_is_used(village):
    number = issue(village)
    assert [attempt(village, number, "same") for _ in range(9)] == [ActivationOpened()] * 9
    assert activate(village)
    assert attempt(village, number, "later") == Dead()
    assert not activate(village)


def test_the_fifth_wrong_number_is_the_last(village):
    number = issue(village)
    assert [attempt(village, "000000", mark) for mark in "abcde"] == [
        ActivationRefused(4),
        ActivationRefused(3),
        ActivationRefused(2),
        ActivationRefused(1),
        Dead(),
    ]
    assert attempt(village, number, "f") == Dead()


def test_the_same_hop_sent_twice_is_one_try(village):
    issue(village)
    assert [attempt(village, "000000", "one") for _ in range(9)] == [ActivationRefused(4)] * 9


@pytest.mark.parametrize(("after", "answer"), [(timedelta(days=30, seconds=-1), ActivationOpened()), (timedelta(days=30), Dead())])
def test_a_number_lives_thirty_days(village, after, answer):
    assert attempt(village, issue(village), "a", LONG_AGO + after) == answer


def test_a_new_number_kills_the_older_one(village):
    old, new = issue(village), issue(village, number=111222)
    assert attempt(village, old, "a") == ActivationRefused(4)
    assert attempt(village, new, "b") == ActivationOpened()


def test_a_number_is_its_persons_only(village):
    number = issue(village)
    assert attempt(village, number, "a", person=1) == Dead()
    issue(village, person=1, number=777777)
    assert attempt(village, number, "a", person=1) == ActivationRefused(4)


def test_activation_makes_active_with_a_pin_and_consent(village):
    number = issue(village)
    assert not activate(village), "nobody has typed this number"
    attempt(village, number, "a")
    assert activate(village)
    assert isinstance(pins.try_pin(village, 4, "2468", "m", peppers=PEPPERS, now=LONG_AGO), pins.Right)
    with village.session() as session:
        assert session.get_one(Member, 4).state == "active"
        rows = session.scalars(select(Consent).where(Consent.phone == NEW)).all()
    assert {(row.purpose, row.given, row.person_id, row.notice) for row in rows} == {
        (purpose, True, 4, privacy_notice.VERSION) for purpose in consent.PURPOSES
    }


@pytest.mark.parametrize(("person", "state"), [(1, "active"), (5, "blocked")])
def test_an_activation_number_gives_no_new_pin_to_whoever_has_one(village, person, state):
    attempt(village, issue(village, person=person), "a", person=person)
    assert not activate(village, person=person)
    with village.session() as session:
        assert session.get_one(Member, person).state == state
        assert session.get_one(Person, person).pin_set_at is None


def test_the_newest_word_of_a_number_and_purpose_counts(village):
    def say(purposes, given):
        with village.transaction() as session:
            consent.note(session, own(1, "say", LONG_AGO, "sms", phone=AWA), purposes, given=given, notice="n")

    def allowed(phone):
        with village.read() as reader:
            return [purpose for purpose in consent.PURPOSES if consent.allows(reader, phone, purpose)]

    assert allowed(AWA) == list(consent.PURPOSES)
    say(consent.STOPPED, False)
    assert allowed(AWA) == ["service", "urgent"]
    assert allowed(NEW) == list(consent.PURPOSES)
    say(["urgent"], False)
    say(["broadcasts"], True)
    assert allowed(AWA) == ["service", "broadcasts"]


def call(database, phone=AWA, cooperative=1, topic="help"):
    with database.transaction() as session:
        return call_backs.ask(session, phone, topic, person_id=None, cooperative_id=cooperative, now=LONG_AGO)


def test_a_number_waits_once_however_often_it_asks(village):
    first, new = call(village)
    assert new
    assert call(village) == (first, False)
    assert call(village, topic="other") == (first, False)
    assert call(village, NEW)[1]
    with village.transaction() as session:
        session.execute(update(CallBack).where(CallBack.id == first).values(done_at=LONG_AGO))
    assert call(village)[1]


def test_the_list_is_of_one_cooperative_or_of_none(village):
    call(village), call(village, NEW), call(village, NOBODY, None)
    with village.read() as reader:
        assert [row.phone for row in call_backs.waiting_for(reader, 1, LONG_AGO)] == [AWA, NEW]
        assert [row.phone for row in call_backs.waiting_for(reader, None, LONG_AGO)] == [NOBODY]
        assert call_backs.waiting_for(reader, 9, LONG_AGO) == ()


def test_asking_at_once_leaves_one_row(postgres_village):
    barrier, answers = Barrier(4), []

    def run():
        barrier.wait(60)
        answers.append(call(postgres_village))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len({row for row, _ in answers}), sum(new for _, new in answers)) == (1, 1)


def test_one_who_asks_while_another_does_is_given_the_others_row(postgres_village):
    answers = []
    with postgres_village.transaction() as session:
        first, _ = call_backs.ask(session, AWA, "help", person_id=None, cooperative_id=1, now=LONG_AGO)
        waiting = Thread(target=lambda: answers.append(call(postgres_village)))
        waiting.start()
        waiting.join(0.3)
    waiting.join()
    assert answers == [(first, False)]


def test_two_who_are_given_a_new_number_at_once_each_have_a_place(postgres_village):
    def give():
        for _ in range(2):  # as a menu's effect is done once more
            with suppress(IntegrityError), postgres_village.transaction() as session:
                numbers.attach(session, 4, NOBODY, by_person_id=None, now=LONG_AGO)
                return

    with postgres_village.transaction() as session:
        numbers.attach(session, 1, NOBODY, by_person_id=None, now=LONG_AGO)
        session.flush()
        other = Thread(target=give)
        other.start()
        other.join(0.3)
    other.join()
    with postgres_village.read() as reader:
        assert [(who.person_id, who.place) for who in identity.who_holds(reader, NOBODY)] == [(1, None)]
        places = select(Number.person_id, Number.place).where(Number.phone == NOBODY).order_by(Number.person_id)
        assert reader.execute(places).all() == [(1, None), (4, 2)]


def test_a_language_wished_for_is_noted(village):
    with village.transaction() as session:
        account.set_language(session, 1, "wo")
    with village.session() as session:
        assert session.get_one(Person, 1).language == "wo"
        assert session.get_one(Person, 2).language == "fr"


def amounts(database, person, wanted):
    with database.transaction() as session:
        account.set_amounts_by_sms(session, person, wanted)
    with database.session() as session:
        return session.get_one(Member, person).amounts_by_sms


def test_amounts_by_sms_are_for_numbers_of_ones_own(village):
    assert amounts(village, 1, True) is True
    assert amounts(village, 1, False) is False
    with pytest.raises(account.SharedNumber):
        amounts(village, 2, True)
    assert amounts(village, 2, False) is False


def test_who_holds_a_number_is_told_by_place(village):
    with village.transaction() as session:
        session.add(Person(id=90, name="Fatou", pin_hash="x"))
        session.flush()
        session.add(Number(phone="+221780000001", person_id=90, registered_at=LONG_AGO))
    with village.read() as reader:
        (awa,) = identity.who_holds(reader, AWA)
        two = identity.who_holds(reader, SHARED)
        states = [identity.who_holds(reader, phone)[0].state for phone in (NEW, DEPARTED, "+221780000001")]
        assert identity.who_holds(reader, NOBODY) == ()
        assert identity.who_holds(reader, NEW)[0].has_pin is False
        assert [identity.serves_several(reader, phone) for phone in (SHARED, AWA, NOBODY)] == [True, False, False]
    assert awa == identity.Who(1, 1, 1, "CPS1", None, "active", True, "fr")
    assert [(who.place, who.person_id, who.shared) for who in two] == [(1, 2, True), (2, 3, True)]
    assert states == ["pending", "departed", "officer"]


def test_the_directory_knows_an_officers_number_and_outlives_the_database(village, monkeypatch):
    today = date(2026, 11, 24)
    directory = queries.Directory(village, 0)
    assert not directory.holds(AWA, today)
    with village.transaction() as session:
        session.add(Role(person_id=1, role="delegate", cooperative_id=1, from_on=today, until_on=today))
    assert directory.holds(AWA, today)
    assert not directory.holds(SHARED, today)

    def gone():
        raise OperationalError("select", {}, ConnectionError("gone"))

    monkeypatch.setattr(village, "read", gone)
    assert directory.holds(AWA, today)
    monkeypatch.undo()
    assert not directory.holds(AWA, date(2026, 11, 25))


def test_an_office_ends_with_its_term(village):
    today = date(2026, 11, 24)
    terms = [(1, 1, None), (2, 1, date(2020, 1, 1)), (3, 1, date(2999, 1, 1)), (4, None, None)]
    with village.transaction() as session:
        for person, cooperative, until in terms:
            session.add(
                Role(person_id=person, role="secretary", cooperative_id=cooperative, from_on=date(2019, 1, 1), until_on=until)
            )
    with village.read() as reader:
        assert [one.person_id for one in queries.holders_of_right(reader, "weigh", 1, today)] == [1, 3]
        assert [one.person_id for one in queries.holders_of_right(reader, "people", None, today)] == [4]
        assert queries.office_for(reader, 3, "weigh", today).cooperative_id == 1
        for person, right, place in ((2, "weigh", 1), (1, "pay", 1), (1, "weigh", 2), (4, "weigh", 1)):
            with pytest.raises(NotYours):
                queries.office_for(reader, person, right, today, place)


def price(database, product, amount, days, cooperative=None, grade=None):
    with database.transaction() as session:
        at = LONG_AGO + timedelta(days=days)
        session.add(PriceRow(product_id=product, cooperative_id=cooperative, grade=grade, unit="kg", amount=amount, from_at=at))


def prices(database, cooperative, days=10):
    with database.read() as reader:
        return {one.name: one.amount for one in prices_for(reader, Scope(cooperative), LONG_AGO + timedelta(days=days))}


def test_the_newest_price_counts_and_the_cooperatives_own_before_the_federations(village):
    price(village, 1, 4000, 3)
    price(village, 1, 5000, 2, cooperative=1)
    price(village, 1, 9999, 20)
    price(village, 1, 8888, 4, grade="A")
    assert prices(village, 1) == {"Thiof": 5000, "Yeet": 2000, "Sardinelle": 3000}
    assert prices(village, None)["Thiof"] == 4000
    assert prices(village, 1, days=1)["Thiof"] == 1000
    assert prices(village, 1, days=-1) == {}
    assert prices(village, 77) == {}


def test_a_product_that_is_not_taken_has_no_price(village):
    with village.transaction() as session:
        session.execute(update(CooperativeProduct).where(CooperativeProduct.product_id == 1).values(active=False))
    assert list(prices(village, 1)) == ["Yeet", "Sardinelle"]


MEANT = [
    ("thiof", 1, ()), ("THIOF", 1, ()), (" Thióf! ", 1, ()), ("yet", 2, ()), ("Yeet", 2, ()), ("sardinele", 3, ()),
    ("sardinelles", 3, ()), ("tiof", 1, ()), ("thof", 1, ()), ("sardin", None, ("Sardinelle",)), ("yat", None, ("Yeet",)),
    ("bateau", None, ()), ("", None, ()), ("???", None, ()), ("🐟", None, ()),
]  # fmt: skip


@pytest.mark.parametrize("cooperative", [None, 1])
@pytest.mark.parametrize(("words", "product", "near"), MEANT)
def test_a_spelling_means_a_product_or_comes_near_one(village, cooperative, words, product, near):
    with village.read() as reader:
        meant = find_product(reader, words, Scope(cooperative))
        assert (meant.product_id, meant.near) == (product, near)


def test_where_nothing_is_sold_no_word_means_anything(village):
    with village.read() as reader:
        assert find_product(reader, "thiof", Scope(77)).product_id is None


@pytest.mark.parametrize(("words", "plain"), [("Œufs  d'ŋaam", "oeufs d ngaam"), ("CÉRÉALES", "cereales"), ("  ", "")])
def test_words_are_compared_in_small_plain_letters(words, plain):
    assert spelling(words) == plain


def test_the_village_has_one_number_a_person(village):
    with village.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Number)) == 6
