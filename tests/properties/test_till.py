"""Whatever officers and members do at the till, in any order and twice: the books agree, and nothing is paid or held twice."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.coop.closing import departures, settlements
from app.coop.closing.handover import PAYOUT
from app.coop.handover import services as handover
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.services import Overdrawn, account_of, post
from app.coop.members import lookup
from app.coop.members.models import Member
from app.coop.production.deliveries import Delivery, credit, shared_out
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.coop.till import corrections, payouts, schedule, takings, withdrawals
from app.coop.till.models import HELD, Payout
from app.coop.verify import verify
from app.db.database import Database
from tests import sample_declarations, samples
from tests.acts import by, own
from tests.conftest import PATIENT_MS

OFFICES = (Office(101, "secretary", 1), Office(102, "president", 1), Office(104, "treasurer", 1))
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
REFUSALS = (
    departures.NotPossible,
    payouts.AlreadyOpen,
    handover.HandoverNotOpen,
    withdrawals.NotEnough,
    handover.NotForYourself,
    payouts.NotHers,
    settlements.Owes,
    settlements.StillOpen,
    handover.SameOfficer,
    handover.OtherSignature,
    corrections.NotReversible,
    approvals.AlreadyAsked,
    approvals.ApprovalClosed,
    approvals.Impossible,
    Overdrawn,
    IntegrityError,
)
WHICH = st.integers(0, 5)
OFFICE = st.sampled_from(OFFICES)
AMOUNT = st.integers(1, 15_000)
ACTS = st.one_of(
    st.tuples(st.just("in"), OFFICE, st.sampled_from(sorted(takings.INTO)), AMOUNT),
    st.tuples(st.just("ask"), st.sampled_from(sorted(payouts.ASKED_HERE)), AMOUNT, st.integers(0, 1)),
    st.tuples(st.just("decide"), OFFICE, WHICH, st.sampled_from((True, True, True, True, False))),
    *[st.tuples(st.just("agree"), WHICH)] * 3,
    *[st.tuples(st.just("hand"), OFFICE, WHICH)] * 2,
    *[st.tuples(st.just("receive"), WHICH)] * 2,
    st.tuples(st.just("sign"), OFFICE, WHICH),
    st.tuples(st.just("cancel"), WHICH),
    st.tuples(st.just("deliver"), AMOUNT),
    st.tuples(st.just("levy"), OFFICE, AMOUNT),
    *[st.tuples(st.just("correct"), OFFICE, WHICH)] * 2,
    st.tuples(st.just("brought over"), AMOUNT),
    st.tuples(st.sampled_from(("leave", "stay"))),
    *[st.tuples(st.just("settle"), OFFICE)] * 2,
)


@pytest.fixture(scope="module")
def house(sqlite_template, tmp_path_factory):
    """A village with officers, built once and copied for each example."""
    file = tmp_path_factory.mktemp("till") / "house.db"
    shutil.copyfile(sqlite_template, file)
    database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS)
    sample_declarations.staffed(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file


def nth(session, column, which, *only):
    """Return the which-th newest of some rows, if there is any."""
    found = session.scalars(select(column).where(*only).order_by(column.desc())).all()
    return found[which % len(found)] if found else 0


def perform(session, act, operation):
    """Do one act; the same operation again must do nothing more."""
    open_ = session.scalar(select(Member.state).where(Member.id == 1)) != "departed"
    match act:
        case "in", office, kind, amount:
            takings.take_in(session, by(office, operation, NOW), 1, kind, amount)
        case "ask", kind, amount, times:
            payouts.ask(session, own(1, operation, NOW), kind, 1, amount, instalments=times * min(amount, 3))
        case "decide", office, which, approved:
            waiting = approvals.Approval.state == "waiting"
            wish = nth(session, approvals.Approval.id, which, waiting)
            approvals.decide(session, by(office, operation, NOW), wish, approved=approved)
        case "agree", which:
            wish = nth(session, approvals.Approval.id, which, approvals.Approval.state == "waiting")
            for office in OFFICES[:2]:
                approvals.decide(session, by(office, f"{operation} {office.role}", NOW), wish, approved=True)
        case "hand", office, which:
            handover.hand_over(
                session, by(office, operation, NOW), PAYOUT, nth(session, Payout.id, which, Payout.state == "approved")
            )
        case "receive", which:
            handover.confirm(session, own(1, "confirm", NOW), PAYOUT, nth(session, Payout.id, which, Payout.state == "handed"))
        case "sign", office, which:
            handover.sign(
                session, by(office, operation, NOW), PAYOUT, nth(session, Payout.id, which, Payout.state == "handed"), "4711"
            )
        case "cancel", which:
            payouts.cancel(session, own(1, "cancel", NOW), nth(session, Payout.id, which, Payout.state.in_(HELD)))
        case "brought over", amount if open_:
            lines = [(account_of(session, 1, 1, "advance"), amount), (account_of(session, 1, None, "cash"), -amount)]
            post(session, operation=operation, kind="advance", cooperative_id=1, member_id=1, lines=lines, now=NOW)
        case ("leave",):
            departures.ask_to_leave(session, own(1, "leave", NOW))
        case ("stay",):
            departures.stay(session, own(1, "stay", NOW))
        case "settle", office:
            settlements.ask_settlement(session, by(office, operation, NOW), lookup.in_cooperative(session, 1, "001"))
        case "deliver", amount if open_:
            credit(session, 1, [Delivery(operation, 1, amount)], now=NOW)
        case "levy", office, amount:
            takings.ask_levy(session, by(office, operation, NOW), 1, amount)
        case "correct", office, which:
            entry = nth(session, JournalEntry.id, which, JournalEntry.kind != "reversal", JournalEntry.member_id == 1)
            corrections.ask(session, by(office, operation, NOW), entry)


def attempt(database, act, operation):
    try:
        with database.transaction() as session:
            perform(session, act, operation)
    except REFUSALS:
        return


def check(database):
    with database.read() as reader:
        assert verify(reader).wrong == ()
        assert withdrawals.free_savings(reader, 1) >= 0
        assert reader.scalar(select(func.coalesce(func.sum(Posting.amount), 0))) == 0
        on_its_way = select(func.coalesce(func.sum(Payout.amount), 0)).where(Payout.state == "handed")
        handed = select(func.coalesce(func.sum(Posting.amount), 0)).join(Account, Account.id == Posting.account_id)
        assert reader.scalar(handed.where(Account.kind == "handed_over")) == -reader.scalar(on_its_way)
        ended = reader.scalars(
            select(approvals.Approval.why).where(approvals.Approval.kind == "reversal", approvals.Approval.state == "dead")
        )
        assert all(ended), "approved, and nothing was done, and nobody knows why"
        for one in schedule.standings(reader, (NOW + timedelta(days=400)).date(), 1):
            assert 0 <= one.late <= one.owed


@settings(max_examples=20, deadline=None, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.tuples(ACTS, st.integers(1, 2)), min_size=10, max_size=40))
def test_whatever_happens_at_the_till_the_books_agree(house, tmp_path_factory, acts):
    file = tmp_path_factory.mktemp("acts") / "jappoo.db"
    shutil.copyfile(house, file)
    database, left, agreed = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS), samples.File(file), None
    try:
        for number, (act, times) in enumerate(acts):
            for _ in range(times if act[0] in ("in", "ask", "deliver") else 1):
                attempt(database, act, f"op {number}")
            if left.mark() != agreed:  # most acts are refused, and write nothing
                check(database)
                agreed = left.mark()
        with database.read() as reader:
            written = reader.scalars(select(JournalEntry.operation)).all()
        assert len(written) == len(set(written))
    finally:
        database.dispose()


@given(amount=st.integers(1, 10**9), parts=st.integers(1, schedule.MOST_INSTALMENTS))
def test_instalments_sum_to_their_amount_and_differ_by_a_franc_at_most(amount, parts):
    split = schedule.split(amount, parts)
    assert (sum(split), len(split), max(split) - min(split) <= 1) == (amount, parts, True)
    assert split == sorted(split, reverse=True)


@given(gross=st.integers(0, 10**9), owed=st.integers(0, 10**9), solidarity=st.integers(0, 100), instalment=st.integers(0, 100))
def test_a_delivery_shared_out_loses_no_franc(gross, owed, solidarity, instalment):
    share, repaid = shared_out(gross, owed, solidarity, instalment)
    rest = gross - share - repaid
    assert min(share, repaid, rest) >= 0
    assert repaid <= owed
    assert share * 100 <= gross * solidarity < (share + 1) * 100
