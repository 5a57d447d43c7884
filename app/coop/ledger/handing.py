"""From hand to hand: an officer hands over what was approved, and it is paid by the member's word, or two officers and a signature.

In the books handing over moves it from her account to *handed over*, and her word from there to the box: what left without
anybody's word stays a figure of its own.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.orm import Session

from app.coop import law
from app.coop.ledger import schedule, settling, signing
from app.coop.ledger.box import check_box
from app.coop.ledger.models import Payout
from app.coop.ledger.payouts import SIDES, Gone, NotForYourself, NotHers, Open, move, open_of
from app.coop.ledger.services import account_of, post, reverse
from app.coop.members import audit
from app.coop.members.finding import BELONGS
from app.coop.members.freezes import check_money
from app.coop.members.lock import lock_members
from app.coop.members.models import Member
from app.coop.members.offices import Office

_WAITS = (Payout.state == "handed") & ~Payout.contested
"""Handed over, and nobody's word on it yet."""


def hand_over(session: Session, office: Office, payout_id: int, *, channel: str, operation: str, now: datetime) -> Payout:
    """Note that an officer gave a member what was approved; an advance's schedule begins. A settlement takes all that is owed.

    Raises Gone, NotForYourself, NotHers, Unlawful, MoneyFrozen, Overdrawn, BoxShort, and of a settlement StillOpen, TooEarly, Owes:
    nothing is handed over then.
    """
    here = Payout.cooperative_id == office.cooperative_id
    row = move(session, payout_id, ("approved",), "handed", here)
    if row.kind != "leasing":
        check_box(session, row.cooperative_id, row.amount, promised=True)
    member = lock_members(session, (row.member_id,))[row.member_id]
    if member.person_id == office.person_id:
        raise NotForYourself
    if row.kind != "settlement" and member.state not in BELONGS:
        raise NotHers(row.member_id)
    law.check(session, row.kind, row.member_id, now.date())
    check_money(session, row.member_id, now)
    row.handed_by, row.handed_at = office.person_id, now
    if row.kind == "settlement":
        row.handed_entry_id = settling.book(session, row, settling.clear(session, row, now), now)
    else:
        hers, _ = SIDES[row.kind]
        row.handed_entry_id = _post(session, row, row.kind, (hers, row.member_id), ("handed_over", None), now)
    if row.instalments:
        schedule.write(session, row, now.date())
    audit.record_on(session, office, "payout handed over", f"payout:{row.id}", row, channel, operation, now)
    session.flush()
    return row


def receive(session: Session, member_id: int, payout_id: int, *, now: datetime) -> Payout:
    """Note the member's word that it has come; the account of one who leaves is closed with it. Raises Gone."""
    row = _paid(session, payout_id, now, Payout.member_id == member_id)
    if row.kind == "settlement":
        settling.close_paid(session, row, now)
    return row


def handed_by_reference(reader: Connection | Session, cooperative_id: int, reference: str) -> Open | None:
    """Return what was handed over under a reference and not confirmed, if there is any."""
    here = (Payout.cooperative_id == cooperative_id) & (Payout.reference == reference) & _WAITS
    row = reader.execute(select(Payout.id, Payout.member_id).where(here)).first()
    return next((one for one in open_of(reader, row.member_id, ("handed",)) if one.id == row.id), None) if row else None


def sign(
    session: Session, office: Office, payout_id: int, signature: str, *, channel: str, operation: str, now: datetime
) -> Payout | None:
    """Note an officer's word that a receipt was signed under a number; with a second one's it is paid. None after the first.

    Raises Gone, NotForYourself, SameOfficer, OtherSignature.
    """
    here = (Payout.id == payout_id) & (Payout.cooperative_id == office.cooperative_id) & _WAITS
    row = session.scalar(select(Payout).where(here).with_for_update())
    if row is None:
        raise Gone(payout_id)
    if session.scalar(select(Member.person_id).where(Member.id == row.member_id)) == office.person_id:
        raise NotForYourself
    word = signing.sign(row, office.person_id, signature)
    audit.record_on(session, office, f"payout {word}", f"payout:{row.id}", row, channel, operation, now)
    session.flush()
    return _paid(session, payout_id, now) if word == "countersigned" else None


def take_back(session: Session, row: Payout, *, operation: str, now: datetime) -> None:
    """Reverse a handing over that was none, its payment too: it is as if it had not left. Raises Overdrawn, AlreadyReversed."""
    if row.paid_entry_id is not None:
        reverse(session, row.paid_entry_id, operation=f"{operation}:paid", now=now)
    if row.handed_entry_id is not None:
        reverse(session, row.handed_entry_id, operation=operation, now=now)
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
