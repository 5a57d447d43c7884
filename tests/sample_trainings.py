"""Trainings for talks and walks: one of a single seat, of CPS1, which one woman has and another waits for."""

from datetime import date, timedelta

from app.coop.jobs import services
from app.coop.training import ages, applications, notices, seats
from app.coop.training.models import Training
from tests import sample_declarations
from tests.acts import own


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


def two_for_one_seat(database, now):
    """Two women apply for the one seat."""
    sample_declarations.women(database, 2)
    with database.transaction() as session:
        couture(session, now, 201, 202)


def shipyard(database, _):
    """Open a job at the shipyard."""
    with database.transaction() as session:
        told = services.NewJob("Chantier naval", "Soudeur", "Mbour", 2, date(2026, 12, 15))
        services.add_job(session, told, date(2026, 11, 24))


GIVEN = {"two women apply for one seat": two_for_one_seat, "the shipyard wants two welders": shipyard}
