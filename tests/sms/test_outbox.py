"""A message is a row in the transaction that caused it, once; lanes are told after the commit."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.sms import outbox
from app.sms.models import Message
from app.sms.purposes import LANES, PURPOSES
from tests.sms.conftest import AWA, FATOU


def test_the_same_cause_and_number_give_one_message(post):
    assert post.put("a") is not None
    assert post.put("a", text="other words") is None
    assert post.put("a", to=FATOU) is not None
    assert [message.text for message in post.all()] == ["Jappoo: bonjour"] * 2
    with post.database.transaction() as session:
        assert outbox.sent_for(session, "a") == "Jappoo: bonjour"
        assert outbox.sent_for(session, "b") is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([AWA, FATOU])), max_size=12))
def test_as_many_messages_as_different_causes_and_numbers(post, puts):
    for cause, to in puts:
        post.put(cause, to)
        post.seen = getattr(post, "seen", set()) | {(cause, to)}
    with post.database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Message)) == len(getattr(post, "seen", set()))


def test_nothing_is_written_when_the_transaction_fails(post):
    def fail():
        with post.database.transaction() as session:
            outbox.put(session, to=AWA, text="x", purpose="answer", cause="a", now=post.clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert post.all() == []


@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_purpose_has_a_lane_and_an_expiry(post, purpose):
    post.put("a", purpose=purpose)
    [message] = post.all()
    assert message.lane in LANES
    assert message.expires_at == post.clock() + PURPOSES[purpose].expires
    assert (message.state, message.parts, message.price) == ("queued", 1, 20)


def test_lanes_are_told_after_the_commit_and_only_then(post):
    told = []
    outbox.listen(post.database.session, told.append)
    with post.database.transaction() as session:
        outbox.put(session, to=AWA, text="x", purpose="answer", cause="a", now=post.clock())
        outbox.put(session, to=FATOU, text="x", purpose="answer", cause="a", now=post.clock())
        outbox.put(session, to=AWA, text="x", purpose="code", cause="b", now=post.clock())
        with session.begin_nested():
            session.execute(select(1))
        assert told == []
        with session.begin_nested() as savepoint:
            savepoint.rollback()
        assert told == []
    assert sorted(told) == ["answer", "code"]


def test_a_rolled_back_transaction_tells_nobody(post):
    told = []
    outbox.listen(post.database.session, told.append)
    session = post.database.session()
    outbox.put(session, to=AWA, text="x", purpose="answer", cause="a", now=post.clock())
    session.rollback()
    session.execute(select(1))
    session.commit()
    session.close()
    assert told == []
