"""The SMS webhooks: answered at once and worked on later, the same id once, nothing lost that can't be read."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.coop.members.consent import allows
from app.coop.members.models import Consent
from app.coop.production.models import Declaration
from app.sms import outbox
from app.sms.models import Inbound, Message, Report
from tests import incoming_sms, sample_cooperative

FIXTURES = Path(__file__).parent.parent / "fixtures" / "gateway"
FORM = "application/x-www-form-urlencoded"


def count(database, model):
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(model))


def send(client, route, form):
    answer = client.post(f"/at/demo/{route}", data=form, content_type=FORM)
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("sms_dlr_*.json")), ids=lambda path: path.stem)
def test_every_recorded_report_is_taken_any_number_of_times(client, database, path):
    for _ in range(2):
        send(client, "sms/reports", json.loads(path.read_text("utf-8"))["form"])
    assert count(database, Report) >= 1


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("sms_incoming_*.json")), ids=lambda path: path.stem)
def test_a_recorded_stop_stops_once_and_is_answered_once(client, database, clerk, clock, path):
    form = json.loads(path.read_text("utf-8"))["form"]
    for _ in range(3):
        send(client, "sms", form)
        incoming_sms.work_on_all(clerk, clock())
    assert count(database, Inbound) == 1
    assert count(database, Message) == 1
    with database.read() as reader:
        assert not allows(reader, form["from"], "broadcasts")


def test_a_recorded_opt_out_is_as_a_stop_also_for_what_waits(client, database, clock):
    form = json.loads((FIXTURES / "sms_opt_out.json").read_text("utf-8"))["form"]
    with database.transaction() as session:
        for purpose in ("broadcast", "receipt"):
            whom = {"to": form["phoneNumber"], "text": "Jappoo", "cause": purpose}
            outbox.put(session, **whom, purpose=purpose, now=clock())
    send(client, "sms/optouts", form)
    with database.read() as reader:
        assert not allows(reader, form["phoneNumber"], "broadcasts")
        states = reader.execute(select(Message.cause, Message.state)).all()
    assert dict(map(tuple, states)) == {"broadcast": "refused", "receipt": "queued"}


@pytest.mark.parametrize("number", ["0", "Orange", "+2217700000120000000"])
def test_an_opt_out_of_what_is_no_number_is_kept_for_the_operator(client, database, number):
    send(client, "sms/optouts", {"senderId": "Jappoo", "phoneNumber": number})
    with database.read() as reader:
        assert reader.scalars(select(Inbound.state)).all() == ["unreadable"]
        assert reader.scalars(select(Consent.phone)).all() == []


def test_a_declaration_by_sms_is_answered_with_its_reference(client, database, clerk, clock):
    form = {"id": "a1", "from": sample_cooperative.AWA, "to": "21512", "text": "prod yeet 25", "date": "2026-11-24 10:00:00"}
    send(client, "sms", form)
    send(client, "sms", form)
    assert (count(database, Inbound), count(database, Message)) == (1, 0)
    incoming_sms.work_on_all(clerk, clock())
    assert count(database, Declaration) == 1
    with database.read() as reader:
        [text] = reader.scalars(select(Message.text)).all()
    assert "réf " in text


@pytest.mark.parametrize("route", ["sms", "sms/reports", "sms/optouts"])
def test_what_cant_be_read_is_kept_for_the_operator(client, database, route):
    for _ in range(2):
        send(client, route, b"rubbish=\xff\xfe&x")
    with database.read() as reader:
        assert reader.scalars(select(Inbound.state)).all() == ["unreadable"]
