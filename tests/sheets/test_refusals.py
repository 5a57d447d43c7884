"""A file that is none gets one French sentence: never a stack trace, never half a table."""

import io
import zipfile
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import files
from app.sheets import ColumnsUnknown, SheetRefused, grids, packages, read_table, write_body, write_table
from tests.sheets.kinds import BALANCES, FIXTURES, MEMBERS, read, text


def refusal(tmp_path, data, columns=MEMBERS, name="membres.csv", **how):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SheetRefused) as refused:
        list(read_table(path, columns, **how).rows)
    says = str(refused.value)
    assert says.endswith(".")
    assert "\n" not in says
    return says


def xlsx(*sheets):
    """Return a workbook: a list of (row, column, cell) a sheet."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(body) as book:
        for cells in sheets:
            sheet = book.add_worksheet()
            for row, column, cell in cells:
                sheet.write(row, column, cell)
    return body.getvalue()


def rezipped(data, **changed):
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
    return body.getvalue()


MEMBER_SHEET = [(0, 0, "Nom"), (1, 0, "Awa Diop")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "vide"),
        (b"\xef\xbb\xbf\r\n;;;\r\n", "vide"),
        (b"%PDF-1.7 ...", "un PDF"),
        (b"\xff\xd8\xff\xe0JFIF", "une photo"),
        (b"\x1f\x8b\x08\x00 Nom;", "un fichier compressé"),
        (b"Rar!\x1a\x07\x00 Nom;", "un fichier compressé"),
        (b'[{"Nom": "Awa Diop"}]', "du JSON"),
        (b'\n{\n "rows": [1]}', "du JSON"),
        (b"<html><table><tr><td>Nom</td></tr></table></html>", "page web"),
        (b"\x00\x01\x02" * 40, "ni un tableau ni un texte"),
        (b"PK\x03\x04" + b"x" * 50, "abîmé"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "abîmé"),
        (b"Bonjour,\nvoici la liste des membres.\n", "ne nomme les colonnes"),
    ],
)
def test_what_is_no_table_is_said(tmp_path, data, says):
    assert says in refusal(tmp_path, data)


def test_an_open_quote_is_named_by_its_line(tmp_path):
    with pytest.raises(SheetRefused, match="Ligne 2: un guillemet"):
        read(FIXTURES / "c01_lot_guillemet_ouvert.csv", given={"name": "name"})
    assert refusal(tmp_path, b'Nom;Parts\nAwa;5\n"Mor;6\nAmi;7\n"Ndeye";8\n').startswith("Ligne 3:")
    assert refusal(tmp_path, b'Parts;Nom;Lieu\n5;"Awa;Joal\n6;Mor";Joal\n').startswith("Ligne 2: un guillemet n'est pas fermé.")


def test_two_columns_of_one_name_or_for_one_field_are_refused_by_name(tmp_path):
    with pytest.raises(SheetRefused, match="Deux colonnes ont le même nom: montant"):
        read(FIXTURES / "c15_colonnes_vides.csv", BALANCES)
    assert "Tél » ou « Téléphone" in refusal(tmp_path, "Nom;Tél;Téléphone\nAwa;;\n".encode())


def test_a_password_is_said(tmp_path):
    with pytest.raises(SheetRefused, match="mot de passe"):
        read(FIXTURES / "mot_de_passe.xlsx")
    del tmp_path


def test_a_package_that_unpacks_to_too_much_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "MOST_UNPACKED", 1_000_000)
    bomb = rezipped(xlsx(MEMBER_SHEET), **{"xl/media/big.bin": bytes(2_000_000)})
    assert len(bomb) < 20_000
    assert "trop grand une fois ouvert" in refusal(tmp_path, bomb)
    lying = bomb.replace((2_000_000).to_bytes(4, "little"), (20).to_bytes(4, "little"))
    assert "abîmé" in refusal(tmp_path, lying)


def test_shared_texts_have_a_bound_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "MOST_TEXTS", 1_000)
    data = rezipped(xlsx(MEMBER_SHEET), **{"xl/SharedStrings.xml": bytes(2_000)})
    assert "trop grand une fois ouvert" in refusal(tmp_path, data)


def test_the_columns_that_were_seen_are_said_where_none_is_known(tmp_path):
    with pytest.raises(ColumnsUnknown, match="Il y a: Full name, Cell phone") as fault:
        read(text(tmp_path, "Liste\nFull name;Cell phone\nAwa;771234501\n"))
    assert (fault.value.names, fault.value.field) == (("Full name", "Cell phone"), "name")


def test_entities_are_not_expanded(tmp_path):
    lol = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    with pytest.warns(UserWarning, match="Duplicate"):
        data = rezipped(xlsx(MEMBER_SHEET), **{"xl/workbook.xml": lol})
    assert "abîmé" in refusal(tmp_path, data)


@pytest.mark.parametrize("cell", [(1_048_575, 16_383, "x"), (1_000_000, 20, "x"), (3, 16_383, 1.0)])
def test_a_cell_far_from_the_table_takes_no_memory(tmp_path, cell):
    data = xlsx([*MEMBER_SHEET, cell])
    if cell[0] > 3:
        assert "très loin du tableau" in refusal(tmp_path, data)
    else:
        (tmp_path / "near.xlsx").write_bytes(data)
        assert len(read(tmp_path / "near.xlsx")[1]) == 3


def test_a_cell_of_an_xls_far_from_the_table_takes_no_memory(tmp_path):
    data = (FIXTURES / "registre_1904.xls").read_bytes()
    cell = bytes.fromhex("fd000a00030002001100")
    assert cell in data
    assert "très loin du tableau" in refusal(tmp_path, data.replace(cell, bytes.fromhex("fd000a00bd2ee68c1100")))
    span = bytes.fromhex("00020e000000000004000000000004000000")
    assert span in data
    for forged in ("00020e00f4ec292a04000000000004000000", "00020e0000000000ffffffff000004000000"):
        assert "très loin du tableau" in refusal(tmp_path, data.replace(span, bytes.fromhex(forged)))


def test_cells_repeated_without_end_are_refused():
    with pytest.raises(SheetRefused, match="très loin du tableau"):
        read(FIXTURES / "repete.ods", given={"name": "Nom"})


def test_a_csv_that_is_a_workbook_is_read_by_what_it_holds(tmp_path):
    (tmp_path / "membres.csv").write_bytes(xlsx(MEMBER_SHEET))
    assert [row.kind for row in read(tmp_path / "membres.csv")[1]] == ["data"]


def test_macros_are_not_looked_at(tmp_path):
    (tmp_path / "membres.xlsm").write_bytes(rezipped(xlsx(MEMBER_SHEET), **{"xl/vbaProject.bin": b"Sub AutoOpen"}))
    assert [row.kind for row in read(tmp_path / "membres.xlsm")[1]] == ["data"]


def test_other_documents_are_named(tmp_path):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert "document Word" in refusal(tmp_path, body.getvalue())


def test_two_sheets_with_the_table_are_asked_about(tmp_path):
    data = xlsx(MEMBER_SHEET, MEMBER_SHEET)
    assert "Plusieurs feuilles" in refusal(tmp_path, data)
    (tmp_path / "two.xlsx").write_bytes(data)
    assert read(tmp_path / "two.xlsx", sheet="Sheet2")[0].sheet == "Sheet2"
    assert "Aucune feuille" in refusal(tmp_path, data, sheet="Membres")


def test_a_sheet_with_the_table_in_fewer_columns_is_not_passed_over(tmp_path):
    def made(*rows):
        return [(at, column, cell) for at, row in enumerate(rows) for column, cell in enumerate(row)]

    village = made(["Nom", "Téléphone"], ["Awa Diop", "771234501"])
    summary = made(["N°", "Nom", "Téléphone", "Parts", "N° CNI"], [1, "Mor Fall", "771234502", 5, ""])
    says = refusal(tmp_path, xlsx(village, village, summary))
    assert "Plusieurs feuilles" in says
    assert "Sheet1, Sheet2, Sheet3" in says
    assert "Sheet1, Sheet2." in refusal(tmp_path, xlsx(summary, village))
    (tmp_path / "one.xlsx").write_bytes(xlsx(village, summary, made(["Téléphone", "Parts"], ["771234501", 5])))
    assert read(tmp_path / "one.xlsx", sheet="Sheet1")[0].sheet == "Sheet1"
    (tmp_path / "one.xlsx").write_bytes(xlsx(summary, made(["Téléphone", "Parts"], ["771234501", 5])))
    assert read(tmp_path / "one.xlsx", sheet="Sheet1")[0].sheet == "Sheet1"
    for other in (made(["Nom", "Téléphone"]), made(["Nom"], ["Awa Diop"]), made(["à voir", "Nom"], ["x", "y"])):
        (tmp_path / "one.xlsx").write_bytes(xlsx(summary, other))
        assert read(tmp_path / "one.xlsx")[0].sheet == "Sheet1"


def test_columns_and_fields_that_are_not_there_are_named(tmp_path):
    assert "Aucune colonne ne s'appelle « Mobile »" in refusal(tmp_path, b"Nom\nAwa\n", given={"telephone": "Mobile"})
    assert "n'est pas un champ" in refusal(tmp_path, b"Nom\nAwa\n", given={"phone": "Nom"})
    assert "La colonne « Prénom et nom » manque" in refusal(tmp_path, "Téléphone;Parts\n771234501;5\n".encode())


def test_a_large_file_is_refused_and_one_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(grids, "MOST_BYTES", 1_000_000)
    assert "dépasse 1 Mo" in refusal(tmp_path, b"Nom\n" + b"Awa Diop\n" * 120_000)
    for path in (tmp_path / "nowhere.xlsx", tmp_path):
        with pytest.raises(SheetRefused, match=r"n'existe pas|ne peut pas être lu"):
            read_table(path, MEMBERS)


def test_a_full_disk_leaves_what_was_there(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("before")

    def rows():
        yield ["Awa"]
        raise OSError(28, "No space left on device")

    with pytest.raises(SheetRefused, match="le disque est plein"):
        write_table(path, ["Nom"], rows())
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]
    with pytest.raises(SheetRefused, match="demandez un CSV"):
        write_table(path, ["Nom"], [["a" * 40_000]], form="xlsx")
    with pytest.raises(SheetRefused, match="n'existe pas"):
        write_table(tmp_path / "no" / "out.csv", ["Nom"], [])


@pytest.mark.parametrize(("number", "why"), [(28, "le disque est plein"), (30, "en lecture seule")])
def test_a_disk_that_takes_nothing_is_said_and_leaves_nothing(tmp_path, monkeypatch, number, why):
    def full(_):
        raise OSError(number, "no")

    monkeypatch.setattr(files.os, "fsync", full)
    for write in (lambda path: write_table(path, ["Nom"], [["Awa"]], form="xlsx"), lambda path: write_body(path, b"PK")):
        with pytest.raises(SheetRefused, match=why):
            write(tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_is_written_in_one_piece(tmp_path):
    pieces = []

    class Disk(io.BytesIO):
        def write(self, piece):
            pieces.append(bytes(piece))
            return super().write(piece)

    write_table(Disk(), ["Nom"], [["Awa"]], form="xlsx")
    assert len(pieces) == 1
    del tmp_path


WORKBOOK = xlsx([*MEMBER_SHEET, (2, 0, "=1+1"), (3, 1, 4.5)])
XLS, ODS = (FIXTURES / "registre_1904.xls").read_bytes(), (FIXTURES / "registre.ods").read_bytes()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(alphabet='Nom;,"\n\r\t é\0=', max_size=80).map(str.encode),
        st.sampled_from([WORKBOOK, XLS, ODS])
        .flatmap(lambda data: st.tuples(st.just(data), st.integers(0, len(data) - 1), st.binary(min_size=1, max_size=4)))
        .map(lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + len(parts[2]) :]),
    )
)
def test_whatever_bytes_come_they_are_read_or_refused(tmp_path, data):
    path = tmp_path / "any"
    path.write_bytes(data)
    numbers = []
    with suppress(SheetRefused):
        numbers = [row.number for row in read_table(path, MEMBERS).rows]
    assert numbers == sorted(set(numbers))
