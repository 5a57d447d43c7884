"""A receipt that was signed on paper: it counts when two officers type its number."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column


class Signed:
    """What a row keeps of it: `signature` is the receipt's number, as both officers typed it."""

    signature: Mapped[str | None] = mapped_column(String(10))
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    countersigned_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class SameOfficer(Exception):
    """A signature wants two officers."""


class OtherSignature(Exception):
    """The first officer typed another number."""


def sign(row: Signed, officer_id: int, signature: str) -> str:
    """Note an officer's word on a locked row, and say what it was: *signed*, or *countersigned* when it is the second one's.

    The first may type another number while alone. Raises SameOfficer, OtherSignature.
    """
    if row.signed_by is None or (row.signed_by == officer_id and row.signature != signature):
        row.signature, row.signed_by = signature, officer_id
        return "signed"
    if row.signed_by == officer_id:
        raise SameOfficer
    if row.signature != signature:
        raise OtherSignature
    row.countersigned_by = officer_id
    return "countersigned"
