"""Whom an SMS about a member goes to, and whether it may name an amount."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, exists, select
from sqlalchemy.orm import Session, aliased

from app.coop.members.models import Member, Number


class Contact(msgspec.Struct, frozen=True):
    """A member's first number, a proved one before any other, her own before a trusted one, None without any; `amounts` when she
    allowed them and it is hers alone, and proved.
    """

    phone: str | None
    person_id: int
    cooperative_id: int
    amounts: bool
    own: str | None = None
    """The number when it is hers alone, and proved: where money may be sent."""


_Other = aliased(Number)
_SHARED = exists(select(_Other.id).where(_Other.phone == Number.phone, _Other.id != Number.id)).label("shared")


def reach(reader: Connection | Session, members: Collection[int]) -> dict[int, Contact]:
    """Return how each member is reached; one SELECT."""
    rows = reader.execute(
        select(
            Member.id,
            Member.person_id,
            Member.cooperative_id,
            Member.amounts_by_sms,
            Number.phone,
            Number.trusted,
            Number.proof_wanted,
            _SHARED,
        )
        .outerjoin(Number, Number.person_id == Member.person_id)
        .where(Member.id.in_(set(members)))
        # The best number comes last: of a member's rows the dict below keeps the last one.
        .order_by(Number.proof_wanted.desc(), Number.trusted.desc(), Number.id.desc())
    )
    return {row.id: _reach(row) for row in rows}


def _reach(row: Any) -> Contact:
    own = row.phone if not row.shared and not row.trusted and not row.proof_wanted else None
    return Contact(row.phone, row.person_id, row.cooperative_id, bool(own and row.amounts_by_sms), own)
