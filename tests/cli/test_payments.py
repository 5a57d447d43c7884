"""Batches out and the operator's references in: the file comes back, twice does no harm, and each refusal says why."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from time import sleep

import pytest
from sqlalchemy import func, select, update

from app.cli import main
from app.coop.handover import services as handover
from app.coop.ledger.models import Account, Posting
from app.coop.members.models import Member, Person
from app.coop.payments import batches, files
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment, PaymentExport
from app.coop.references import check_digit
from app.coop.scope import FEDERATION
from app.coop.verify import verify
from app.sms.models import Message
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.payment_files import counter, payments

__all__ = ["counter"]


def test_a_list_goes_out_with_numbers_as_operators_want_them_and_nothing_that_acts(counter, run):
    with counter.transaction() as session:
        session.execute(update(Person).where(Person.id == 202).values(name="=HYPERLINK(1)"))
        session.execute(update(Person).where(Person.id == 203).values(name='Sow; Awa, "la grande"'))
    batch, _ = sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
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
    sample_deliveries.batch(counter, now, way="mobile")
    first, second, third = payments(counter)
    lines = [
        "reference;operator_reference;amount",
        f"{first.reference.lstrip('0')}.0;OM.77/1;9800.0",
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
        handover.confirm(session, own(first.member_id, "confirm", now), PAYMENT, first.id)
    with counter.read() as reader:
        boxes = select(Account.kind, func.sum(Posting.amount)).join(Posting, Posting.account_id == Account.id)
        booked = dict(reader.execute(boxes.where(Account.kind.in_(("mobile", "handed_over"))).group_by(Account.kind)).all())
    assert booked == {"handed_over": 0, "mobile": -9_800}
    report = run("report", "payments")
    heads, row = report.out.splitlines()
    assert heads.startswith("CPS,livraisons payées,")
    assert row == "CPS1,1,0,0,2,0"
    assert json.loads(run("report", "payments", "--format", "json").out)[0]["median"] == 0


def test_what_the_operator_paid_of_a_closed_batch_is_said_to_be_still_owed(counter, run, tmp_path):
    now = datetime.now(UTC)
    batch, _ = sample_deliveries.batch(counter, now, way="mobile")
    reference = payments(counter)[0].reference
    with counter.transaction() as session:
        batches.close(session, by(sample_deliveries.PAYER, "close", now), batch)
    file = tmp_path / "references.csv"
    file.write_text(f"reference,operator_reference\n{reference},OM.77/1\n", "utf-8")
    assert "its batch was closed: what the operator paid is still owed in the books" in run("import", "payments", str(file)).out


def test_only_what_is_open_goes_out_and_a_second_time_says_so_and_is_written_down(counter, run):
    now = datetime.now(UTC)
    batch, _ = sample_deliveries.batch(counter, now)
    first = payments(counter)[0]
    assert run("export", "payments", str(batch)).err == ""
    with counter.transaction() as session:
        handover.hand_over(session, by(sample_deliveries.PAYER, "hand", now), PAYMENT, first.id)
    again = run("export", "payments", str(batch), "--format", "json")
    assert [row["card"] for row in json.loads(again.out)] == ["C00202", "C00203"]
    assert f"batch {batch} went out before" in again.err
    record = json.loads(run("export", "payments", str(batch), "--format", "json", "--all").out)
    assert [(row["state"], row["number"]) for row in record] == [("handed_over", ""), ("open", ""), ("open", "")]
    with counter.transaction() as session:
        assert session.execute(select(PaymentExport.count, PaymentExport.total)).all() == [(3, 29_400), (2, 19_600)]
        batches.close(session, by(sample_deliveries.PAYER, "close", now), batch)
    closed = run("export", "payments", str(batch))
    assert (closed.code, closed.out) == (1, "")
    assert len(json.loads(run("export", "payments", str(batch), "--format", "json", "--all").out)) == 1


def test_a_dry_run_says_what_the_run_does_also_of_a_line_that_comes_twice(counter, run, tmp_path):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    first, second, _ = payments(counter)
    lines = [(first, "OM.77/1"), (first, "OM.77/1"), (first, "OM.77/2"), (second, "OM.77/1"), (second, "OM.77/3")]
    file = tmp_path / "references.csv"
    file.write_text("reference,operator_reference\n" + "".join(f"{row.reference},{by}\n" for row, by in lines))
    dry, done = (json.loads(run("import", "payments", str(file), "--json", *flag).out) for flag in (["--dry-run"], []))
    assert [row["outcome"] for row in dry] == ["accepted", "known", "refused", "refused", "accepted"]
    assert dry == done


def test_an_operators_reference_in_other_letters_is_the_same(counter, run, tmp_path):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    first, second, third = payments(counter)
    file = tmp_path / "references.csv"
    lines = [(first, "pt-18sewgm"), (first, "PT-18SEWGM"), (second, "PT-18SEWGM"), (third, "OM.77/A"), (second, "om.77/a")]
    file.write_text("reference,operator_reference\n" + "".join(f"{row.reference},{by}\n" for row, by in lines))
    for flag in (["--dry-run"], []):
        told = [row["outcome"] for row in json.loads(run("import", "payments", str(file), "--json", *flag).out)]
        assert told == ["accepted", "known", "refused", "accepted", "refused"]
    assert [row.provider_reference for row in payments(counter)] == ["pt-18sewgm", None, "OM.77/A"]


@pytest.mark.parametrize(("noted", "again"), [("Pt-18sEwGm", "pT-18SeWgM"), ("pt18sewgm", "PT-18-SEWGM"), ("OM.7-1", "om.71")])
def test_an_operators_reference_in_mixed_letters_settles_no_second_payment(counter, run, tmp_path, noted, again):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    first, second, _ = payments(counter)
    file = tmp_path / "references.csv"
    lines = f"{first.reference},{noted}\n{second.reference},{again}\n{first.reference},{again}\n"
    for flag in (["--dry-run"], [], []):
        file.write_text(f"reference,operator_reference\n{lines}")
        told = json.loads(run("import", "payments", str(file), "--json", *flag).out)
        assert [row["reason"] for row in told] == ["", "another payment has this operator's reference", ""]
    assert [row.provider_reference for row in payments(counter)] == [noted, None, None]


def test_an_operators_reference_that_was_noted_before_there_were_keys_settles_no_second_payment(counter, run, tmp_path):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    first, second, _ = payments(counter)
    with counter.transaction() as session:
        old = {"state": "handed_over", "provider_reference": "Pt-18sEwGm"}
        session.execute(update(Payment).where(Payment.id == first.id).values(**old))
    file = tmp_path / "references.csv"
    file.write_text(f"reference,operator_reference\n{second.reference},pT18-sewgm\n{first.reference},pT18-sewgm\n")
    told = json.loads(run("import", "payments", str(file), "--json").out)
    assert [row["outcome"] for row in told] == ["refused", "known"]


def test_one_operators_reference_noted_on_several_payments_at_once_settles_one(postgres_database):
    now, ways = datetime.now(UTC), ("pt-18sewgm", "PT-18SEWGM", "pt18sewgm", "Pt-18-Sewgm")
    sample_declarations.staffed(postgres_database)
    sample_deliveries.credited(postgres_database, sample_declarations.women(postgres_database, len(ways)), now)
    sample_deliveries.batch(postgres_database, now, way="mobile")
    barrier = Barrier(len(ways))

    def take(line):
        with postgres_database.transaction() as session:
            session.connection()
            barrier.wait(60)
            row = {"reference": line[0].reference, "operator_reference": line[1], "amount": ""}
            return files.take_in(session, by(sample_deliveries.PAYER, line[1], now), FEDERATION, 2, row).outcome

    with ThreadPoolExecutor(len(ways)) as together:
        told = sorted(together.map(take, zip(payments(postgres_database), ways, strict=True)))
    assert told == ["accepted", *["refused"] * (len(ways) - 1)]
    assert [row.state for row in payments(postgres_database)].count("handed_over") == 1
    with postgres_database.read() as reader:
        assert verify(reader).wrong == ()


def test_a_reference_of_another_season_hides_no_open_payment(counter, run, tmp_path):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    last_year, today, _ = payments(counter)
    file = tmp_path / "references.csv"
    file.write_text(f"reference,operator_reference\n{last_year.reference},OM.2025\n")
    assert "1 accepted" in run("import", "payments", str(file)).out
    with counter.transaction() as session:
        old = {"season": last_year.season - 1, "state": "paid"}
        session.execute(update(Payment).where(Payment.id == last_year.id).values(**old))
        session.execute(update(Payment).where(Payment.id == today.id).values(reference=last_year.reference))
    file.write_text(f"reference,operator_reference\n{last_year.reference},OM.2026\n{last_year.reference},OM.2025\n")
    for scope in ((), ("--cooperative", "CPS1")):
        dry = json.loads(run("import", "payments", str(file), "--json", "--dry-run", *scope).out)
        assert [(row["outcome"], row["payment_id"]) for row in dry] == [("accepted", today.id), ("known", last_year.id)]


def test_a_file_under_way_keeps_nobody_waiting(postgres_database, monkeypatch, tmp_path):
    now = datetime.now(UTC)
    sample_declarations.staffed(postgres_database)
    sample_deliveries.credited(postgres_database, sample_declarations.women(postgres_database, 4), now)
    sample_deliveries.batch(postgres_database, now, way="mobile")
    sample_deliveries.credited(postgres_database, [204], now, product=3)
    batch, _ = sample_deliveries.batch(postgres_database, now, operation="cash")
    with postgres_database.transaction() as session:
        in_cash = session.scalars(select(Payment.id).where(Payment.batch_id == batch)).one()
    first, held, *_ = payments(postgres_database)
    file = tmp_path / "references.csv"
    file.write_text(f"reference,operator_reference\n{first.reference},OM.77/1\n{held.reference},OM.77/2\n")
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", postgres_database.url)
    with postgres_database.session() as session:
        session.execute(select(Payment).where(Payment.id == held.id).with_for_update())
        importing = Thread(target=main, args=(["import", "payments", str(file)],))
        importing.start()
        for _ in range(1200):
            if payments(postgres_database)[0].state == "handed_over":
                break
            sleep(0.05)
        with postgres_database.transaction() as hop:
            handover.confirm(hop, own(first.member_id, "confirm", now), PAYMENT, first.id)
        with postgres_database.transaction() as hop:
            handover.hand_over(hop, by(sample_deliveries.PAYER, "hand", now), PAYMENT, in_cash)
        assert importing.is_alive()
        session.rollback()
    importing.join(30)
    assert [row.state for row in payments(postgres_database)[:2]] == ["paid", "handed_over"]
