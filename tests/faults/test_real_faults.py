"""What happens when things really break. The provider's own record judges, never our tables."""

import contextlib
import re
import threading
import time
import zlib
from collections.abc import Callable

import pytest
import redis
import requests
from sqlalchemy import func, select, text

from app.coop.production.models import Declaration
from app.sms.models import Message
from tests import sample_cooperative
from tests.faults.stack import House, open_house

ALL = ("simulator", "web", "worker", "scheduler")
PIN = "7391"


@pytest.fixture
def house(tmp_path, sqlite_database):
    with open_house(tmp_path, sqlite_database, *ALL) as opened:
        yield opened


def timed(shows: Callable[[], str]) -> tuple[str, float]:
    """Return what a screen says and the seconds it took."""
    began = time.monotonic()
    return shows(), time.monotonic() - began


def declarations(house: House) -> int:
    with house.database.read() as reader:
        return reader.scalar(select(func.count()).select_from(Declaration)) or 0


@pytest.mark.parametrize("dialect", ["africastalking", "hubtel"])
def test_every_hop_sent_three_times_at_once_acts_once(house, dialect):
    house.fault("ussd-twice-at-once", 100)
    phone = house.phone(sample_cooperative.AWA, dialect)
    phone.dial()
    done = phone.type("2", "2468", "2", "25", "1")
    assert "Enregistré" in done
    assert declarations(house) == 1
    house.until(lambda: house.messages(sample_cooperative.AWA))
    time.sleep(1)
    [message] = house.messages(sample_cooperative.AWA)
    assert done.split("réf ")[1][:6] in message["text"]


def test_valkey_killed_and_back_loses_nothing_that_was_confirmed(house):
    phone = house.phone(sample_cooperative.AWA)
    phone.dial()
    phone.type("2", "2468", "2", "25")
    house.valkey.kill()
    assert "Nous vérifions" in phone.type("1")  # who knows what another hop of this call does just now ?
    assert "Mes soldes" in house.phone(sample_cooperative.AWA).dial()
    assert declarations(house) == 0
    house.valkey.start()
    phone = house.phone(sample_cooperative.AWA)
    phone.dial()
    assert "Enregistré" in phone.type("2", "2468", "2", "25", "1")
    house.until(lambda: house.messages(sample_cooperative.AWA), seconds=90)
    assert len(house.messages(sample_cooperative.AWA)) == 1


def test_web_killed_after_the_commit_gives_the_outcome_to_the_repeat(house):
    form = {"phoneNumber": sample_cooperative.AWA, "serviceCode": "*384*44135#", "sessionId": "cut"}
    url = f"http://127.0.0.1:{house.port}/at/demo/ussd"
    for entries in ("", "2", "2*2468", "2*2468*2", "2*2468*2*25"):
        house.http.post(url, data=form | {"text": entries}, timeout=60)
    confirm = form | {"text": "2*2468*2*25*1"}
    threading.Thread(target=_post_and_forget, args=(url, confirm), daemon=True).start()
    house.until(lambda: declarations(house))
    house.kill("web")
    house.start("web")
    answer = requests.post(url, data=confirm, timeout=60).text
    assert "Enregistré" in answer
    assert declarations(house) == 1
    house.until(lambda: house.messages(sample_cooperative.AWA), seconds=90)
    assert answer.split("réf ")[1][:6] in house.messages(sample_cooperative.AWA)[0]["text"]


def test_messages_accepted_then_cut_or_doubled_in_report_are_taken_once(house):
    house.fault("sms-accepted-then-cut")
    house.fault("report-doubled", 5)
    phone = house.phone(sample_cooperative.AWA)
    phone.dial()
    phone.type("2", "2468", "2", "25", "1")
    house.until(lambda: house.messages(sample_cooperative.AWA))
    time.sleep(2)
    assert len(house.messages(sample_cooperative.AWA)) == 1


def test_sms_that_come_while_their_worker_dies_are_each_worked_on_once(house):
    """Also those of whose coming Redis lost the word: the sweeper finds them."""
    url = f"http://127.0.0.1:{house.port}/at/demo/sms"
    for number in range(18):
        form = {"id": f"in{number}", "from": sample_cooperative.AWA, "to": "21512", "text": f"PROD yeet {number + 1}"}
        for _ in range(2):
            assert house.http.post(url, data=form, timeout=60).status_code == 200
        if number % 6 == 3:
            house.kill("worker")
            redis.Redis.from_url(house.valkey.url).flushall()
            house.start("worker")
    answers = select(Message.text).where(Message.to_number == sample_cooperative.AWA)

    def answered():
        with house.database.read() as reader:
            return list(reader.scalars(answers))

    house.until(lambda: len(answered()) == 18, seconds=120)
    with house.database.read() as reader:
        quantities = reader.scalars(select(Declaration.quantity).order_by(Declaration.quantity))
        assert [int(quantity) for quantity in quantities] == list(range(1, 19))
    taken = [message["text"] for message in house.messages(sample_cooperative.AWA)]
    assert len(set(taken)) == len(taken)
    assert {re.search(r"réf ([0-9]+)", text)[0] for text in answered()} >= {re.search(r"réf ([0-9]+)", text)[0] for text in taken}
    assert len(set(answered())) == 18


def test_a_pin_is_nowhere_in_redis_sql_or_logs(house):
    phone = house.phone(sample_cooperative.NEW)
    phone.dial("*384*44135*1#")
    assert "ouvert" in phone.type("482190", "1", PIN, PIN)
    phone.dial()
    assert "Parts" in phone.type("1", PIN)
    client = redis.Redis.from_url(house.valkey.url)
    client.set("planted", zlib.compress(b"a job with " + PIN.encode()))
    assert _holds_pin(_everything_in(client))
    client.delete("planted")
    assert not _holds_pin(_everything_in(client))
    with house.database.transaction() as session:
        session.execute(text("CREATE TABLE planted (words TEXT)"))
        session.execute(text("INSERT INTO planted VALUES (:pin)"), {"pin": f"2*{PIN}*1"})
    assert _holds_pin(_everything_in_sql(house))
    with house.database.transaction() as session:
        session.execute(text("DROP TABLE planted"))
    assert not _holds_pin(_everything_in_sql(house))
    planted = house.folder / "planted.log"
    planted.write_text(PIN)
    assert _holds_pin(house.logs())
    planted.unlink()
    logs = house.logs()
    assert not _holds_pin(logs)
    assert sample_cooperative.NEW not in logs
    assert "balances" in logs


def test_postgres_killed_and_back_says_so_and_goes_on(tmp_path, postgres_database, postgres):
    with open_house(tmp_path, postgres_database, "simulator", "web") as house:
        phone = house.phone(sample_cooperative.AWA)
        said, usual = timed(phone.dial)
        assert "Mes soldes" in said
        postgres.kill()
        said, seconds = timed(lambda: phone.type("1"))
        assert "Rien n'est enregistré" in said
        assert seconds < 5 + 20 * usual
        assert "Mes soldes" in house.phone(sample_cooperative.AWA).dial()
        postgres.start()
        phone = house.phone(sample_cooperative.AWA)
        phone.dial()
        assert "Parts" in phone.type("1", "2468")


def test_postgres_frozen_is_said_within_the_gateways_patience(tmp_path, postgres_database, postgres):
    with open_house(tmp_path, postgres_database, "simulator", "web") as house:
        phone = house.phone(sample_cooperative.AWA)
        phone.dial()
        assert "Confirmer" in phone.type("2", "2468", "2", "25")
        _, usual = timed(lambda: house.phone(sample_cooperative.NEW).dial())
        postgres.freeze()
        said, seconds = timed(lambda: phone.type("1"))
        assert "Rien n'est enregistré" in said
        assert seconds < 2 + 20 * usual
        said, seconds = timed(house.phone(sample_cooperative.AWA).dial)
        assert "Mes soldes" in said
        assert seconds < 2 + 20 * usual
        postgres.thaw()
        assert declarations(house) == 0
        time.sleep(1)
        phone = house.phone(sample_cooperative.AWA)
        phone.dial()
        assert "Enregistré" in phone.type("2", "2468", "2", "25", "1")


def _post_and_forget(url: str, form: dict[str, str]) -> None:
    try:
        requests.post(url, data=form, timeout=60)
    except requests.RequestException:
        return


def _holds_pin(words: str) -> bool:
    """Look for the PIN as typed: not as four digits in the midst of a time's or a hash's."""
    return re.search(rf"(?<![0-9A-Za-z]){PIN}(?![0-9A-Za-z])", words) is not None


def _everything_in(client: redis.Redis) -> str:
    """Give all keys and values, whatever their type, jobs unpacked."""
    found = []
    for key in client.scan_iter():
        kind = client.type(key).decode()
        if kind == "string":
            values = [client.get(key)]
        elif kind == "hash":
            values = [part for pair in client.hgetall(key).items() for part in pair]
        elif kind == "list":
            values = client.lrange(key, 0, -1)
        elif kind == "zset":
            values = client.zrange(key, 0, -1)
        else:
            values = list(client.smembers(key)) if kind == "set" else []
        found += [_unpacked(value) for value in (key, *values)]
    return "\n".join(found)


def _unpacked(value: bytes) -> str:
    with contextlib.suppress(zlib.error):
        value = zlib.decompress(value)
    return value.decode("utf-8", "replace")


def _everything_in_sql(house: House) -> str:
    """Give every row of every table, but for the hashes, which are no words."""
    with house.database.read() as reader:
        names = reader.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        rows = [row for name in names for row in reader.execute(text(f'SELECT * FROM "{name}"')).all()]  # noqa: S608 - our tables
    return "\n".join(str(row) for row in rows)
