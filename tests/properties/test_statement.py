"""Whatever has happened, the lines of a movement sum to it, and the movements of each balance to the balance."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.coop.ledger.models import JournalEntry
from app.coop.ledger.queries import balances_of, deductions_of, movements_of
from app.coop.ledger.services import AlreadyReversed, Overdrawn, account_of, open_accounts, post, reverse
from app.coop.production.deliveries import Delivery, credit
from menus.statement import lines_of
from tests.properties.test_ledger import copy_of
from tests.sample_cooperative import LONG_AGO, build

MEMBER = 1
MOVES = {
    "shares": ("shares", "cash", -1),
    "savings": ("savings", "cash", -1),
    "withdrawal": ("savings", "handed_over", 1),
    "advance": ("advance", "handed_over", 1),
    "repayment": ("advance", "cash", -1),
    "leasing": ("leasing", "handed_over", 1),
    "leasing_repayment": ("leasing", "cash", -1),
    "levy": ("payable", "solidarity", 1),
    "handing_over": ("payable", "handed_over", 1),
}
"""Each kind of entry with the member's account, the other one, and the side on which the member's is written."""
ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["delivery", *MOVES]), st.integers(1, 60_000)),
        st.tuples(st.just("reversal"), st.integers(0, 20)),
        st.tuples(st.just("settlement"), st.just(0)),
    ),
    max_size=14,
)


def perform(session, at, kind, figure):
    if kind == "delivery":
        credit(session, 1, [Delivery(f"op {at}", MEMBER, figure)], now=LONG_AGO)
    elif kind == "reversal":
        known = session.scalars(select(JournalEntry.id).order_by(JournalEntry.id)).all()
        reverse(session, known[figure % len(known)], operation=f"op {at}", now=LONG_AGO)
    else:
        lines = _settled(session) if kind == "settlement" else _moved(session, *MOVES[kind], figure)
        if lines:
            named = {"operation": f"op {at}", "kind": kind, "cooperative_id": 1, "member_id": MEMBER}
            post(session, lines=lines, now=LONG_AGO, **named)


def _moved(session, own, other, side, figure):
    return [
        (account_of(session, 1, MEMBER, own), side * figure),
        (account_of(session, 1, None, other), -side * figure),
    ]


def _settled(session):
    found = balances_of(session.connection(), MEMBER)
    side = {kind: getattr(found, kind) * (-1 if kind in ("advance", "leasing") else 1) for kind in found.__struct_fields__}
    lines = [(account_of(session, 1, MEMBER, kind), amount) for kind, amount in side.items() if amount]
    rest = sum(side.values())
    return lines + [(account_of(session, 1, None, "handed_over"), -rest)] * bool(rest)


def every_movement(reader, member, most):
    """Turn the pages of a member's movements to the end."""
    found = list(movements_of(reader, member, most))
    while found and (page := movements_of(reader, member, most, found[-1])):
        found += page
    return found


def figure(line):
    return int(re.search(r"-?\d[\d ]*$", line)[0].replace(" ", ""))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_lines_sum_to_movements_and_movements_to_balances(sqlite_template, acts):
    with copy_of(sqlite_template) as database:
        build(database)
        with database.transaction() as session:
            open_accounts(session, 1, MEMBER)
        for at, (kind, amount) in enumerate(acts):
            try:
                with database.transaction() as session:
                    perform(session, at, kind, amount)
            except (Overdrawn, AlreadyReversed):
                continue
        with database.read() as reader:
            balances, moved = balances_of(reader, MEMBER), every_movement(reader, MEMBER, 3)
            for account in balances.__struct_fields__:
                assert getattr(balances, account) == sum(one.amount for one in moved if one.account == account)
            for one in moved:
                shared = deductions_of(reader, one.entry_id)
                if not shared.gross:
                    continue
                *lines, mine = (figure(line) for line in lines_of(shared, None))
                assert sum(lines) == mine == shared.payable
                assert one.amount == {"payable": mine, "advance": -shared.advance, "leasing": -shared.leasing}[one.account]
