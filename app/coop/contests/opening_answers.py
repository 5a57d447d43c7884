"""The member's word on the balances that were brought over for her from paper: right, or a contest."""

from datetime import date

import msgspec
from sqlalchemy import Connection, Select, select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.contests.services import ContestOpened, TooLate, open_contest
from app.coop.ledger.queries import is_reversed
from app.coop.openings.models import Opening, OpeningBalance


class WaitingOpening(msgspec.Struct, frozen=True):
    """What was brought over and waits for the member's word, in XOF; `day` is the paper's."""

    id: int
    day: date
    shares: int
    savings: int
    payable: int
    owed: int


class OpeningAnswered(Exception):
    """Nothing that was brought over waits for this member's word."""


def unanswered(member_id: int) -> Select[int]:
    """Select what of a member's stands in the books without their word."""
    mine = (OpeningBalance.member_id == member_id) & OpeningBalance.entry_id.is_not(None) & OpeningBalance.answer.is_(None)
    return select(OpeningBalance.id).where(mine, ~is_reversed(OpeningBalance.entry_id))


def asked(reader: Connection, member_id: int) -> WaitingOpening | None:
    """Return the oldest that a member hasn't answered: it is asked at each call until then."""
    rows = (
        select(OpeningBalance.id, Opening.day, OpeningBalance.shares, OpeningBalance.savings, OpeningBalance.payable)
        .add_columns(OpeningBalance.advance + OpeningBalance.leasing)
        .join(Opening, Opening.id == OpeningBalance.opening_id)
        .where(OpeningBalance.id.in_(unanswered(member_id)))
    )
    row = reader.execute(rows.order_by(OpeningBalance.id).limit(1)).first()
    return WaitingOpening(*row) if row else None


def accept(session: Session, act: Act, balance_id: int) -> None:
    """Write that a member finds it right. Raises OpeningAnswered when they contested it before."""
    mine = (OpeningBalance.id == balance_id) & (OpeningBalance.member_id == act.member)
    right = update(OpeningBalance).where(mine, OpeningBalance.answer.is_(None)).values(answer="right", answered_at=act.now)
    session.execute(right)
    if session.scalar(select(OpeningBalance.answer).where(mine)) != "right":
        raise OpeningAnswered(balance_id)


def contest(session: Session, act: Act, balance_id: int) -> ContestOpened:
    """Open a member's contest of it, once. Raises OpeningAnswered when it can't be contested any more."""
    try:
        return open_contest(session, act, "opening", balance_id)
    except TooLate:
        raise OpeningAnswered(balance_id) from None
