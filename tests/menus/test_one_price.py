"""One price: SMS, USSD with and without the PIN, the scales and declarations name the same products at the same francs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.commands.inbound import Clerk
from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Member, Number, Person
from app.coop.prices.models import PriceRow
from app.coop.production import weighing_lookup, weighings
from app.gateways.callbacks import IncomingSms
from app.sms.models import Message
from tests import incoming_sms, sample_cooperative, sample_declarations
from tests.acts import by
from tests.commands.conftest import TERMS
from tests.sample_cooperative import AWA, LONG_AGO, NOBODY, SHARED

BOTH = "+221760000009"
"""A number that serves members of two co-operatives."""


def texts_to(database, number):
    with database.read() as reader:
        return reader.scalars(select(Message.text).where(Message.to_number == number).order_by(Message.id)).all()


@pytest.fixture
def quayside(line, database):
    now = datetime.now(UTC)
    with database.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, grade=None, unit="kg", amount=4650, from_at=LONG_AGO))
        session.add(PriceRow(product_id=1, cooperative_id=1, grade="A", unit="kg", amount=5000, from_at=LONG_AGO))
        cps2 = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": LONG_AGO}
        session.add(Cooperative(id=2, code="CPS2", name="CPS 2", **cps2))
        session.flush()
        for person, cooperative in ((301, 1), (302, 2)):
            pin = {"pin_hash": sample_cooperative.hashed("2468"), "pin_pepper": 1}
            session.add(Person(id=person, name=f"Membre {person}", language="fr", **pin))
            session.flush()
            joined = {"state": "active", "joined_on": date(2026, 8, 26)}
            session.add(Member(id=person, person_id=person, cooperative_id=cooperative, card=f"C{person:05d}", **joined))
            session.add(Number(phone=BOTH, person_id=person, place=person - 300, registered_at=LONG_AGO))
    clerk = Clerk(database, sample_cooperative.KEY, "21512", TERMS)

    def sms(number, text):
        incoming_sms.hear(clerk, IncomingSms(f"{number}{text}", number, "21512", text, None), now)
        return texts_to(database, number)[-1]

    return line, sms, now


def shown(line, number, *entries):
    talk = line(number)
    said = talk.dial([])
    for entry in entries:
        said = talk.type(entry)
    return said


@pytest.mark.parametrize(
    ("number", "place", "francs", "since"),
    [(AWA, "CPS1", "4 650 F", "CPS1"), (SHARED, "CPS1", "4 650 F", "CPS1"), (NOBODY, "fédération", "1 000 F", "fédération")],
)
def test_ussd_and_sms_say_one_price_and_whose_it_is(quayside, number, place, francs, since):
    line, sms, _ = quayside
    listed = shown(line, number, "3")
    assert place in listed.split("\n")[0]
    assert f"1 Thiof {francs}/kg" in listed
    assert "2 Yeet 2 000 F/caisse" in listed
    told = shown(line, number, "3", "1")
    assert f"Thiof: {francs} par kg" in told
    assert since in told
    assert f"Thiof: {francs}" in sms(number, "PRIX thiof")
    assert sms(number, "PRIX").split(": ", 1)[0].endswith(place)


def test_a_number_of_two_cooperatives_reads_the_federations_until_the_call_tells_which(quayside):
    line, _, _ = quayside
    assert "Prix de la fédération. Ceux de la CPS: 1" in shown(line, BOTH, "3")
    assert "1 Thiof 1 000 F/kg" in shown(line, BOTH, "3")
    assert "1 Thiof 4 650 F/kg" in shown(line, BOTH, "1", "1", "2468", "00", "3")


def test_prices_declarations_and_the_scales_have_one_number_and_one_price_for_a_product(quayside, database):
    line, sms, now = quayside
    prices = [row.split()[:2] for row in shown(line, AWA, "3").split("\n")[1:4]]
    assert [row.split() for row in shown(line, AWA, "2", "2468").split("\n")[1:4]] == prices
    assert "\nA 5 000 F" in shown(line, AWA, "3", "1")
    assert "Thiof: 4 650 F, A 5 000 F par kg" in sms(AWA, "PRIX thiof")
    for grade, price, member in ((None, 4650, 301), ("A", 5000, 1)):
        [reference] = sample_declarations.declared(database, [member], now)
        with database.transaction() as session:
            what = weighing_lookup.by_reference(session, 1, reference, now.year)
            act = by(sample_declarations.CLERK, f"weigh {grade}", now)
            weighings.note(session, act, what, weight=Decimal(3), grade=grade, weighed_at=now)
            assert weighings.open_list(session, 101)[-1].price == price
