"""Numbers noted as shared before their second holder proved them: the upgrade leaves their owners without a place."""

from importlib import import_module

import pytest
from sqlalchemy import select, text, update

from app.coop.members.events import NumberChange
from app.coop.members.models import Number
from tests import village

OWNERS_ALONE = import_module("app.db.migrations.versions.0114_places_of_proved_numbers").OWNERS_ALONE


@pytest.mark.parametrize(
    ("proof_wanted", "flagged", "places"),
    [(True, False, [None, 2]), (True, True, [1, 2]), (False, False, [1, 2])],
    ids=["never proved", "proved before its SIM changed", "proved"],
)
def test_an_owner_keeps_a_place_only_beside_who_proved_the_number(database, proof_wanted, flagged, places):
    village.build(database)
    with database.transaction() as session:
        session.execute(update(Number).where(Number.person_id == 3).values(proof_wanted=proof_wanted))
        if flagged:
            session.add(NumberChange(person_id=3, phone=village.SHARED, act="flagged", at=village.LONG_AGO))
        session.flush()
        session.execute(text(OWNERS_ALONE))
        left = session.scalars(select(Number.place).where(Number.phone == village.SHARED).order_by(Number.id)).all()
        alone = session.scalar(select(Number.place).where(Number.phone == village.AWA))
    assert (left, alone) == (places, None)
