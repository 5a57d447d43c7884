"""Agreements, PF2E courses and jobs on Bureau 12; what a company's and a centre's own people see there."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.coop.access import activation
from app.coop.act import Act
from app.coop.audience import seekers
from app.coop.cooperatives.models import Commune
from app.coop.enrolment import representatives
from app.coop.jobs import services
from app.coop.jobs.models import Job
from app.coop.members import consent
from app.coop.offices import partners
from app.coop.offices.models import OfficerAct
from app.coop.training import ages, applications, seats
from app.coop.training.models import Training
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.acts import own

FIRM = "+221780000009"
ADMIN = sample_declarations.ADMINISTRATOR
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def day(ahead):
    return f"{datetime.now(UTC) + timedelta(days=ahead):%d%m%Y}"


def say(talk, *entries):
    return [talk.type(entry) for entry in entries][-1]


@pytest.fixture
def desk(line, database):
    """Give the line, two agreements and a PF2E course."""
    today = datetime.now(UTC).date()
    starts = today + timedelta(days=14)
    with database.transaction() as session:
        for kind, name in (("centre", "CFP Mbour"), ("company", "SIRN")):
            ends = today + timedelta(days=400)
            partners.add_partner(session, None, partners.NewPartner(kind, name, "Aminata Sow", today, ends, 40))
        days = {"starts_on": starts, "ends_on": starts, "apply_until": starts - timedelta(days=1)}
        whose = {"kind": "pf2e", "company_chooses": True, "centre_id": 1, "company_id": 2}
        seats.add_training(session, None, None, seats.NewTraining(title="Soudure", place="Mbour", seats=20, **days, **whose), today)
    return line


def representative(database, role, partner, phone):
    with database.transaction() as session:
        term = {"from_on": datetime.now(UTC).date(), "until_on": None, "now": datetime.now(UTC)}
        given = representatives.appoint_representative(session, phone, "Fatou Sarr", role, partner, **term)
        return activation.issue(session, given.person_id, key=sample_cooperative.KEY, now=datetime.now(UTC))


def opened(line, phone, activation):
    talk = line(phone)
    talk.dial(["8", "12"])
    say(talk, activation, "1", "7391", "7391")
    return talk


def applied(database, *members):
    with database.transaction() as session:
        now = datetime.now(UTC)
        for member in members:
            act = own(member, f"apply:{member}", now, phone=f"+22177{member:07d}")
            course = session.scalars(select(Training.id).where(Training.kind == "pf2e")).one()
            applications.apply(session, act, course, applications.ApplicantTold(ages.Birth(2000)))


def test_the_federation_enters_agreements_and_courses_and_no_cooperative_does(line, database):
    talk = line(ADMIN)
    for choice, name in (("2", "CFP Mbour"), ("3", "SIRN")):
        talk.dial(["8", "12"])
        assert "Son nom" in say(talk, "2468", "5", choice)
        assert "notée" in say(talk, name, "Aminata Sow", day(400), "40", "2468")
    talk.dial(["8", "12"])
    assert "quel métier" in say(talk, "2468", "4")
    assert "Quel niveau" in say(talk, "Soudure", "Mbour", day(14), day(200), "20")
    assert "Quel centre" in say(talk, "aucun", "IRT 12/26")
    assert "SIRN choisit" in say(talk, "1", "1")
    assert "16 à 35 ans" in talk.type("2468")
    with database.read() as reader:
        row = reader.execute(select(Training.__table__).where(Training.kind == "pf2e")).mappings().one()
    assert (row["min_age"], row["max_age"], row["company_chooses"], row["exclusive"]) == (16, 35, True, True)
    assert (row["centre_id"], row["company_id"], row["contract"], row["level"]) == (1, 2, "IRT 12/26", None)
    talk = line(sample_declarations.SECRETARY)
    talk.dial(["8", "12"])
    home = talk.type("2468")
    assert "PF2E" not in home
    assert "Conventions" not in home
    for choice in ("4", "5"):
        talk.dial(["8", "12"])
        assert "pas de votre charge" in say(talk, "2468", choice)


def test_an_agreement_is_prolonged(desk):
    talk = desk(ADMIN)
    talk.dial(["8", "12"])
    assert "40 places" in say(talk, "2468", "5", "1", "2")
    assert "noté" in say(talk, "1", day(800), "2468")


def test_a_company_chooses_behind_a_pin_of_its_own_and_sees_nothing_else(desk, database):
    sample_declarations.women(database, 2)
    applied(database, 201, 202)
    talk = opened(desk, FIRM, representative(database, "entreprise", 2, FIRM))
    bureau = talk.dial(["8"])
    assert "12 Formations" in bureau
    assert "Rappelez-moi" in bureau
    assert not any(word in bureau for word in ("Peser", "Payer", "Membres", "Prix", "Entraide"))
    talk.dial(["8", "5", "2"])
    assert "pas de votre charge" in talk.type("7391")
    talk.dial(["8", "12"])
    course = say(talk, "7391", "1", "1")
    assert "Inscrits" in course
    assert not any(word in course for word in ("Reporter", "Places", "Annuler", "Code du jour"))
    assert "Votre lecture est notée" in talk.type("1")
    assert "F2" in talk.type("1")
    person = talk.type("1")
    assert "Choisir" in person
    assert "Certificat" not in person
    assert "choix de l'entreprise noté" in say(talk, "1", "1")
    with database.read() as reader:
        acts = reader.execute(select(OfficerAct.act, OfficerAct.role).order_by(OfficerAct.id)).all()
    assert [tuple(row) for row in acts[-2:]] == [("applicants read", "entreprise"), ("training chosen", "entreprise")]


def test_a_centre_gives_the_days_code_and_chooses_nobody(desk, database):
    sample_declarations.women(database, 1)
    applied(database, 201)
    talk = opened(desk, FIRM, representative(database, "centre", 1, FIRM))
    talk.dial(["8", "12"])
    course = say(talk, "7391", "1", "1")
    assert "Code du jour" in course
    assert "Annuler" not in course
    person = say(talk, "1", "1", "1")
    assert "Certificat" in person
    assert "Choisir" not in person
    talk.dial(["8", "12"])
    assert "pas de votre charge" in say(talk, "7391", "3")


def test_a_job_is_opened_told_to_who_agreed_and_filled(desk, database):
    sample_declarations.women(database, 3)
    now = datetime.now(UTC)
    with database.transaction() as session:
        for member, given in ((201, True), (202, True), (202, False)):
            act = Act(member, "ussd", f"consent:{member}:{given}", now, phone=f"+22177{member:07d}")
            consent.note(session, act, ("emploi",), given=given, notice="test")
        session.add(Commune(id=2, name="Malicounda"))
        session.flush()
        for number, commune, stops in ((1, 1, False), (2, 2, False), (3, 1, True), (4, None, False)):
            act = Act(0, "ussd", f"stranger:{number}", now, phone=f"+22176555000{number}")
            consent.note(session, act, ("emploi",), given=True, notice="test")
            if commune:
                seekers.seek(session, act.phone, commune, now)
            if stops:
                consent.note(session, act, consent.STOPPED, given=False, notice="test")
    talk = desk(ADMIN)
    talk.dial(["8", "12"])
    assert "Pour quelle filière" in say(talk, "2468", "3", "2", "1", "Soudeur", "Mbour", "2", day(20))
    assert "Emploi 1 ouvert" in say(talk, "2", "Joal", "2468")
    with database.read() as reader:
        job = reader.execute(select(Job.company, Job.company_id, Job.filiere_id, Job.commune_id)).one()
    assert tuple(job) == ("SIRN", 2, 1, 1)
    talk.dial(["8", "12"])
    assert "Annoncer" in say(talk, "2468", "3", "1", "1")
    said = say(talk, "2", "1")
    assert "Devis pret" in said
    assert "2 numéros, " in talk.type("1")
    assert "Envoi 1" in talk.type("2468")
    with database.read() as reader:
        told = reader.execute(
            select(Message.to_number, Message.text).where(Message.purpose == "broadcast").order_by(Message.id)
        ).all()
        broadcast = reader.execute(select(Broadcast.said, Broadcast.recipients, Broadcast.written)).one()
    assert [row.to_number for row in told] == ["+221770000201", "+221765550001"]
    assert "Soudeur" in told[0].text
    assert "EMPLOI 1" in told[0].text
    assert "Gratuit" in told[0].text
    assert (broadcast.recipients, broadcast.written) == (2, 2)
    assert "emploi: oui" in broadcast.said
    with database.transaction() as session:
        services.interest(session, own(201, "interested", now, phone="+221770000201"), 1)
    talk.dial(["8", "12"])
    say(talk, "2468", "3", "1", "1", "1")
    assert "Femme 201" in talk.type("1")
    assert "numéro pas donné" in talk.type("1")
    talk.dial(["8", "12"])
    assert "Emploi pourvu" in say(talk, "2468", "3", "1", "1", "3", "2468")


def test_who_said_nothing_of_jobs_hears_of_none(desk, database):
    sample_declarations.women(database, 2)
    with database.transaction() as session:
        services.add_job(
            session, services.NewJob("SIRN", "Soudeur", "Mbour", 1, datetime.now(UTC).date()), datetime.now(UTC).date()
        )
    talk = desk(ADMIN)
    talk.dial(["8", "12"])
    say(talk, "2468", "3", "1", "1", "2")
    assert "Personne n'a demandé" in talk.type("1")


def test_a_member_agrees_to_hear_of_jobs_and_takes_it_back(line, database):
    sample_declarations.women(database, 1)
    talk = line("+221770000201")
    talk.dial(["5", "5"])
    assert "par SMS: non" in talk.type("2468")
    assert "noté" in say(talk, "1", "1")
    talk.dial(["5", "5"])
    assert "par SMS: oui" in talk.type("2468")
    assert "noté" in say(talk, "2", "1")
    talk.dial(["5", "5"])
    assert "par SMS: non" in talk.type("2468")


def test_a_stranger_names_a_commune_to_hear_of_jobs(line, database):
    talk, phone = line("+221765550001"), "+221765550001"
    talk.dial(["5", "5"])
    assert "votre commune" in say(talk, "1")
    assert "Commune inconnue" in talk.type("Paris")
    assert "les recevoir" in talk.type("Joal")
    assert "noté" in talk.type("1")
    with database.read() as reader:
        assert seekers.seeks(reader, phone)
    talk.dial(["5", "5"])
    assert "noté" in say(talk, "2", "1")
    with database.read() as reader:
        assert not seekers.seeks(reader, phone)
    assert "par SMS: non" in talk.dial(["5", "5"])
