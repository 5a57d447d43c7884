"""The box: what cash a co-operative has, what of it is on its way or promised, and what may still leave.

Cash leaves the box when it is handed over, and its account when the member has confirmed. A payout that officers approved is
promised: nothing else takes its money. A batch of payments promises nothing: what is owed is paid as the box can.
"""

from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.handover.kinds import handover_kinds
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.services import MOST_MOVED, account_of, post
from app.coop.offices import audit

SOURCES = {"sale": "sales", "bank": "bank", "count": "opening"}
"""Where cash comes from or goes to, with the control account: goods sold, the bank, a first count of what lies in the box."""


class BoxShort(Exception):
    """The box hasn't as much: `free` XOF may still leave it."""

    def __init__(self, free: int) -> None:
        super().__init__(free)
        self.free = max(0, free)


class Box(msgspec.Struct, frozen=True):
    """A box in XOF: `cash` by the books, handed over without the member's word yet, promised to members by officers."""

    cash: int = 0
    on_its_way: int = 0
    promised: int = 0

    @property
    def there(self) -> int:
        """Return what lies in the box."""
        return self.cash - self.on_its_way

    @property
    def free(self) -> int:
        """Return what nobody was promised; below zero when more was promised than there is."""
        return self.there - self.promised


@cache
def sums() -> Select[Any]:
    """Select by co-operative what `Box` is made of: cooperative_id, part, amount."""
    parts: list[tuple[str, Any, Any, Any]] = [("cash", Account, Posting.amount, Account.kind == "cash")]
    for table in (kind.table for kind in handover_kinds().values()):
        parts += [(part, table, table.amount, which) for part, which in table.in_box().items()]
    rows: list[Any] = []
    for name, table, amount, which in parts:
        found = select(table.cooperative_id.label("place"), literal(name).label("part"), func.sum(amount).label("amount"))
        found = found.join(Posting, Posting.account_id == Account.id) if table is Account else found
        rows.append(found.where(which).group_by(table.cooperative_id))
    every = union_all(*rows).subquery()
    return select(every.c.place, every.c.part, func.sum(every.c.amount)).group_by(every.c.place, every.c.part)


def box_of(reader: Connection | Session, cooperative_id: int) -> Box:
    """Return a co-operative's box."""
    every = sums()
    rows = reader.execute(every.where(every.selected_columns[0] == cooperative_id))
    return Box(**{part: int(amount) for _, part, amount in rows})


def lock_box(session: Session, cooperative_id: int) -> None:
    """Wait for whoever else promises or takes cash from a box: only they lock this row."""
    cash = account_of(session, cooperative_id, None, "cash")
    # FOR NO KEY UPDATE: a posting refers to this row by its foreign key, and money that comes in needn't wait for that.
    session.execute(select(Account.id).where(Account.id == cash).with_for_update(key_share=True))


def check_box(session: Session, cooperative_id: int, taken: int, *, promised: bool = False) -> None:
    """Lock the box, and raise BoxShort when it doesn't cover what was taken or promised from it in this transaction.

    `taken` is how many XOF, already written; `promised` when it was promised before and is handed over now.
    """
    lock_box(session, cooperative_id)
    box = box_of(session, cooperative_id)
    # Handing over what was promised leaves *free* as it was. What must hold then is what lies in the box.
    left = box.there if promised else box.free
    if left < 0:
        raise BoxShort(left + taken)


def put_in(session: Session, act: Act, cooperative_id: int, source: str, amount: int, *, out: bool = False) -> int:
    """Note cash that came into the box from a source, or with `out` went there; return the entry's id.

    The same operation gives the first entry. Raises BoxShort, and ValueError on an amount or a source that is none.
    """
    if not 0 < amount <= MOST_MOVED or source not in SOURCES:
        raise ValueError(amount)
    moved = -amount if out else amount
    lock_box(session, cooperative_id)
    # Behind the lock, and before the sum: what this act took out already isn't asked of the box again.
    known = session.scalar(select(JournalEntry.id).where(JournalEntry.operation == act.operation))
    if known is not None:
        return known
    free = box_of(session, cooperative_id).free
    if out and amount > free:
        raise BoxShort(free)
    lines = [(account_of(session, cooperative_id, None, kind), by) for kind, by in (("cash", moved), (SOURCES[source], -moved))]
    entry = post(
        session,
        operation=act.operation,
        kind="box_out" if out else "box_in",
        cooperative_id=cooperative_id,
        member_id=None,
        lines=lines,
        now=act.now,
    )
    if act.by:
        audit.note(session, act, "cash out of the box" if out else "cash into the box", f"entry:{entry}")
    return entry
