"""A solidarity fund in tests: aid asked for, decided and handed over."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.coop.closing.handover import PAYOUT
from app.coop.handover import services as handover
from app.coop.rights import Office
from app.coop.solidarity import aids, fund
from app.coop.subjects import approvals
from tests import sample_declarations
from tests.acts import by, own

SECRETARY, PRESIDENT, TREASURER = Office(101, "secretary", 1), Office(102, "president", 1), Office(104, "treasurer", 1)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def quay(database):
    sample_declarations.staffed(database)
    sample_declarations.women(database, 6)
    with database.transaction() as session:
        fund.give(session, by(TREASURER, "gift", NOW), 1, 100_000)
    return database


def ask(database, member=201, reason="death", amount=20_000, now=NOW, **given):
    with database.transaction() as session:
        return aids.ask(session, own(member, f"aid:{member}:{now}", now), reason, amount, **given).id


def decide(database, office, now=NOW, *, approved=True, payout=None):
    with database.transaction() as session:
        wish = select(approvals.Approval.id).where(approvals.Approval.kind == "aid")
        wish = wish.where(approvals.Approval.subject_id == payout) if payout else wish
        number = session.scalar(wish.order_by(approvals.Approval.id.desc()))
        return approvals.decide(session, by(office, f"{office.person_id}:{number}:{now}", now), number, approved=approved)


def hand(database, payout, now=NOW):
    with database.transaction() as session:
        handover.hand_over(session, by(TREASURER, f"hand:{payout}", now), PAYOUT, payout)
