"""Batches of payments, the payments, and the deliveries that each pays."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.coop.handover.models import Handover
from app.db.base import Base, Id, Utc

_WITHOUT_KEY = text("operator_key IS NULL AND provider_reference IS NOT NULL")


class PaymentBatch(Base):
    """What an officer pays at once: a day's deliveries, a product's, or all that is due. *waiting* for other officers, *open*,
    or *closed*: what was still open then is cancelled.
    """

    __tablename__ = "payment_batches"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'open', 'closed')", name="state"),
        CheckConstraint("way IN ('cash', 'mobile')", name="way"),
        Index("ix_payment_batches_scope", "cooperative_id", "state"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    day: Mapped[date | None]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    way: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(7))
    total: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)


class Payment(Handover, Base):
    """What one member is to get of a batch, in XOF: *open* (the amount is held), *handed_over*, then *paid* or *contested*, or
    *cancelled*. `reference` is five digits and a check digit, as a declaration's. `handed_role` is the office that gave it, none
    for mobile money; `provider_reference` the operator's, and `operator_key` that as it is compared: none where it was noted before
    there were keys.
    """

    NAME, HELD, HANDED = "payment", "open", "handed_over"
    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "season", "reference"),
        CheckConstraint("state IN ('open', 'handed_over', 'paid', 'contested', 'cancelled')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        Index("uq_payments_provider_reference", "provider_reference", unique=True),
        Index("uq_payments_operator_key", "operator_key", unique=True),
        Index("ix_payments_without_key", "provider_reference", sqlite_where=_WITHOUT_KEY, postgresql_where=_WITHOUT_KEY),
        Index("ix_payments_member", "member_id", "state"),
        Index("ix_payments_reference", "reference"),
        Index("ix_payments_paid", "cooperative_id", "paid_at"),
        Index("ix_payments_open", "cooperative_id", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("payment_batches.id"), index=True)
    season: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    state: Mapped[str] = mapped_column(String(11))
    handed_role: Mapped[str | None] = mapped_column(String(16))
    handed_entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"))
    provider_reference: Mapped[str | None] = mapped_column(String(40))
    operator_key: Mapped[str | None] = mapped_column(String(40))
    paid_entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"))

    @property
    def box(self) -> str:
        """Return where it comes from: mobile money has the operator's reference."""
        return "cash" if self.provider_reference is None else "mobile"

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """Return the condition for what was handed over and has nobody's word on it yet."""
        return cls.state == cls.HANDED

    @classmethod
    def in_box(cls) -> dict[str, ColumnElement[bool]]:
        """Return the condition for what of it is on its way out of the box."""
        unconfirmed = cls.state.in_((cls.HANDED, "contested")) & cls.paid_entry_id.is_(None)
        return {"on_its_way": unconfirmed & cls.provider_reference.is_(None)}

    @classmethod
    def keeps_reference(cls, season: int) -> ColumnElement[bool]:
        """Return the condition for a reference that no other has in a season: of that season, or never paid.

        An open or a cancelled one of last season may stand in an operator's file that comes back in this one.
        """
        return (cls.season == season) | (cls.state != "paid")

    def halt(self) -> str | None:
        """Have it wait for a contest's answer; return the state to come back to, None when it isn't handed over."""
        if self.state not in (self.HANDED, "paid"):
            return None
        before, self.state = self.state, "contested"
        return before

    def resume(self, before: str | None) -> None:
        """Stand again where it stood before it was contested."""
        self.state = before or self.HANDED


class PaymentExport(Base):
    """A file that went out for a batch: when, by which user of the machine, how many payments, worth how many XOF."""

    __tablename__ = "payment_exports"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("payment_batches.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    by: Mapped[str] = mapped_column(String(40))
    count: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)


class PaymentExportLine(Base):
    """A payment that stood in a file."""

    __tablename__ = "payment_export_lines"
    export_id: Mapped[int] = mapped_column(ForeignKey("payment_exports.id"), primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), primary_key=True)


class PaymentLine(Base):
    """A weighing that a payment pays: it is in one payment at a time, and free again when that is cancelled."""

    __tablename__ = "payment_lines"
    weighing_id: Mapped[int] = mapped_column(ForeignKey("weighings.id"), primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
