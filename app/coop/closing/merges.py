"""Somebody was written down twice: two officers make one account of the two. Nothing is lost, and both cards mean her.

Balances go over by an entry on each side, through a control account that is always at zero; what was weighed and declared goes with
them. The books keep the other member's entries, with her number.
"""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop import approvals
from app.coop.access import numbers
from app.coop.access.freezes import MoneyFrozen, check_money, freeze_money
from app.coop.access.models import Activation, NumberChange
from app.coop.act import Act
from app.coop.closing.settlements import StillOpen, check_nothing_open
from app.coop.ledger.models import Account
from app.coop.ledger.services import OWED, AccountFull, account_of, post
from app.coop.members.lock import lock_present
from app.coop.members.lookup import FoundMember
from app.coop.members.models import CardAlias, Member, Number, Person
from app.coop.members.notices import tell_person, tell_places
from app.coop.members.telephones import numbers_of
from app.coop.offices import audit
from app.coop.offices.models import PartnerRole, Role
from app.coop.subject import declared

BETWEEN = "merging"
"""The control account that balances pass through."""


class NotOne(Exception):
    """These two can't be made one; `why` is a word for the screen."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def ask(session: Session, act: Act, kept: FoundMember, other: FoundMember) -> None:
    """Ask other officers to make `other` one with `kept`, whose PIN and card number stay. Raises NotOne, approvals.AlreadyAsked."""
    if act.person_id in (kept.person_id, other.person_id):
        raise NotOne("own")
    _check(session, kept, other, act.now)
    approvals.ask(
        session,
        act,
        "merge",
        f"Réunir {kept.card} et {other.card}",
        subject="member",
        subject_id=other.member_id,
        cooperative_id=kept.cooperative_id,
        member_id=kept.member_id,
        details={"kept": kept.member_id},
    )
    audit.note(session, act, "merge asked", f"member:{other.member_id}", kept)


def merged(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Make one of the two, as they stand now; raises Impossible when they can't be any more."""
    now, both = act.now, (approval.details["kept"], approval.subject_id)
    lock_present(session, both)
    kept, other = (session.get_one(Member, one, populate_existing=True) for one in both)
    if act.person_id == other.person_id:
        raise approvals.Impossible("c'est votre carte")
    # Approvals leave out the member whom they concern, here the one
    # who is kept. The other card may be an officer's, too.
    voted = select(approvals.ApprovalVote.id).where(approvals.ApprovalVote.approval_id == approval.id)
    if session.scalar(voted.where(approvals.ApprovalVote.person_id == other.person_id)) is not None:
        raise approvals.Impossible("sa carte est celle d'un responsable qui a voté")
    try:
        _check(session, _as_found(session, kept), _as_found(session, other), now)
    except NotOne as no:
        raise approvals.Impossible("un des deux comptes a changé") from no
    try:
        _move_money(session, act, kept, other)
    except AccountFull:
        raise approvals.Impossible("un compte passerait 999 999 999 F") from None
    for table in (rows.model for subject in declared() for rows in subject.rows if rows.merged == "move"):
        session.execute(update(table).where(table.member_id == other.id).values(member_id=kept.id))
    _move_numbers(session, act, kept.person_id, other.person_id)
    for held in (Role, PartnerRole):
        session.execute(update(held).where(held.person_id == other.person_id).values(person_id=kept.person_id))
    session.execute(update(CardAlias).where(CardAlias.member_id == other.id).values(member_id=kept.id))
    session.add(CardAlias(card=other.card, member_id=kept.id))
    session.execute(delete(Activation).where(Activation.person_id == other.person_id))
    shut = update(Person).where(Person.id == other.person_id).values(pin_hash=None, reset_until=None)
    session.execute(shut)
    other.state, other.left_on = "departed", now.date()
    kept.amounts_by_sms = other.amounts_by_sms = False
    session.flush()
    freeze_money(session, kept.person_id, now)
    tell_person(session, act, kept.person_id, act.operation, texts.say("merged", day=now))


def _check(session: Session, kept: FoundMember, other: FoundMember, now: datetime) -> None:
    if kept.member_id == other.member_id or kept.cooperative_id != other.cooperative_id:
        raise NotOne("place")
    for one in (kept, other):
        if one.state not in ("active", "pending") or one.leaving_on is not None:
            raise NotOne("state")
    if other.has_pin and not kept.has_pin:
        raise NotOne("pin")
    owed = select(Account.id).where(Account.member_id == other.member_id, Account.kind.in_(OWED), Account.balance > 0)
    if session.scalar(owed.limit(1)):
        raise NotOne("owes")
    try:
        check_nothing_open(session, other.member_id, merging=True)
        for one in (kept, other):
            check_money(session, one.member_id, now)
    except StillOpen:
        raise NotOne("open") from None
    except MoneyFrozen:
        raise NotOne("frozen") from None


def _as_found(session: Session, row: Member) -> FoundMember:
    person = session.get_one(Person, row.person_id)
    pin = person.pin_hash is not None
    return FoundMember(row.id, row.person_id, row.cooperative_id, row.card, person.name, row.state, pin, row.leaving_on)


def _move_money(session: Session, act: Act, kept: Member, other: Member) -> None:
    scope = kept.cooperative_id
    both = Account.member_id.in_((kept.id, other.id))
    locked = session.execute(
        select(Account.member_id, Account.kind, Account.id, Account.balance).where(both).order_by(Account.id).with_for_update()
    )
    balances = [row for row in locked.all() if row.member_id == other.id and row.balance]
    if not balances:
        return
    # An entry is of one member's accounts: a balance passes from one to the other through a control account.
    between, total = account_of(session, scope, None, BETWEEN), sum(row.balance for row in balances)
    gone = [(row.id, -row.balance) for row in balances]
    come = [(account_of(session, scope, kept.id, row.kind), row.balance) for row in balances]
    for name, whose, lines in (("out", other.id, [*gone, (between, total)]), ("in", kept.id, [*come, (between, -total)])):
        post(
            session,
            operation=f"{act.operation}:{name}",
            kind="merge",
            cooperative_id=scope,
            member_id=whose,
            lines=lines,
            now=act.now,
        )


def _move_numbers(session: Session, act: Act, kept: int, other: int) -> None:
    """Give the kept person the other's numbers; one that both have stays once, with the kept one's place."""
    known = {number.phone for number in numbers_of(session, kept)}
    for number in session.scalars(select(Number).where(Number.person_id == other)).all():
        if number.phone in known:
            session.delete(number)
        else:
            number.person_id, number.registered_at = kept, act.now
        session.add(NumberChange(person_id=kept, phone=number.phone, act="moved", by_person_id=act.person_id, at=act.now))
    session.flush()
    for phone in numbers.share_all(session, kept):
        tell_places(session, act, phone, act.operation)
