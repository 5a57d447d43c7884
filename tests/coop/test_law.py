"""The law's table: an act that it voids is refused with its article, at asking, approving and handing over."""

from datetime import date

import pytest
from sqlalchemy import select, update

from app import texts
from app.coop import foundation, law
from app.coop.closing.handover import PAYOUT
from app.coop.cooperatives.models import Cooperative
from app.coop.handover import services as handover
from app.coop.offices.models import Role
from app.coop.rights import Office
from app.coop.scope import Scope
from app.coop.subjects import approvals
from app.coop.till import void_loans
from app.gsm7 import fold, measure, septets
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.coop.test_payouts import TREASURER, Till

FORMS = ("SCOOPS", "COOP-CA", "GIE", "AER")
ADVANCE = {"office": Office(101, "secretary", 1), "instalments": 10}


@pytest.fixture
def desk(sqlite_database, clock):
    return Till(sample_declarations.staffed(sqlite_database), clock)


def turn_into(desk, form):
    with desk.database.transaction() as session:
        session.execute(update(Cooperative).values(legal_form=form))


def appoint(desk, member):
    with desk.database.transaction() as session:
        session.add(Role(person_id=member, role="delegate", cooperative_id=1, from_on=date(2026, 1, 1)))


def told(desk, cause):
    with desk.database.read() as reader:
        return dict(reader.execute(select(Message.to_number, Message.text).where(Message.cause == cause)).all())


def test_each_act_has_one_verdict_for_each_form_and_person():
    for form in FORMS:
        for act in ("advance", "leasing", "overdraft", "guarantee", "on account"):
            whom = [row.whom for row in law.TABLE if (row.act, row.form) == (act, form)]
            assert whom in (["members"], ["officers", "others"])
    assert [row for row in law.TABLE if row.verdict == "void" and not row.article] == []
    assert [row for row in law.TABLE if (row.verdict == "needs") != bool(row.needs)] == []
    assert all("juriste" in row.checked_by and row.checked_on for row in law.TABLE)


def test_the_articles_words_fit_a_screen_and_an_sms():
    assert all(septets(fold(words)) <= 48 for words in law.FORBIDDEN.values())
    assert measure(fold(texts.say("loan_let_go", reference="999999", article="313"))).parts == 1


@pytest.mark.parametrize(
    ("form", "member", "article"),
    [
        ("SCOOPS", 1, "251"),
        ("SCOOPS", 104, "251"),
        ("COOP-CA", 1, None),
        ("COOP-CA", 104, "313"),
        ("GIE", 104, None),
        ("AER", 1, None),
    ],
)
@pytest.mark.parametrize("kind", ["advance", "leasing"])
def test_a_loan_is_asked_only_where_the_law_allows_it(desk, form, member, article, kind):
    turn_into(desk, form)
    if article is None:
        assert desk.ask(kind, member=member, **ADVANCE).state == "asked"
        return
    with pytest.raises(law.Unlawful, match=f"Art. {article}"):
        desk.ask(kind, member=member, **ADVANCE)


@pytest.mark.parametrize("form", FORMS)
def test_a_member_takes_their_own_savings_under_any_form(desk, form):
    turn_into(desk, form)
    assert desk.ask("withdrawal").state == "asked"


@pytest.mark.parametrize("change", ["form", "office"])
def test_what_was_asked_is_not_approved_once_the_law_forbids_it(desk, change):
    turn_into(desk, "COOP-CA")
    row = desk.ask("advance", **ADVANCE)
    desk.approve(f"payout:{row.id}", Office(102, "president", 1))
    turn_into(desk, "SCOOPS") if change == "form" else appoint(desk, 1)
    with pytest.raises(approvals.Impossible, match="Art"):
        desk.approve(f"payout:{row.id}", TREASURER)
    assert desk.state(row) == "asked"


@pytest.mark.parametrize("state", ["asked", "approved"])
@pytest.mark.parametrize("change", ["form", "office"])
def test_what_was_not_handed_over_is_let_go_and_told(desk, clock, state, change):
    turn_into(desk, "COOP-CA")
    row = desk.ask("advance", **ADVANCE)
    if state == "approved":
        desk.approve(f"payout:{row.id}", Office(102, "president", 1), TREASURER)
    saved = desk.ask("withdrawal")
    turn_into(desk, "SCOOPS") if change == "form" else appoint(desk, 1)
    if state == "approved":
        with pytest.raises(law.Unlawful):
            desk.typed(handover.hand_over, TREASURER, PAYOUT, row.id)
    with desk.database.transaction() as session:
        assert void_loans.let_go(session, now=clock()) == 1
        assert void_loans.let_go(session, now=clock()) == 0
    article = "251" if change == "form" else "313"
    words = fold(texts.say("loan_let_go", reference=row.reference, article=article))
    assert told(desk, f"payout:{row.id}:void") == {sample_cooperative.AWA: words, sample_declarations.SECRETARY: words}
    assert (desk.state(row), desk.state(saved)) == ("cancelled", "asked")
    with desk.database.read() as reader:
        waits = select(approvals.Approval.subject_id).where(approvals.Approval.state == "waiting")
        assert reader.scalars(waits).all() == [saved.id]
    assert desk.wrong() == ()


def test_a_change_of_form_lets_go_of_what_the_new_one_voids(desk, clock):
    row = desk.approved("advance", **ADVANCE | {"office": TREASURER})
    with desk.database.transaction() as session:
        foundation.reform(session, "cps1", "SCOOPS", now=clock())
    assert desk.state(row) == "cancelled"
    assert set(told(desk, f"payout:{row.id}:void")) == {sample_cooperative.AWA, sample_declarations.TREASURER}
    with desk.database.read() as reader:
        assert reader.scalar(select(Cooperative.legal_form)) == "SCOOPS"


def test_what_is_owed_stays_owed_and_is_listed(desk, clock):
    sample_declarations.women(desk.database, 2)
    turn_into(desk, "COOP-CA")
    appoint(desk, 201)
    with desk.database.read() as reader:
        assert void_loans.owed(reader, clock().date()) == [void_loans.VoidLoan("CPS1", "C00201", "advance", 10_000, "313")]
    turn_into(desk, "SCOOPS")
    with desk.database.read() as reader:
        found = void_loans.owed(reader, clock().date(), Scope(1))
    assert [(one.card, one.amount, one.article) for one in found] == [("C00201", 10_000, "251"), ("C00202", 10_000, "251")]
    assert desk.balances(201).advance == 10_000
    turn_into(desk, "AER")
    with desk.database.read() as reader:
        assert void_loans.owed(reader, clock().date()) == []
