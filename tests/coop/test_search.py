"""A member is found by the name however spelled, the number as people write it, the card; within the officer's reach alone."""

from datetime import date

import pytest
from sqlalchemy import delete, insert, select

from app.coop.cooperatives.models import Cooperative
from app.coop.members import missing_keys, search
from app.coop.members.models import Member, NameKey, Number, Person
from app.coop.members.name_keys import fold, keys_of
from app.coop.members.search import members_of
from app.coop.scope import FEDERATION, Scope
from tests import sample_cooperative

NAMES = {
    301: "Fatou Ndiaye",
    302: "Awa Ndiaye Diop",
    303: "Cheikh Ahmadou N'Dour",
    304: "Anne-Marie Sène",
    305: "Aïssatou Cissé",
    306: "Thierno Bâ",
}


@pytest.fixture
def village(database):
    sample_cooperative.build(database)
    place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}
    with database.transaction() as session:
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mbour", **place))
        session.flush()
        for number, name in NAMES.items():
            session.add(Person(id=number, name=name, language="fr", pin_pepper=1))
            session.flush()
            home = 1 if number < 304 else 2
            card = {"card": f"C{number:07d}", "state": "active", "joined_on": date(2026, 8, 26)}
            session.add(Member(id=number, person_id=number, cooperative_id=home, **card))
        session.add(Number(phone="+221771110301", person_id=301, place=None, registered_at=sample_cooperative.LONG_AGO))
    return database


def found(database, typed, scope=FEDERATION):
    with database.read() as reader:
        return [row.id for row in search.search(reader, scope, typed).rows]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Fatou Ndiaye", [301]),
        ("ndiaye fatou", [301]),
        ("FATU NDIAY", [301]),
        ("fat", [301]),
        ("ndi", [302, 301]),
        ("diop awa", [302]),
        ("Aoua Diop", [302]),
        ("diop ndi", [302]),
        ("ndour", [303]),
        ("cheik n’dour", [303]),
        ("Amadou", [303]),
        ("anne marie sene", [304]),
        ("aissatou cisse", [305]),
        ("Ayssatu", [305]),
        ("tierno ba", [306]),
        ("ba thierno", [306]),
        ("bah", [306]),
        ("personne", []),
        ("%", []),
        ("_", []),
        ("", []),
        ("301", [301]),
        ("C0000301", [301]),
        ("carte n° 301", [301]),
        ("77 111 03 01", [301]),
        ("+221 77 111 03 01", [301]),
        ("00221771110301", [301]),
        ("77 111 03 02", []),
    ],
)
def test_a_member_is_found(village, typed, meant):
    assert found(village, typed) == meant


def test_an_officer_of_a_cooperative_finds_its_own_alone(village):
    assert found(village, "ndiaye", Scope(2)) == []
    assert found(village, "anne", Scope(2)) == [304]
    assert found(village, "301", Scope(2)) == []
    assert found(village, "77 111 03 01", Scope(2)) == []


def test_a_shared_number_finds_all_who_share_it(village):
    assert found(village, sample_cooperative.SHARED) == [2, 3]


def test_keys_follow_the_name(village):
    with village.transaction() as session:
        session.get_one(Person, 301).name = "Coumba Gaye"
    assert found(village, "fatou") == []
    assert found(village, "gaye koumba") == [301]


def test_every_person_has_the_keys_of_the_name(village):
    with village.read() as reader:
        kept = {tuple(row) for row in reader.execute(select(NameKey.person_id, NameKey.key))}
        people = reader.execute(select(Person.id, Person.name)).all()
    assert kept == {(number, key) for number, name in people for key in keys_of(name)}


def test_names_without_keys_are_seen_and_mended(village, clock):
    with village.transaction() as session:
        session.execute(delete(NameKey).where(NameKey.person_id == 301))
    with village.read() as reader:
        assert missing_keys.check(reader) == ["1 names can't be searched: the scheduler mends that within a day"]
    with village.transaction() as session:
        missing_keys.mend(session, clock())
    assert found(village, "fatou") == [301]
    with village.read() as reader:
        assert missing_keys.check(reader) == []


def test_pages_follow_one_another(village):
    many = range(1000, 1000 + search.PAGE + 20)
    with village.engine.begin() as to:
        to.execute(insert(Person), [{"id": one, "name": f"Sokhna {one}", "language": "fr", "pin_pepper": 1} for one in many])
        keys = [{"person_id": one, "key": key} for one in many for key in keys_of(f"Sokhna {one}")]
        to.execute(insert(NameKey), keys)
        card = {"cooperative_id": 2, "state": "active", "joined_on": date(2026, 8, 26)}
        to.execute(insert(Member), [{"id": one, "person_id": one, "card": f"C{one:07d}", **card} for one in many])
    with village.read() as reader:
        first = search.search(reader, FEDERATION, "soxna")
        assert first.after
        rest = search.search(reader, FEDERATION, "soxna", first.after)
        assert [row.id for row in (*first.rows, *rest.rows)] == list(many)
        assert rest.after is None
        page = members_of(reader, 2)
        assert page.after
        assert len(page.rows) + len(members_of(reader, 2, page.after[1]).rows) == len(many) + 3


@pytest.mark.parametrize("name", ["Mamadou Diouf", "Oumou Kalsoum Sy", "Ndèye  Fatou-Bintou", "Yayi", "Œuvre d'Ŋaari", "C 12 11"])
def test_what_is_typed_half_is_the_beginning_of_a_key(name):
    word = name.split()[0]
    for length in range(1, len(word) + 1):
        [half] = fold(word[:length]) or [""]
        assert keys_of(name)[0].startswith(half)


def test_figures_are_no_double_letters():
    assert fold("Membre 1100") == ["membre", "1100"]
