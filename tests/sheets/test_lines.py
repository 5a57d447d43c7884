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
