"""The table isn't the file: titles, totals, signatures and blanks around it are each named, and no row is lost."""

import io
import struct
import zipfile
from collections import Counter
from datetime import date, datetime

import pytest
import xlsxwriter
from msgspec import structs

from app import sheets
from app.sheets import SheetRefused, Telephone, Value
from tests.sheets.kinds import BALANCES, FIXTURES, MEMBERS, read, text, values


def book(tmp_path, fill, **options):
    path = tmp_path / "membres.xlsx"
    with xlsxwriter.Workbook(path, options) as made:
        fill(made)
    return path


def test_a_register_has_nine_people_and_each_line_left_out_has_its_reason():
    table, rows = read(FIXTURES / "c04_registre_membres_cp1252.csv")
    assert table.header_row == 4
    assert Counter(row.kind for row in rows) == {"data": 9, "total": 2, "note": 2}
    assert [row.cells["name"].text for row in rows if row.kind == "data"][5:7] == [
        "Marie-Thérèse SARR",
        "Œuvre Ste Anne (groupement)",
    ]
    assert all(row.reason for row in rows if row.kind != "data")
    assert [remark.says for remark in table.remarks] == ["Le total ne peut pas être lu; les lignes font 115 000."]


def test_a_list_with_title_and_total_is_held_against_its_total():
    columns = (BALANCES[0], sheets.Column(field="amount", names=("amount",), reader=sheets.amount, summed=True))
    table, rows = read(FIXTURES / "c04_lot_titre_et_total.csv", columns, given={"card": "reference"})
    assert [row.kind for row in rows] == ["data", "data", "empty", "total"]
    assert table.totals == {"amount": 19600}
    assert table.remarks == []


def test_a_total_that_does_not_agree_is_said_and_a_subtotal_counts_from_the_last(tmp_path):
    lines = "Carte;Solde\nC12;100\nC13;200\nSous-total Santhie;300\nC14;50\nSous-total;50\nTOTAL GENERAL;351\n"
    table, rows = read(text(tmp_path, lines), BALANCES)
    assert [row.kind for row in rows] == ["data", "data", "total", "data", "total", "total"]
    assert [(one.row, one.says) for one in table.remarks] == [(7, "Le total dit 351, les lignes font 350.")]


def test_a_sum_carried_to_the_next_page_is_all_the_rows_above(tmp_path):
    lines = "Carte;Solde\nC12;100\nC13;200\nÀ reporter;300\nReport;300\nC14;50\nÀ reporter;350\nReport;351\n"
    table, _ = read(text(tmp_path, lines), BALANCES)
    assert [one.says for one in table.remarks] == ["Le total dit 351, les lignes font 350."]


def test_sums_without_a_word_are_sums(tmp_path):
    _, rows = read(text(tmp_path, "Carte;Solde\n12;100\n13;200\n;300\n;400\n"), BALANCES)
    assert [row.kind for row in rows] == ["data", "data", "total", "data"]


def test_formulas_without_a_result_are_refused_and_a_nought_is_asked_about(tmp_path):
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
        {"card": "C0000012", "savings": "ask", "parts": 0},
        {"card": "C0000013", "savings": "refuse", "parts": 12500},
    ]


def test_an_ods_is_read_with_its_formulas():
    table, rows = read(FIXTURES / "registre.ods")
    assert [values(row) for row in rows if row.kind == "data"] == [
        {"name": "Ndèye Guèye", "birth": date(1958, 3, 12), "telephone": Telephone("+221771234501", "mobile"), "shares": 10000},
        {"name": "Awa Diouf", "birth": date(1962, 3, 12), "telephone": Telephone("+221771234502", "mobile"), "shares": "refuse"},
        {"name": "Mor Seck", "birth": "none", "telephone": "none", "shares": "ask"},
    ]
    assert table.missing == ("paper",)
    assert len(table.remarks) == 1


def test_an_xls_of_1904_is_read_with_its_days():
    _, rows = read(FIXTURES / "registre_1904.xls")
    assert [row.cells["birth"].value for row in rows] == [date(1958, 3, 12), date(1962, 3, 12)]
    assert [row.cells["shares"].value for row in rows] == [10000, 10000]


@pytest.mark.parametrize(("result", "right"), [(0.0, "ask"), (12500.0, 12500)])
def test_a_formula_of_an_xls_whose_result_is_nought_is_asked_about(tmp_path, result, right):
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


def test_two_header_rows_merged_titles_and_cells_hidden_sheets_and_blank_formatted_rows(tmp_path):
    def fill(made):
        made.add_worksheet("Ancien").write_row(0, 0, ["Nom", "Téléphone"])
        made.worksheets()[0].hide()
        sheet = made.add_worksheet("Membres")
        sheet.activate()
        sheet.set_first_sheet()
        frame = made.add_format({"border": 1})
        sheet.merge_range(0, 1, 0, 5, "CPS des femmes transformatrices de Joal")
        sheet.write_row(2, 1, ["N°", "Membre", "", "Parts", ""])
        sheet.merge_range(2, 2, 2, 3, "Membre")
        sheet.merge_range(2, 4, 2, 5, "Parts")
        sheet.write_row(3, 1, ["", "Nom", "Téléphone", "souscrites", "payées"])
        sheet.write_row(4, 1, [1, "Awa Diop", "77 123 45 01", 10000, 5000])
        sheet.merge_range(5, 1, 5, 5, "Quartier Santhie")
        sheet.write_row(6, 1, [2, "Mor Seck", "", 5000, 5000])
        sheet.write_row(7, 1, [3, "Ami Seck", "", "", 0])
        sheet.merge_range(6, 3, 7, 3, "771234502")
        sheet.merge_range(6, 4, 7, 4, 5000)
        for row in range(8, 3008):
            sheet.set_row(row, None, frame)
            for column in range(1, 6):
                sheet.write_blank(row, column, None, frame)

    subscribed = sheets.Column(field="shares", names=("parts souscrites",), reader=sheets.amount, summed=True)
    table, rows = read(book(tmp_path, fill), (*MEMBERS[:3], subscribed))
    assert (table.sheet, table.header_row) == ("Membres", 4)
    assert table.header == {"name": "Nom", "telephone": "Téléphone", "shares": "Parts souscrites"}
    data = [row for row in rows if row.kind == "data"]
    assert [row.number for row in data] == [5, 7, 8]
    assert [row.kind for row in rows if row.kind != "empty"] == ["data", "note", "data", "data"]
    assert [values(row)["shares"] for row in data] == [10000, "ask", "ask"]
    assert {values(row)["telephone"].number for row in data[1:]} == {"+221771234502"}


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_text_is_read_whatever_its_encoding_separator_and_line_ends(tmp_path, coding, separator, end):
    lines = [["Téléphone", "Prénom et nom"], ["771234501", "Ndèye Coumba Guèye"], ["", "Aïssatou N'Diaye"], ["", "Élisabeth Fall"]]
    path = text(tmp_path, end.join(separator.join(line) for line in lines) + end, coding)
    _, rows = read(path)
    assert [row.cells["name"].text for row in rows] == ["Ndèye Coumba Guèye", "Aïssatou N'Diaye", "Élisabeth Fall"]
    assert [row.number for row in rows] == [2, 3, 4]


@pytest.mark.parametrize("name", ["c03_lot_cp1252.csv", "c03_lot_utf16_tabs.txt", "c15_lot_entete_insecable.csv"])
def test_lists_of_an_operator_are_read(name):
    column = sheets.Column(field="reference", names=("reference",), reader=sheets.code, required=True)
    owner = sheets.Column(field="name", names=("name",), reader=sheets.name)
    _, rows = read(FIXTURES / name, (column, owner))
    assert [values(row) for row in rows] == [
        {"reference": "R1", "name": "Ndèye Coumba Guèye"},
        {"reference": "R2", "name": "Fatou Fall"},
    ]


def test_the_line_that_excel_writes_for_itself_counts_as_a_line(tmp_path):
    table, rows = read(text(tmp_path, "sep=|\r\nNom|Parts\r\nAwa Diop|5\r\n"))
    assert (table.header_row, rows[0].number) == (2, 3)


def test_numbers_that_lost_their_zeros_are_read():
    columns = (*MEMBERS[2:4], sheets.Column(field="card", names=("carte",), reader=sheets.card, required=True))
    _, rows = read(FIXTURES / "c05_telephones_numeriques.xlsx", columns)
    assert [values(row)["telephone"].number for row in rows] == ["+221771234501", "+221771234502", "+221771234503"]
    assert [values(row)["card"] for row in rows] == ["C0000012", "C0000013", "C0000014"]
    assert [values(row)["paper"] for row in rows] == ["2765195800123", "02765196200456", "refuse"]


def test_a_cell_with_lines_is_one_cell_and_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    _, rows = read(text(tmp_path, 'Nom;Parts\n"Awa\nDiop";5\n\nMor Seck;6\n'))
    assert [(row.number, row.kind) for row in rows] == [(2, "data"), (3, "empty"), (4, "data")]
    assert rows[0].cells["name"].text == "Awa Diop"


def test_a_cell_too_many_breaks_its_row_alone(tmp_path):
    _, rows = read(text(tmp_path, "Nom;Parts\nDiop; Awa;5\nMor Seck;6;;\n"))
    assert [row.kind for row in rows] == ["broken", "data"]


def test_columns_are_found_in_any_order_and_by_what_is_given(tmp_path):
    path = text(tmp_path, "PARTS (FCFA);contact;TELEPHONES;Noms\n5;771234502;771234501;Awa Diop\n")
    assert values(read(path)[1][0])["telephone"].number == "+221771234501"
    assert values(read(path, given={"telephone": "Contact"})[1][0])["telephone"].number == "+221771234502"
    assert values(read(path, given={"telephone": "B"})[1][0])["telephone"].number == "+221771234502"
    table, _ = read(path)
    assert (table.unknown, table.missing) == (("contact",), ("birth", "paper"))


def test_a_column_may_be_guessed_by_its_cells_or_a_word_of_its_name_and_is_not_read_before_it_is_confirmed(tmp_path):
    path = text(tmp_path, "Nom;Contact;date_naissance du membre\nA B;771234501;1962\nC D;771234502;1963\nE F;771234503;1964\n")
    table, rows = read(path)
    assert table.guesses == {"telephone": "Contact", "birth": "date_naissance du membre"}
    assert set(rows[0].cells) == {"name"}
    path = text(tmp_path, "Nom de la femme;Téléphone;Parts\nAwa;771234501;5\n")
    with pytest.raises(SheetRefused, match="Est-ce « Nom de la femme »"):
        read(path)


def test_a_column_of_telephones_that_are_all_refused_is_said_once(tmp_path):
    table, rows = read(text(tmp_path, "Nom;Téléphone\n" + "".join(f"Awa Diop {n};7,71E+08\n" for n in range(40))))
    assert {values(row)["telephone"] for row in rows} == {"refuse"}
    assert [remark.kind for remark in table.remarks] == ["column"]
    assert table.remarks[0].says.startswith("Colonne « Téléphone »: aucune des 40 cellules")


def test_days_of_birth_that_were_dragged_down_are_pointed_out():
    table, rows = read(FIXTURES / "c06_forme_familles.csv", given={"birth": "date_naissance"})
    assert len(rows) == 5
    assert [(remark.kind, remark.row) for remark in table.remarks] == [("series", 2)]


def test_an_amount_that_is_asked_about_is_in_the_sum(tmp_path):
    table, _ = read(text(tmp_path, "Carte;Épargne\nC1;2 500\nC2;-500\nTOTAL;2 000\n"), BALANCES)
    assert table.remarks == []


def test_telephones_and_papers_that_were_dragged_down_are_pointed_out(tmp_path):
    people = "".join(f"Awa {name};77123451{at};1765196200450{at}\n" for at, name in enumerate("ABCDEFGHI"))
    columns = [structs.replace(column, apart=True) for column in MEMBERS]
    table, _ = read(text(tmp_path, f"Nom;Tél;N° CNI\n{people}Mor;771234001;\n"), columns)
    assert [(remark.kind, remark.column, remark.row) for remark in table.remarks] == [
        ("series", "telephone", 2),
        ("series", "paper", 2),
    ]
    assert "9 lignes se suivent de un en un" in table.remarks[0].says


def hidden_xlsx(tmp_path):
    def fill(made):
        made.add_worksheet("Membres").write_column(0, 0, ["Nom", "Awa Diop", "Mor Seck", "Ami Fall"])
        made.worksheets()[0].set_row(2, None, None, {"hidden": True})
        made.worksheets()[0].set_row(9, None, None, {"hidden": True})
        made.add_worksheet("Ancien").hide()
        made.add_worksheet("Notes").write(0, 0, "à voir")
        made.add_worksheet("Feuil4")

    return book(tmp_path, fill)


def hidden_ods(tmp_path):
    return with_rows(
        tmp_path,
        b"<table:table-row>" + CELL % b"Nom" + b"</table:table-row>",
        b"<table:table-row>" + CELL % b"Awa Diop" + b"</table:table-row>",
        b'<table:table-row table:visibility="filter">' + CELL % b"Mor Seck" + b"</table:table-row>",
        b'<table:table-row table:visibility="collapse" table:number-rows-repeated="1048573"/>',
    )


def hidden_xls(tmp_path):
    data = bytearray((FIXTURES / "registre_1904.xls").read_bytes())
    row = data.index(struct.pack("<HHH", 0x0208, 16, 2))
    data[row + 16] |= 0x20
    return text(tmp_path, bytes(data), name="membres.xls")


@pytest.mark.parametrize(("made", "unread"), [(hidden_xlsx, ["Ancien", "Notes"]), (hidden_ods, []), (hidden_xls, [])])
def test_hidden_rows_are_read_and_told_and_so_are_sheets_that_are_not_read(tmp_path, made, unread):
    table, rows = read(made(tmp_path))
    assert len([row for row in rows if row.kind == "data"]) >= 2
    told = [remark for remark in table.remarks if remark.kind in ("hidden", "sheet")]
    assert [remark.says for remark in told[:-1]] == [f"La feuille « {name} » n'est pas lue." for name in unread]
    assert (told[-1].kind, told[-1].says) == ("hidden", "Des lignes masquées dans la feuille sont prises aussi: 3.")


def test_a_count_that_the_sheet_states_is_held_against_its_rows(tmp_path):
    table, _ = read(text(tmp_path, "Nom;Parts\nAwa Diop;5\nArrêté la présente liste à 2 membres;\n"))
    assert [remark.says for remark in table.remarks] == ["La feuille dit 2, il y a 1 ligne au-dessus."]


def test_rows_are_streamed_again_each_time_and_the_file_may_vanish(tmp_path):
    path = text(tmp_path, "Nom\nAwa Diop\n")
    table = sheets.read_table(path, MEMBERS)
    path.unlink()
    assert len(list(table.rows)) == len(list(table.rows)) == 1


def test_many_rows_are_streamed(tmp_path):
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Nom", "Téléphone", "Parts"])
        for row in range(1, 20_001):
            sheet.write_row(row, 0, ["Awa Diop", 771234501, 10000])

    table = sheets.read_table(book(tmp_path, fill, constant_memory=True), MEMBERS)
    assert sum(cell.value == 10000 for row in table.rows for cell in (row.cells["shares"],)) == 20_000
    assert isinstance(next(table.rows).cells["name"].reading, Value)


def test_a_template_is_read_as_it_is_made(tmp_path):
    path = tmp_path / "modele.xlsx"
    path.write_bytes(sheets.template(MEMBERS, title="Membres"))
    table, rows = read(path)
    assert (table.missing, len(rows)) == ((), 1)
    assert values(rows[0]) == {
        "name": "Awa Diop",
        "birth": date(1962, 3, 12),
        "telephone": Telephone("+221771234567", "mobile"),
        "paper": "02765196200456",
        "shares": 10000,
    }
    assert io.BytesIO(path.read_bytes()).read(2) == b"PK"


def test_a_header_may_have_a_year_for_a_name(tmp_path):
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Nom", 2025, "Numéro de téléphone", 2026])
        sheet.write_row(1, 0, ["Awa Diop", 5, 771234501, 6])

    table, rows = read(book(tmp_path, fill))
    assert table.names == ("Nom", "2025", "Numéro de téléphone", "2026")
    assert values(rows[0])["telephone"].number == "+221771234501"


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


BLANK, NOUGHT = b'<c r="B%d" t="str"><f>IF(A1="","",1)</f><v></v></c>', b'<c r="B%d"><f>1-1</f><v>0</v></c>'
FULL, NEVER = b'<c r="B%d"><f>1+1</f><v>2</v></c>', b'<c r="B%d" t="str"><f>IF(A1="","",1)</f></c>'


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        ((BLANK, FULL), ["none", 2]),
        ((NEVER, FULL), ["refuse", 2]),
        ((NOUGHT, FULL, FULL), [0, 2, 2]),
        ((NOUGHT, FULL), ["ask", 2]),
        ((NOUGHT,), ["ask"]),
    ],
)
def test_a_formula_says_what_its_spreadsheet_computed(tmp_path, cells, right):
    _, rows = read(computed(tmp_path, *cells), BALANCES)
    assert [values(row)["savings"] for row in rows] == right


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (
            "Nom;Parts (souscrites);Parts (libérées)",
            {"name": "Nom", "subscribed": "Parts (souscrites)", "paid": "Parts (libérées)"},
        ),
        ("Nom;Cotisation (2024);Cotisation (2025)", {"name": "Nom"}),
        ("N° membre;Nom;Parts", {"order": "N° membre", "name": "Nom", "paid": "Parts"}),
        ("N°;N° membre;Nom", {"order": "N°", "name": "Nom"}),
    ],
)
def test_columns_that_differ_in_their_brackets_or_are_numbers_are_told_apart(tmp_path, head, found):
    columns = (
        sheets.Column(field="order", names=("N°",), reader=sheets.code),
        sheets.Column(field="name", names=("Nom", "Membre"), reader=sheets.name, required=True),
        sheets.Column(field="subscribed", names=("Parts souscrites",), reader=sheets.amount),
        sheets.Column(field="paid", names=("Parts libérées", "Parts"), reader=sheets.amount),
    )
    path = text(tmp_path, f"{head}\nAwa;Awa;Awa\n")
    assert read(path, columns)[0].header == found
    if "souscrites" in head:
        given = {"paid": "Parts (souscrites)", "subscribed": "Parts (libérées)"}
        assert read(path, columns, given=given)[0].header == {"name": "Nom", **given}
