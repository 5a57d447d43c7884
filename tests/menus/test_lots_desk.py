"""Bureau 11, 3: a lot is divided, moved and made one again, behind the PIN."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.coop.lots.models import Lot
from app.coop.verify import verify
from tests import sample_boutiques, sample_declarations


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
