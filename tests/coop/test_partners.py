"""Centres and companies under agreement: what they may do, for how long, for how many places, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from sqlalchemy import func, select

from app.coop.access import sign_in
from app.coop.enrolment import appointments, representatives
from app.coop.jobs import queries as job_queries
from app.coop.jobs import services
from app.coop.offices import partners
from app.coop.offices.models import OfficerAct
from app.coop.offices.queries import Directory, offices_of
from app.coop.rights import NotYours, Office, Right
from app.coop.scope import FEDERATION, Scope
from app.coop.training import ages, applications, presence, queries, seats
from app.coop.training.models import Training
from app.sms.models import Message
from tests import sample_declarations
from tests.acts import by, own

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
ENDS = date(2027, 3, 31)
CHIEF = Office(103, "administrator", None)
PHONE = "+221780000009"


@pytest.fixture
def quay(database):
    sample_declarations.staffed(database)
    sample_declarations.women(database, 3)
    with database.transaction() as session:
        for kind, name in (("centre", "CFP Mbour"), ("company", "SIRN"), ("company", "CHAM"), ("centre", "CFP Joal")):
            told = partners.NewPartner(kind, name, "Mme Sow", TODAY, ENDS, 20)
            partners.add_partner(session, by(CHIEF, f"partner:{name}", NOW), told)
    return database


def course(session, **given):
    told = {"title": "Soudure", "place": "Mbour", "seats": 2, "starts_on": date(2026, 12, 8), "ends_on": date(2026, 12, 10)}
    told |= {"apply_until": date(2026, 12, 7), "company_chooses": True, "centre_id": 1, "company_id": 2} | given
    return seats.add_training(session, None, None, seats.NewTraining(**told), TODAY)


def appoint(database, role="entreprise", partner=2, phone=PHONE, name="Fatou Sarr", **term):
    term = {"from_on": TODAY, "until_on": None} | term
    with database.transaction() as session:
        return representatives.appoint_representative(session, phone, name, role, partner, **term, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        *({"places": 0}, {"places": -1}, {"places": 10_000}, {"name": "x"}, {"contact": "?" * 41}),
        *({"until_on": TODAY - timedelta(1)}, {"until_on": date(2099, 1, 1)}, {"name": "SIRN"}),
    ],
)
def test_an_agreement_that_cannot_be_is_refused(quay, change):
    told = {"kind": "company", "name": "ARM", "contact": "M. Fall", "from_on": TODAY, "until_on": ENDS, "places": 5}
    with quay.transaction() as session, pytest.raises(partners.PartnerRefused):
        partners.add_partner(session, by(CHIEF, "bad", NOW), partners.NewPartner(**told | change))


def test_who_acts_for_a_partner_has_one_right_in_no_other_scope(quay):
    given = appoint(quay)
    assert (given.role, given.partner, given.cooperative, given.new) == ("entreprise", "SIRN", None, True)
    with quay.read() as reader:
        [office] = offices_of(reader, given.person_id, TODAY)
    assert office.scope == Scope(None, 2) != FEDERATION
    assert [right for right in get_args(Right) if office.may(right)] == ["courses"]
    assert not any(office.scope.includes(place) for place in (None, 1, 2))
    assert not office.may("courses", 1)
    with quay.read() as reader:
        assert reader.scalars(select(Training.id).where(office.scope.own(Training.cooperative_id))).all() == []
        assert reader.scalars(select(Training.id).where(office.scope.reach(Training.cooperative_id))).all() == []
        assert sign_in._office(reader, given.person_id, NOW) is None
        assert Directory(quay).holds(PHONE, TODAY)
        assert appointments.officers(reader, TODAY)[-1].partner == "SIRN"


def test_it_lasts_no_longer_than_the_agreement_and_ends_at_once(quay):
    given = appoint(quay)
    with quay.read() as reader:
        assert offices_of(reader, given.person_id, ENDS)
        assert not offices_of(reader, given.person_id, ENDS + timedelta(1))
        assert not offices_of(reader, given.person_id, TODAY - timedelta(1))
        told = set(reader.scalars(select(Message.to_number)))
        assert told == {PHONE, sample_declarations.ADMINISTRATOR}
    with quay.transaction() as session:
        assert representatives.revoke_representative(session, PHONE, "entreprise", 2, now=NOW)
        assert not representatives.revoke_representative(session, PHONE, "entreprise", 2, now=NOW)
    with quay.read() as reader:
        assert not offices_of(reader, given.person_id, TODAY)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"role": "centre"}, "pas de convention de centre"),
        ({"partner": 9}, "pas de convention"),
        ({"from_on": ENDS + timedelta(1)}, "la convention est finie"),
        ({"name": None}, "donnez aussi le nom"),
        ({"phone": sample_declarations.SECRETARY, "name": "Autre"}, "autre nom"),
    ],
)
def test_who_cannot_act_for_a_partner_is_told_why(quay, given, why):
    with pytest.raises(appointments.NotAppointed, match=why):
        appoint(quay, **given)


def test_a_forgotten_pin_of_a_partners_is_renewed(quay):
    given = appoint(quay)
    with quay.transaction() as session:
        assert appointments.renew(session, PHONE, now=NOW).person_id == given.person_id


def test_a_course_stands_within_the_agreements_period_and_places(quay):
    with quay.transaction() as session:
        first = course(session, seats=15)
        late = {"starts_on": ENDS + timedelta(1), "ends_on": ENDS + timedelta(1), "apply_until": ENDS}
        for bad in ({"seats": 6}, late, {"centre_id": 2}, {"company_id": 1}):
            with pytest.raises(seats.TrainingRefused), session.begin_nested():
                course(session, **bad)
        course(session, seats=5)
        with pytest.raises(seats.TrainingRefused), session.begin_nested():
            seats.set_seats(session, None, first.id, 16)
        with pytest.raises(seats.TrainingRefused), session.begin_nested():
            seats.move(session, None, first.id, ENDS + timedelta(1), TODAY)
        partners.change_partner(session, by(CHIEF, "more", NOW), 1, places=40)
        partners.change_partner(session, by(CHIEF, "more too", NOW), 2, places=40)
        assert seats.set_seats(session, None, first.id, 16).seats == 16


def test_a_company_chooses_a_centre_certifies_and_others_see_nothing(quay):
    firm, other = Office(901, "entreprise", None, 2), Office(902, "entreprise", None, 3)
    centre, other_centre = Office(903, "centre", None, 1), Office(904, "centre", None, 4)
    with quay.transaction() as session:
        for office in (firm, other, centre, other_centre):
            session.add(appointments.Person(id=office.person_id, name="X Y", language="fr"))
        training = course(session)
        told = applications.ApplicantTold(ages.Birth(2000))
        rows = [
            applications.apply(session, own(member, f"a:{member}", NOW, phone=f"+22177{member:07d}"), training.id, told)[0].id
            for member in (201, 202)
        ]
        for office in (other, other_centre):
            assert queries.trainings_of(session, office.scope, TODAY) == []
            assert queries.applicant_name(session, office.scope, rows[0]) == ""
            for refused in (presence.read_applicants, presence.day_code):
                with pytest.raises(seats.TrainingGone):
                    refused(session, by(office, "x", NOW), training.id)
        for office in (other, centre):
            with pytest.raises(seats.TrainingGone):
                presence.choose(session, by(office, "x", NOW), training.id, rows[:1], NOW, last=False)
        assert presence.choose(session, by(firm, "chosen", NOW), training.id, rows[:1], NOW, last=True) == 1
        assert [one.id for one in queries.trainings_of(session, firm.scope, TODAY)] == [training.id]
        presence.read_applicants(session, by(firm, "read", NOW), training.id)
        then = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)
        for office in (firm, other_centre):
            with pytest.raises(applications.ApplicationNotOpen):
                presence.certify(session, by(office, "x", then), rows[0])
        presence.attend_by_list(session, by(centre, "there", then), rows[0])
        assert presence.certify(session, by(centre, "certified", then), rows[0]).number
        for office in (firm, centre):
            with pytest.raises(seats.TrainingGone):
                seats.cancel(session, by(office, "x", NOW), training.id, NOW)
    with quay.read() as reader:
        noted = reader.execute(select(OfficerAct.act, OfficerAct.role).where(OfficerAct.person_id > 900).order_by(OfficerAct.id))
        assert [tuple(row) for row in noted] == [
            *(("training chosen", "entreprise"), ("applicants read", "entreprise")),
            *(("attendance", "centre"), ("certified", "centre")),
        ]


def test_a_company_sees_its_own_jobs_alone_and_its_reading_is_noted(quay):
    firm, other = Office(901, "entreprise", None, 2), Office(902, "entreprise", None, 3)
    clerk = sample_declarations.CLERK
    with quay.transaction() as session:
        for office in (firm, other):
            session.add(appointments.Person(id=office.person_id, name="X Y", language="fr"))
        session.flush()
        offer = services.NewJob("", "Soudeur", "Mbour", 2, date(2026, 12, 15), 2)
        for office in (other, clerk):
            with pytest.raises(NotYours):
                services.add_job(session, offer, TODAY, by(office, "x", NOW))
        job = services.add_job(session, offer, TODAY, by(firm, "job", NOW))
        assert job.company == "SIRN"
        assert [one.id for one in job_queries.jobs_of(session, firm.scope, TODAY)] == [job.id]
        assert job_queries.jobs_of(session, other.scope, TODAY) == []
        for office in (other, clerk):
            with pytest.raises(services.JobClosed), session.begin_nested():
                services.end(session, job.id, "filled", by(office, "x", NOW))
            with pytest.raises(services.JobClosed):
                services.read_candidates(session, by(office, "x", NOW), job.id)
        services.read_candidates(session, by(firm, "read", NOW), job.id)
        services.end(session, job.id, "filled", by(firm, "filled", NOW))
    with quay.read() as reader:
        noted = reader.scalars(select(OfficerAct.act).where(OfficerAct.person_id == 901).order_by(OfficerAct.id))
        assert list(noted) == ["job added", "candidates read", "job filled"]
        assert reader.scalar(select(func.count()).where(OfficerAct.person_id == 902)) == 0
