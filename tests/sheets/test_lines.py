"""Totals, titles and signatures are told from people by what a row says."""

import pytest

from app import sheets
from tests.sheets.kinds import MEMBERS, read, text


def test_a_member_with_a_name_alone_is_a_row_and_a_signature_is_none(tmp_path):
    lines = (
        "Nom;Téléphone\nMoussa Diop;\nLe Fall Modou;\nLa Trésorière;\nFait à Joal, le 31/10/2026;\nNom;Téléphone\nTotal;\nAwa Ba;\n"
    )
    _, rows = read(text(tmp_path, lines))
    assert [row.kind for row in rows] == ["data", "data", "note", "note", "note", "total", "note"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("TOTAL;9;;45000", "total"), ("Total général (F CFA);;;45000", "total"), ("9 membres;;Total;45000", "total"),
        ("S/Total page 2;;;45000", "total"), ("Grand total;;;", "total"), ("Total Ba;771234501;;500", "data"),
        ("Somme Ndiaye;;;500", "data"), ("Fait à Joal;;31/10/2026;", "note"), ("Mbour, le 31 octobre 2026;;;", "note"),
        ("Nombre de membres : 9;;;", "note"), ("Signature;;;", "note"), ("Visa Diop;;;", "note"), (";771234501;;500", "data"),
        ("Le Président : Modou Fall;;;", "note"), ("La Fontaine Diop;;;", "data"), ("Présidente Awa;771234501;;", "data"),
        ("Nom;Téléphone;Né le;Parts", "note"),
    ],
)  # fmt: skip
def test_words_among_the_rows(tmp_path, line, kind):
    _, rows = read(text(tmp_path, f"Nom;N° de téléphone;Né le;Parts\nAwa Diop;771234502;1962;5\n{line}\n"))
    assert rows[1].kind == kind


@pytest.mark.parametrize("known", [False, True])
def test_titles_in_a_numbered_table_have_no_number(tmp_path, known):
    lines = "N°;Nom;Parts\n1;Awa Diop;5\nQuartier Santhie;;\n;Quartier 2;\n2;Mor Seck;\n;Ami Ba;5\n3;TOTAL;10\n"
    order = sheets.Column(field="order", names=("N°",), reader=sheets.code)
    _, rows = read(text(tmp_path, lines), (*MEMBERS, order) if known else MEMBERS)
    assert [row.kind for row in rows] == ["data", "note", "note", "data", "data", "total"]


@pytest.mark.parametrize(
    "line",
    [
        "Quartier Santhie", "Village de Nianing", "Section Escale", "Femmes", "Zone Nord :", "9 membres", "Soit 9 personnes",
        "Dont femmes: 5", "Mbour le 31/10/2026", "Pour la CPS", "Suite", "Tél: 33 957 00 00", "Groupe de Joal:",
    ],
)  # fmt: skip
def test_titles_are_nobody_where_they_stand_alone(tmp_path, line):
    _, rows = read(text(tmp_path, f"Nom;Téléphone;Parts\nAwa Diop;771234502;5\n{line};;\n{line};771234503;5\n"))
    assert [row.kind for row in rows[:2]] == ["data", "note"]
    assert rows[2].kind in ("data", "note")


def test_a_name_alone_without_the_number_of_its_line_is_neither_taken_nor_dropped(tmp_path):
    _, rows = read(text(tmp_path, "N°;Nom;Parts\n1;Awa Diop;5\n;Awa Un;\n2;Mor Seck;\n"))
    assert [row.kind for row in rows] == ["data", "broken", "data"]
    assert "numéro" in rows[1].reason


def test_a_total_has_quantities_and_prices(tmp_path):
    columns = (
        sheets.Column(field="name", names=("Nom",), reader=sheets.name, required=True),
        sheets.Column(field="quantity", names=("Quantité",), reader=sheets.quantity),
        sheets.Column(field="price", names=("Prix",), reader=sheets.amount),
        sheets.Column(field="gross", names=("Montant",), reader=sheets.amount, summed=True),
    )
    _, rows = read(text(tmp_path, "Nom;Quantité;Prix;Montant\nAwa Diop;24;100;2400\nTOTAL;24;;2400\n"), columns)
    assert [row.kind for row in rows] == ["data", "total"]


def test_lines_that_say_nothing_are_empty(tmp_path):
    lines = "N°;Nom;Téléphone;Parts\n1;Awa Diop;;5\n2;;;\n3;-;-;-\n-;-;-;-\n4;;;0\n5;Mor Seck;-;-\n"
    _, rows = read(text(tmp_path, lines))
    assert [row.kind for row in rows] == ["data", "empty", "empty", "empty", "empty", "data"]
