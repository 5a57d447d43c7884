"""Which column is which."""

import pytest

from app import sheets
from app.sheets import SheetRefused
from tests.sheets.kinds import read, text, values
from tests.sheets.test_tables import book


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


def test_a_header_may_have_a_year_for_a_name(tmp_path):
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Nom", 2025, "Numéro de téléphone", 2026])
        sheet.write_row(1, 0, ["Awa Diop", 5, 771234501, 6])

    table, rows = read(book(tmp_path, fill))
    assert table.names == ("Nom", "2025", "Numéro de téléphone", "2026")
    assert values(rows[0])["telephone"].number == "+221771234501"


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
        ("Nom;Parts A;Parts B", {"name": "Nom"}),
        ("Nom;Parts (A);Parts (B)", {"name": "Nom"}),
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
