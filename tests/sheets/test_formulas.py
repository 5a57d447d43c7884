"""Formulas and days of each kind of spreadsheet."""

import struct
import zipfile
from datetime import date, datetime

import pytest

from app.sheets import Telephone
from tests.sheets.kinds import BALANCES, CELL, FIXTURES, read, text, values, with_rows
from tests.sheets.test_tables import book


def test_sums_without_a_word_are_sums(tmp_path):
    _, rows = read(text(tmp_path, "Carte;Solde\n12;100\n13;200\n;300\n;400\n"), BALANCES)
    assert [row.kind for row in rows] == ["data", "data", "total", "data"]


def test_formulas_without_a_result_are_refused_and_so_is_a_nought_that_they_are_not(tmp_path):
    table, rows = read(FIXTURES / "c12_soldes_formules_sans_valeur.xlsx", BALANCES)
    assert [values(row) for row in rows if row.kind == "data"] == [
        {"card": "C0000012", "savings": "refuse", "parts": 10000},
        {"card": "C0000013", "savings": 3000, "parts": 10000},
    ]
    assert rows[-1].kind == "total"
    assert len(table.remarks) == 2

    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Carte", "Épargne", "Parts"])
        sheet.write_row(1, 0, ["C0000012", None, 0])
        sheet.write_formula(1, 1, "=8500+4000")
        sheet.write_row(2, 0, ["C0000013"])
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 2, "=8500+4000", None, 12500)

    _, rows = read(book(tmp_path, fill), BALANCES)
    assert [values(row) for row in rows] == [
        {"card": "C0000012", "savings": "refuse", "parts": 0},
        {"card": "C0000013", "savings": "refuse", "parts": 12500},
    ]


def test_an_ods_is_read_with_its_formulas():
    table, rows = read(FIXTURES / "registre.ods")
    assert [values(row) for row in rows if row.kind == "data"] == [
        {"name": "Ndèye Guèye", "birth": date(1958, 3, 12), "telephone": Telephone("+221771234501", "mobile"), "shares": 10000},
        {"name": "Awa Diouf", "birth": date(1962, 3, 12), "telephone": Telephone("+221771234502", "mobile"), "shares": "refuse"},
        {"name": "Mor Seck", "birth": "none", "telephone": "none", "shares": 0},
    ]
    assert table.missing == ("paper",)
    assert len(table.remarks) == 1


def test_an_xls_of_1904_is_read_with_its_days():
    _, rows = read(FIXTURES / "registre_1904.xls")
    assert [row.cells["birth"].value for row in rows] == [date(1958, 3, 12), date(1962, 3, 12)]
    assert [row.cells["shares"].value for row in rows] == [10000, 10000]


@pytest.mark.parametrize(("result", "right"), [(0.0, "refuse"), (12500.0, 12500)])
def test_a_formula_of_an_xls_whose_result_is_a_nought_that_it_is_not_is_refused(tmp_path, result, right):
    data = (FIXTURES / "registre_1904.xls").read_bytes()
    at = data.index(bytes.fromhex("03020e00020002001100"))  # the first member's telephone, then her shares
    formula = struct.pack("<HHHHHdHIH", 0x0006, 28, 2, 3, 17, result, 0, 0, 6) + bytes.fromhex("1e3421121212")
    path = text(tmp_path, data[:at] + formula + data[at + 32 :], name="membres.xls")
    _, rows = read(path)
    assert [values(row)["shares"] for row in rows] == [right, 10000]


@pytest.mark.parametrize("since_1904", [False, True])
def test_a_days_number_is_of_its_books_calendar(tmp_path, since_1904):
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Nom", "Né(e) le"])
        sheet.write_row(1, 0, ["Awa Diop", 20000])
        sheet.write_string(2, 0, "Mor Seck")
        sheet.write_datetime(2, 1, datetime(1958, 3, 12), made.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001

    _, rows = read(book(tmp_path, fill, date_1904=since_1904))
    assert [row.cells["birth"].value for row in rows] == [
        date(1958 if since_1904 else 1954, 10, 4 if since_1904 else 3),
        date(1958, 3, 12),
    ]


def computed(tmp_path, *cells):
    """Return a workbook of balances, each row's savings a cell of XML as a spreadsheet leaves it."""

    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Carte", "Épargne"])
        for row in range(1, len(cells) + 1):
            sheet.write_string(row, 0, f"C{row}")
            sheet.write_number(row, 1, 9000 + row)

    path = book(tmp_path, fill)
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for row, cell in enumerate(cells, 1):
        parts[part] = parts[part].replace(b'<c r="B%d"><v>%d</v></c>' % (row + 1, 9000 + row), cell % (row + 1))
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def test_a_cell_merged_downwards_in_an_ods_is_each_rows(tmp_path):
    tall = CELL.replace(b"table-cell ", b'table-cell table:number-rows-spanned="2" table:number-columns-spanned="1" ', 1)
    rows = [
        CELL % "Prénom et nom".encode() + CELL % b"Parts",
        CELL % b"Awa" + tall % b"500",
        CELL % b"Mor" + b"<table:covered-table-cell/>",
    ]
    path = with_rows(tmp_path, *(b"<table:table-row>" + row + b"</table:table-row>" for row in rows))
    _, found = read(path)
    assert [(row.cells["shares"].text, values(row)["shares"]) for row in found] == [("500", "ask"), ("500", "ask")]


@pytest.mark.parametrize("formula", ["", ' table:formula="of:=VLOOKUP([.A2];[.D:.E];2;0)"'])
@pytest.mark.parametrize("shown", ["#N/D", "#N/A", "#REF !", "Err :502"])
def test_an_error_in_an_ods_is_no_blank(tmp_path, formula, shown):
    error = f'<table:table-cell{formula} office:value-type="string" office:string-value="" calcext:value-type="error">'
    cell = f"{error}<text:p>{shown}</text:p></table:table-cell>".encode()
    head = CELL % "Prénom et nom".encode() + CELL % b"Parts"
    path = with_rows(tmp_path, *(b"<table:table-row>" + row + b"</table:table-row>" for row in (head, CELL % b"Awa" + cell)))
    assert [values(row)["shares"] for row in read(path)[1]] == ["refuse"]


@pytest.mark.parametrize(
    "error",
    [
        struct.pack("<HHHHHBB", 0x0205, 8, 2, 3, 17, 0x2A, 1) + struct.pack("<HH16x", 0x0000, 16),
        struct.pack("<HHHHHQHIH", 0x0006, 28, 2, 3, 17, 0xFFFF_0000_002A_0002, 0, 0, 6) + bytes.fromhex("1e3421121212"),
    ],
)
def test_an_error_in_an_xls_is_no_blank(tmp_path, error):
    data = (FIXTURES / "registre_1904.xls").read_bytes()
    at = data.index(bytes.fromhex("03020e00020002001100"))
    _, rows = read(text(tmp_path, data[:at] + error + data[at + 32 :], name="membres.xls"))
    assert [values(row)["shares"] for row in rows] == ["refuse", 10000]


def of(formula, result):
    return b'<c r="B%%d"><f>%b</f><v>%b</v></c>' % (formula.encode(), result.encode())


BLANK, NEVER = b'<c r="B%d" t="str"><f>IF(A1="","",1)</f><v></v></c>', b'<c r="B%d" t="str"><f>IF(A1="","",1)</f></c>'
NOUGHT, FULL, STALE = of("D1-E1", "0"), of("D1+E1", "2"), of("8500+4000", "0")
SHARED = b'<c r="B%d"><f t="shared" ref="B2:B3" si="0">8500+4000</f><v>0</v></c>'
SHARES = b'<c r="B%d"><f t="shared" si="0"/><v>0</v></c>'


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        ((BLANK, FULL), ["none", 2]),
        ((NEVER, FULL), ["refuse", 2]),
        ((NOUGHT, FULL, FULL), [0, 2, 2]),
        ((NOUGHT, FULL), ["ask", 2]),
        ((NOUGHT,), ["ask"]),
        ((STALE, FULL, FULL, FULL), ["refuse", 2, 2, 2]),
        ((STALE, NOUGHT, FULL, FULL, FULL), ["refuse", "ask", 2, 2, 2]),
        ((SHARED, SHARES, FULL, FULL, FULL), ["refuse", "refuse", 2, 2, 2]),
        ((of("SUM(8500,4000)", "0"), FULL, FULL), ["ask", 2, 2]),
        ((of("ROUND(LOG10(10),0)", "0"), FULL, FULL), ["ask", 2, 2]),
        ((of("-(2.5*100)/2", "0.0"), FULL, FULL), ["refuse", 2, 2]),
        ((of("5%%", "0"), of("2^3", "0"), FULL, FULL, FULL), ["ask", "ask", 2, 2, 2]),
        ((of("1-1", "0"),), [0]),
        ((of("5*(3-3)", "0"), of("1/0", "0"), FULL, FULL), [0, "ask", 2, 2]),
    ],
)
def test_a_formula_says_what_its_spreadsheet_computed(tmp_path, cells, right):
    _, rows = read(computed(tmp_path, *cells), BALANCES)
    assert [values(row)["savings"] for row in rows] == right


def test_other_columns_that_were_computed_do_not_vouch_for_a_columns_noughts(tmp_path):
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["N°", "Carte", "Nom", "Épargne"])
        for row, formula in enumerate(("=8500+4000", "=F3+G3", "=F4+G4"), 1):
            sheet.write_formula(row, 0, "=ROW()-1", None, row)
            sheet.write_string(row, 1, f"C{row}")
            sheet.write_formula(row, 2, f"=VLOOKUP(B{row + 1},L:M,2)", None, f"Awa {row}")
            sheet.write_formula(row, 3, formula if stale else f"=F{row}+G{row}", None, 0)

    for stale in (True, False):
        _, rows = read(book(tmp_path, fill), BALANCES)
        assert [values(row)["savings"] for row in rows] == ["refuse" if stale else "ask", "ask", "ask"]


@pytest.mark.parametrize(
    ("tokens", "right"),
    [
        ("1e3421 1ea00f 03", "refuse"), ("1e3421 13", "refuse"), ("1e0a00 1e0a00 04 15", 0), ("1e3421 1ea00f 420200 0400", "ask"),
        ("1e3421 190100 00", "refuse"), ("2402000400", "ask"), ("03", "ask"), ("1f0000000000409f40 1e0200 05", "refuse"),
    ],
)  # fmt: skip
def test_a_formula_of_an_xls_is_read_as_far_as_it_is_plain(tmp_path, tokens, right):
    data = (FIXTURES / "registre_1904.xls").read_bytes()
    at = data.index(bytes.fromhex("03020e00020002001100"))
    code = bytes.fromhex(tokens)
    # It takes the place of a record of the next row as well, for no byte behind may move.
    formula = struct.pack("<HHHHHdHIH", 0x0006, 48, 2, 3, 17, 0.0, 0, 0, len(code)) + code.ljust(26, b"\0")
    path = text(tmp_path, data[:at] + formula + data[at + 52 :], name="membres.xls")
    _, rows = read(path)
    assert values(rows[0])["shares"] == right


@pytest.mark.parametrize(
    ("formula", "right"), [("of:=8500+4000", "refuse"), ("of:=[.D2]+[.E2]", "ask"), ("oooc:=SUM(8500;4000)", "ask"), ("of:=5-5", 0)]
)
def test_a_nought_of_an_ods_is_doubted_alike(tmp_path, formula, right):
    cell = f'<table:table-cell office:value-type="float" office:value="0" table:formula="{formula}"/>'.encode()
    head = CELL % "Prénom et nom".encode() + CELL % b"Parts"
    path = with_rows(tmp_path, *(b"<table:table-row>" + row + b"</table:table-row>" for row in (head, CELL % b"Awa" + cell)))
    assert [values(row)["shares"] for row in read(path)[1]] == [right]
