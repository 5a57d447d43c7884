"""What leaves for a member by several officers' word, and how a loan of it is repaid."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.coop.handover.models import Handover
from app.db.base import Base, Id, Utc

HELD = ("asked", "approved")
"""States of what wasn't handed over."""
OPEN = (*HELD, "handed")
_OPEN = text(f"state IN {OPEN}")


class Payout(Handover, Base):
    """What leaves for a member: *asked*, *approved* by several, *handed* over, *paid* by her word; or *refused*, *cancelled*.

    An *aid* of the solidarity fund, a *withdrawal* of savings, an *advance*, *leasing* of an `asset`, or the *settlement* of a
    leaver's whole account (of one who died to the heirs, by their `paper`'s number); `amount` in XOF, repaid in so many monthly
    `instalments` (0: none). `reference` is five digits and a check digit. A member has one of a kind
    open at a time. While it is `contested` it moves no further.
    """

    NAME, HELD, HANDED = "payout", "approved", "handed"
    __tablename__ = "payouts"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "reference"),
        CheckConstraint("kind IN ('withdrawal', 'advance', 'leasing', 'settlement', 'aid')", name="kind"),
        CheckConstraint("state IN ('asked', 'approved', 'handed', 'paid', 'refused', 'cancelled')", name="state"),
        # What a leaver has and owes may cancel out: a settlement closes the account then, too, and hands nothing over.
        CheckConstraint("amount > 0 OR (amount = 0 AND kind = 'settlement')", name="amount"),
        Index("uq_payouts_open", "member_id", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_payouts_scope", "cooperative_id", "state"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    asset: Mapped[str | None] = mapped_column(String(20))
    instalments: Mapped[int]
    paper: Mapped[str | None] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(9))
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)
    handed_entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"), unique=True)
    paid_entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"), unique=True)
    contested: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def box(self) -> str:
        """Return the control account that it leaves."""
        return "equipment" if self.kind == "leasing" else "cash"

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """Return the condition for what was handed over and has nobody's word on it yet."""
        return (cls.state == cls.HANDED) & ~cls.contested

    @classmethod
    def in_box(cls) -> dict[str, ColumnElement[bool]]:
        """Return the conditions for what of it is on its way out of the box, and what is promised of it."""
        cash = cls.kind != "leasing"
        return {"on_its_way": (cls.state == cls.HANDED) & cash, "promised": (cls.state == cls.HELD) & cash}

    @classmethod
    def keeps_reference(cls, season: int) -> ColumnElement[bool]:
        """Return the condition for a reference that no other has in a season: for good."""
        del season
        return cls.id > 0

    def halt(self) -> str | None:
        """Have it wait for a contest's answer in the state that it is in; return that, None when it isn't handed over."""
        if self.contested or self.state not in (self.HANDED, "paid"):
            return None
        self.contested = True
        return self.state

    def resume(self, before: str | None) -> None:
        """Move on again: it waited in the state that it was in."""
        del before
        self.contested = False


class Instalment(Base):
    """What of an advance or a lease is to be repaid by a day, in XOF; together they are its amount."""

    __tablename__ = "instalments"
    payout_id: Mapped[int] = mapped_column(ForeignKey("payouts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
