"""Take balances over from paper: noted by an import, asked for once a co-operative, put into the books when its officers agree.

An opening balance is an entry of its own against the control account *opening*: no cash comes in by it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.coop import approvals
from app.coop.act import Act
from app.coop.ledger.models import JournalEntry
from app.coop.ledger.queries import is_reversed
from app.coop.openings.models import Opening, OpeningBalance
from app.coop.scope import Scope

ACCOUNTS = ("shares", "savings", "payable", "advance", "leasing")
"""What a member's paper may say, by the account; the last two are owed."""
UNDER_WAY = ("noted", "waiting", "approved")
CONTEST_DAYS = 30
"""How long after saying that it is right a member may still contest what was brought over."""


class PaperBalance(msgspec.Struct, frozen=True):
    """What paper says of a member, in XOF by account."""

    member_id: int
    amounts: Mapping[str, int]


class LiveBalance(msgspec.Struct, frozen=True):
    """What was brought over for a member and stands: in the books, or on its way there."""

    amounts: Mapping[str, int]
    posted: bool


class OpeningTotals(msgspec.Struct, frozen=True):
    """What an opening comes to: how many members, XOF by account."""

    members: int
    amounts: Mapping[str, int]


class OpeningDecided(Exception):
    """The balances are approved: they are corrected by entries now."""


def under_way(reader: Connection | Session, cooperative_id: int) -> tuple[int, str] | None:
    """Return the opening of a co-operative that isn't in the books yet, and its state."""
    row = reader.execute(
        select(Opening.id, Opening.state).where(Opening.cooperative_id == cooperative_id, Opening.state.in_(UNDER_WAY))
    ).first()
    return (row.id, row.state) if row else None


def live(reader: Connection | Session, cooperative_id: int) -> dict[int, LiveBalance]:
    """Return what was brought over and stands, by member: what officers refused or reversed may be brought again."""
    rows = (
        select(OpeningBalance.member_id, OpeningBalance.entry_id, *(getattr(OpeningBalance, kind) for kind in ACCOUNTS))
        .join(Opening, Opening.id == OpeningBalance.opening_id)
        .where(
            Opening.cooperative_id == cooperative_id,
            Opening.state != "refused",
            OpeningBalance.left_out.is_(None),
            ~is_reversed(OpeningBalance.entry_id),
        )
    )
    return {
        member: LiveBalance(dict(zip(ACCOUNTS, amounts, strict=True)), entry is not None)
        for member, entry, *amounts in reader.execute(rows)
    }


def opening_day(reader: Connection | Session, cooperative_id: int, today: date) -> date:
    """Return the day on which a co-operative's books began here: as its balances say, else its first entry's, else today."""
    mine = select(func.min(Opening.day)).where(Opening.cooperative_id == cooperative_id, Opening.state != "refused")
    first = select(func.min(JournalEntry.at)).where(JournalEntry.cooperative_id == cooperative_id)
    began = reader.scalar(mine)
    if began is None and (entry := reader.scalar(first)) is not None:
        began = entry.date()
    return began or today


def note(session: Session, cooperative_id: int, brought: Sequence[PaperBalance], day: date, now: datetime) -> list[int]:
    """Write what paper says, in the co-operative's open opening; return the ids in the order given. Nothing is in the books."""
    known = select(Opening).where(Opening.cooperative_id == cooperative_id, Opening.state == "noted")
    opening = session.scalar(known.with_for_update())
    if opening is None:
        opening = Opening(cooperative_id=cooperative_id, day=day, state="noted", noted_at=now)
        session.add(opening)
    opening.day = max(day, opening.day)
    session.flush()
    rows = [{"opening_id": opening.id, "member_id": one.member_id, **one.amounts} for one in brought]
    made = insert(OpeningBalance).returning(OpeningBalance.id, sort_by_parameter_order=True)
    return list(session.scalars(made, rows))


def ask(session: Session, act: Act, opening_id: int, stated: Mapping[str, int]) -> None:
    """Have a noted opening wait for the co-operative's officers, with its totals and the sheet's own."""
    opening = session.get_one(Opening, opening_id, with_for_update=True)
    if opening.state != "noted":
        return
    totals = totals_of(session, opening_id)
    opening.state, opening.stated = "waiting", dict(stated)
    members = "1 membre" if totals.members == 1 else f"{totals.members} membres"
    approvals.ask(
        session,
        act,
        "opening",
        f"Soldes du cahier au {opening.day:%d/%m/%y}, {members}",
        subject="opening",
        subject_id=opening.id,
        cooperative_id=opening.cooperative_id,
        amount=sum(totals.amounts[kind] for kind in ("shares", "savings", "payable")),
        details={"totals": dict(totals.amounts), "stated": dict(stated)},
    )


def noted(reader: Connection | Session, scope: Scope) -> list[tuple[int, int]]:
    """Return the openings within a scope that nobody was asked about yet: id and co-operative."""
    mine = scope.reach(Opening.cooperative_id) & (Opening.state == "noted")
    return [(row.id, row.cooperative_id) for row in reader.execute(select(Opening.id, Opening.cooperative_id).where(mine))]


def totals_of(reader: Connection | Session, opening_id: int) -> OpeningTotals:
    """Return what an opening comes to."""
    sums = (func.coalesce(func.sum(getattr(OpeningBalance, kind)), 0) for kind in ACCOUNTS)
    members, *amounts = reader.execute(select(func.count(), *sums).where(OpeningBalance.opening_id == opening_id)).one()
    return OpeningTotals(members, dict(zip(ACCOUNTS, map(int, amounts), strict=True)))


def approved(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Let the balances go into the books: `entries.post` writes them in slices."""
    opening = session.get_one(Opening, approval.subject_id, with_for_update=True)
    if opening.state != "waiting":
        raise approvals.Impossible("l'import est annulé")
    opening.state, opening.decided_at = "approved", act.now


def refused(session: Session, approval: approvals.Approval, now: datetime) -> None:
    """Note that the balances won't come: refused, or dead. The same file may be imported again."""
    opening = session.get_one(Opening, approval.subject_id, with_for_update=True)
    opening.state, opening.decided_at = "refused", now
    session.flush()


def decided(reader: Connection | Session, balances: Any) -> bool:
    """Tell whether officers have agreed to any of these balances, by the rows' ids or what selects them."""
    mine = select(OpeningBalance.opening_id).where(OpeningBalance.id.in_(balances))
    agreed = select(Opening.id).where(Opening.id.in_(mine), Opening.state.in_(("approved", "posted"))).limit(1)
    return reader.scalar(agreed) is not None


def take_back(session: Session, balances: Sequence[int], now: datetime) -> None:
    """Take what was noted back, by the rows' ids, while no officer's last word was given. Raises OpeningDecided."""
    mine = select(OpeningBalance.opening_id).where(OpeningBalance.id.in_(balances))
    openings = session.scalars(select(Opening).where(Opening.id.in_(mine)).order_by(Opening.id).with_for_update()).all()
    # Asked behind the lock: the last word may have come since the import was looked at.
    if decided(session, balances):
        raise OpeningDecided
    approvals.drop(session, "opening", [opening.id for opening in openings], now)
    session.execute(delete(OpeningBalance).where(OpeningBalance.id.in_(balances)))
    waiting = [opening.id for opening in openings if opening.state == "waiting"]
    session.execute(update(Opening).where(Opening.id.in_(waiting)).values(state="noted"))
    held = select(OpeningBalance.id).where(OpeningBalance.opening_id == Opening.id).exists()
    empty = Opening.id.in_([opening.id for opening in openings]) & ~held
    session.execute(update(Opening).where(empty).values(state="refused", decided_at=now))
