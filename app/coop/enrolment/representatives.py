"""Who acts for a centre or a company under agreement: appointed by number, with a PIN, for no longer than the agreement."""

from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.enrolment.appointments import Appointed, NotAppointed, holder_of
from app.coop.members.models import Number
from app.coop.offices.models import Partner, PartnerRole
from app.coop.offices.notices import tell_officers
from app.coop.offices.queries import PARTNER_ROLES, agreed
from app.coop.rights import OfficeRole
from app.coop.scope import FEDERATION
from app.db.rows import store


def appoint_representative(
    session: Session,
    phone: str,
    name: str | None,
    role: OfficeRole,
    partner_id: int,
    *,
    from_on: date,
    until_on: date | None,
    now: datetime,
) -> Appointed:
    """Let the person who alone has a number (E.164), or somebody new, act for a partner.

    Somebody new is to get an activation number. The person and the federation's officers are told. Raises NotAppointed.
    """
    partner = _partner(session, partner_id, role)
    if partner.until_on < from_on or (until_on is not None and until_on < from_on):
        raise NotAppointed("la charge finirait avant son début, ou la convention est finie")
    person, new = holder_of(session, phone, name, None, now=now)
    held = select(PartnerRole.id).join(Partner, Partner.id == PartnerRole.partner_id)
    if session.scalar(held.where(PartnerRole.person_id == person.id, Partner.id == partner_id, agreed(from_on))) is not None:
        raise NotAppointed("cette personne a déjà cette charge")
    row = store(session, PartnerRole(person_id=person.id, partner_id=partner_id, from_on=from_on, until_on=until_on))
    _tell(session, f"partner office:{row.id}", person.id, role, given=True, now=now)
    return Appointed(person.id, person.name, role, None, from_on, until_on, new, partner.name)


def revoke_representative(session: Session, phone: str, role: OfficeRole, partner_id: int, *, now: datetime) -> bool:
    """End it as of yesterday, so that it holds no more from this instant on; False when nobody with the number acts for it."""
    _partner(session, partner_id, role)
    people = select(Number.person_id).where(Number.phone == phone)
    running = PartnerRole.until_on.is_(None) | (PartnerRole.until_on >= now.date())
    mine = (PartnerRole.partner_id == partner_id) & PartnerRole.person_id.in_(people) & running
    ended = update(PartnerRole).where(mine).values(until_on=now.date() - timedelta(days=1))
    rows = session.execute(ended.returning(PartnerRole.id, PartnerRole.person_id)).all()
    for row in rows:
        _tell(session, f"partner office ended:{row.id}", row.person_id, role, given=False, now=now)
    return bool(rows)


def _partner(session: Session, partner_id: int, role: OfficeRole) -> Partner:
    found = session.get(Partner, partner_id)
    if found is None or PARTNER_ROLES[found.kind] != role:
        raise NotAppointed(f"pas de convention de {role} sous le numéro {partner_id}")
    return found


def _tell(session: Session, cause: str, person_id: int, role: str, *, given: bool, now: datetime) -> None:
    words = texts.say("office_notice", office=role, office_is="given" if given else "ended", day=now)
    tell_officers(session, Act(0, "cli", cause, now), FEDERATION, cause, words, also=(person_id,))
