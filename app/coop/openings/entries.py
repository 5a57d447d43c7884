"""Put approved balances into the books: a slice a round, each member's an entry of its own, and tell who has proved a number."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.services import MOST_HELD, OWED, account_of
from app.coop.members.lock import lock_members
from app.coop.members.models import Number, Person
from app.coop.members.notices import tell_number
from app.coop.openings.models import Opening, OpeningBalance
from app.coop.openings.services import ACCOUNTS
from app.db.database import is_outage
from app.db.rows import each
from app.db.upsert import upsert
from app.service import service_of

SLICE = 250
"""Members whose accounts one round holds locked."""
FAILED = "erreur du service, à importer de nouveau"
"""Why a row that can't be posted was left out."""
CONTRA = "opening"
"""The control account against which everything is brought over: neither cash nor purchases."""
Accounts = dict[tuple[int, str], tuple[int, int]]
"""Account id and balance, by member and kind."""


def post(session: Session, now: datetime) -> None:
    """Write the entries of the oldest approved opening's next members. Twice changes nothing: a row with an entry is done."""
    oldest = select(Opening).where(Opening.state == "approved").order_by(Opening.id).limit(1)
    # Another scheduler is at it: its slice is enough for this round.
    opening = session.scalar(oldest.with_for_update(skip_locked=True))
    if opening is None:
        return
    open_ = OpeningBalance.entry_id.is_(None) & OpeningBalance.left_out.is_(None)
    mine = select(OpeningBalance).where(OpeningBalance.opening_id == opening.id, open_)
    rows = session.scalars(mine.order_by(OpeningBalance.member_id).limit(SLICE)).all()
    if not rows:
        opening.state = "posted"
        return
    try:
        with session.begin_nested():
            _post(session, opening.cooperative_id, rows, now)
    except Exception as fault:
        if is_outage(fault):
            raise
        _post_each(session, opening.cooperative_id, rows, now)
        # What none of several can bear is no fault of theirs: nothing is left out for it.
        if len(rows) > 1 and all(row.left_out == FAILED for row in rows):
            raise


def _post_each(session: Session, cooperative_id: int, rows: Sequence[OpeningBalance], now: datetime) -> None:
    """Write each row's entry by itself; one that can't be is named and left out, and may be imported again."""
    named = [(f"{row.id}, member {row.member_id}", row) for row in rows]
    each(session, "an opening balance", named, lambda row: _post(session, cooperative_id, [row], now))
    for row in rows:
        if row.entry_id is None:
            row.left_out = row.left_out or FAILED


def _post(session: Session, cooperative_id: int, rows: Sequence[OpeningBalance], now: datetime) -> None:
    """Write the entries of rows, and leave out those of accounts that are closed or would be too full."""
    standing = lock_members(session, [row.member_id for row in rows])
    there = [row for row in rows if standing[row.member_id].state != "departed"]
    accounts = _accounts(session, cooperative_id, there)
    for row in rows:
        if row not in there:
            row.left_out = "le compte est clos"
        elif any(abs(accounts[row.member_id, kind][1] + _signed(row, kind)) > MOST_HELD for kind in _kinds(row)):
            row.left_out = "un compte passerait 999 999 999 F"
    _write(session, cooperative_id, [row for row in there if row.left_out is None], accounts, now)


def _write(session: Session, cooperative_id: int, rows: Sequence[OpeningBalance], accounts: Accounts, now: datetime) -> None:
    if not rows:
        return
    contra = account_of(session, cooperative_id, None, CONTRA)
    fresh = [
        {
            "operation": f"opening:{row.id}",
            "kind": "opening",
            "cooperative_id": cooperative_id,
            "member_id": row.member_id,
            "at": now,
        }
        for row in rows
    ]
    made = session.execute(insert(JournalEntry).returning(JournalEntry.operation, JournalEntry.id), fresh)
    entries = {operation: entry for operation, entry in made}  # noqa: C416 - a Row is not a pair to mypy
    postings, moved = [], []
    for row in rows:
        row.entry_id = entries[f"opening:{row.id}"]
        lines = [(accounts[row.member_id, kind][0], _signed(row, kind)) for kind in _kinds(row)]
        moved += [{"account": account, "by": amount} for account, amount in lines]
        # What is owned and what is owed may cancel out: a line of nothing is none.
        if rest := -sum(amount for _, amount in lines):
            lines.append((contra, rest))
        postings += [{"entry_id": row.entry_id, "account_id": account, "amount": amount} for account, amount in lines]
    session.execute(insert(Posting), postings)
    changed = update(Account).where(Account.id == bindparam("account")).values(balance=Account.balance + bindparam("by"))
    session.connection().execute(changed, sorted(moved, key=lambda one: one["account"]))
    _tell(session, {row.member_id: row.id for row in rows}, now, cooperative_id)


def _accounts(session: Session, cooperative_id: int, rows: Collection[OpeningBalance]) -> Accounts:
    """Open what accounts these rows need, lock them, and return them."""
    wanted = [
        {"cooperative_id": cooperative_id, "member_id": row.member_id, "kind": kind, "balance": 0}
        for row in rows
        for kind in _kinds(row)
    ]
    if not wanted:
        return {}
    session.execute(upsert(session, Account).on_conflict_do_nothing(), wanted)
    mine = Account.member_id.in_([row.member_id for row in rows]) & Account.kind.in_(ACCOUNTS)
    found = select(Account.member_id, Account.kind, Account.id, Account.balance).where(mine).order_by(Account.id)
    locked = session.execute(found.with_for_update())
    return {(member or 0, kind): (account, balance) for member, kind, account, balance in locked}


def _tell(session: Session, balances: dict[int, int], now: datetime, cooperative_id: int) -> None:
    """Tell, without an amount, those who have opened their account; the others are asked at their first call."""
    proved = (Person.pin_hash.is_not(None)) & ~Number.proof_wanted & ~Number.trusted
    from_members = select(Number.person_id, Number.phone).join(Person, Person.id == Number.person_id).where(proved)
    persons = {standing.person_id: member for member, standing in lock_members(session, balances).items()}
    phones: dict[int, list[str]] = defaultdict(list)
    for person, phone in session.execute(from_members.where(Person.id.in_(persons)).order_by(Number.id)):
        phones[person].append(phone)
    service = service_of(session)
    words = texts.say("opening_posted", code=service.code, cost=service.cost)
    act = Act.by_clock("openings", now)

    def tell(person: int) -> None:
        cause = f"opening:{balances[persons[person]]}"
        whose = {"person_id": person, "cooperative_id": cooperative_id}
        tell_number(session, act, phones[person][0], "receipt", cause, words, **whose)

    # An SMS that can't be written leaves no balance out.
    each(session, "who is told of a balance", [(person, person) for person in phones], tell)


def _kinds(row: OpeningBalance) -> list[str]:
    return [kind for kind in ACCOUNTS if getattr(row, kind)]


def _signed(row: OpeningBalance, kind: str) -> int:
    amount: int = getattr(row, kind)
    return amount if kind in OWED else -amount
