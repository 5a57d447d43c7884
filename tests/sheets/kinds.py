"""Two kinds of table, as tests read them."""

import csv
import zipfile
from datetime import date
from pathlib import Path

from app import sheets
from app.sheets import Ask, Column, NoValue, Value

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = date(2026, 11, 26)
MEMBERS = (
    Column(field="name", names=("Prénom et nom", "nom"), reader=sheets.name, example="Awa Diop", required=True),
    Column(
        field="birth", names=("Né(e) le", "date de naissance"), reader=sheets.birth(TODAY), example=date(1962, 3, 12), apart=True
    ),
    Column(field="telephone", names=("Téléphone", "tél"), reader=sheets.telephone, example="77 123 45 67", note="Un seul numéro."),
    Column(field="paper", names=("N° CNI",), reader=sheets.code, example="02765196200456"),
    Column(field="shares", names=("Parts",), reader=sheets.amount, example=10000, summed=True),
)
BALANCES = (
    Column(field="card", names=("carte",), reader=sheets.card, required=True),
    Column(field="savings", names=("épargne", "solde", "montant"), reader=sheets.amount, summed=True),
    Column(field="parts", names=("parts",), reader=sheets.amount, summed=True),
)


def vectors(name):
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        return [(row["cell"], row["right"]) for row in csv.DictReader(file, delimiter=";")]


def verdict(reading):
    """Return a reading as a vector file says it."""
    if isinstance(reading, Value):
        return reading.value
    return "none" if isinstance(reading, NoValue) else "ask" if isinstance(reading, Ask) else "refuse"


def read(path, columns=MEMBERS, **how):
    """Return a table and all its rows."""
    table = sheets.read_table(path, columns, **how)
    return table, list(table.rows)


def values(row):
    return {field: verdict(cell.reading) for field, cell in row.cells.items()}


def text(tmp_path, words, coding="utf-8", name="membres.csv"):
    path = tmp_path / name
    path.write_bytes(words.encode(coding) if isinstance(words, str) else words)
    return path


CELL = b'<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>'


def with_rows(tmp_path, *rows):
    """Make an ODS with these rows alone."""
    path = tmp_path / "membres.ods"
    with zipfile.ZipFile(FIXTURES / "registre.ods") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "content.xml":
                begin, end = content.index(b"<table:table-row"), content.index(b"</table:table>")
                content = content[:begin] + b"".join(rows) + content[end:]
            new.writestr(name, content)
    return path
