"""What a row keeps of its hand-over."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Utc


class Handover:
    """A row that is held for a member, in XOF, handed over, then *paid*: in the states HELD and HANDED, known by NAME.

    `reference` is five digits and a check digit, `signature` the number of the receipt that was signed on paper, as both officers
    typed it. Its table adds `box` (the control account that it leaves), `waits` (the condition for what has nobody's word on it
    yet), `in_box` (what of it the box counts, by `Box`'s parts), `keeps_reference` (whose reference is no other's in a season), and
    `halt` and `resume` for the time of a contest.
    """

    NAME: ClassVar[str]
    HELD: ClassVar[str]
    HANDED: ClassVar[str]
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(String(6))
    handed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    handed_at: Mapped[datetime | None] = mapped_column(Utc)
    paid_at: Mapped[datetime | None] = mapped_column(Utc)
    signature: Mapped[str | None] = mapped_column(String(10))
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    countersigned_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
