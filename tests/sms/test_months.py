"""Messages of years: a month is made ahead and dropped as a whole, and a cause or a confirmed act is known over its border."""

import re
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import psycopg
import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import OperationalError

from app.db import operations
from app.sms import history, months, outbox, retention
from app.sms.broadcasts import expansion
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Message, MessageCause, StateChange
from tests.conftest import Clock
from tests.coop.test_broadcasts import Sending
from tests.sms.conftest import AWA, Desk
from tests.sms.test_reports import report

EVE = datetime(2026, 12, 31, 23, 59, 59, 900_000, tzinfo=UTC)
LATER = timedelta(milliseconds=200)
PARTITIONS = "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname LIKE 'sms_messages_%'"


def partitions(database) -> list[str]:
    with database.read() as reader:
        return sorted(name.removeprefix("sms_messages_") for name in reader.scalars(text(PARTITIONS)))


def add(post: Desk) -> int:
    with post.database.transaction() as session:
        return months.add(session, now=post.clock())


def drop(post: Desk) -> int:
    with post.database.transaction() as session:
        return months.drop(session, before=post.clock() - retention.KEPT)


def where(post: Desk) -> list[str]:
    with post.database.read() as reader:
        return list(reader.scalars(text("SELECT tableoid::regclass::text FROM sms_messages ORDER BY id")))


@pytest.fixture
def old(postgres_database) -> Desk:
    return Desk(postgres_database, Clock(EVE))


def test_a_cause_and_a_confirmed_act_are_known_over_the_months_border(database):
    post = Desk(database, Clock(EVE))
    add(post)

    def confirm() -> dict:
        def do():
            return {"sms": outbox.put(session, to=AWA, text="Reçu", purpose="receipt", cause="act:k", now=post.clock())}

        with database.transaction() as session:
            return operations.once(session, "k", "act", {}, do, person_id=None, now=post.clock())

    first = confirm()
    post.clock.now += LATER
    assert confirm() == first
    assert post.put("act:k") is None
    post.wait(days=31)
    assert post.put("act:k", text="other words") is None
    assert len(post.all()) == 1


def test_a_number_that_two_slices_find_has_one_message_though_a_month_ends_between_them(database, monkeypatch):
    monkeypatch.setattr(expansion, "SLICE", 3)
    sending = Sending(database, Clock(EVE), women=6)
    sending.order(at_once=0)
    sending.resume()
    sending.clock.now += LATER
    with database.transaction() as session:
        session.execute(update(Broadcast).values(cursor=0))
    while sending.resume():
        pass
    with database.read() as reader:
        told = reader.scalars(select(Message.to_number).where(Message.cause == "broadcast:1")).all()
    assert len(told) == len(set(told)) == sending.all


def test_what_is_sent_and_reported_in_another_month_than_it_was_written_moves(database):
    post = Desk(database, Clock(EVE))
    add(post)
    post.put("a", purpose="receipt")
    post.clock.now += LATER
    assert post.send("notice") == 1
    report(post, "Success", post.all()[0].provider_id)
    assert post.states() == ["delivered"]
    with database.read() as reader:
        assert [state for _, state, _ in history.messages_to(reader, AWA)[0].changes] == ["queued", "accepted", "delivered"]


def test_months_are_made_ahead_and_once(old):
    had = partitions(old.database)
    assert add(old) == 3 * len({"2026_12", "2027_01", "2027_02"} - set(had))
    assert {"2026_12", "2027_01", "2027_02", "default"} <= set(partitions(old.database))
    assert add(old) == 0


def test_a_message_whose_month_is_missing_is_kept_and_moves_there_when_it_is_made(old):
    old.clock.now = EVE.replace(year=2033)
    old.put("a", purpose="receipt")
    assert old.send("notice") == 1
    assert where(old) == ["sms_messages_default"]
    add(old)
    assert where(old) == ["sms_messages_2033_12"]
    report(old, "Success", old.all()[0].provider_id)
    assert (old.states(), old.changes()) == (["delivered"], ["queued", "accepted", "delivered"])
    assert old.put("a") is None


def test_a_month_goes_as_a_whole_when_its_first_day_is_a_year_old(old):
    add(old)
    old.put("last year")
    old.clock.now = datetime(2027, 1, 2, tzinfo=UTC)
    old.put("this year")
    old.clock.now = datetime(2027, 12, 1, tzinfo=UTC)
    drop(old)
    assert [one.cause for one in old.all()] == ["last year", "this year"]
    old.clock.now += timedelta(seconds=1)
    assert drop(old) >= 3
    assert [one.cause for one in old.all()] == ["this year"]
    assert old.put("last year") is None, "the cause is known for the whole year"
    with old.database.transaction() as session:
        retention.forget(session, now=old.clock() + timedelta(days=31))
    with old.database.read() as reader:
        assert reader.scalars(select(MessageCause.cause)).all() == ["this year"]
    assert min(partitions(old.database)) == "2027_01"


def test_a_month_is_dropped_while_messages_are_put(old):
    add(old)
    old.put("last year")
    old.clock.now = datetime(2027, 12, 2, tzinfo=UTC)
    add(old)
    stop, put, faults = Event(), [], []

    def go_on() -> None:
        while not stop.is_set():
            try:
                put.append(old.put(f"now {len(put)}", purpose="receipt"))
            except Exception as fault:  # whatever it is, it is what nobody should meet
                faults.append(fault)

    threads = [Thread(target=go_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(put) < 10:
        stop.wait(0.01)
    assert drop(old) >= 3
    before = len(put)
    while len(put) < before + 10 and not faults:
        stop.wait(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    with old.database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Message)) == len({one for one in put if one})


def test_who_reads_messages_for_long_keeps_a_month_and_nobody_waits_for_that(old):
    add(old)
    old.clock.now = datetime(2027, 12, 2, tzinfo=UTC)
    with old.database.engine.connect() as reading:
        reading.execute(select(func.count()).select_from(Message))
        with pytest.raises(OperationalError) as caught:
            drop(old)
        assert isinstance(caught.value.orig, psycopg.errors.LockNotAvailable)
        old.put("now")
    assert drop(old) >= 3


def test_a_settling_statement_looks_at_its_own_month_alone(old):
    for month in range(1, 13):
        old.clock.now = datetime(2026, month, 1, tzinfo=UTC)
        add(old)
    old.put("a")
    asked = []
    event.listen(old.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
    old.send()
    settling = [told for told in asked if "json_to_recordset" in told[0]]
    assert settling
    with old.database.engine.connect() as connection:
        for statement, given in settling:
            plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given))
            assert set(re.findall(r" on sms_messages_(\w+)", plan)) == {"2026_12"}, plan


def test_on_sqlite_there_are_no_months(sqlite_database):
    post = Desk(sqlite_database, Clock(EVE))
    assert (add(post), drop(post)) == (0, 0)
    post.put("a")
    with sqlite_database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(StateChange)) == 1
