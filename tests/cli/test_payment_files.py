"""How an operator's file of payments is read: what settles a payment, and what is refused in a line."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from app.sheets import Verbatim, write_table
from tests import sample_deliveries
from tests.payment_files import counter, payments

__all__ = ["counter"]
FIXTURES = Path(__file__).parents[1] / "sheets/fixtures"


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
        ("Annulé", "oui", "the operator says oui"),
        ("Remboursé", "oui", "the operator says oui"),
        ("Annulé", "non", "accepted"),
        ("Observations", "ÉCHEC: compte inconnu", "the operator says ÉCHEC: compte inconnu"),
        ("Message", "Transaction failed", "the operator says Transaction failed"),
        ("Motif", "Solde insuffisant", "the operator says Solde insuffisant"),
        ("Message", "Aucune erreur", "accepted"),
        ("Motif", "Livraisons du 12", "accepted"),
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
    ("a total of its lines", "{head}\n{line}\nTOTAL;;9800\n", "1 accepted"),
    ("a total of more than its lines", "{head}\n{line}\nTOTAL;;19600\n", "Ligne 3: Le total dit 19 600, les lignes font 9 800."),
    ("more lines counted in two cells", "{head}\n{line}\nNombre de paiements;2;\n", "Ligne 3: La feuille dit 2, il y a 1"),
    ("more payments summed than there are", "{head}\n{line}\n2 paiements;;9800\n", "Ligne 3: La feuille dit 2, il y a 1 ligne"),
    ("payments summed", "{head}\n{line}\n1 paiement;;9800\n", "1 accepted"),
    ("as many as are counted", "{head}\n{line}\nNombre de paiements : 1;;\n", "1 accepted"),
    ("no line", "{head}\n", "Aucune ligne sous les noms des colonnes"),
    ("more lines counted than there are", "{head}\n{line}\nTOTAL : 2 lignes;;\n", "Ligne 3: La feuille dit 2, il y a 1 ligne"),
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


def test_an_amount_merged_over_two_payments_is_neithers(counter, run, tmp_path):
    sample_deliveries.batch(counter, datetime.now(UTC), way="mobile")
    file = tmp_path / "references.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["reference", "operator_reference", "amount"])
        for at, row in enumerate(payments(counter)[:2], 1):
            sheet.write_row(at, 0, [row.reference, f"OM.77/{at}"])
        sheet.merge_range(1, 2, 2, 2, 9800)
    told = json.loads(run("import", "payments", str(file), "--json").out)
    assert [one["reason"] for one in told] == ["the amount is 9800"] * 2
