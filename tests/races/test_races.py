"""Eight processes race for one thing: one gets it, the rest are refused in words, and the books agree."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.coop.handover.queries import handed_by_reference
from app.coop.ledger.models import Account
from app.coop.ledger.queries import balances_of
from app.coop.ledger.services import post
from app.coop.production import weighing_lookup, weighings
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.coop.till import payouts, withdrawals
from app.coop.verify import verify
from tests import sample_declarations
from tests.acts import by, own
from tests.child_processes import forking
from tests.races import racing_process

RACERS = 8
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def house(postgres_database):
    sample_declarations.staffed(postgres_database)
    return postgres_database


def run(database, act, **given):
    """Let eight do the same at once; return how many ended how."""
    processes = forking()
    with processes.Manager() as manager:
        start = manager.Barrier(RACERS)
        with processes.Pool(RACERS) as pool:
            jobs = [
                pool.apply_async(racing_process.race, (database.url, act, number, NOW, given, start)) for number in range(RACERS)
            ]
            return Counter(job.get(60) for job in jobs)


def account(database, kind, member):
    with database.read() as reader:
        owner = Account.member_id == member if member else Account.member_id.is_(None)
        return reader.scalar(select(Account.id).where(Account.kind == kind, owner))


def agree(database, *, wish):
    with database.transaction() as session:
        for person, role in ((101, "secretary"), (102, "president")):
            approvals.decide(session, by(Office(person, role, 1), f"yes {person}", NOW), wish, approved=True)


def asked(database):
    with database.transaction() as session:
        row = payouts.ask(session, own(1, "ask", NOW), "withdrawal", 1, 12_500)
        wish = session.scalars(select(approvals.Approval.id)).one()
    agree(database, wish=wish)
    return row.id


def savings(database):
    with database.read() as reader:
        assert verify(reader).wrong == ()
        return balances_of(reader, 1).savings


def test_the_last_franc_goes_once(house):
    of = {"savings": account(house, "savings", 1), "cash": account(house, "cash", None)}
    with house.transaction() as session:
        lines = [(of["savings"], 12_499), (of["cash"], -12_499)]
        post(session, operation="rest", kind="withdrawal", cooperative_id=1, member_id=1, lines=lines, now=NOW)
    assert run(house, "last_franc", **of) == {"done": 1, "Overdrawn": RACERS - 1}
    assert savings(house) == 0


def test_all_savings_are_asked_for_once(house):
    assert run(house, "ask_for_all", francs=12_500) == {"done": 1, "AlreadyOpen": RACERS - 1}
    with house.read() as reader:
        assert withdrawals.free_savings(reader, 1) == 0
        assert len(reader.execute(select(approvals.Approval.id)).all()) == 1


def test_a_withdrawal_is_handed_over_and_received_once(house):
    payout = asked(house)
    assert run(house, "hand_over", payout=payout) == {"done": 1, "HandoverNotOpen": RACERS - 1}
    assert savings(house) == 0
    assert run(house, "receive", payout=payout) == {"done": 1, "HandoverNotOpen": RACERS - 1}
    assert savings(house) == 0
    with house.read() as reader:
        assert handed_by_reference(reader, 1, "000000") is None


def test_a_list_of_weighings_is_credited_once(house):
    women = sample_declarations.women(house, 40)
    refs = sample_declarations.declared(house, women, NOW)
    with house.transaction() as session:
        for number, reference in enumerate(refs):
            what = weighing_lookup.by_reference(session, 1, reference, NOW.year)
            act = by(sample_declarations.CLERK, f"note {number}", NOW)
            line = weighings.note(session, act, what, weight=what.declared, grade="A", weighed_at=NOW)
    worth = 40 * 12_500
    assert run(house, "confirm_list", upto=line.id, francs=worth) == {"done": 1, "ListChanged": RACERS - 1}
    with house.read() as reader:
        assert verify(reader).wrong == ()
        assert sum(balances_of(reader, member).payable for member in women) == 40 * (12_500 - 250 - 2_450)
