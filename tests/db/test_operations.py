from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import operations
from app.db.database import is_outage
from app.db.operations import Operation, key_of, once, outcomes_of
from tests.sample_cooperative import LONG_AGO


def run(database, key, outcome, done):
    def do():
        done.append(outcome)
        return {"outcome": outcome}

    with database.transaction() as session:
        return once(session, key, "act", {"a": 1}, do, person_id=None, now=LONG_AGO)


def test_the_same_key_gives_the_first_outcome_and_runs_nothing(database):
    done = []
    assert run(database, "k", 1, done) == {"outcome": 1}
    assert run(database, "k", 2, done) == {"outcome": 1}
    assert run(database, "other", 3, done) == {"outcome": 3}
    assert done == [1, 3]


def test_known_outcomes_are_read_by_the_request_that_led_to_them_while_their_call_may_go_on(database):
    def act(key, outcome, at):
        return Operation(key=key, request="j:m", act="act", arguments={}, outcome=outcome, person_id=None, at=at)

    with database.transaction() as session:
        session.add_all([act("j:1", {"n": 1}, LONG_AGO), act("j:2", {"n": 2}, LONG_AGO + timedelta(hours=1))])
    with database.read() as reader:
        assert outcomes_of(reader, ["j:m", "j:x"], LONG_AGO - timedelta(minutes=1)) == {"j:m": {"n": 2}}
        assert outcomes_of(reader, ["j:m"], LONG_AGO + timedelta(hours=1)) == {"j:m": {"n": 2}}, (
            "what was done as the call began is its own"
        )
        assert outcomes_of(reader, ["j:m"], LONG_AGO + timedelta(hours=1, seconds=1)) == {}
        assert outcomes_of(reader, [], LONG_AGO) == {}


def test_a_request_of_another_call_gets_the_next_key(database):
    minutes, request, keys = timedelta(minutes=15), "j:m", []
    for after in (timedelta(0), timedelta(hours=1), timedelta(hours=2), timedelta(days=2)):
        now = LONG_AGO + after
        with database.transaction() as session:
            key, known = key_of(session, request, request, now=now, since=now - minutes)
            assert known is None
            keys.append(key)
            session.add(Operation(key=key, request=request, act="a", arguments={}, outcome={"n": key}, person_id=None, at=now))
        with database.transaction() as session:
            assert key_of(session, request, request, now=now + timedelta(minutes=14), since=now - timedelta(minutes=1)) == (
                key,
                {"n": key},
            )
    assert len(set(keys)) == len(keys)


def test_an_act_that_fails_leaves_no_trace(database):
    def fail():
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"), database.transaction() as session:
        once(session, "k", "act", {}, fail, person_id=None, now=LONG_AGO)
    assert run(database, "k", 5, []) == {"outcome": 5}


def test_two_at_once_keep_one_outcome(postgres_database):
    barrier, failed = Barrier(2), []

    def go(number):
        def do():
            barrier.wait(60)
            return {"outcome": number}

        try:
            with postgres_database.transaction() as session:
                once(session, "k", "act", {}, do, person_id=None, now=LONG_AGO)
        except IntegrityError:
            failed.append(number)

    threads = [Thread(target=go, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with postgres_database.read() as reader:
        kept = reader.scalars(select(Operation.outcome)).all()
    assert len(failed) == 1
    assert kept == [{"outcome": 3 - failed[0]}]


def test_only_a_database_out_of_reach_is_an_outage(postgres_database, postgres):
    assert is_outage(PoolTimeout())
    assert not is_outage(ValueError())
    assert not is_outage(IntegrityError("", None, Exception()))
    postgres_database.dispose()
    postgres.kill()
    with pytest.raises(OperationalError) as caught, postgres_database.read() as reader:
        reader.execute(select(1))
    assert is_outage(caught.value)


def test_an_act_forgets_what_it_was_told_after_ninety_days_and_is_gone_after_a_year(database, monkeypatch):
    run(database, "k", 1, [])
    run(database, "l", 2, [])
    monkeypatch.setattr(operations, "MOST", 1)

    def forget(days):
        with database.transaction() as session:
            return operations.forget(session, now=LONG_AGO + timedelta(days=days))

    def left():
        with database.read() as reader:
            rows = reader.execute(select(Operation.key, Operation.arguments).order_by(Operation.key))
            return [(row.key, row.arguments) for row in rows]

    assert forget(90) is False
    assert left() == [("k", {"a": 1}), ("l", {"a": 1})]
    assert (forget(91), forget(91), forget(91)) == (True, True, False)
    assert left() == [("k", {}), ("l", {})]
    assert (forget(366), forget(366), forget(366)) == (True, True, False)
    assert left() == []
