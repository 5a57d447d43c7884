"""Batches out and the operator's references in: the file comes back, twice does no harm, and each refusal says why."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.coop.ledger.models import Account, Posting
from app.coop.ledger.verify import verify
from app.coop.members.models import Member, Person
from app.coop.payments import batches, handing
from app.coop.payments.models import Payment
from app.coop.production.references import check_digit
from app.sms.models import Message
from tests import quay, treasury


@pytest.fixture
def counter(sqlite_database):
    quay.staffed(sqlite_database)
    treasury.credited(sqlite_database, quay.women(sqlite_database, 3), datetime.now(UTC))
    return sqlite_database


def payments(database):
    with database.read() as reader:
        return reader.execute(select(Payment.__table__).order_by(Payment.id)).all()


def test_a_list_goes_out_with_numbers_as_operators_want_them_and_nothing_that_acts(counter, run):
    with counter.transaction() as session:
        session.execute(update(Person).where(Person.id == 202).values(name="=HYPERLINK(1)"))
        session.execute(update(Person).where(Person.id == 203).values(name='Sow; Awa, "la grande"'))
    batch, _ = treasury.batch(counter, datetime.now(UTC), way="mobile")
    done = run("export", "payments", str(batch))
    assert done.code == 0
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["number"] for row in rows] == ["+221770000201", "+221770000202", "+221770000203"]
    assert [row["name"] for row in rows] == ["Femme 201", "'=HYPERLINK(1)", 'Sow; Awa, "la grande"']
    assert {(row["amount"], row["way"], row["state"]) for row in rows} == {("9800", "mobile", "open")}
    with counter.transaction() as session:
        session.execute(update(Member).where(Member.id == 201).values(money_frozen_until=datetime.now(UTC) + timedelta(hours=1)))
    rows = json.loads(run("export", "payments", str(batch), "--format", "json").out)
    assert [bool(row["number"]) for row in rows] == [False, True, True]
    assert "no batch 99" in run("export", "payments", "99").err


def test_references_come_in_once_and_refusals_say_why(counter, run, tmp_path):
    now = datetime.now(UTC)
    treasury.batch(counter, now, way="mobile")
    first, second, third = payments(counter)
    lines = [
        "reference;operator_reference;amount",
        f"{first.reference.lstrip('0')};OM.77/1;9800",
        f"{second.reference};OM.77/2;9801",
        f"{second.reference};OM.77/1;",
        f"{third.reference};;9800",
        "123456;OM.77/3;9800",
        f"11111{check_digit('11111')};OM.77/3;9800",
    ]
    file = tmp_path / "references.csv"
    file.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", "utf-8")
    dry = run("import", "payments", str(file), "--dry-run")
    assert "1 accepted, 0 known, 5 refused; nothing was changed" in dry.out
    assert {row.state for row in payments(counter)} == {"open"}
    done = run("import", "payments", str(file))
    assert done.code == 1
    assert f"line 3: {second.reference} refused: the amount is 9800" in done.out
    assert f"line 4: {second.reference} refused: another payment has this operator's reference" in done.out
    assert "no operator's reference" in done.out
    assert "not a reference of ours" in done.out
    assert "no mobile-money payment has it" in done.out
    again = run("import", "payments", str(file), "--json")
    assert [row["outcome"] for row in json.loads(again.out)] == ["known", *["refused"] * 5]
    assert [row.state for row in payments(counter)] == ["handed_over", "open", "open"]
    with counter.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Message).where(Message.cause == f"payment:{first.id}:handed")) == 1
        assert verify(session.connection()).wrong == ()
        handing.confirm(session, first.member_id, first.id, now=now)
    with counter.read() as reader:
        boxes = select(Account.kind, func.sum(Posting.amount)).join(Posting, Posting.account_id == Account.id)
        booked = dict(reader.execute(boxes.where(Account.kind.in_(("mobile", "handed_over"))).group_by(Account.kind)).all())
    assert booked == {"handed_over": 0, "mobile": -9_800}
    report = run("report", "payments")
    assert report.out.splitlines()[1] == "CPS1,1,0,0,2,0"
    assert json.loads(run("report", "payments", "--format", "json").out)[0]["median"] == 0


@pytest.mark.parametrize(("content", "error"), [("a,b\n1,2\n", "must name the columns"), ("", "must name the columns")])
def test_a_file_that_is_none_is_refused_in_a_line(counter, run, tmp_path, content, error):
    del counter
    file = tmp_path / "wrong.csv"
    file.write_text(content)
    done = run("import", "payments", str(file))
    assert done.code == 1
    assert error in done.err


def test_what_the_operator_paid_of_a_closed_batch_is_said_to_be_still_owed(counter, run, tmp_path):
    now = datetime.now(UTC)
    batch, _ = treasury.batch(counter, now, way="mobile")
    reference = payments(counter)[0].reference
    with counter.transaction() as session:
        batches.close(session, treasury.PAYER, batch, channel="ussd", operation="close", now=now)
    file = tmp_path / "references.csv"
    file.write_text(f"reference,operator_reference\n{reference},OM.77/1\n", "utf-8")
    assert "its batch was closed: what the operator paid is still owed in the books" in run("import", "payments", str(file)).out
