"""What members change of their own account."""

from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from app.coop.members.models import Member, Number, Person


class SharedNumber(Exception):
    """Amounts by SMS would be read by others: a number of several members, or a trusted one, can't have them."""


def name_and_card(reader: Connection | Session, member_id: int) -> tuple[str, str]:
    """Return a member's name and card number; one SELECT."""
    row = reader.execute(select(Person.name, Member.card).join(Member, Member.person_id == Person.id).where(Member.id == member_id))
    name, card = row.one()
    return name, card


def set_language(session: Session, person_id: int, language: str) -> None:
    """Note the language wished for; it is served as soon as it has been reviewed."""
    session.execute(update(Person).where(Person.id == person_id).values(language=language))


def set_amounts_by_sms(session: Session, person_id: int, wanted: bool) -> None:
    """Allow or stop amounts in SMS; raises SharedNumber when a number of the person is somebody else's too."""
    if wanted and others_read(session, person_id):
        raise SharedNumber
    session.execute(update(Member).where(Member.person_id == person_id).values(amounts_by_sms=wanted))


def others_read(reader: Connection | Session, person_id: int) -> bool:
    """Tell whether a number of a person is somebody else's too, so that amounts by SMS would be read by others."""
    shared = select(Number.phone).where(Number.person_id == person_id, Number.place.is_not(None))
    theirs = (Number.person_id != person_id) & Number.phone.in_(shared)
    trusted = (Number.person_id == person_id) & Number.trusted
    return bool(reader.scalar(select(func.count()).select_from(Number).where(theirs | trusted)))
