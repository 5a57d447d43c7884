"""Members, as others must know them."""

from sqlalchemy import delete, func, update
from sqlalchemy.orm import Session

from app.coop.approvals.kinds import ApprovalKind
from app.coop.members import leaving, numbers, proving, wrong_pins
from app.coop.members.erasing import NOBODY
from app.coop.members.events import Application, CardAlias, Departure, NumberChange, Reset
from app.coop.members.models import Activation, CallBack, Consent, Member, Number, OfficerAct, Role, WrongPin
from app.coop.members.sign_ins import SignIn
from app.coop.subject import Leaver, Rows, Subject, Sweep

MOVED = "it is moved by hand, with what hangs on it (ledger/merging.py)"
OFFICER = "who did it, in which office, is written for good"


def _forget_changes(session: Session, leaver: Leaver) -> None:
    session.execute(update(NumberChange).where(NumberChange.person_id == leaver.person_id).values(phone=None))


def _forget_application(session: Session, leaver: Leaver) -> None:
    session.execute(update(Application).where(Application.member_id == leaver.member_id).values(name=NOBODY, phone=None))


def _forget_sign_ins(session: Session, leaver: Leaver) -> None:
    session.execute(delete(SignIn).where(SignIn.phone.in_(leaver.phones), SignIn.person_id.is_(None)))
    session.execute(update(SignIn).where(SignIn.person_id == leaver.person_id).values(phone=""))


def _forget_help(session: Session, leaver: Leaver) -> None:
    session.execute(update(Reset).where(Reset.first_by == leaver.person_id).values(first_phone=""))


def _forget_wrong_pins(session: Session, leaver: Leaver) -> None:
    theirs = (WrongPin.person_id == leaver.person_id) | WrongPin.phone.in_(leaver.phones)
    session.execute(update(WrongPin).where(theirs).values(phone=""))


def _forget_call_backs(session: Session, leaver: Leaver) -> None:
    """Take the person off the list of those who wait to be called, also where they asked as nobody known."""
    unknown = CallBack.person_id.is_(None) & CallBack.phone.in_(leaver.phones)
    asked = update(CallBack).where((CallBack.person_id == leaver.person_id) | unknown)
    ended = func.coalesce(CallBack.done_at, leaver.now)
    session.execute(asked.values(phone="", person_id=None, done_at=ended))


subject = Subject(
    name="members",
    approvals=(
        ApprovalKind("number", proving.approved, proving.refused),
        ApprovalKind("exclusion", leaving.excluded),
        ApprovalKind("death", leaving.died),
        ApprovalKind("reinstatement", leaving.reinstated),
    ),
    sweeps=(Sweep("numbers", 3600, numbers.free_departed), Sweep("wrong pins", 3600, wrong_pins.forget)),
    rows=(
        Rows(Member, "the other one departs", "a person without a name is left"),
        Rows(Number, MOVED, "the person's are released before"),
        Rows(NumberChange, "it tells what happened to the person that there was", _forget_changes),
        Rows(Role, MOVED, "an office is told by number"),
        Rows(CardAlias, MOVED, "a card is a number"),
        Rows(Activation, MOVED, "it is a hash, and used up"),
        Rows(Consent, "it is the proof of what was agreed to", "it is the proof of what was agreed to"),
        Rows(Reset, "it tells what was opened then", _forget_help),
        Rows(SignIn, "the console knows persons, not members", _forget_sign_ins),
        Rows(WrongPin, "the other account has no PIN any more", _forget_wrong_pins),
        Rows(CallBack, "it is answered on the number that asked", _forget_call_backs),
        Rows(Application, "it was another's when it was made", _forget_application),
        Rows(Departure, "an open one blocks the merge", "it has no name; its paper is a number"),
        Rows(OfficerAct, OFFICER, OFFICER),
    ),
)
