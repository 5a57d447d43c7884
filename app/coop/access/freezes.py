"""Freezes: for a while after a PIN or a number changes, no money leaves the account."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, case, or_, select, update
from sqlalchemy.orm import Session

from app.coop.members.models import Member

FREEZE = timedelta(hours=24)


class MoneyFrozen(Exception):
    """Money doesn't leave this account before `until` (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def freeze_money(session: Session, person_id: int, now: datetime) -> None:
    """Let no money leave a person's account for FREEZE; never shortens a freeze."""
    until = now + FREEZE
    shorter = or_(Member.money_frozen_until.is_(None), Member.money_frozen_until < until)
    longest = case((shorter, until), else_=Member.money_frozen_until)
    session.execute(update(Member).where(Member.person_id == person_id).values(money_frozen_until=longest))


def check_money(reader: Connection | Session, member_id: int, now: datetime) -> None:
    """Raise MoneyFrozen when no money may leave this member's account now: ask in the transaction that would pay it."""
    until = reader.scalar(select(Member.money_frozen_until).where(Member.id == member_id))
    if until is not None and until > now:
        raise MoneyFrozen(until)
