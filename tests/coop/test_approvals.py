"""What needs several officers happens once, by those who may decide it, or not at all."""

from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update

from app.coop.act import Act
from app.coop.approvals import kinds
from app.coop.approvals.kinds import ApprovalKind
from app.coop.approvals.sweep import sweep as sweep_approvals
from app.coop.members.models import Member
from app.coop.offices.models import OfficerAct, Role
from app.coop.offices.queries import offices_of
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.acts import by

SECRETARY, PRESIDENT, ADMINISTRATOR = (
    Office(*row) for row in ((101, "secretary", 1), (102, "president", 1), (103, "administrator", None))
)
TREASURER = Office(104, "treasurer", 1)
happened: list[str] = []


@pytest.fixture(autouse=True)
def _acts(monkeypatch):
    """Two kinds that write down what happens to them, and one that can't be done."""
    happened.clear()

    def happens(_, approval, when):
        operation = when.operation if isinstance(when, Act) else f"approval:{approval.id}"
        happened.append(f"{operation} {approval.subject}:{approval.subject_id} {approval.state}")

    def breaks(session, approval, _):
        approval.words = "à moitié"
        session.flush()
        raise RuntimeError("a fault of ours")

    def hopeless(*_):
        raise approvals.Impossible("déjà dépensé")

    for kind in (
        ApprovalKind("thing", happens, happens),
        ApprovalKind("broken", happens, breaks),
        ApprovalKind("hopeless", hopeless),
    ):
        monkeypatch.setitem(kinds.KINDS, kind.name, kind)


@pytest.fixture
def house(sqlite_database):
    return sample_declarations.staffed(sqlite_database)


def ask(database, clock, *, person=1, subject_id=1, operation="ask", kind="thing", cooperative=1, **more):
    with database.transaction() as session:
        act = Act(person, "ussd", operation, clock())
        return approvals.ask(
            session, act, kind, "Une chose", subject="thing", subject_id=subject_id, cooperative_id=cooperative, **more
        )


def say(database, clock, office, approval, approved=True, operation=None):
    with database.transaction() as session:
        operation = operation or f"say {office.person_id} {approval}"
        return approvals.decide(session, by(office, operation, clock()), approval, approved=approved)


def waiting(database, clock, office):
    with database.read() as reader:
        listed = [one.id for one in approvals.waiting_for(reader, office, clock())]
        held = offices_of(reader, office.person_id, clock().date())
        assert approvals.waiting_count(reader, held, clock()) == len(listed)
    return listed


def sweep(database, clock):
    with database.transaction() as session:
        sweep_approvals(session, now=clock())


def told(database):
    with database.read() as reader:
        return sorted(reader.execute(select(Message.to_number, Message.text).where(Message.purpose == "task")))


def test_a_members_wish_needs_two_officers_and_happens_with_the_second(house, clock):
    wish = ask(house, clock)
    assert waiting(house, clock, SECRETARY) == waiting(house, clock, TREASURER) == [wish]
    assert say(house, clock, SECRETARY, wish) == approvals.ApprovalDecided("waiting", 1)
    assert (happened, waiting(house, clock, SECRETARY), waiting(house, clock, PRESIDENT)) == ([], [], [wish])
    assert say(house, clock, PRESIDENT, wish) == approvals.ApprovalDecided("approved", 0)
    assert happened == [f"approval:{wish} thing:1 approved"]
    with house.read() as reader:
        acts = reader.execute(select(OfficerAct.act, OfficerAct.person_id, OfficerAct.role, OfficerAct.about)).all()
    assert acts == [
        ("approval given", 101, "secretary", f"approval:{wish}"),
        ("approval given", 102, "president", f"approval:{wish}"),
    ]


def test_an_officers_wish_needs_one_other(house, clock):
    wish = ask(house, clock, person=101)
    assert waiting(house, clock, SECRETARY) == []
    with pytest.raises(approvals.ApprovalClosed):
        say(house, clock, SECRETARY, wish)
    assert say(house, clock, PRESIDENT, wish).state == "approved"


def test_one_refusal_refuses_and_nothing_comes_after(house, clock):
    wish = ask(house, clock)
    say(house, clock, SECRETARY, wish)
    assert say(house, clock, TREASURER, wish, approved=False).state == "refused"
    with pytest.raises(approvals.ApprovalClosed):
        say(house, clock, PRESIDENT, wish)
    assert happened == [f"approval:{wish} thing:1 refused"]


def test_the_same_word_twice_is_one_and_a_second_thought_none(house, clock):
    wish = ask(house, clock)
    first = say(house, clock, SECRETARY, wish)
    assert say(house, clock, SECRETARY, wish) == first
    with pytest.raises(approvals.ApprovalClosed):
        say(house, clock, SECRETARY, wish, approved=False, operation="second thought")
    with house.read() as reader:
        assert reader.scalar(select(func.count()).select_from(approvals.ApprovalVote)) == 1


def test_who_is_concerned_does_not_decide_also_when_another_asks(house, clock):
    wish = ask(house, clock, person=102, member_id=101, needed=2)
    with pytest.raises(approvals.ApprovalClosed):
        say(house, clock, SECRETARY, wish)
    assert waiting(house, clock, SECRETARY) == []


def test_an_officer_who_asks_for_herself_is_a_member_who_asks(house, clock):
    wish = ask(house, clock, person=101, member_id=101)
    assert say(house, clock, PRESIDENT, wish) == approvals.ApprovalDecided("waiting", 1)


def test_the_word_of_one_who_lost_the_office_does_not_count(house, clock):
    wish = ask(house, clock)
    say(house, clock, SECRETARY, wish)
    with house.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 101).values(until_on=date(2026, 11, 23)))
    assert say(house, clock, PRESIDENT, wish) == approvals.ApprovalDecided("waiting", 1)
    assert say(house, clock, TREASURER, wish).state == "approved"


@pytest.mark.parametrize(
    ("cooperative", "needed", "president", "administrator"),
    [(1, 1, True, False), (1, 3, True, False), (1, 4, True, True), (None, 1, False, True)],
)
def test_officers_of_the_scope_decide_and_the_federations_where_those_are_too_few(
    house, clock, cooperative, needed, president, administrator
):
    wish = ask(house, clock, cooperative=cooperative, needed=needed)
    for office, decides in ((PRESIDENT, president), (ADMINISTRATOR, administrator)):
        assert bool(waiting(house, clock, office)) is decides
        if not decides:
            with pytest.raises(approvals.ApprovalClosed):
                say(house, clock, office, wish)
    say(house, clock, ADMINISTRATOR if administrator else PRESIDENT, wish)


def test_the_federation_does_not_decide_a_cooperatives_price(house, clock):
    wish = ask(house, clock, kind="price", person=101)
    assert waiting(house, clock, ADMINISTRATOR) == []
    with pytest.raises(approvals.ApprovalClosed):
        say(house, clock, ADMINISTRATOR, wish)


def test_a_cooperative_names_how_many_and_which_offices(house, clock):
    with house.transaction() as session:
        session.add(approvals.ApprovalRule(cooperative_id=1, kind="thing", needed=1, roles="treasurer"))
    wish = ask(house, clock)
    assert waiting(house, clock, PRESIDENT) == waiting(house, clock, ADMINISTRATOR) == []
    with pytest.raises(approvals.ApprovalClosed):
        say(house, clock, PRESIDENT, wish)
    assert say(house, clock, TREASURER, wish).state == "approved"


def test_one_that_can_not_be_ended_keeps_no_other_from_its_end(house, clock):
    stuck = ask(house, clock, kind="broken", operation="broken")
    wish = ask(house, clock)
    sweep(house, clock)
    clock.forward(hours=72)
    sweep(house, clock)
    assert happened == [f"approval:{wish} thing:1 dead"]
    with house.read() as reader:
        left = select(approvals.Approval.state, approvals.Approval.words).where(approvals.Approval.id == stuck)
        assert reader.execute(left).one() == ("waiting", "Une chose")
    assert len([text for _, text in told(house) if "tombe" in text]) == 1


def test_the_same_is_asked_once_at_a_time(house, clock):
    wish = ask(house, clock)
    assert ask(house, clock) == wish, "the same operation"
    with pytest.raises(approvals.AlreadyAsked):
        ask(house, clock, operation="again")
    say(house, clock, SECRETARY, wish, approved=False)
    assert ask(house, clock, operation="again") != wish


def test_what_is_dead_and_not_swept_yet_does_not_keep_the_next_from_being_asked(house, clock):
    wish = ask(house, clock)
    clock.forward(hours=73)
    assert ask(house, clock, operation="again") != wish
    assert happened == [f"approval:{wish} thing:1 dead"]


def test_what_can_not_be_done_any_more_takes_no_word(house, clock):
    wish = ask(house, clock, kind="hopeless", needed=1)
    with pytest.raises(approvals.Impossible, match="déjà dépensé"):
        say(house, clock, SECRETARY, wish)
    assert waiting(house, clock, SECRETARY) == [wish]


def test_two_last_words_at_once_make_it_happen_once(postgres_database, clock):
    database = sample_declarations.staffed(postgres_database)
    wish = ask(database, clock, person=101)
    barrier, came = Barrier(3), []

    def run(office):
        barrier.wait(60)
        try:
            came.append(say(database, clock, office, wish).state)
        except approvals.ApprovalClosed:
            came.append("gone")

    threads = [Thread(target=run, args=(office,)) for office in (PRESIDENT, TREASURER, ADMINISTRATOR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["approved", "gone", "gone"]
    assert len(happened) == 1


def test_on_both_databases_the_lists_and_the_sweep_agree(database, clock):
    sample_declarations.staffed(database)
    wish = ask(database, clock, member_id=1, amount=5_000)
    sweep(database, clock)
    assert (waiting(database, clock, PRESIDENT), waiting(database, clock, ADMINISTRATOR)) == ([wish], [])
    say(database, clock, PRESIDENT, wish)
    clock.forward(hours=73, minutes=1)
    sweep(database, clock)
    with database.read() as reader:
        assert reader.scalar(select(approvals.Approval.state)) == "dead"
        assert reader.scalar(select(Member.person_id).where(Member.id == 1)) == 1
    assert (
        sample_cooperative.AWA,
        "Jappoo: votre demande du 24/11/2026 (Une chose, carte C00001) tombe: pas assez d'accords en 72 h.",
    ) in told(database)
