"""What opens an account, as others must know it."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.coop.access import number_approval, numbers, sign_in, wrong_pins
from app.coop.access.models import Activation, Authenticator, NumberChange, Reset, SignIn, WrongPin
from app.coop.approvals.kinds import ApprovalKind
from app.coop.subject import BY_HAND, Leaver, Rows, Subject, Sweep


def _forget_changes(session: Session, leaver: Leaver) -> None:
    session.execute(update(NumberChange).where(NumberChange.person_id == leaver.person_id).values(phone=None))


def _forget_sign_ins(session: Session, leaver: Leaver) -> None:
    session.execute(delete(SignIn).where(SignIn.phone.in_(leaver.phones), SignIn.person_id.is_(None)))
    session.execute(update(SignIn).where(SignIn.person_id == leaver.person_id).values(phone="", address=""))
    session.execute(delete(Authenticator).where(Authenticator.person_id == leaver.person_id))


def _forget_help(session: Session, leaver: Leaver) -> None:
    session.execute(update(Reset).where(Reset.first_by == leaver.person_id).values(first_phone=""))


def _forget_wrong_pins(session: Session, leaver: Leaver) -> None:
    theirs = (WrongPin.person_id == leaver.person_id) | WrongPin.phone.in_(leaver.phones)
    session.execute(update(WrongPin).where(theirs).values(phone=""))


subject = Subject(
    name="access",
    approvals=(ApprovalKind("number", number_approval.approved, number_approval.refused),),
    sweeps=(
        Sweep("numbers", 3600, numbers.free_departed),
        Sweep("wrong pins", 3600, wrong_pins.forget),
        Sweep("sign-ins", 3600, sign_in.forget),
    ),
    rows=(
        Rows(NumberChange, "it tells what happened to the person that there was", _forget_changes),
        Rows(Activation, BY_HAND, "it is a hash, and used up"),
        Rows(Reset, "it tells what was opened then", _forget_help),
        Rows(Authenticator, "the console knows persons, not members", "it goes with the sign-ins"),
        Rows(SignIn, "the console knows persons, not members", _forget_sign_ins),
        Rows(WrongPin, "the other account has no PIN any more", _forget_wrong_pins),
    ),
)
