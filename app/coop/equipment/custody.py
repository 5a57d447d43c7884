"""Equipment from hand to hand: handed out with its state and what is paid for it, handed back, in repair, lent to others."""

import msgspec
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.equipment.bookings import BookingNotOpen, EquipmentGone, move
from app.coop.equipment.clock import tell
from app.coop.equipment.models import Booking, Equipment, LentEquipment
from app.coop.ledger.services import account_of, post
from app.coop.members.models import Member
from app.coop.offices import audit
from app.db.rows import require, store
from app.public_words import spelled


class EquipmentRefused(ValueError):
    """It can't be so; the argument says why."""


class StillOut(Exception):
    """Whoever had it before hasn't brought it back yet."""


class OwnBooking(Exception):
    """Nobody hands equipment out to themselves, nor takes it back from themselves."""


class HireTerms(msgspec.Struct, frozen=True):
    """How a piece of equipment is booked: XOF a half-day, days ahead, half-days a member, whether an officer decides."""

    fee: int = 0
    deposit: int = 0
    horizon: int = 14
    most: int = 4
    approval: bool = False


def check(reader: Connection | Session, cooperative_id: int, name: str, place: str, terms: HireTerms) -> None:
    """Raise EquipmentRefused when a co-operative's equipment can't be so: two of one name nobody could tell apart."""
    if not (1 <= len(name) <= 20 and 1 <= len(place) <= 16):
        raise EquipmentRefused("a name has 1 to 20 letters, a place 1 to 16")
    if not (0 <= terms.fee <= 99_999 and 0 <= terms.deposit <= 999_999 and 1 <= terms.horizon <= 90 and 1 <= terms.most <= 60):
        raise EquipmentRefused("fee up to 99 999 F, deposit up to 999 999 F, horizon 1 to 90 days, most 1 to 60 half-days")
    named = (Equipment.cooperative_id == cooperative_id) & (Equipment.name == name)
    if reader.scalar(select(Equipment.id).where(named).limit(1)) is not None:
        raise EquipmentRefused(f"{name} is there already")


def add(session: Session, act: Act, cooperative_id: int, name: str, place: str, terms: HireTerms) -> Equipment:
    """Write a new piece of equipment of a co-operative. Raises EquipmentRefused."""
    name, place = spelled(name), spelled(place)
    check(session, cooperative_id, name, place, terms)
    row = Equipment(cooperative_id=cooperative_id, name=name, place=place, **msgspec.structs.asdict(terms))
    store(session, row)
    if act.by:
        audit.note(session, act, "equipment added", f"equipment:{row.id}", audit.Of(None, cooperative_id))
    return row


def lend(session: Session, act: Act, equipment_id: int, cooperative_id: int, *, lent: bool = True) -> None:
    """Let another co-operative's members book it, or no more; what they have booked stays. Raises EquipmentRefused."""
    what = _owned(session, act, equipment_id) if act.by else session.get(Equipment, equipment_id)
    if what is None or what.cooperative_id == cooperative_id or session.get(Cooperative, cooperative_id) is None:
        raise EquipmentRefused("no such equipment, or the co-operative's own")
    session.execute(
        delete(LentEquipment).where(LentEquipment.equipment_id == equipment_id, LentEquipment.cooperative_id == cooperative_id)
    )
    if lent:
        store(session, LentEquipment(equipment_id=equipment_id, cooperative_id=cooperative_id))
    if act.by:
        done = "equipment lent" if lent else "equipment lent no more"
        audit.note(session, act, done, f"equipment:{what.id}", audit.Of(None, what.cooperative_id))


def hand_out(session: Session, act: Act, booking_id: int, state: str) -> Booking:
    """Note that a member got it, in which state, and put fee and deposit into the box.

    Raises BookingNotOpen, OwnBooking, EquipmentGone, StillOut.
    """
    row = move(session, booking_id, ("booked",), "out", act.office.scope.own(Booking.cooperative_id))
    _for_others(session, act, row)
    if row.on_day != act.today:
        raise BookingNotOpen(booking_id)
    # Who booked while an officer put it in repair has a booking still.
    if session.scalar(select(Equipment.state).where(Equipment.id == row.equipment_id)) != "usable":
        raise EquipmentGone(row.equipment_id)
    # The half-day before may not have brought it back: who has it would be asked for it by nobody.
    others = (Booking.equipment_id == row.equipment_id) & (Booking.state == "out") & (Booking.member_id != row.member_id)
    if session.scalar(select(Booking.id).where(others).limit(1)) is not None:
        raise StillOut(row.equipment_id)
    row.out_by, row.out_at, row.out_state = act.person_id, act.now, state
    _post(session, act, row, "hire", row.fee, ("cash", None), ("hire", None))
    _post(session, act, row, "deposit", row.deposit, ("cash", None), ("deposits", None))
    audit.note(session, act, "equipment handed out", f"booking:{row.id}", row)
    session.flush()
    return row


def take_back(session: Session, act: Act, booking_id: int, state: str, *, damaged: bool) -> Booking:
    """Note that it is back, in which state: the deposit goes to the member's savings, or is kept for the repair.

    Damaged, it is in repair, and what was booked ahead is off and told. Raises BookingNotOpen, OwnBooking.
    """
    row = move(session, booking_id, ("out",), "back", act.office.scope.own(Booking.cooperative_id))
    _for_others(session, act, row)
    row.back_by, row.back_at, row.back_state = act.person_id, act.now, state
    if damaged:
        _post(session, act, row, "deposit_kept", row.deposit, ("deposits", None), ("hire", None))
        session.execute(update(Equipment).where(Equipment.id == row.equipment_id).values(state="repair"))
        _call_off(session, act, row.equipment_id)
    else:
        _give_back(session, act, row)
    audit.note(session, act, "equipment taken back", f"booking:{row.id}", row)
    session.flush()
    return row


def repair(session: Session, act: Act, equipment_id: int) -> list[Booking]:
    """Take it out of use: what was booked ahead is off and told, and is returned. Raises EquipmentRefused."""
    what = _owned(session, act, equipment_id)
    what.state = "repair"
    audit.note(session, act, "equipment in repair", f"equipment:{what.id}", audit.Of(None, what.cooperative_id))
    return _call_off(session, act, equipment_id)


def restore(session: Session, act: Act, equipment_id: int) -> None:
    """Have it booked again. Raises EquipmentRefused."""
    what = _owned(session, act, equipment_id)
    what.state = "usable"
    audit.note(session, act, "equipment usable", f"equipment:{what.id}", audit.Of(None, what.cooperative_id))


def _owned(session: Session, act: Act, equipment_id: int) -> Equipment:
    here = act.office.scope.own(Equipment.cooperative_id)
    return require(
        session.scalar(select(Equipment).where(Equipment.id == equipment_id, here, Equipment.state != "retired").with_for_update()),
        EquipmentRefused("not this co-operative's"),
    )


def _call_off(session: Session, act: Act, equipment_id: int) -> list[Booking]:
    ahead = Booking.state.in_(("asked", "booked")) & (Booking.on_day >= act.today)
    found = session.scalars(select(Booking.id).where(Booking.equipment_id == equipment_id, ahead)).all()
    off = [move(session, booking, ("asked", "booked"), "off") for booking in found]
    for row in off:
        tell(session, act, row)
    return off


def _for_others(session: Session, act: Act, row: Booking) -> None:
    if session.scalar(select(Member.person_id).where(Member.id == row.member_id)) == act.person_id:
        raise OwnBooking


def _give_back(session: Session, act: Act, row: Booking) -> None:
    """Return a deposit: to savings at the member's own co-operative. Another's member has no account here: it stays in the books
    as a deposit, and is paid out by the two treasurers."""
    home = session.scalar(select(Member.cooperative_id).where(Member.id == row.member_id))
    if home == row.cooperative_id:
        _post(session, act, row, "deposit_back", row.deposit, ("deposits", None), ("savings", row.member_id))


def _post(
    session: Session, act: Act, row: Booking, kind: str, amount: int, debit: tuple[str, int | None], credit: tuple[str, int | None]
) -> None:
    if not amount:
        return
    of = [account_of(session, row.cooperative_id, member, account) for account, member in (debit, credit)]
    whose = row.member_id if "savings" in (debit[0], credit[0]) else None
    lines = [(of[0], amount), (of[1], -amount)]
    operation = f"booking:{row.id}:{kind}"
    post(session, operation=operation, kind=kind, cooperative_id=row.cooperative_id, member_id=whose, lines=lines, now=act.now)
