"""Whatever happens to a member, the account explains itself: lines, movements and balances agree, wherever they are read.

The acts are those of the till and of payments, by the services; beside them what is brought is declared, weighed and credited,
goods are bought on the account and brought back, and the dryer's deposit goes and comes.
"""

import itertools
import re
import shutil
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from app.commands.inbound import Clerk
from app.coop.access.identity import who_holds
from app.coop.boutiques import orders, sales
from app.coop.boutiques.models import Offer, Order
from app.coop.contests import own as own_contests
from app.coop.contests.models import Contest
from app.coop.equipment import bookings, custody
from app.coop.equipment.models import Booking
from app.coop.imports import exports
from app.coop.ledger.queries import balances_of, deductions_of
from app.coop.members.lock import MemberLeft
from app.coop.members.models import Member
from app.coop.production import declarations, weighing_lookup, weighings
from app.coop.production.statement import brought_in
from app.coop.rights import Office
from app.coop.scope import Scope
from app.coop.verify import verify
from app.db.database import Database
from app.gateways.callbacks import IncomingSms
from app.sms.models import Message
from app.ussd.bindings import Hop, Lead
from app.ussd.kinds import amount_words
from app.web.console import member_file
from menus import member as member_menu
from menus import statement
from tests import incoming_sms, sample_boutiques, sample_cooperative, sample_declarations
from tests.acts import by, own
from tests.commands.conftest import TERMS
from tests.conftest import PATIENT_MS
from tests.properties import test_payments, test_till
from tests.properties.test_statement import every_movement, figure
from tests.properties.test_till import NOW, WHICH, house, nth

__all__ = ["house"]
MEMBER, TREASURER = 1, Office(104, "treasurer", 1)
BROUGHT = st.one_of(
    st.tuples(st.just("bring"), st.integers(1, 300), st.sampled_from((None, None, None, "avarié"))),
    st.tuples(st.sampled_from(("undeclare", "withdraw")), WHICH),
)
PAID = st.tuples(st.just("payment"), st.sampled_from(test_payments.ACTS), st.integers(0, 11))
MARKET = st.one_of(
    st.tuples(st.just("order"), st.integers(1, 4), st.booleans()),
    *[st.tuples(st.sampled_from(("pick up", "pick up", "refund")), WHICH)] * 2,
    st.just(("hire",)),
    st.tuples(st.just("give back"), st.booleans()),
)
HISTORY = st.lists(st.one_of(test_till.ACTS, BROUGHT, BROUGHT, PAID, PAID, MARKET), min_size=8, max_size=30)
REFUSALS = (
    *test_till.REFUSALS,
    *test_payments.REFUSALS,
    declarations.NotActive,
    declarations.DeclarationClosed,
    own_contests.OwnContestClosed,
    weighings.ListChanged,
    orders.OrderNotOpen,
    sales.AccountShort,
    bookings.BookingNotOpen,
    bookings.HalfDayTaken,
    bookings.NoBooker,
    bookings.TooManyBookings,
    bookings.EquipmentGone,
    MemberLeft,
)


@pytest.fixture(scope="module")
def market(house, tmp_path_factory):
    """Give that village with jars on the shelf and a dryer to hire."""
    file = tmp_path_factory.mktemp("market") / "market.db"
    shutil.copyfile(house, file)
    database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS)
    sample_boutiques.jars(database, NOW)
    sample_boutiques.dryer(database, NOW)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file


def perform(session, act, turn, now):
    operation = f"op {turn}"
    match act:
        case "bring", tenths, reason:
            brought = declarations.declare(session, own(MEMBER, operation, now), MEMBER, 1, Decimal(tenths) / 10, again=True)
            if tenths % 3:
                _weigh(session, brought.reference, Decimal(tenths) / 10, reason, operation, now)
        case "undeclare", which:
            what = nth(session, declarations.Declaration.id, which, declarations.Declaration.member_id == MEMBER)
            declarations.cancel(session, own(MEMBER, operation, now), MEMBER, what)
        case "withdraw", which:
            contest = nth(session, Contest.id, which, Contest.member_id == MEMBER)
            own_contests.take_back(session, own(MEMBER, operation, now), contest)
        case "order", units, on_account:
            offer = session.scalar(select(func.max(Offer.id)))
            orders.place(session, own(MEMBER, operation, now), offer, Decimal(units), on_account=on_account)
        case "pick up", which:
            order = nth(session, Order.id, which, Order.member_id == MEMBER)
            sales.hand_over(session, by(TREASURER, operation, now), order)
        case "refund", which:
            order = nth(session, Order.id, which, Order.member_id == MEMBER)
            sales.ask_refund(session, by(sample_declarations.CLERK, operation, now), order, restocked=True)
        case ("hire",):
            booking = bookings.book(session, own(MEMBER, operation, now), 1, now.date(), "pm").id
            custody.hand_out(session, by(TREASURER, operation, now), booking, "bon")
        case "give back", damaged:
            booking = nth(session, Booking.id, 0, Booking.member_id == MEMBER, Booking.state == "out")
            custody.take_back(session, by(TREASURER, operation, now), booking, "bon", damaged=damaged)
        case "payment", kind, number:
            test_payments.perform(session, kind, number, f"payment {turn}", now)
        case _:
            test_till.perform(session, act, operation)


def _weigh(session, reference, weight, reason, operation, now):
    clerk = by(sample_declarations.CLERK, operation, now)
    what = weighing_lookup.by_reference(session, 1, reference, now.year)
    weighings.note(session, clerk, what, weight=weight, grade=None if reason else "A", weighed_at=now, reason=reason)
    lines = weighings.open_list(session, 101)
    weighings.confirm(session, clerk, upto=lines[-1].id, francs=sum(line.gross for line in lines if line.reason is None))


@settings(
    max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)
)
@example(history=[("order", 2, True), ("pick up", 0), ("hire",), ("give back", False), ("refund", 0), ("agree", 0)])
@given(history=HISTORY)
def test_any_history_explains_itself_alike_everywhere(market, tmp_path_factory, history):
    file = tmp_path_factory.mktemp("history") / "jappoo.db"
    shutil.copyfile(market, file)
    database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS)
    try:
        for turn, act in enumerate([("bring", 250, None), *history]):
            with suppress(*REFUSALS), database.transaction() as session:
                perform(session, act, turn, NOW + timedelta(minutes=turn))
        check(database)
    finally:
        database.dispose()


def check(database):
    with database.read() as reader:
        assert verify(reader).wrong == ()
        balances, moved = balances_of(reader, MEMBER), every_movement(reader, MEMBER, 3)
        for account in balances.__struct_fields__:
            assert getattr(balances, account) == sum(one.amount for one in moved if one.account == account)
        for one in moved:
            _adds_up(reader, one)
        _, exported = exports.movements(reader, Scope(1), NOW)
        by_export = [(entry, account, amount) for _, card, entry, *_, account, amount in exported if card == "C00001"]
        assert sorted((one.entry_id, exports.ACCOUNTS[one.account], one.amount) for one in moved) == sorted(by_export)
        _, rows = exports.balances(reader, Scope(1), NOW)
        by_file = {row[1]: row[3:8] for row in rows}["C00001"]
        assert by_file == (balances.shares, balances.savings, balances.payable, balances.advance, balances.leasing)
        state = reader.scalar(select(Member.state).where(Member.id == MEMBER))
        _at_the_console(reader, balances, moved)
    hop = _hop(database)
    with database.read() as reader:
        seen = member_menu.balances(hop, reader)
    assert (seen.payable, seen.owed) == (balances.payable, balances.advance + balances.leasing)
    read = list(_screens(hop))
    assert read == [(one.account, one.amount) for one in moved]
    if state == "active":
        said = _sms(database)
        for label, amount in (("la CPS vous doit", seen.payable), ("vous devez", seen.owed), ("parts", seen.shares)):
            assert f"{label} {amount_words(amount)}" in said


def _at_the_console(reader, balances, moved):
    """Read the member's file page by page: the same balances, the same movements, the same sums."""
    office = Office(101, "secretary", 1)
    head, before, seen = member_file.find_head(reader, office, MEMBER), "", []
    while before is not None:
        page = member_file.read_file(reader, head, before, calls=True, letters=True)
        seen += [(one.balance, _francs(one.amount)) for one in page.movements]
        before = page.older
    assert seen == [(statement.BALANCES[one.account], one.amount) for one in moved]
    told = {label: _francs(amount) for label, amount in page.balances}
    assert [told[statement.BALANCES[kind]] for kind in ("payable", "advance", "savings", "shares")] == [
        balances.payable, balances.owed, balances.savings, balances.shares,
    ]  # fmt: skip


def _francs(words):
    return int(re.sub(r"[^\d-]", "", words))


def _adds_up(reader, one):
    shared = deductions_of(reader, one.entry_id)
    if shared.gross:
        *lines, mine = (figure(line) for line in statement.lines_of(shared, brought_in(reader, one.of)))
        assert sum(lines) == mine == shared.payable
        assert one.amount == {"payable": mine, "advance": -shared.advance, "leasing": -shared.leasing}[one.account]
        receipt = [int(found.replace(" ", "")) for found in re.findall(r"\d[\d ]*", statement.sum_of(shared))]
        if shared.gross > 0:
            assert receipt[0] - sum(receipt[1:-1]) == receipt[-1] == mine


def _hop(database):
    with database.read() as reader:
        [who] = who_holds(reader, sample_cooperative.AWA)
    at = {"phone": sample_cooperative.AWA, "now": NOW, "operation": "", "trace": "", "language": "fr", "proved": True}
    known = {"person_id": MEMBER, "member_id": MEMBER, "cooperative_id": 1, "state": who.state}
    return Hop(desk=SimpleNamespace(database=database, read=database.read), who=known, kept={}, **at)


def _screens(hop):
    """Open every movement from its list, turning to older ones: give what each last line says."""
    rows = statement.movements(hop)
    while rows:
        older = None
        for row in rows:
            try:
                with hop.desk.read() as reader:
                    words = statement.movement(reader, statement.Opened(row)).words
            except Lead as lead:
                older = lead.values
                continue
            label, francs = words.split("\n")[-1].rsplit(": ", 1)
            assert label == statement.BALANCES[row.movement.account]
            yield row.movement.account, int(francs.removesuffix(" F").replace(" ", ""))
        rows = statement.older_movements(hop, statement.Turned(older)) if older else ()


_ids = itertools.count()


def _sms(database):
    with database.transaction() as session:
        session.execute(update(Member).where(Member.id == MEMBER).values(amounts_by_sms=True))
    clerk = Clerk(database, sample_cooperative.KEY, "21512", TERMS)
    incoming_sms.hear(clerk, IncomingSms(f"history {next(_ids)}", sample_cooperative.AWA, "21512", "SOLDE", None), NOW)
    with database.read() as reader:
        said = select(Message.text).where(Message.to_number == sample_cooperative.AWA)
        return reader.scalars(said.order_by(Message.id.desc())).first()
