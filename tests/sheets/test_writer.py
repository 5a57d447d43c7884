"""What is written in each format is read back identically, and nothing in it acts in a spreadsheet."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import python_calamine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import sheets
from app.sheets import Column, read_table, table_body, write_table
from app.sheets.readings import clean
from app.sheets.textfiles import _TWICE
from app.sheets.texts import _SPOILT
from tests.sheets.kinds import TODAY

COLUMNS = (
    Column(field="card", names=("Carte",), reader=sheets.card, required=True),
    Column(field="name", names=("Nom",), reader=sheets.name),
    Column(field="place", names=("Adresse",), reader=sheets.text),
    Column(field="telephone", names=("Téléphone",), reader=sheets.telephone),
    Column(field="paper", names=("Pièce",), reader=sheets.code),
    Column(field="amount", names=("Montant",), reader=sheets.amount),
    Column(field="weight", names=("Poids",), reader=sheets.quantity),
    Column(field="day", names=("Jour",), reader=sheets.day(TODAY)),
    Column(field="birth", names=("Né(e) le",), reader=sheets.birth(TODAY)),
    Column(field="woman", names=("Femme",), reader=sheets.yes_no),
)
NAMES = [column.names[0] for column in COLUMNS]
TEXT = st.text(max_size=60).map(clean).filter(lambda words: not _TWICE.search(words))
"""Without what a text file is refused for: letters that were saved in two encodings."""
SPECIAL = ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "'x", "''", '"', "idem", "néant", "non dit", "0012", "12/03", "1E5"]
SPECIAL += ["7,71E+08", "=1+1", "#REF!", "24E0612", "vrai", "mars 12", "a\u2028b", "=", "'", "TOTAL", "La Secrétaire", "x;y"]
SPECIAL += ["10 %", "NULL", "_x0041_"]
PLACES = TEXT | st.sampled_from(SPECIAL).map(clean)
ROWS = st.lists(
    st.tuples(
        st.integers(1, 9_999_999).map(lambda number: f"C{number:07d}"),
        PLACES.filter(lambda text: any(sign.isalpha() for sign in text) and not _SPOILT.search(text)),
        PLACES,
        st.sampled_from(["+221771234501", "+221339570000", "+33612345678"]),
        st.from_regex(r"[A-Z0-9/]{3,12}", fullmatch=True),
        st.integers(0, 999_999_999_999),
        st.decimals("0.001", "99999", places=3),
        st.dates(date(1901, 1, 1), TODAY),
        st.dates(date(1920, 1, 1), date(2010, 1, 1)) | st.integers(1920, 2010),
        st.booleans(),
    ),
    max_size=4,
)


def body_of(rows, form):
    body = io.BytesIO()
    write_table(body, NAMES, rows, form=form)
    return body.getvalue()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ROWS)
def test_what_was_written_is_read_back(tmp_path, form, rows):
    path = tmp_path / f"out.{form}"
    write_table(path, NAMES, rows, form=form)
    table = read_table(path, COLUMNS)
    read = [[cell.value for cell in row.cells.values()] for row in table.rows]
    back = [[cell.number if isinstance(cell, sheets.Telephone) else cell for cell in row] for row in read]
    assert back == [[None if cell == "" else cell for cell in row] for row in rows]


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_json_holds_what_was_written(rows):
    read = json.loads(body_of(rows, "json"))
    assert [list(row) for row in read] == [NAMES for _ in rows]
    assert [row["Adresse"] for row in read] == [row[2] for row in rows]
    assert [Decimal(row["Poids"]) for row in read] == [row[6] for row in rows]
    assert [row["Montant"] for row in read] == [row[5] for row in rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@given(TEXT)
@example("=1+1")
@example("\t=1+1")
def test_no_cell_acts(form, text):
    body = io.BytesIO()
    write_table(body, [text], [[text]], form=form)
    if form == "csv":
        cells = [cell for row in csv.reader(io.StringIO(body.getvalue().decode("utf-8-sig")), delimiter=";") for cell in row]
    else:
        body.seek(0)
        cells = [str(cell) for row in python_calamine.load_workbook(body).get_sheet_by_index(0).to_python() for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


def test_what_programs_read_has_commas_and_points_and_still_no_formula():
    rows = [{"name": "=1+1", "share": Decimal("0.125"), "month": "2026-11", "left": None}]
    heads = {"name": "Nom", "share": "Part"}
    told = {form: table_body(rows, tuple(rows[0]), form, heads) for form in ("csv", "json")}
    assert told["csv"].decode() == "Nom,Part,month,left\n'=1+1,0.125,2026-11,\n"
    assert json.loads(told["json"]) == [{"name": "=1+1", "share": 0.125, "month": "2026-11", "left": None}]


def test_a_csv_keeps_what_a_spreadsheet_would_eat():
    row = ["C0000012", "Awa Diop", "Santhie 2", "+221771234501", "0276", 12500, Decimal("1.234"), TODAY, 1962, True]
    text = body_of([row], "csv").decode("utf-8-sig")
    assert text.splitlines()[1] == "C0000012;Awa Diop;Santhie 2;'+221771234501;'0276;12500;1,2340;2026-11-26;1962;oui"


def test_instants_are_text_in_utc():
    at = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    for form in ("csv", "xlsx", "json"):
        body = io.BytesIO()
        write_table(body, ["À"], [[at]], form=form)
        if form != "xlsx":
            assert b"2026-11-24T10:00:00Z" in body.getvalue()


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_a_file_is_for_its_owner_alone_and_takes_the_place_of_the_last(tmp_path, form):
    path = tmp_path / f"out.{form}"
    for _ in range(2):
        write_table(path, NAMES, [], form=form)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
