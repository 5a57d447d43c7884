"""Words name members; what the estimate counts is what the sending reads."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.coop.act import Act
from app.coop.audience.query import Limits, plain, reach, recipients
from app.coop.audience.words import OutOfScope, UnknownWord, read_audience
from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.members import consent
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import Role
from app.coop.scope import FEDERATION, Scope
from tests.sample_cooperative import LONG_AGO

TODAY = date(2026, 11, 24)
COMMUNES = ("Mbour", "Joal-Fadiouth", "Saly Portudal", "Saly Niakh")
FILIERES = (("PECHE", "Pêche artisanale"), ("MARAICHAGE", "Maraîchage"))


def build(database, people=()):
    """Four co-operatives; each person: co-operative, state, numbers as (phone, place, proof wanted), role."""
    with database.transaction() as session:
        settle(session, people)


def settle(session, people):
    session.add_all(Commune(id=i, name=name) for i, name in enumerate(COMMUNES, 1))
    session.add_all(Filiere(id=i, code=code, name=name) for i, (code, name) in enumerate(FILIERES, 1))
    session.flush()
    for n in range(1, 5):
        where = {"commune_id": (n - 1) % 2 + 1, "filiere_id": (n - 1) // 2 + 1}
        session.add(Cooperative(id=n, code=f"CPS{n}", name=f"CPS {n}", legal_form="AER", created_at=LONG_AGO, **where))
    session.flush()
    for one, person in enumerate(people, 1):
        add(session, one, *person)


def add(session, one, cooperative, state, numbers, role=None):
    session.add(Person(id=one, name="Awa", language="fr", pin_pepper=1))
    session.flush()
    session.add(Member(id=one, person_id=one, cooperative_id=cooperative, card=f"C{one:05}", state=state, joined_on=TODAY))
    for phone, place, proof in numbers:
        session.add(Number(phone=phone, person_id=one, place=place, registered_at=LONG_AGO, proof_wanted=proof))
    if role:
        session.add(Role(person_id=one, role=role, cooperative_id=cooperative, from_on=TODAY - timedelta(days=9)))
    session.flush()


def reached(database, words, scope=None, purpose="broadcasts", **limits):
    """Give the estimate and the numbers that the sending would read."""
    with database.transaction() as session:
        return read(session, words, scope, Limits(purpose, TODAY, **limits))


def read(session, words, scope, limits):
    audience = read_audience(session.connection(), words, Scope(scope))
    return reach(session, audience, limits), sorted(row.phone for row in session.execute(recipients(audience, limits)))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("TOUS", "tous"),
        ("cps2", "CPS2"),
        ("pêche", "Pêche artisanale"),
        ("Peche artisanale", "Pêche artisanale"),
        ("JOAL", "Joal-Fadiouth"),
        ("joal-fadiouth", "Joal-Fadiouth"),
        ("SALYPORTUDAL", "Saly Portudal"),
        ("Pêche + Joal", "Pêche artisanale, Joal-Fadiouth"),
        ("secrétaires", "secrétaires"),
        ("tous+mbour", "Mbour"),
    ],
)
def test_words_are_found_in_any_spelling(sqlite_database, words, said):
    build(sqlite_database)
    with sqlite_database.read() as reader:
        assert read_audience(reader, words, FEDERATION).said == said


@pytest.mark.parametrize(("words", "near"), [("PECH", "PECHE"), ("JOAAL", "JOAL"), ("CPS22", "CPS2"), ("TOU", "TOUS")])
def test_an_unknown_word_gets_the_nearest(sqlite_database, words, near):
    build(sqlite_database)
    with sqlite_database.read() as reader, pytest.raises(UnknownWord) as unknown:
        read_audience(reader, words, FEDERATION)
    assert near in unknown.value.near


def test_a_word_like_no_other_gets_those_that_always_work(sqlite_database):
    build(sqlite_database)
    for scope, near in ((None, ("TOUS",)), (1, ("TOUS", "CPS1"))):
        with sqlite_database.read() as reader, pytest.raises(UnknownWord) as unknown:
            read_audience(reader, "XYZXYZXYZ", Scope(scope))
        assert unknown.value.near == near


def test_a_word_that_two_communes_begin_with_is_neithers(sqlite_database):
    build(sqlite_database)
    with sqlite_database.read() as reader, pytest.raises(UnknownWord):
        read_audience(reader, "SALY", FEDERATION)


def test_every_word_narrows_and_none_counts_twice(sqlite_database):
    build(sqlite_database)
    with sqlite_database.read() as reader:
        many = read_audience(reader, "TOUS+TOUTES+TOUT+PECHE+Pêche artisanale+JOAL+CPS1", FEDERATION)
    assert (many.cooperatives, many.communes, many.filieres) == ((1,), (2,), (1,))
    assert many.said == "Pêche artisanale, Joal-Fadiouth, CPS1"


def test_a_co_operative_is_its_own_scope(sqlite_database):
    build(sqlite_database)
    with sqlite_database.read() as reader:
        assert read_audience(reader, "TOUS", Scope(2)).scope == 2
        with pytest.raises(OutOfScope):
            read_audience(reader, "CPS1", Scope(2))


PEOPLE = [
    (1, "active", [("+221770000001", None, False)], "secretary"),
    (1, "active", [("+221770000002", 1, False)]),
    (1, "active", [("+221770000002", 2, False), ("+221770000012", None, False)]),
    (2, "active", [("+221770000002", 3, False)]),
    (1, "departed", [("+221770000003", None, False)]),
    (1, "blocked", [("+221770000004", None, False)]),
    (1, "pending", [("+221770000005", None, False)]),
    (1, "active", []),
    (3, "active", [("+221770000006", None, True)]),
    (4, "active", [("+221770000007", None, False)]),
]


def test_whom_it_reaches_and_whom_not(database):
    build(database, PEOPLE)
    counted, phones = reached(database, "TOUS", 1)
    assert phones == ["+221770000001", "+221770000002", "+221770000012"]
    assert (counted.numbers, counted.stopped, counted.without) == (3, 0, 1)
    assert reached(database, "TOUS")[1] == sorted([*phones, "+221770000007"])
    assert reached(database, "TOUS")[0].without == 2  # one of them has a number that isn't proved yet
    assert reached(database, "SECRETAIRES")[1] == ["+221770000001"]
    assert reached(database, "MARAICHAGE+JOAL")[1] == ["+221770000007"]
    assert reached(database, "PECHE+MARAICHAGE")[1] == []


def test_the_newest_word_of_a_number_and_purpose_counts(database):
    build(database, PEOPLE)
    for yes in (True, False, True, False):
        say(database, "+221770000001", yes)
    say(database, "+221770000002", False)
    say(database, "+221770000002", True)
    counted, phones = reached(database, "TOUS", 1)
    assert phones == ["+221770000002", "+221770000012"]
    assert counted.stopped == 1
    assert "+221770000001" in reached(database, "TOUS", 1, purpose="urgent")[1]


def test_who_registers_later_isnt_in_it(database):
    build(database, PEOPLE)
    with database.transaction() as session:
        newest = session.execute(text("SELECT max(id) FROM numbers")).scalar_one()
        add(session, 99, 1, "active", [("+221770000099", None, False)])
    assert "+221770000099" not in reached(database, "TOUS", newest=newest)[1]


def say(database, phone, yes):
    with database.transaction() as session:
        note(session, phone, yes)


def note(session, phone, yes):
    consent.note(session, Act(0, "sms", "say", LONG_AGO, phone=phone), consent.STOPPED, given=yes, notice="1")


phones = st.sampled_from([f"+22177000000{n}" for n in range(4)])
holdings = st.lists(st.tuples(phones, st.booleans()), max_size=2, unique_by=lambda held: held[0])
persons = st.tuples(st.integers(1, 4), st.sampled_from(["active", "active", "departed", "pending"]), holdings)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(persons, max_size=7),
    said=st.lists(st.tuples(phones, st.booleans()), max_size=5),
    words=st.sampled_from([("TOUS", None), ("TOUS", 1), ("PECHE", None), ("JOAL", None), ("PECHE+MBOUR", None), ("CPS3", None)]),
)
def test_the_estimate_is_what_is_sent(sqlite_database, people, said, words):
    holders = [phone for _, _, numbers in people for phone, _ in numbers]
    places = {phone: iter(range(1, 9)) for phone in holders}
    placed = [
        (cps, state, [(phone, next(places[phone]) if holders.count(phone) > 1 else None, proof) for phone, proof in numbers])
        for cps, state, numbers in people
    ]
    with sqlite_database.session() as session:
        settle(session, placed)
        for phone, yes in said:
            note(session, phone, yes)
        counted, sent = read(session, *words, Limits("broadcasts", TODAY))
        session.rollback()
    assert counted.numbers == len(sent) == len(set(sent))


def test_counting_uses_the_indexes(postgres_database):
    """A co-operative of a great federation is counted without reading the federation."""
    with postgres_database.transaction() as session:
        for statement in MANY:
            session.execute(text(statement))
    with postgres_database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for table in ("members", "numbers", "consents"):
            connection.execute(text(f"ANALYZE {table}"))
    with postgres_database.transaction() as session:
        audience, limits = read_audience(session.connection(), "TOUS", Scope(7)), Limits("broadcasts", TODAY)
        plans = [_plan(session, plain(audience, TODAY)), _plan(session, recipients(audience, limits))]
        assert reach(session, audience, limits).numbers == 200
    assert all("ix_members_cooperative_id" in plan and "Seq Scan on members" not in plan for plan in plans)
    assert "ix_consents_stopped" in plans[1]
    assert "Seq Scan on consents" not in plans[1]


def _plan(session, query) -> str:
    compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    return "\n".join(session.execute(text(f"EXPLAIN {compiled}")).scalars())


MANY = (
    "INSERT INTO communes VALUES (1, 'Mbour')",
    "INSERT INTO filieres VALUES (1, 'PECHE', 'Pêche')",
    "INSERT INTO cooperatives (id, code, name, commune_id, filiere_id, legal_form, created_at) "
    "SELECT n, 'CPS' || n, 'CPS', 1, 1, 'AER', now() FROM generate_series(1, 100) n",
    "INSERT INTO people (id, name, language, pin_pepper) SELECT n, 'Awa', 'fr', 1 FROM generate_series(1, 20000) n",
    "INSERT INTO members (id, person_id, cooperative_id, card, state, joined_on) "
    "SELECT n, n, n % 100 + 1, 'C' || n, 'active', current_date FROM generate_series(1, 20000) n",
    "INSERT INTO numbers (phone, person_id, registered_at) "
    "SELECT '+22177' || lpad(n::text, 7, '0'), n, now() FROM generate_series(1, 20000) n",
    "INSERT INTO consents (phone, purpose, given, at, channel, notice) "
    "SELECT phone, 'broadcasts', true, now(), 'card', '1' FROM numbers",
)
