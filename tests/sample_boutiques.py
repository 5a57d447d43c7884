"""What the four boutiques need in tests: a round of ideas, officers of the federation and of a second co-operative."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.coop.boutiques import offers
from app.coop.cooperatives.models import Cooperative
from app.coop.equipment import custody
from app.coop.ideas.rounds import begin_round
from app.coop.ledger.services import open_accounts
from app.coop.lots import runs, stock
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import Role
from app.coop.products.models import CooperativeProduct, Product
from app.coop.rights import Office
from app.coop.techniques import services as techniques
from tests import sample_cooperative, sample_declarations, sample_deliveries
from tests.acts import by
from tests.samples import sample

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEDERATION = Office(103, "administrator", None)
COLLEAGUE, COLLEAGUE_PHONE = Office(105, "administrator", None), "+221770000105"


def begin(session, now):
    """Open a round for thirty days of voices and forty-five of scores."""
    return begin_round(session, support_until=now + timedelta(days=30), score_until=now + timedelta(days=45), now=now)


@sample
def federation(database, now) -> None:
    """Give the federation a second administrator, and a round of ideas."""
    with database.transaction() as session:
        person(session, 105, COLLEAGUE_PHONE)
        session.add(Role(person_id=105, role="administrator", cooperative_id=None, from_on=date(2026, 1, 1)))
        begin(session, now)


@sample
def dryer(database, now) -> None:
    """Give CPS1 a dryer for 500 F a half-day and a deposit of 2 000 F."""
    with database.transaction() as session:
        act = by(sample_declarations.CLERK, "dryer", now)
        custody.add(session, act, 1, "Séchoir", "Joal", custody.HireTerms(fee=500, deposit=2_000))


@sample
def keccax(database, now) -> None:
    """Credit 12,5 kg of Thiof of each of eight women, a technique that leaves 30 to 45 % of it, and Keccax in sachets of 250 g."""
    sample_deliveries.credited(database, sample_declarations.women(database, 8), now)
    with database.transaction() as session:
        session.add(Product(name="Keccax sachet", unit="sachet", divisible=False, filiere_id=1))
        session.flush()
        session.add(CooperativeProduct(cooperative_id=1, slot=4, product_id=4, active=True))
        stock.set_measure(session, 4, "sachet", 250)
        techniques.add_technique(session, "Keccax braisé", "Laver, braiser, saler, sécher.", 1, (30, 45))


@sample
def jars(database, now, units=40, price=1_500) -> tuple[int, str]:
    """Put sachets of the keccax up for sale; return the offer and its lot's code."""
    keccax(database, now)
    with database.transaction() as session:
        code = runs.collect(session, by(sample_declarations.CLERK, "jars:collect", now), 1, 1, now.date()).code
        act = by(sample_declarations.CLERK, "jars:run", now)
        [lot], _ = runs.run(session, act, 1, [(code, Decimal(100))], [runs.Output(4, Decimal(152))])
        put = offers.Put(lot.code, Decimal(units), price, "Keccax du quai")
        return offers.put_up(session, by(sample_declarations.CLERK, "jars:offer", now), put).id, lot.code


@sample
def neighbours(database) -> None:
    """Add CPS2 with its president, person and member 302."""
    with database.transaction() as session:
        place = {"commune_id": 1, "filiere_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mbour", **place))
        session.flush()
        open_accounts(session, 2, None)
        person(session, 302, "+221770000302")
        session.add(Member(id=302, person_id=302, cooperative_id=2, card="C00302", state="active", joined_on=date(2026, 8, 26)))
        session.add(Role(person_id=302, role="president", cooperative_id=2, from_on=date(2026, 1, 1)))


def person(session, number: int, phone: str) -> None:
    """Add a person with PIN 2468 and a number."""
    session.add(Person(id=number, name=f"Autre {number}", language="fr", pin_hash=sample_cooperative.hashed("2468"), pin_pepper=1))
    session.flush()
    session.add(Number(phone=phone, person_id=number, place=None, registered_at=sample_cooperative.LONG_AGO))


GIVEN = {
    "keccax is for sale": lambda database, now: (sample_declarations.treasurer(database), jars(database, now, units=2)),
    "eight women have brought a hundred kilos": keccax,
    "the quay has a dryer": lambda database, now: (
        sample_declarations.women(database, 2),
        neighbours(database),
        dryer(database, now),
    ),
    "a round of ideas is open": lambda database, now: (sample_declarations.women(database, 2), federation(database, now)),
}
"""What talks of the boutiques begin with."""
