"""From a provider's facts to states: any order, any number of times, one history."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from app.db.database import Database
from app.sms import consents, facts, history
from app.sms.facts import Fact
from app.sms.states import RANKS
from app.sms.verdicts import ACCEPTED, DOUBTFUL, NEVER_LEFT, OPTED_OUT, REPORTED, VERDICTS, Verdict
from tests.sms.conftest import AWA, FATOU, Desk

SAID = st.lists(st.sampled_from([ACCEPTED, DOUBTFUL, OPTED_OUT, VERDICTS[403], *REPORTED.values()]), min_size=1, max_size=6)
_MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def tell(post: Desk, *said: Fact) -> None:
    with post.database.transaction() as session:
        facts.apply(session, said, now=post.clock(), provider="fake")


def states_of(database: Database) -> list[str]:
    with database.read() as reader:
        return [state for _, state, _ in history.messages_to(reader, AWA)[0].changes]


@_MANY
@given(SAID)
def test_at_once_or_one_by_one_in_any_order_and_again_a_message_ends_the_same(post, said):
    ends = set()
    for in_turn in ([said], [[verdict] for verdict in said], [[verdict] for verdict in said[::-1]], [said * 2, said]):
        message = post.put(f"cause {len(post.all())}", purpose="receipt")
        for some in in_turn:
            tell(post, *(Fact(message, verdict) for verdict in some))
        ends.add(post.all()[-1].state)
        assert states_of(post.database) == sorted(states_of(post.database), key=RANKS.__getitem__)
    assert ends == {max((verdict.state for verdict in said), key=RANKS.__getitem__)}


def test_many_messages_move_together_each_by_its_own_fact(post):
    ours = [post.put("a", f"+22177{number:07}") for number in range(len(REPORTED))]
    tell(post, *(Fact(message, verdict) for message, verdict in zip(ours, REPORTED.values(), strict=True)))
    assert [(one.state, one.reason) for one in post.all()] == [(one.state, one.reason) for one in REPORTED.values()]


def test_the_id_and_the_cost_are_kept_though_a_report_was_quicker(post):
    message = post.put("a")
    tell(post, Fact(message, Verdict("delivered"), parts=2))
    tell(post, Fact(message, ACCEPTED, provider_id="theirs", cost="XOF 20"))
    [found] = post.all()
    assert (found.state, found.provider, found.provider_id, found.cost) == ("delivered", "fake", "theirs", "XOF 20")
    assert (found.actual_centimes, found.actual_parts) == (2000, 2)


def test_a_cost_that_cant_be_read_leaves_none_and_no_cost_leaves_the_one_before(post):
    message = post.put("a")
    tell(post, Fact(message, ACCEPTED, provider_id="theirs", cost="XOF 20"))
    tell(post, Fact(message, REPORTED["Sent"]))
    assert post.all()[0].actual_centimes == 2000
    tell(post, Fact(message, REPORTED["Success"], cost="a lot"))
    assert (post.all()[0].cost, post.all()[0].actual_centimes) == ("a lot", None)


@pytest.mark.parametrize("verdict", [VERDICTS[403], DOUBTFUL, OPTED_OUT, VERDICTS[500], NEVER_LEFT], ids=lambda one: one.reason)
def test_what_a_claim_is_told_moves_nothing_that_another_holds(post, verdict):
    message = post.put("a")
    [batch] = post.claim()
    tell(post, Fact(message, verdict, "another"))
    assert (post.states(), post.all()[0].claim, post.all()[0].attempts) == (["sending"], batch.claim, 0)


def test_a_doubt_counts_as_a_try_and_what_never_left_as_none(post):
    ours = [post.put("a"), post.put("a", FATOU)]
    [batch] = post.claim()
    tell(post, Fact(ours[0], DOUBTFUL, batch.claim), Fact(ours[1], NEVER_LEFT, batch.claim))
    assert [(one.state, one.attempts) for one in post.all()] == [("maybe", 1), ("queued", 0)]
    assert post.all()[1].next_at == post.clock()


def test_only_a_fact_that_names_its_number_is_its_stop(post):
    tell(post, Fact(post.put("a"), OPTED_OUT), Fact(post.put("a", FATOU), OPTED_OUT, number=FATOU))
    with post.database.read() as reader:
        assert [number for number, _ in consents.listed(reader)] == [FATOU]
    assert post.states() == ["refused", "refused"]


def test_answers_and_reports_at_once_and_in_any_order_each_leave_what_they_know(postgres_database, clock):
    post = Desk(postgres_database, clock)
    ours = [post.put("a", f"+22177{number:07}") for number in range(200)]
    answers = [Fact(message, ACCEPTED, provider_id=f"id {message}", cost="XOF 20") for message in ours]
    reported = [[Fact(message, REPORTED[status], parts=2) for message in ours] for status in ("Sent", "Failed", "Success")]

    def work(some: list[Fact]) -> None:
        with contextlib.suppress(OperationalError):  # a deadlock: on so small a table rows are locked as they lie
            return tell(post, *some)
        return work(some)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, [answers, *reported, answers[::-1], *(some[::-1] for some in reported)]))
    assert {(one.state, one.provider_id == f"id {one.id}", one.cost, one.actual_parts) for one in post.all()} == {
        ("delivered", True, "XOF 20", 2)
    }
    with postgres_database.read() as reader:
        for one in post.all():
            found = [RANKS[state] for _, state, _ in history.messages_to(reader, one.to_number)[0].changes]
            assert found == sorted(set(found))
