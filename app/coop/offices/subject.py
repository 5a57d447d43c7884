"""Offices, as others must know them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop.offices.models import OfficerAct, Partner, PartnerRole, Role
from app.coop.subject import BY_HAND, Leaver, Rows, Subject

OFFICER = "who did it, in which office, is written for good"


def _forget_contact(session: Session, leaver: Leaver) -> None:
    session.execute(update(Partner).where(Partner.phone.in_(leaver.phones)).values(contact="", phone=None))


subject = Subject(
    name="offices",
    rows=(
        Rows(Role, BY_HAND, "an office is told by number"),
        Rows(Partner, "it names whom to call there", _forget_contact),
        Rows(PartnerRole, BY_HAND, "an office is told by number"),
        Rows(OfficerAct, OFFICER, OFFICER),
    ),
)
