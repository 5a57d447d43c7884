"""What the books tell of seeded members: five entries each that verify, and each box counted once."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from app.coop import law
from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.demo import advance
from app.coop.demo.plan import (
    CONTROLS,
    DAYS,
    FORMS,
    KINDS,
    OFFICES,
    Plan,
)
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.till.models import Instalment, Payout
from app.db.base import Base
from app.db.bulk import bring

Rows = dict[type[Base], list[dict[str, Any]]]
HISTORY: tuple[type[Base], ...] = (Account, JournalEntry, Posting, Payout, Instalment, Approval, ApprovalVote)
BOX_A_MEMBER = 50_000
"""XOF of cash that a box begins with for each member."""


def write_history(rows: Rows, plan: Plan, i: int, cooperative: int) -> None:
    """Write five entries, and the balances that they leave; an advance with its payout where the law allows one."""
    base = len(CONTROLS) * plan.count + len(KINDS) * (i - 1)
    accounts = {kind: base + at for at, kind in enumerate(KINDS, 1)}
    accounts |= {kind: len(CONTROLS) * (cooperative - 1) + at for at, kind in enumerate(CONTROLS, 1)}
    balances = dict.fromkeys((*KINDS, *CONTROLS), 0)
    lent = _lends(plan, i, cooperative)
    for number, (kind, debit, credit, amount) in enumerate(_moves(i, lent=lent)):
        entry = len(DAYS) * (i - 1) + number + 1
        at = plan.registered + timedelta(days=DAYS[number] + i % 7, minutes=10 * number + i % 430)
        rows[JournalEntry].append(
            {"id": entry, "operation": f"seed:{entry}", "kind": kind, "cooperative_id": cooperative, "member_id": i, "at": at}
        )
        for account, posted in ((debit, amount), (credit, -amount)):
            rows[Posting].append({"entry_id": entry, "account_id": accounts[account], "amount": posted})
            balances[account] += posted
        if kind == "advance":
            advance.write(rows, i, cooperative, plan.officers(cooperative), plan.place_of(i), amount, entry, at)
    rows[Account] += [
        {"id": accounts[kind], "cooperative_id": cooperative, "member_id": i, "kind": kind, "balance": balances[kind]}
        for kind in KINDS
    ]


def _lends(plan: Plan, i: int, cooperative: int) -> bool:
    """Tell whether a member has an advance: the law allows it, and there are officers to decide and references left."""
    officers, form = plan.officers(cooperative), FORMS[(cooperative - 1) % len(FORMS)]
    possible = i <= plan.members and len(officers) == len(OFFICES) and plan.place_of(i) < advance.MOST
    return possible and not law.is_void("advance", form, officer=i in officers)


def _moves(i: int, *, lent: bool) -> Iterator[tuple[str, str, str, int]]:
    """Give the five movements of member i: kind, the account debited, the one credited, XOF."""
    yield "shares", "cash", "shares", 10_000 + 1_000 * (i % 5)
    yield "savings", "cash", "savings", 5_000 + 250 * (i % 37)
    yield "delivery", "purchases", "payable", 12_500 + 750 * (i % 23)
    if lent:
        yield "advance", "advance", "handed_over", 20_000 + 500 * (i % 11)
        yield "payment", "handed_over", "cash", 20_000 + 500 * (i % 11)
    else:
        yield "savings", "cash", "savings", 2_000 + 100 * (i % 11)
        yield "delivery", "purchases", "payable", 5_000 + 100 * (i % 13)


def seed_boxes(to: Connection, plan: Plan) -> None:
    """Count each co-operative's box once, more than all of its members could ask for."""
    sizes = Counter(plan.cooperative_of(i) for i in range(1, plan.members + 1))
    accounts = len(CONTROLS) * plan.count + len(KINDS) * (plan.members + 3)
    entries = len(DAYS) * (plan.members + 3)
    rows: dict[type[Base], list[dict[str, Any]]] = {Account: [], JournalEntry: [], Posting: []}
    for n in range(1, plan.count + 1):
        other, entry, francs = accounts + n, entries + n, BOX_A_MEMBER * max(100, sizes[n])
        rows[Account].append({"id": other, "cooperative_id": n, "member_id": None, "kind": "opening", "balance": 0})
        made = {"id": entry, "operation": f"seed:{entry}", "kind": "box_in", "cooperative_id": n, "member_id": None}
        rows[JournalEntry].append(made | {"at": plan.registered})
        rows[Posting] += [
            {"entry_id": entry, "account_id": one, "amount": by}
            for one, by in ((len(CONTROLS) * (n - 1) + 1, francs), (other, -francs))
        ]
    for table, values in rows.items():
        bring(to, table, values)
