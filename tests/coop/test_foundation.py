"""A co-operative begins with its accounts; its products keep their numbers for life."""

import pytest
from sqlalchemy import select

from app.coop import foundation
from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.models import Account
from app.coop.verify import verify
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.sample_cooperative import LONG_AGO


@pytest.fixture
def peopled(sqlite_database):
    sample_cooperative.build(sqlite_database)
    return sqlite_database


def _found(session, clock, **change):
    given = {"code": "cps2", "name": "CPS Mbour", "commune": "Mbour", "filiere": "peche", "form": "GIE"} | change
    foundation.found(session, given.pop("code"), given.pop("name"), **given, now=clock())


def _take(session, name, code="CPS2", **change):
    given = {"unit": None, "divisible": True, "filiere": None, "aliases": ()} | change
    return foundation.take_product(session, code, name, **given)


def test_a_co_operative_begins_whole_and_products_keep_their_numbers(peopled, clock):
    with peopled.transaction() as session:
        _found(session, clock)
        new = {"unit": "kg", "filiere": "MARAICHAGE"}
        slots = [_take(session, f"Légume {n}", **new).slot for n in range(8)]
        assert slots == [1, 2, 3, 4, 5, 6, 7, 8]
        assert _take(session, "thiof", aliases=("Tiof",)).slot == 11
        foundation.drop_product(session, "CPS2", "Légume 3")
        assert _take(session, "Yeet").slot == 12
        assert _take(session, "Légume 3").slot == 4
        foundation.change(session, "CPS2", "payment_threshold", 300_000, now=clock())
    with peopled.read() as reader:
        found, products = foundation.shown(reader, "cps2")
        assert (found["commune"], found["legal_form"], found["payment_threshold"]) == ("Mbour", "GIE", 300_000)
        assert [slot.slot for slot in products] == [1, 2, 3, 4, 5, 6, 7, 8, 11, 12]
        mine = select(Account.kind).join(Cooperative).where(Cooperative.code == "CPS2")
        assert {"cash", "purchases"} <= set(reader.scalars(mine))
        assert verify(reader).wrong == ()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"code": "CPS1"}, "déjà une CPS"),
        ({"code": "C P"}, "lettres"),
        ({"code": "24E0612"}, "une lettre d'abord"),
        ({"name": "12"}, "un nom a des lettres"),
        ({"name": "😀 مرحبا"}, "un nom a des lettres"),
        ({"code": "joal"}, "veut déjà dire"),
        ({"code": "TOUS"}, "veut déjà dire"),
        ({"commune": "Mbourr"}, "Mbour \\?"),
        ({"filiere": "X"}, "filière"),
    ],
)
def test_what_can_not_be_founded_is_said(peopled, clock, change, why):
    with pytest.raises(foundation.NotFounded, match=why), peopled.transaction() as session:
        _found(session, clock, **change)


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda session: _take(session, "Gombo", "CPS1"), "son unité"),
        (lambda session: _take(session, "G" * 21, "CPS1", unit="kg", filiere="PECHE"), "20 lettres"),
        (lambda session: _take(session, "12", "CPS1", unit="kg", filiere="PECHE"), "des lettres"),
        (lambda session: _take(session, "Thiof", "CPS9"), "aucune CPS"),
        (lambda session: _take(session, "Thiof", "CPS1", aliases=("yet",)), "un autre produit"),
        (lambda session: foundation.drop_product(session, "CPS1", "Gombo"), "ne prend pas"),
        (lambda session: foundation.change(session, "CPS1", "solidarity_percent", 51, now=LONG_AGO), "de 0 à 50"),
    ],
)
def test_what_a_co_operative_can_not_have_is_said(peopled, act, why):
    with pytest.raises(foundation.NotFounded, match=why), peopled.transaction() as session:
        act(session)


@pytest.mark.parametrize("typed", ["THIOF", " thiof ", "Thïof", "Thiof 😀"])
def test_a_product_written_otherwise_is_the_same(peopled, typed):
    with peopled.transaction() as session:
        assert _take(session, typed, "CPS1", unit="kg", filiere="PECHE").product == "Thiof"
        assert foundation.planned_slot(session, 1, typed, "kg").product == "Thiof"
        foundation.drop_product(session, "CPS1", typed)


def test_a_name_is_one_line(peopled, clock):
    with peopled.transaction() as session:
        _found(session, clock, name=" CPS\nMbour  2 ")
    with peopled.read() as reader:
        assert foundation.shown(reader, "CPS2")[0]["name"] == "CPS Mbour 2"


def test_what_a_co_operative_is_known_by_changes_and_its_officers_are_told_once(database, clock):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    for _ in range(2):
        with database.transaction() as session:
            foundation.describe(session, "cps1", name=" CPS Mbour centre ", commune="Mbour", filiere="transfo", now=clock())
    with database.read() as reader:
        found, _ = foundation.shown(reader, "CPS1")
        assert (found["name"], found["commune"], found["filiere"]) == ("CPS Mbour centre", "Mbour", "TRANSFO")
        told = reader.scalars(select(Message.text).where(Message.cause.contains("details:"))).all()
    assert len(told) == 2  # one each for the secretary and the president
    assert "ont changé" in told[0]


@pytest.mark.parametrize("wrong", [{"name": "  "}, {"commune": "Mbourr"}, {"filiere": "X"}])
def test_what_cant_be_so_changes_nothing(peopled, clock, wrong):
    with pytest.raises(foundation.NotFounded), peopled.transaction() as session:
        foundation.describe(session, "CPS1", **({"name": "Autre"} | wrong), now=clock())
    with peopled.read() as reader:
        assert foundation.shown(reader, "CPS1")[0]["name"] == "CPS Joal"


def test_co_operatives_are_listed_with_their_members_by_state(peopled):
    with peopled.read() as reader:
        [one] = foundation.listed(reader)
    assert (one.code, one.commune, one.filiere, one.active, one.pending) == ("CPS1", "Joal-Fadiouth", "PECHE", 3, 1)
