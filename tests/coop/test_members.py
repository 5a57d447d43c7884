"""Members: what they agreed to, who holds a number, who has an office."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from threading import Event, Thread
from time import sleep

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from app.coop.access import identity, numbers
from app.coop.members import account, consent
from app.coop.members.models import Member, Number, Person
from app.coop.offices import queries
from app.coop.offices.models import Role
from app.coop.rights import NotYours
from tests.acts import own
from tests.sample_cooperative import AWA, DEPARTED, LONG_AGO, NEW, NOBODY, SHARED


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


def test_the_village_has_one_number_a_person(village):
    with village.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Number)) == 6


def test_one_call_reads_the_offices_anew_while_others_go_by_the_last_known(village, monkeypatch):
    today, reads, gate = date(2026, 11, 24), [], Event()
    directory = queries.Directory(village, 0)
    assert not directory.holds(AWA, today)
    read = directory._read

    def slow(day):
        reads.append(day)
        gate.wait(20)
        read(day)

    monkeypatch.setattr(directory, "_read", slow)
    with village.transaction() as session:
        session.add(Role(person_id=1, role="delegate", cooperative_id=1, from_on=today))
    with ThreadPoolExecutor(1) as other:
        anew = other.submit(directory.holds, AWA, today)
        while not reads:
            sleep(0.01)
        assert not directory.holds(AWA, today)
        gate.set()
        assert anew.result()
    assert len(reads) == 1
