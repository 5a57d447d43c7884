"""What goes to the ministry's register: the four sets of the ILO, figures with definitions, never a person."""

from datetime import date

import pytest
from sqlalchemy import update

from app.coop.imports.ministry import COLUMNS, FEWER, HIDDEN, SMALL, ministry
from app.coop.imports.models import MemberProfile
from app.coop.members.models import Member, Person
from app.coop.scope import FEDERATION
from tests import sample_declarations, sample_deliveries
from tests.imported_rows import NOW, OURS


@pytest.fixture
def told(village):
    """Give the figures by code, after twelve women with profiles joined and one delivered."""
    sample_declarations.appoint(village)
    sample_declarations.treasurer(village)
    women = sample_declarations.women(village, 12)
    with village.transaction() as session:
        for at, member in enumerate(women):
            born = {"born_on": date(2000, 1, 1)} if at % 2 else {"born_in": 1960}
            session.add(MemberProfile(member_id=member, sex="F" if at < 10 else "M", **born))
        session.execute(update(Member).where(Member.id == women[0]).values(joined_on=date(2026, 2, 1)))
        session.execute(update(Person).where(Person.id == women[0]).values(name="Zqximarka"))

    def read(scope=OURS, deliver=0):
        sample_deliveries.credited(village, women[:deliver], NOW) if deliver else None
        with village.read() as reader:
            columns, rows = ministry(reader, scope, NOW)
            assert columns == COLUMNS
            return {row[2]: row for row in rows}

    return read


def value(rows, code):
    return rows[code][4]


def test_the_four_sets_are_told_with_unit_period_and_definition(told):
    rows = told()
    assert {row[1] for row in rows.values()} == {"Coopératives", "Membres", "Travail généré", "Contribution économique"}
    assert all(row[8] and row[7] == NOW.date() for row in rows.values())
    assert (value(rows, "A1"), value(rows, "A3")) == ("CPS Joal", "association entreprenante responsable")
    assert value(rows, "B1") == "20"
    assert "Zqximarka" not in str(rows)


def test_a_figure_of_few_persons_is_not_told_and_the_total_does_not_tell_it(told):
    rows = told()
    sexes = [value(rows, code) for code in ("B2", "B3", "B4")]
    assert sexes == ["10", FEWER, HIDDEN]
    assert value(rows, "B5") == "6"


@pytest.mark.parametrize(("people", "shown"), [(SMALL - 1, HIDDEN), (SMALL, str(SMALL))])
def test_money_of_few_persons_is_not_told(told, people, shown):
    rows = told(deliver=people)
    assert value(rows, "D1") == shown
    assert value(rows, "C1") == (FEWER if people < SMALL else str(people))


def test_the_federation_tells_of_each_co_operative(told):
    assert {row[0] for row in told(FEDERATION).values()} == {"CPS1"}
