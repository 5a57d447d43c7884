"""A PIN is reset in a window that an officer, or two peers, open, and that only serves on the member's own proved number."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update

from app.coop.access import numbers, pins, resets
from app.coop.access.models import Reset
from app.coop.members import lookup
from app.coop.members.models import Member, Number, Person
from app.coop.rights import Office
from tests import sample_cooperative, sample_declarations
from tests.acts import by, own
from tests.sample_cooperative import AWA, LONG_AGO, PEPPERS, hashed

NOW = LONG_AGO + timedelta(days=30)
CLERK = Office(101, "secretary", 1)


@pytest.fixture
def shore(sqlite_database):
    """Give the village with officers and three women on numbers of their own, on SQLite: nothing here depends on the dialect."""
    sample_cooperative.build(sqlite_database)
    sample_declarations.appoint(sqlite_database)
    sample_declarations.women(sqlite_database, 3)
    return sqlite_database


def phone_of(member):
    return f"+22177{member:07d}"


def by_officer(database, card="C00001", now=NOW, office=CLERK, phone=sample_declarations.SECRETARY):
    with database.transaction() as session:
        member = lookup.by_card(session, office, card)
        return resets.open_by_officer(session, by(office, f"{card}:{now}", now, phone=phone), member)


def by_peer(database, peer, card="C00001", now=NOW, phone=None):
    with database.transaction() as session:
        member = lookup.in_cooperative(session, 1, card)
        return resets.help_as_peer(session, own(peer, f"help:{card}", now, phone=phone or phone_of(peer)), member)


def choose(database, now=NOW, person=1, phone=AWA, pin="7391"):
    with database.transaction() as session:
        return resets.use(session, person, phone, hashed(pin), 1, now=now)


def opens(database, pin, now=NOW, person=1):
    return isinstance(pins.try_pin(database, person, pin, f"{pin}:{now}", peppers=PEPPERS, now=now), pins.Right)


def why(act, *given, **named):
    with pytest.raises(resets.NotNow) as told:
        act(*given, **named)
    return told.value.why


def change(database, table, where, **values):
    with database.transaction() as session:
        session.execute(update(table).where(where).values(**values))


def test_the_officer_opens_and_only_the_member_chooses(shore):
    assert by_officer(shore).until == NOW + timedelta(minutes=30)
    assert opens(shore, "2468"), "the old PIN stays until another is chosen"
    assert choose(shore, NOW + timedelta(minutes=29))
    assert opens(shore, "7391")
    assert not opens(shore, "2468")
    assert not choose(shore, NOW + timedelta(minutes=29)), "a window serves once"
    with shore.session() as session:
        assert session.get_one(Member, 1).money_frozen_until == NOW + timedelta(hours=24, minutes=29)
        assert session.scalar(select(Reset.used_at)) == NOW + timedelta(minutes=29)


@pytest.mark.parametrize(
    ("after", "phone", "person"),
    [(30, AWA, 1), (1, sample_declarations.SECRETARY, 1), (1, AWA, 2), (1, sample_declarations.SECRETARY, 101)],
)
def test_a_window_is_for_half_an_hour_on_the_members_own_number(shore, after, phone, person):
    by_officer(shore)
    assert not choose(shore, NOW + timedelta(minutes=after), person, phone)
    assert opens(shore, "2468")


def test_a_number_that_wants_proof_uses_no_window(shore):
    by_officer(shore)
    change(shore, Number, Number.phone == AWA, proof_wanted=True)
    assert not choose(shore)
    assert why(by_officer, shore, now=NOW + timedelta(days=2)) == "no_phone"


def test_an_officer_opens_nothing_for_herself_or_her_handset(shore):
    assert why(by_officer, shore, "C00101") == "own"
    with shore.transaction() as session:
        numbers.attach(session, 101, AWA, proof_wanted=False, by_person_id=None, now=LONG_AGO)
    assert why(by_officer, shore) == "own"


def test_an_officer_whose_number_is_new_opens_nothing(shore):
    change(shore, Number, Number.phone == sample_declarations.SECRETARY, registered_at=NOW - timedelta(hours=71))
    assert why(by_officer, shore) == "fresh"
    assert why(by_officer, shore, phone="+221771111111") == "fresh"


@pytest.mark.parametrize("card", ["C00004", "C00005", "C00006"])
def test_who_is_not_active_has_no_pin_to_reset(shore, card):
    assert why(by_officer, shore, card) == "state"


def test_windows_are_counted_by_the_day_and_the_month(shore):
    by_officer(shore), by_officer(shore)
    assert why(by_officer, shore) == "often"
    for day in (1, 1, 2):
        by_officer(shore, now=NOW + timedelta(days=day, minutes=1))
    assert why(by_officer, shore, now=NOW + timedelta(days=9)) == "often"
    by_officer(shore, now=NOW + timedelta(days=40))


def test_two_peers_on_two_numbers_open_it(shore):
    assert by_peer(shore, 201).until is None
    assert not choose(shore)
    assert why(by_peer, shore, 201) == "again"
    assert by_peer(shore, 202).until == NOW + timedelta(minutes=30)
    assert choose(shore)


def test_a_peers_word_waits_two_hours(shore):
    by_peer(shore, 201)
    assert by_peer(shore, 202, now=NOW + timedelta(hours=2, minutes=1)).until is None


def test_a_peer_is_somebody_else_on_another_number(shore):
    assert why(by_peer, shore, 1, phone=AWA) == "own"
    assert why(by_peer, shore, 201, phone=AWA) == "fresh"
    with shore.transaction() as session:
        numbers.attach(session, 202, phone_of(201), proof_wanted=False, by_person_id=None, now=LONG_AGO)
        numbers.attach(session, 203, AWA, proof_wanted=False, by_person_id=None, now=LONG_AGO)
    by_peer(shore, 201)
    assert why(by_peer, shore, 202) == "again", "one household is one word"
    assert why(by_peer, shore, 202, phone=phone_of(201)) == "again"
    assert why(by_peer, shore, 203) == "own", "who shares the member's handset is no peer"


@pytest.mark.parametrize(
    ("table", "where", "values", "said"),
    [
        (Member, Member.id == 201, {"state": "blocked"}, "place"),
        (Member, Member.id == 201, {"leaving_on": NOW.date()}, "place"),
        (Member, Member.id == 201, {"money_frozen_until": NOW + timedelta(hours=1)}, "fresh"),
        (Number, Number.person_id == 201, {"registered_at": NOW - timedelta(hours=71)}, "fresh"),
        (Number, Number.person_id == 201, {"trusted": True}, "fresh"),
        (Number, Number.person_id == 201, {"proof_wanted": True}, "fresh"),
    ],
)
def test_who_is_in_doubt_themselves_vouches_for_nobody(shore, table, where, values, said):
    change(shore, table, where, **values)
    assert why(by_peer, shore, 201) == said


def test_a_peer_helps_two_a_day(shore):
    for card in ("C00001", "C00202"):
        by_peer(shore, 201, card)
    assert why(by_peer, shore, 201, "C00203") == "often"
    by_peer(shore, 201, "C00203", NOW + timedelta(days=1, minutes=1))


def test_windows_give_no_tries_back_before_a_pin_is_chosen(shore):
    for mark in "abc":
        pins.try_pin(shore, 1, "0000", mark, peppers=PEPPERS, now=NOW)
    by_officer(shore)
    for mark in "def":
        assert isinstance(pins.try_pin(shore, 1, "0000", mark, peppers=PEPPERS, now=NOW), pins.Locked)
    with shore.transaction() as session:
        assert resets.decline(session, 1)
    assert isinstance(pins.try_pin(shore, 1, "2468", "g", peppers=PEPPERS, now=NOW), pins.Locked)
    assert not choose(shore)
    by_officer(shore)
    assert choose(shore)
    assert opens(shore, "7391")


def test_the_window_of_two_who_open_it_at_once_is_one(shore):
    by_officer(shore)
    by_peer(shore, 201)
    with shore.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Reset).where(Reset.opened_at.is_not(None))) == 1
        assert reader.scalar(select(Person.reset_until).where(Person.id == 1)) == NOW + timedelta(minutes=30)


def at_once(act, times=4):
    barrier, answers = Barrier(times), []

    def run(number):
        barrier.wait(60)
        try:
            answers.append(act(number))
        except resets.NotNow as no:
            answers.append(no.why)

    threads = [Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_at_once_a_window_serves_one_and_is_opened_twice_at_the_most(postgres_village):
    sample_declarations.appoint(postgres_village)
    sample_declarations.women(postgres_village, 4)
    opened = at_once(lambda _: by_officer(postgres_village).until)
    assert sorted(str(one) for one in opened) == [str(NOW + timedelta(minutes=30))] * 2 + ["often"] * 2
    assert sorted(at_once(lambda _: choose(postgres_village))) == [False, False, False, True]
    later = NOW + timedelta(days=2)
    helped = at_once(lambda number: by_peer(postgres_village, 201 + number, "C00204", later).until, 3)
    assert sum(one is not None for one in helped) == 1, "two words make one window; the third waits for a fourth"


def _neighbours(database):
    """Give member 1 a trusted number, somebody else's, proved long ago."""
    with database.transaction() as session:
        session.add(Number(phone="+221770009999", person_id=1, place=None, registered_at=LONG_AGO, trusted=True))


@pytest.mark.parametrize("lose", [numbers.flag, numbers.release])
def test_barring_her_own_number_makes_nobody_elses_good_for_a_new_pin(shore, lose):
    _neighbours(shore)
    with shore.transaction() as session:
        own = session.scalar(select(Number.id).where(Number.phone == AWA))
        lose(session, 1, own, by_person_id=101, now=NOW)
    assert why(by_officer, shore, now=NOW + timedelta(hours=71)) == "lost"
    by_officer(shore, now=NOW + timedelta(hours=73))
    assert choose(shore, now=NOW + timedelta(hours=73), phone="+221770009999")


@pytest.mark.parametrize("lose", [numbers.flag, numbers.release])
def test_a_window_that_is_open_shuts_when_her_own_number_is_barred(shore, lose):
    _neighbours(shore)
    by_officer(shore)
    with shore.transaction() as session:
        lose(session, 1, session.scalar(select(Number.id).where(Number.phone == AWA)), by_person_id=101, now=NOW)
    assert not choose(shore, phone="+221770009999")
    assert opens(shore, "2468")
