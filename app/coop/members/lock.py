"""The lock of a member's account: the member's row. Money, weighings, batches and contests all wait for it, and so do settlement,
merge and departure; each reads the member's state anew behind it.

Rows are locked in one order everywhere, so that nobody waits in a circle: approval, payout, co-operative, payment, the
co-operative's box, members by id, then what is theirs (contest, weighing, declaration, departure, account).
"""

from collections.abc import Collection
from datetime import date

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.coop.members.models import Member

ACTIVE = ("active",)
PRESENT = ("pending", "active", "blocked")
"""States of a member who hasn't left."""


class LockedMember(msgspec.Struct, frozen=True):
    """A member as the lock found them."""

    id: int
    person_id: int
    cooperative_id: int
    state: str
    leaving_on: date | None


class MemberLeft(Exception):
    """The account was closed, settled or merged into another: nothing more is written on it."""


_LOCKED = (
    select(Member.id, Member.person_id, Member.cooperative_id, Member.state, Member.leaving_on)
    .where(Member.id.in_(bindparam("members", expanding=True)))
    .order_by(Member.id)
    .with_for_update(key_share=True)  # not FOR UPDATE: whoever only refers to a member (a foreign key) needn't wait
)


def lock_members(session: Session, members: Collection[int]) -> dict[int, LockedMember]:
    """Lock members' rows until the transaction ends, and return them as they stand now, those who have left too."""
    return {row.id: LockedMember(*row) for row in session.execute(_LOCKED, {"members": list(set(members))})}


def lock_present(session: Session, members: Collection[int]) -> dict[int, LockedMember]:
    """Lock members' rows likewise. Raises MemberLeft when one of them has left."""
    found = lock_members(session, members)
    left = [member for member in set(members) if member not in found or found[member].state == "departed"]
    if left:
        raise MemberLeft(left)
    return found


def lock_member(
    session: Session, member_id: int, instead: type[Exception] = MemberLeft, states: Collection[str] = PRESENT
) -> LockedMember:
    """Lock one member's row, who is in one of these states. Raises MemberLeft, or what stands `instead`, with the id."""
    found = lock_members(session, (member_id,)).get(member_id)
    if found is None or found.state not in states:
        raise instead(member_id)
    return found
