"""An officer's word by SMS counts in their own scope: the one that their words name, else the widest they hold."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from app.commands.grammar import OFFICERS
from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.services import open_accounts
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import Role
from app.coop.prices.models import PriceProposal
from app.coop.production.models import Weighing
from app.coop.products.models import CooperativeProduct
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Inbound
from tests import sample_cooperative, sample_declarations

OTHER = "+221770000301"
QUESTION = "Est-ce que la pesée est à 7h demain ?"

ANOTHERS = {
    "DIFF": ("DIFF CPS1 Bonjour a tous", "n'est pas votre CPS"),
    "URGENT": ("URGENT CPS1 Bonjour a tous", "n'est pas votre CPS"),
    "OUI": ("OUI {code}", "n'est pas le bon"),
    "ETAT": ("ETAT {broadcast}", "aucun envoi"),
    "ANNULER": ("ANNULER {broadcast}", "aucun envoi"),
    "MEMBRE": ("MEMBRE 770000012", "aucun membre"),
    "VALIDER": ("VALIDER {reference} 12,5 A", "rien n'est noté"),
    "TARIF": ("TARIF CPS1 Thiof 1100", "envoyez TARIF"),
    "REPONDRE": ("REPONDRE {letter} Oui, demain", "déjà"),
}
"""Each word of officers as CPS2's secretary sends it of what is CPS1's, and what its answer says."""


@pytest.fixture
def house(desk):
    sample_declarations.appoint(desk.database)
    with desk.database.transaction() as session:
        place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mbour", **place))
        session.flush()
        open_accounts(session, 2, None)
        session.add(CooperativeProduct(cooperative_id=2, slot=1, product_id=1, active=True))
        session.add(Person(id=301, name="Autre", language="fr", pin_hash=sample_cooperative.hashed("2468"), pin_pepper=1))
        session.flush()
        session.add(Number(phone=OTHER, person_id=301, place=None, registered_at=sample_cooperative.LONG_AGO))
        row = {"card": "C00301", "state": "active", "joined_on": date(2026, 8, 26)}
        session.add(Member(id=301, person_id=301, cooperative_id=2, **row))
        session.add(Role(person_id=301, role="secretary", cooperative_id=2, from_on=date(2026, 1, 1)))
    return desk


def named(house, clock):
    """What of CPS1's the words name."""
    [reference] = sample_declarations.declared(house.database, [1], clock())
    house.say(QUESTION)
    first, second = (house.say(f"DIFF TOUS {words}", sample_declarations.SECRETARY) for words in ("Venez demain", "Venez lundi"))
    house.hear(f"OUI {_code(first)}", sample_declarations.SECRETARY, "yes")
    broadcast = house.rows(Broadcast)[0]
    assert broadcast.confirmed_at
    letter = max(row.id for row in house.rows(Inbound) if row.text == QUESTION)
    return {"reference": reference, "code": _code(second), "broadcast": broadcast.id, "letter": letter}


def _code(said):
    return re.search(r"OUI (\d+)", said)[1]


def state(house):
    with house.database.read() as reader:
        broadcasts = [*map(tuple, reader.execute(select(Broadcast.id, Broadcast.state)))]
        letters = [*reader.scalars(select(Inbound.closed_at).where(Inbound.text == QUESTION))]
        count = [reader.scalar(select(func.count()).select_from(table)) for table in (Weighing, PriceProposal)]
        return broadcasts, letters, count


def test_every_word_of_officers_is_tried():
    assert set(ANOTHERS) == set(OFFICERS)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("word", ANOTHERS)
def test_no_word_reaches_what_is_anothers(house, clock, word):
    of, (text, answer) = named(house, clock), ANOTHERS[word]
    before = state(house)
    assert answer in house.say(text.format(**of), OTHER)
    assert state(house) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("text", "scope"), [("TARIF thiof 1100", None), ("TARIF cps1 thiof 1100", 1)])
def test_who_has_two_offices_prices_for_the_widest_unless_a_code_is_named(house, text, scope):
    _both(house)
    house.say(text, sample_declarations.PRESIDENT)
    assert [row.cooperative_id for row in house.rows(PriceProposal)] == [scope]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sender", [sample_cooperative.AWA, sample_cooperative.NOBODY])
def test_who_has_two_offices_answers_the_letters_of_both(house, sender):
    _both(house)
    house.say(QUESTION, sender)
    letter = max(row.id for row in house.rows(Inbound))
    code = _code(house.say(f"REPONDRE {letter} Oui, demain", sample_declarations.PRESIDENT))
    house.say(f"OUI {code}", sample_declarations.PRESIDENT)
    assert [row.closed_by for row in house.rows(Inbound) if row.id == letter] == [102]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("member", [1, 301])
def test_who_weighs_in_two_co_operatives_weighs_where_the_reference_is_of(house, clock, member):
    with house.database.transaction() as session:
        session.add(Role(person_id=102, role="delegate", cooperative_id=2, from_on=date(2026, 1, 1)))
    [reference] = sample_declarations.declared(house.database, [member], clock())
    assert "1 pesée" in house.say(f"VALIDER {reference} 12,5 A", sample_declarations.PRESIDENT)
    assert [row.cooperative_id for row in house.rows(Weighing)] == [1 if member == 1 else 2]


def _both(house):
    with house.database.transaction() as session:
        session.add(Role(person_id=102, role="administrator", cooperative_id=None, from_on=date(2026, 1, 1)))
