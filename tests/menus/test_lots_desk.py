"""Bureau 11, 3: a lot is divided, moved and made one again, behind the PIN."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.coop.lots.models import Lot
from app.coop.prices.models import PriceRow
from app.coop.products.models import CooperativeProduct, Product
from app.coop.verify import verify
from tests import sample_boutiques, sample_declarations, sample_deliveries
from tests.sample_cooperative import LONG_AGO


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_lot_is_divided_moved_and_made_one_again(line, database):
    sample_declarations.treasurer(database)
    _, code = sample_boutiques.jars(database, datetime.now(UTC))
    talk = line(sample_declarations.SECRETARY)

    def lot(*entries):
        talk.dial(["8", "11", "3", "3"])
        return [talk.type(entry) for entry in ("2468", *entries)][-1]

    assert "3 Diviser" in lot("1")
    assert "Il n'y en a pas autant" in lot("1", "3", "999")
    made = re.search(r"L[0-9]{9}", lot("1", "3", "50", "Saly", "2468"))[0]
    assert "déplacer à Joal" in lot("1", "5", "Joal").replace("deplacer", "déplacer")
    assert "noté" in talk.type("2468")
    with database.read() as reader:
        rows = reader.execute(select(Lot.code, Lot.units, Lot.place).where(Lot.product_id == 4).order_by(Lot.id)).all()
        assert [tuple(row) for row in rows] == [(code, Decimal(102), "Joal-Fadiouth"), (made, Decimal(50), "Joal")]
    whole = re.search(r"L[0-9]{9}", lot("1", "4", "1", "2468"))[0]
    with database.read() as reader:
        assert reader.scalar(select(Lot.units).where(Lot.code == whole)) == Decimal(112)
        assert reader.scalar(select(Lot.units).where(Lot.code == code)) == Decimal(40)
        assert verify(reader).wrong == ()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_days_deliveries_become_a_lot_whatever_the_products_id(line, database):
    women, now = sample_declarations.women(database, 2), datetime.now(UTC)
    with database.transaction() as session:
        session.add(Product(id=1001, name="Sole", unit="kg", divisible=True, filiere_id=1))
        session.flush()
        session.add(CooperativeProduct(cooperative_id=1, slot=8, product_id=1001, active=True))
        session.add(PriceRow(product_id=1001, cooperative_id=None, grade=None, unit="kg", amount=900, from_at=LONG_AGO))
    sample_deliveries.credited(database, women[:1], now)
    # A day before: packed by thousands, Sole's row would have Thiof's number.
    sample_deliveries.credited(database, women[1:], now, product=1001, weighed_at=now - timedelta(days=1))
    talk = line(sample_declarations.SECRETARY)
    talk.dial(["8", "11", "3", "2"])
    assert re.search("1 .* Thiof 12,5 kg\n2 .* Sole 5 kg", talk.type("2468"))
    assert "Un lot de Sole: 5 kg" in talk.type("2")
    assert "Thiof" in talk.type("1")
    with database.read() as reader:
        assert reader.execute(select(Lot.product_id, Lot.units)).all() == [(1001, Decimal(5))]
