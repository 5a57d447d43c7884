"""Batches out and the operator's references in: the file comes back, twice does no harm, and each refusal says why."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
from sqlalchemy import func, select, update

from app.cli import main
from app.coop.handover import services as handover
from app.coop.ledger.models import Account, Posting
from app.coop.members.models import Member, Person
from app.coop.payments import batches
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment, PaymentExport
from app.coop.references import check_digit
from app.coop.verify import verify
from app.sheets import Verbatim, write_table
from app.sms.models import Message
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own

FIXTURES = Path(__file__).parents[1] / "sheets/fixtures"


@pytest.fixture
def counter(sqlite_database):
    sample_declarations.staffed(sqlite_database)
    sample_deliveries.credited(sqlite_database, sample_declarations.women(sqlite_database, 3), datetime.now(UTC))
    return sqlite_database


def payments(database):
    with database.read() as reader:
        return reader.execute(select(Payment.__table__).order_by(Payment.id)).all()


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


@pytest.mark.parametrize(
    ("head", "word", "outcome"),
    [
        ("status", "SUCCESS", "accepted"),
        ("Statut", "Réussi", "accepted"),
        ("status", "", "accepted"),
        ("state", "open", "accepted"),
        ("status", "FAILED", "the operator says FAILED"),
        ("Statut du paiement", "Échec", "the operator says Échec"),
        ("État", "REJETE", "the operator says REJETE"),
        ("status", "PENDING", "the operator says PENDING"),
        ("state", "failed", "the operator says failed"),
        ("state;status", "open;FAILED", "the operator says FAILED"),
        ("status", "inconnu", "the operator says inconnu"),
        ("status", "#N/A", "the operator says #N/A"),
        ("status", "-", "the operator says -"),
        ("État", "NULL", "the operator says NULL"),
        ("Motif d'échec", "Solde insuffisant", "the operator says Solde insuffisant"),
        ("status;Error code", "SUCCESS;E27", "the operator says E27"),
        ("status;Code erreur", "FAILED;E27", "the operator says FAILED"),
        ("status;Code erreur", "SUCCESS;000", "accepted"),
        ("Échec", "non", "accepted"),
        ("Erreur", "", "accepted"),
    ],
)
def test_what_the_operator_does_not_say_is_paid_settles_nothing(counter, run, tmp_path, head, word, outcome):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    file = tmp_path / "references.csv"
    file.write_text(f"reference;operator_reference;{head}\n{payments(counter)[0].reference};OM.77/1;{word}\n", "utf-8")
    [line] = json.loads(run("import", "payments", str(file), "--json").out)
    assert outcome in (line["outcome"], line["reason"])
    assert payments(counter)[0].state == ("handed_over" if outcome == "accepted" else "open")


def test_a_line_of_which_the_operator_says_nothing_beside_others_settles_nothing(counter, run, tmp_path):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    lines = [f"{row.reference};OM.77/{row.id};{word}" for row, word in zip(payments(counter), ("SUCCESS", "", "?"), strict=True)]
    file = tmp_path / "references.csv"
    file.write_text("\n".join(["reference;operator_reference;status", *lines]) + "\n", "utf-8")
    told = json.loads(run("import", "payments", str(file), "--json").out)
    assert [one["reason"] for one in told] == ["", "the operator says nothing", "the operator says ?"]


def test_a_word_in_a_column_of_errors_is_that_of_its_line(counter, run, tmp_path):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    words = ("", "Compte inconnu", "")
    lines = [f"{row.reference};OM.77/{row.id};{word}" for row, word in zip(payments(counter), words, strict=True)]
    file = tmp_path / "references.csv"
    file.write_text("\n".join(["reference;operator_reference;Motif d'échec", *lines]) + "\n", "utf-8")
    told = json.loads(run("import", "payments", str(file), "--json").out)
    assert [one["outcome"] for one in told] == ["accepted", "refused", "accepted"]


@pytest.mark.parametrize("amount", ["#N/A", "néant", "-", "9 801", "-9800"])
def test_an_amount_that_cannot_be_held_against_ours_settles_nothing(counter, run, tmp_path, amount):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    file = tmp_path / "references.csv"
    file.write_text(f"reference;operator_reference;amount\n{payments(counter)[0].reference};OM.77/1;{amount}\n", "utf-8")
    [line] = json.loads(run("import", "payments", str(file), "--json").out)
    assert line["reason"] == "the amount is 9800"


@pytest.mark.parametrize("mark", [Verbatim("1.5E12"), Verbatim("idem"), date(2026, 11, 26)])
def test_an_operators_reference_that_a_spreadsheet_changed_settles_nothing(counter, run, tmp_path, mark):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    file = tmp_path / "references.xlsx"
    write_table(file, ["reference", "operator_reference"], [[payments(counter)[0].reference, mark]], form="xlsx")
    [line] = json.loads(run("import", "payments", str(file), "--json").out)
    assert line["reason"] == "no operator's reference"


def test_a_column_that_may_be_a_status_is_named_before_anything_is_taken(counter, run, tmp_path):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    file = tmp_path / "references.csv"
    file.write_text(f"reference;operator_reference;Statut final\n{payments(counter)[0].reference};OM.77/1;FAILED\n", "utf-8")
    assert "« Statut final »: est-ce le statut du paiement ?" in run("import", "payments", str(file)).err
    assert payments(counter)[0].state == "open"


@pytest.mark.parametrize(("content", "error"), [("a,b\n1,2\n", "Aucune ligne ne nomme les colonnes"), ("", "Ce fichier est vide")])
def test_a_file_that_is_none_is_refused_in_a_line(counter, run, tmp_path, content, error):
    del counter
    file = tmp_path / "wrong.csv"
    file.write_text(content)
    done = run("import", "payments", str(file))
    assert done.code == 1
    assert error in done.err


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


def filled(database, name):
    """Return a file that was brought, with references of payments that are open in the place of R1, R2 …"""
    data = (FIXTURES / name).read_bytes()
    coding = "utf-16" if data.startswith(b"\xff\xfe") else "cp1252" if "cp1252" in name else "utf-8"
    text = data.decode(coding)
    for number, row in enumerate(payments(database), 1):
        text = text.replace(f"R{number}", row.reference)
    return text.encode(coding)


@pytest.mark.parametrize(
    "name", ["c03_lot_cp1252.csv", "c03_lot_utf16_tabs.txt", "c15_lot_entete_insecable.csv", "c04_lot_titre_et_total.csv"]
)
def test_a_file_is_read_as_a_spreadsheet_saved_it(counter, run, tmp_path, name):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    file = tmp_path / name
    file.write_bytes(filled(counter, name))
    done = run("import", "payments", str(file))
    accepted = [row for row in payments(counter) if row.state == "handed_over"]
    assert (done.code, f"{len(accepted)} accepted, 0 known, 0 refused" in done.out, len(accepted) >= 1) == (0, True, True)


WRITTEN = [
    ("a line for the separator", "sep=;\r\n{head}\r\n{line}\r\n", "1 accepted"),
    ("lone carriage returns", "{head}\r{line}\r", "1 accepted"),
    ("columns without a name", "{head};;;\n{line};;;\n", "1 accepted"),
    ("spaces that don't break", "{head}\n{line}\u00a0\n", "1 accepted"),
    ("two columns of one name", "{head};amount\n{line};1\n", "Deux colonnes ont le même nom: amount"),
    ("more cells than columns", "{head}\n{line};1\n", "Ligne 2: plus de cellules que de colonnes"),
    ("a quote that isn't closed", '{head}\n{line}\n"{line}\n{line}\n', "Ligne 3: un guillemet n'est pas fermé"),
    ("no text", "\0\0", "ni un tableau ni un texte"),
]


@pytest.mark.parametrize(("text", "says"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_a_file_is_read_or_refused_whole_in_clear_words(counter, run, tmp_path, text, says):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    line = f"{payments(counter)[0].reference};OM.77/1;9800"
    file = tmp_path / "references.csv"
    file.write_bytes(text.format(head="reference;operator_reference;amount", line=line).encode())
    done = run("import", "payments", str(file))
    assert says in done.out + done.err
    assert [row.state for row in payments(counter)].count("handed_over") == ("accepted" in says)


def test_an_open_quote_swallows_no_line(counter, run, tmp_path):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    file = tmp_path / "references.csv"
    file.write_bytes(filled(counter, "c01_lot_guillemet_ouvert.csv"))
    done = run("import", "payments", str(file))
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "Ligne 2" in done.err
    assert {row.state for row in payments(counter)} == {"open"}


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
