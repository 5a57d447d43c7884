"""Paper balances in tests: sheets of a village, taken and decided."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.coop.approvals.services import decide
from app.coop.ledger.queries import balances_of
from app.coop.openings import entries
from app.coop.rights import Office
from app.coop.subjects import approvals
from tests import sample_declarations
from tests.acts import by
from tests.imported_rows import NOW, rows

TREASURER, PRESIDENT = Office(104, "treasurer", 1), Office(102, "president", 1)
LATER = NOW + timedelta(minutes=5)
PAPER = rows(
    {"card": "C0000003", "name": "Awa 3", "shares": 10_000, "savings": 12_500, "advance": 0},
    {"card": "C0000004", "name": "Awa 4", "shares": 5_000, "payable": 7_500, "advance": 2_000},
)


@pytest.fixture
def paper(village):
    """Give the village its officers, and two members who hold nothing yet."""
    sample_declarations.appoint(village)
    sample_declarations.treasurer(village)
    return village


def only(database):
    with database.read() as reader:
        return reader.scalar(select(approvals.Approval.id).order_by(approvals.Approval.id.desc()))


def agree(database, *offices, approved=True):
    for office in offices or (TREASURER, PRESIDENT):
        with database.transaction() as session:
            act = by(office, f"word:{only(database)}:{office.person_id}", LATER)
            decide(session, act, only(database), approved=approved)


def book(database, times=2):
    for _ in range(times):
        with database.transaction() as session:
            entries.post(session, LATER)


def stands(database, member):
    with database.read() as reader:
        return balances_of(reader, member)
