"""From hand to hand: an officer hands over what was approved, and it is paid by the member's word, or two officers and a signature.

In the books handing over moves it from her account to *handed over*, and her word from there to the box: what left without
anybody's word stays a figure of its own.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.orm import Session

from app.coop import law
from app.coop.act import Act
from app.coop.ledger import schedule, settling, signing
from app.coop.ledger.box import check_box
from app.coop.ledger.models import Payout
from app.coop.ledger.payouts import SIDES, NotForYourself, NotHers, Open, PayoutNotOpen, move, open_of
from app.coop.ledger.services import account_of, post, reverse
from app.coop.members import audit
from app.coop.members.finding import BELONGS
from app.coop.members.freezes import check_money
from app.coop.members.lock import lock_members
from app.coop.members.models import Member

_WAITS = (Payout.state == "handed") & ~Payout.contested
"""Handed over, and nobody's word on it yet."""


def hand_over(session: Session, act: Act, payout_id: int) -> Payout:
    """Note that an officer gave a member what was approved; an advance's schedule begins. A settlement takes all that is owed.

    Raises PayoutNotOpen, NotForYourself, NotHers, Unlawful, MoneyFrozen, Overdrawn, BoxShort, and of a settlement StillOpen,
    TooEarly, Owes: nothing is handed over then.
    """
    here = Payout.cooperative_id == act.office.cooperative_id
    row = move(session, payout_id, ("approved",), "handed", here)
    if row.kind != "leasing":
        check_box(session, row.cooperative_id, row.amount, promised=True)
    member = lock_members(session, (row.member_id,))[row.member_id]
    if member.person_id == act.person_id:
        raise NotForYourself
    if row.kind != "settlement" and member.state not in BELONGS:
        raise NotHers(row.member_id)
    law.check(session, row.kind, row.member_id, act.today)
    check_money(session, row.member_id, act.now)
    row.handed_by, row.handed_at = act.person_id, act.now
    if row.kind == "settlement":
        row.handed_entry_id = settling.book(session, row, settling.clear(session, row, act.now), act.now)
    else:
        hers, _ = SIDES[row.kind]
        row.handed_entry_id = _post(session, row, row.kind, (hers, row.member_id), ("handed_over", None), act.now)
    if row.instalments:
        schedule.write(session, row, act.today)
    audit.note(session, act, "payout handed over", f"payout:{row.id}", row)
    session.flush()
    return row


def receive(session: Session, act: Act, payout_id: int) -> Payout:
    """Note the member's word that it has come; the account of one who leaves is closed with it. Raises PayoutNotOpen."""
    row = _paid(session, payout_id, act.now, Payout.member_id == act.member)
    if row.kind == "settlement":
        settling.close_paid(session, row, act.now)
    return row


def handed_by_reference(reader: Connection | Session, cooperative_id: int, reference: str) -> Open | None:
    """Return what was handed over under a reference and not confirmed, if there is any."""
    here = (Payout.cooperative_id == cooperative_id) & (Payout.reference == reference) & _WAITS
    row = reader.execute(select(Payout.id, Payout.member_id).where(here)).first()
    return next((one for one in open_of(reader, row.member_id, ("handed",)) if one.id == row.id), None) if row else None


def sign(session: Session, act: Act, payout_id: int, signature: str) -> Payout | None:
    """Note an officer's word that a receipt was signed under a number; with a second one's it is paid. None after the first.

    Raises PayoutNotOpen, NotForYourself, SameOfficer, OtherSignature.
    """
    here = (Payout.id == payout_id) & (Payout.cooperative_id == act.office.cooperative_id) & _WAITS
    row = session.scalar(select(Payout).where(here).with_for_update())
    if row is None:
        raise PayoutNotOpen(payout_id)
    if session.scalar(select(Member.person_id).where(Member.id == row.member_id)) == act.person_id:
        raise NotForYourself
    word = signing.sign(row, act.person_id, signature)
    audit.note(session, act, f"payout {word}", f"payout:{row.id}", row)
    session.flush()
    return _paid(session, payout_id, act.now) if word == "countersigned" else None


def take_back(session: Session, act: Act, row: Payout) -> None:
    """Reverse a handing over that was none, its payment too: it is as if it had not left. Raises Overdrawn, AlreadyReversed."""
    if row.paid_entry_id is not None:
        reverse(session, row.paid_entry_id, operation=f"{act.operation}:paid", now=act.now)
    if row.handed_entry_id is not None:
        reverse(session, row.handed_entry_id, operation=act.operation, now=act.now)
    row.state, row.contested = "cancelled", False


def _paid(session: Session, payout_id: int, now: datetime, *only: ColumnElement[bool]) -> Payout:
    row = move(session, payout_id, ("handed",), "paid", ~Payout.contested, *only)
    row.paid_at = now
    box = "equipment" if row.kind == "leasing" else "cash"
    row.paid_entry_id = _post(session, row, "payment", ("handed_over", None), (box, None), now)
    session.flush()
    return row


def _post(
    session: Session, row: Payout, kind: str, debit: tuple[str, int | None], credit: tuple[str, int | None], now: datetime
) -> int:
    of = [account_of(session, row.cooperative_id, member, account) for account, member in (debit, credit)]
    return post(
        session,
        operation=f"payout:{row.id}:{kind}",
        kind=kind,
        cooperative_id=row.cooperative_id,
        member_id=row.member_id,
        lines=[(of[0], row.amount), (of[1], -row.amount)],
        now=now,
    )
