"""Approvals say whose word is missing, contests who waits; both are decided on the telephone."""

from sqlalchemy import update

from app.coop import approvals
from app.coop.contests.services import open_contest
from app.coop.offices.models import Role
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.web.console.test_pages import inside, plain, rows


def test_an_approval_says_who_asked_who_gave_and_whose_word_is_missing(officer, database, clock):
    sample_declarations.treasurer(database)
    with database.transaction() as session:
        act = by(sample_declarations.CLERK, "ask", clock())
        asked = {"subject": "member", "subject_id": 1, "cooperative_id": 1, "amount": 12_500, "member_id": 1, "needed": 2}
        number = approvals.ask(session, act, "aid", "Une aide", **asked)
    with database.transaction() as session:
        from app.coop.rights import Office

        approvals.decide(session, by(Office(104, "treasurer", 1), "give", clock()), number, approved=True)
    president = inside(officer, sample_declarations.PRESIDENT)
    assert "1 demande à approuver depuis 0 min, dont 1 pour vous" in plain(president.page)
    president.get("/approvals")
    [row] = rows(president.page, "approvals")
    assert "Une aide, 12 500 F CPS1, Awa 1 Responsable 101 1 sur 2 Responsable 104 la vôtre" in row.replace("\u00a0", " ")
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/approvals")
    assert rows(secretary.page, "approvals")[0].endswith("1 sur 2 Responsable 104 Responsable 102")
    with database.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 101).values(role="auditor"))
    auditor = inside(officer, sample_declarations.SECRETARY)
    auditor.get("/approvals")
    assert "Rien à approuver." in auditor.page


def test_a_price_of_a_co_operative_never_waits_for_the_federation(officer, database, clock):
    with database.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 102).values(role="delegate"))
        act = by(sample_declarations.CLERK, "ask", clock())
        approvals.ask(session, act, "price", "Un prix", subject="price", subject_id=1, cooperative_id=1, amount=1_100)
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/approvals")
    assert "la vôtre" not in rows(federation.page, "approvals")[0]


def test_a_contest_names_its_member_and_its_day(officer, database, clock):
    sample_declarations.treasurer(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 1), clock())
    with database.transaction() as session:
        made = open_contest(session, own(201, "contest", clock()), "weighing", 1)
    secretary = inside(officer, sample_declarations.SECRETARY)
    assert "1 réclamation à répondre depuis" in plain(secretary.page)
    secretary.get("/contests")
    [row] = rows(secretary.page, "contests")
    assert row.startswith(f"{made.number} Femme 201 C00201, CPS1 Pesée, réf ")
    assert row.endswith(f"{made.answer_by:%d/%m/%Y}")
    clock.forward(days=40)
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/contests")
    assert "en retard" in rows(secretary.page, "contests")[0]
