"""A small village for tests: one co-operative, three products, a handful of people. PIN 2468 everywhere but where said."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pytest
from sqlalchemy import func, select, update

from app.coop.access import activation, pins
from app.coop.access.models import Activation
from app.coop.boutiques.models import Offer
from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.ledger.services import open_accounts, post
from app.coop.members.models import Member, Number, Person
from app.coop.prices.models import PriceRow
from app.coop.products.models import CooperativeProduct, Product, ProductAlias
from app.coop.training.models import Training
from app.db.database import Database
from tests.samples import sample

KEY = b"k" * 32
PEPPERS = {1: b"p" * 32}
LONG_AGO = datetime(2026, 8, 26, 9, 0, tzinfo=UTC)
LONG_AHEAD = datetime(2099, 11, 30, 9, 0, tzinfo=UTC)

AWA = "+221770000012"
SHARED = "+221760000001"
NEW = "+221760000002"
BLOCKED = "+221770000013"
DEPARTED = "+221770000014"
NOBODY = "+221775550000"


@cache
def hashed(pin: str) -> str:
    """Hash it as cheaply as tests do, also where a fixture of the whole run is the first to ask."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        hash_cheaply(monkeypatch)
        return pins.hash_pin(pin, PEPPERS)[0]


def hash_cheaply(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash PINs as cheaply as argon2id can."""
    monkeypatch.setattr(pins, "MEMORY_KIB", 8)
    monkeypatch.setattr(pins, "PASSES", 1)


@sample
def build(database: Database) -> None:
    """Fill an empty, migrated database."""
    with database.transaction() as session:
        session.add_all([Commune(id=1, name="Joal-Fadiouth"), Filiere(id=1, code="PECHE", name="Pêche")])
        session.flush()
        session.add(
            Cooperative(id=1, code="CPS1", name="CPS Joal", commune_id=1, filiere_id=1, legal_form="AER", created_at=LONG_AGO)
        )
        names = [(1, "Thiof", "kg", True), (2, "Yeet", "caisse", False), (3, "Sardinelle", "caisse", False)]
        session.add_all(Product(id=i, name=n, unit=u, divisible=d, filiere_id=1) for i, n, u, d in names)
        session.flush()
        session.add(ProductAlias(spelling="yet", product_id=2))
        for slot, (product, *_) in enumerate(names, 1):
            session.add(CooperativeProduct(cooperative_id=1, slot=slot, product_id=product, active=True))
            session.add(
                PriceRow(product_id=product, cooperative_id=None, unit=names[slot - 1][2], amount=1000 * slot, from_at=LONG_AGO)
            )
        _person(session, 1, AWA, "active")
        _person(session, 2, SHARED, "active", place=1, pin="1357")
        _person(session, 3, SHARED, "active", place=2, pin="8642")
        _person(session, 4, NEW, "pending", pin=None)
        _person(session, 5, BLOCKED, "blocked")
        _person(session, 6, DEPARTED, "departed")
        goods = {"name": "Keccax en sachet", "unit": "sachet", "amount": 1500, "quantity": Decimal(40), "place": "Mbour"}
        session.add(Offer(cooperative_id=1, until_at=LONG_AHEAD, **goods))
        days = dict.fromkeys(("starts_on", "ends_on", "apply_until"), LONG_AHEAD.date())
        session.add(Training(title="Hygiène du poisson", place="Joal-Fadiouth", seats=20, **days))
        controls = open_accounts(session, 1, None)
        mine = open_accounts(session, 1, 1)
        for kind, amount in (("shares", 10_000), ("savings", 12_500)):
            lines = [(controls["cash"], amount), (mine[kind], -amount)]
            post(session, operation=f"village:{kind}", kind=kind, cooperative_id=1, member_id=1, lines=lines, now=LONG_AGO)
        activation.issue(session, 4, key=KEY, now=datetime.now(UTC))
        session.execute(update(Activation).values(digest=activation.digest("482190", 4, KEY)))
        session.flush()
        if session.get_bind().dialect.name == "postgresql":  # its counters stand before the ids given here
            for model in (Commune, Filiere, Cooperative, Product, Person, Member):
                counter = func.pg_get_serial_sequence(model.__tablename__, "id")
                session.execute(select(func.setval(counter, select(func.max(model.id)).scalar_subquery())))


def _person(session, number, phone, state, *, place=None, pin="2468"):
    session.add(Person(id=number, name=f"Awa {number}", language="fr", pin_hash=hashed(pin) if pin else None, pin_pepper=1))
    session.flush()
    session.add(
        Member(id=number, person_id=number, cooperative_id=1, card=f"C{number:05d}", state=state, joined_on=date(2026, 8, 26))
    )
    session.add(Number(phone=phone, person_id=number, place=place, registered_at=LONG_AGO))
    session.flush()
