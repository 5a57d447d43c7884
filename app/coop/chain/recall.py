"""Who must hear that something is wrong with a lot: buyers of all that was made of it, members who have any of it."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.boutiques.models import OfferedLot, Order
from app.coop.chain.earnings import backward
from app.coop.chain.family import Family
from app.coop.members.contact import reach
from app.coop.members.notices import tell_number


class Concerned(msgspec.Struct, frozen=True):
    """Whom a recall concerns: `to` is the number, "" where there is none; `who` names a public buyer or a card, never a member."""

    kind: str
    who: str
    to: str
    lot: str
    at: datetime | None = None
    member_id: int | None = None


def concerned(reader: Connection | Session, family: Family) -> list[Concerned]:
    """Return the buyers of a lot and of all made of it, and the members whose deliveries are in it."""
    onward = forward(family)
    rows = select(Order.buyer, Order.phone, Order.member_id, Order.sold_at, OfferedLot.lot_id)
    rows = rows.join(OfferedLot, OfferedLot.offer_id == Order.offer_id)
    sold = reader.execute(rows.where(OfferedLot.lot_id.in_(onward), Order.state.in_(("reserved", "sold", "delivered")))).all()
    brought = {one.member: lot for lot in backward(family) for one in family.deliveries.get(lot, ())}
    phones = reach(reader, [row.member_id for row in sold if row.member_id] + list(brought))
    codes = {number: link.code for number, link in family.links.items()}
    buyers = [
        Concerned(
            "buyer",
            row.buyer or (f"member {row.member_id}" if row.member_id else "at the counter"),
            row.phone or (phones[row.member_id].phone or "" if row.member_id in phones else ""),
            codes[row.lot_id],
            row.sold_at,
            row.member_id,
        )
        for row in sold
    ]
    return buyers + [
        Concerned("producer", f"member {member}", phones[member].phone or "", codes[lot], member_id=member)
        for member, lot in sorted(brought.items())
    ]


def forward(family: Family) -> list[int]:
    """Return the target and the lots made of it."""
    onward = {family.target.id}
    for link in family.links.values():
        if any(one.lot in onward for one in family.taken.get(link.event, ())):
            onward.add(link.id)
    return sorted(onward)


def recall(session: Session, act: Act, family: Family, words: str) -> int:
    """Tell all who are concerned and have a number, once a lot and number, at any hour; return how many numbers."""
    phones = {one.to for one in concerned(session, family) if one.to}
    for phone in sorted(phones):
        tell_number(session, act, phone, "urgent", f"recall:{family.target.id}:{act.operation}", f"ALERTE CPS: {words}")
    return len(phones)
