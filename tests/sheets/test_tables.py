"""The table isn't the file: titles, totals, signatures and blanks around it are each named, and no row is lost."""

import io
import struct
from collections import Counter
from datetime import date

import pytest
import xlsxwriter
from msgspec import structs

from app import sheets
from app.sheets import Telephone, Value
from tests.sheets.kinds import BALANCES, CELL, FIXTURES, MEMBERS, read, text, values, with_rows


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
