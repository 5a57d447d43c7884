"""Trainings for talks and walks: one of a single seat, of CPS1, which one woman has and another waits for."""

from datetime import date, timedelta

from sqlalchemy import select

from app.coop.act import Act
from app.coop.jobs import services
from app.coop.members.models import Number, Person
from app.coop.offices import partners
from app.coop.offices.models import PartnerRole
from app.coop.rights import Office
from app.coop.training import ages, applications, notices, presence, seats
from app.coop.training.models import Training, TrainingApplication
from tests import sample_cooperative, sample_declarations
from tests.acts import own
from tests.samples import sample


def couture(session, now, *members):
    """Open it in two weeks, and let members apply in turn."""
    day = now.date() + timedelta(days=14)
    days = {"starts_on": day, "ends_on": day, "apply_until": day - timedelta(days=1)}
    row = seats.add_training(session, None, 1, seats.NewTraining(title="Couture", place="Mbour", seats=1, **days), now.date())
    for member in members:
        act = own(member, f"couture:{member}", now, phone=f"+22177{member:07d}")
        made, _ = applications.apply(session, act, row.id, applications.ApplicantTold(ages.Birth(2000)))
        notices.receipt(session, made, session.get_one(Training, row.id))
    return row


def welding(session, now, *members):
    """Open one of CPS1 where the company chooses two, and let members apply in turn."""
    day = now.date() + timedelta(days=14)
    days = {"starts_on": day, "ends_on": day, "apply_until": day - timedelta(days=1)}
    told = seats.NewTraining(title="Soudure", place="Mbour", seats=2, kind="pf2e", company_chooses=True, max_age=35, **days)
    row = seats.add_training(session, None, 1, told, now.date())
    for member in members:
        act = own(member, f"welding:{member}", now, phone=f"+22177{member:07d}")
        applications.apply(session, act, row.id, applications.ApplicantTold(ages.Birth(2000)))
    return row


@sample
def two_for_one_seat(database, now):
    """Two women apply for the one seat."""
    sample_declarations.women(database, 2)
    with database.transaction() as session:
        couture(session, now, 201, 202)


@sample
def shipyard(database, _):
    """Open a job at the shipyard."""
    with database.transaction() as session:
        told = services.NewJob("Chantier naval", "Soudeur", "Mbour", 2, date(2026, 12, 15))
        services.add_job(session, told, date(2026, 11, 24))


FIRM = "+221780000009"


def agreements(session, now):
    """Give the federation an agreement with a centre, and one with a company."""
    for kind, name in (("centre", "CFP Mbour"), ("company", "SIRN")):
        told = partners.NewPartner(kind, name, "Aminata Sow", now.date(), now.date() + timedelta(days=400), 40)
        partners.add_partner(session, None, told)


@sample
def hundred_for_twenty(database, now):
    """A hundred women apply for the twenty seats of a PF2E course, for which a company chooses by somebody of its own."""
    sample_declarations.women(database, 100)
    day = now.date() + timedelta(days=14)
    with database.transaction() as session:
        agreements(session, now)
        session.add(Person(id=150, name="Modou Fall", language="fr", pin_hash=sample_cooperative.hashed("2468"), pin_pepper=1))
        session.flush()
        session.add(Number(phone=FIRM, person_id=150, place=None, registered_at=sample_cooperative.LONG_AGO))
        session.add(PartnerRole(person_id=150, partner_id=2, from_on=now.date()))
        days = {"starts_on": day, "ends_on": day + timedelta(days=90), "apply_until": day - timedelta(days=1)}
        whose = {"kind": "pf2e", "company_chooses": True, "max_age": 35, "centre_id": 1, "company_id": 2}
        row = seats.add_training(
            session, None, None, seats.NewTraining(title="Soudure", place="Mbour", seats=20, **days, **whose), now.date()
        )
        for member in range(201, 301):
            act = own(member, f"soudure:{member}", now, phone=f"+22177{member:07d}")
            applications.apply(session, act, row.id, applications.ApplicantTold(ages.Birth(2004)))
        firm = Act(150, "ussd", "soudure:chosen", now, by=Office(150, "entreprise", None, 2))
        first = session.scalars(select(TrainingApplication.id).order_by(TrainingApplication.id).limit(19)).all()
        presence.choose(session, firm, row.id, first, now, last=False)


GIVEN = {
    "a hundred apply for twenty seats": hundred_for_twenty,
    "two women apply for one seat": two_for_one_seat,
    "the shipyard wants two welders": shipyard,
}
