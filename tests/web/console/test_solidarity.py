"""The solidarity fund at the console: rules to all who read, sums and cases to who decides, why and who to nobody."""

from datetime import date

import pytest
from sqlalchemy import update

from app.coop.offices.models import Role
from app.coop.solidarity import aids
from app.coop.solidarity.models import FundReport
from tests import sample_declarations, sample_funds
from tests.acts import own
from tests.web.console.test_broadcasts import plain
from tests.web.console.test_pages import inside, rows

SECRETARY = sample_declarations.SECRETARY


@pytest.fixture
def fund(database, app, clock):  # noqa: ARG001 - it makes the village
    """Give CPS1 50 000 F, an illness that asks for 20 000 of it, and a report of October."""
    sample_declarations.women(database, 1)
    sample_funds.filled(database, clock())
    with database.transaction() as session:
        aids.ask(session, own(201, "aid", clock()), "illness", 20_000)
        told = {"came_in": 90_000, "went_out": 40_000, "aids": 6, "left": 50_000}
        session.add(FundReport(cooperative_id=1, until=date(2026, 11, 1), made_at=clock(), **told))
    return database


def test_who_decides_sees_sums_and_cases_without_name_or_reason(officer, fund):
    del fund
    fatou = inside(officer, SECRETARY)
    fatou.get("/solidarity")
    page = plain(fatou.page)
    assert "Dans la caisse 50 000 F" in page
    [case] = rows(fatou.page, "cases")
    assert case.split()[1:] == ["20", "000", "F", "oui"]
    assert "Femme" not in page.replace("Femmes", "")
    assert page.count("maladie") == 1  # the rules name it


def test_an_auditor_sees_rules_and_reports_and_no_case(officer, fund):
    with fund.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 102).values(role="auditor"))
    auditor = inside(officer, sample_declarations.PRESIDENT)
    auditor.get("/solidarity")
    page = plain(auditor.page)
    assert rows(auditor.page, "told") == ["01/11/2026 CPS1 90 000 F 6 40 000 F 50 000 F"]
    assert "Au plus 50 000 F à la fois" in page
    assert "20 000 F" not in page
    assert "Dans la caisse" not in page
    assert 'id="cases"' not in auditor.page


def test_the_federation_sees_reports_alone(officer, fund):
    del fund
    administrator = inside(officer, sample_declarations.ADMINISTRATOR)
    administrator.get("/solidarity")
    assert len(rows(administrator.page, "told")) == 1
    assert "Dans la caisse" not in administrator.page
    assert "20\u00a0000" not in administrator.page
