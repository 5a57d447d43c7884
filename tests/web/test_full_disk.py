"""A log that can't be written: every hop is answered, also after the act, and the metrics say what was lost."""

import errno
import re

import pytest
from sqlalchemy import func, select

from app.coop.production.models import Declaration
from app.ussd.redis_store import RedisStore
from config import logs
from tests import sample_cooperative
from tests.log_stream import FullStream, log_on


@pytest.fixture
def disk():
    with log_on(FullStream(OSError(errno.ENOSPC, "No space left on device"))) as stream:
        yield stream


def hop(client, text):
    form = {"sessionId": "s1", "phoneNumber": sample_cooperative.AWA, "serviceCode": "*384*44135#", "text": text}
    answer = client.post("/at/demo/ussd", data=form)
    return answer.status_code, answer.text


def test_an_act_is_done_and_said(disk, client, database):
    before = logs.dropped()
    for text in ("", "2", "2*2468", "2*2468*2", "2*2468*2*25"):
        status, said = hop(client, text)
        assert (status, said[:4]) == (200, "CON ")
    done = hop(client, "2*2468*2*25*1")
    assert done[0] == 200
    assert "Enregistré" in done[1]
    assert hop(client, "2*2468*2*25*1") == done
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Declaration)) == 1
    assert logs.dropped() - before >= 7
    [lost] = re.findall(r'jappoo_failed_total{name="",what="log"} ([0-9.]+)', client.get("/metrics").text)
    assert float(lost) >= 7
    disk.fault = None
    hop(client, "")
    assert b"log lines were dropped" in disk.getvalue()


@pytest.mark.usefixtures("disk")
def test_a_fault_is_answered_too(client, monkeypatch):
    def broken(*_):
        raise KeyError("a fault of ours")

    monkeypatch.setattr(RedisStore, "load", broken)
    status, said = hop(client, "")
    assert (status, said[:4]) == (200, "END ")
    monkeypatch.setattr("app.web.sms_webhooks.inbox.keep", broken)
    form = {"id": "1", "from": sample_cooperative.AWA, "to": "21512", "text": "AIDE", "date": "2026-11-24 10:00:00"}
    assert client.post("/at/demo/sms", data=form).status_code == 503


@pytest.mark.usefixtures("disk")
def test_a_hop_that_cant_be_read_is_answered(client):
    assert client.post("/at/demo/ussd", data={"text": ""}).status_code == 200
