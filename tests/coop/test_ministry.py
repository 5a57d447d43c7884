"""What goes to the ministry's register: the four sets of the ILO, figures as they are published, never a person."""

from datetime import date

import pytest
from sqlalchemy import update

from app.coop.imports.models import MemberProfile
from app.coop.kpi import months, queries
from app.coop.kpi.cells import Month
from app.coop.kpi.definitions import ILO
from app.coop.kpi.ministry import COLUMNS, HIDDEN, ministry
from app.coop.members.models import Person
from app.coop.scope import FEDERATION
from tests import sample_declarations
from tests.imported_rows import NOW, OURS


@pytest.fixture
def told(village):
    """Give the lines by code, after ten women and two men with profiles joined; a month is published."""
    sample_declarations.appoint(village)
    sample_declarations.treasurer(village)
    women = sample_declarations.women(village, 12)
    with village.transaction() as session:
        for at, member in enumerate(women):
            born = {"born_on": date(2000, 1, 1)} if at % 2 else {"born_in": 1960}
            session.add(MemberProfile(member_id=member, sex="F" if at < 10 else "M", **born))
        session.execute(update(Person).where(Person.id == women[0]).values(name="Zqximarka"))

    def read(scope=OURS):
        with village.transaction() as session:
            months.publish_next(session, Month(date(2026, 10, 1)), NOW)
        with village.read() as reader:
            columns, rows = ministry(reader, scope, NOW)
            assert columns == COLUMNS
            return {row[2]: row for row in rows}

    return read


def test_the_four_sets_are_told_with_unit_period_and_definition(told):
    rows = told()
    assert {row[1] for row in rows.values()} == set(ILO)
    assert all(row[8] for row in rows.values())
    assert (rows["A1"][4], rows["A3"][4]) == ("CPS Joal", "association entreprenante responsable")
    assert rows["members"][6:8] == (None, date(2026, 10, 31))
    assert rows["deliveries"][6:8] == (date(2026, 10, 1), date(2026, 10, 31))
    assert "Zqximarka" not in str(rows)


def test_it_is_what_everybody_reads(told, village):
    rows = told()
    with village.read() as reader:
        [month] = queries.months(reader)
        for one in queries.told(reader, month, queries.Place("CPS1")):
            if one.figure.topic in ILO[1:] and one.value is not None:
                assert rows[f"{one.figure.name} {one.part}".strip()][4] == f"{one.value.normalize():f}"
    hidden = [code for code, row in rows.items() if row[4] == HIDDEN]
    assert "members sex:M" in hidden
    assert len(hidden) > 1


def test_before_a_month_is_published_it_says_what_the_co_operative_is(village):
    with village.read() as reader:
        _, rows = ministry(reader, FEDERATION, NOW)
        assert {(row[0], row[2][0]) for row in rows} == {("CPS1", "A")}


def test_the_federation_tells_of_each_co_operative(told):
    assert {row[0] for row in told(FEDERATION).values()} == {"CPS1"}
