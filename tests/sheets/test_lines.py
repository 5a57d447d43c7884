"""Totals, titles and signatures are told from people by what a row says."""

import pytest

from app import sheets
from tests.sheets.kinds import BALANCES, MEMBERS, read, text, values
from tests.sheets.test_tables import book


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
        ("Nom;Téléphone;Né le;Parts", "note"), ("Edite Gomis;771234501;;", "data"), ("Edite Gomis;;;", "data"),
        ("Édité le 31/10/2026;;;", "note"), ("Vu et approuvé;;;", "note"), ("Vu Fall;771234501;;", "data"),
    ],
)  # fmt: skip
def test_words_among_the_rows(tmp_path, line, kind):
    _, rows = read(text(tmp_path, f"Nom;N° de téléphone;Né le;Parts\nAwa Diop;771234502;1962;5\n{line}\n"))
    assert rows[1].kind == kind


def test_a_first_name_that_is_a_word_for_figures_is_somebodys(tmp_path):
    columns = (sheets.Column(field="first", names=("Prénom",), reader=sheets.name), *MEMBERS)
    _, rows = read(text(tmp_path, "Prénom;Nom;Parts\nMax;Mendy;\nMax;;500\nMin;-;500\nMax;Ba;500\n"), columns)
    assert [row.kind for row in rows] == ["data", "note", "note", "data"]


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


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("S/T;;;5", "total"), ("S/T Santhie;;;5", "total"), ("ST :;;;5", "total"), ("S.T.;;;5", "total"), ("Ss-total;;;5", "total"),
        ("Sous-tot.;;;5", "total"), ("1 membre;;;5", "total"), ("St Louis Diop;;;5", "data"), ("S.T. Diop;;;5", "data"),
        ("Nb de membres: 3;;;", "note"), ("Nbre;;;3", "note"), ("Nombre;;;3", "note"), ("Moyenne;;;7500", "note"),
        ("Moy.;;;7500", "note"), ("Max;;;10", "note"), ("Max Diop;;;10", "data"), ("Écart-type;;;10", "note"),
        ("Différence;;;10", "note"), ("SANTHIE 1;;;", "broken"), ("Fatou Diop 2;;;5", "data"), ("Secrétaire;;Trésorière;", "note"),
        ("Présidente Diop;;;", "data"),
    ],
)  # fmt: skip
def test_sub_totals_and_figures_about_the_list_are_nobody(tmp_path, line, kind):
    _, rows = read(text(tmp_path, f"Nom;N° de téléphone;Né le;Parts\nAwa Diop;771234502;1962;5\n{line}\n"))
    assert rows[1].kind == kind


def test_an_amount_merged_over_two_columns_of_amounts_is_asked_about(tmp_path):
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Carte", "Épargne", "Parts", "Visa"])
        sheet.write_row(1, 0, ["C1"])
        sheet.merge_range(1, 1, 1, 2, 500)
        sheet.write_row(2, 0, ["C2", 500])
        sheet.merge_range(2, 2, 2, 3, 700)

    _, rows = read(book(tmp_path, fill), BALANCES)
    assert [values(row) for row in rows] == [
        {"card": "C0000001", "savings": "ask", "parts": "none"},
        {"card": "C0000002", "savings": 500, "parts": 700},
    ]


def test_a_merged_row_is_a_title_though_it_has_a_figure(tmp_path):
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Nom", "Téléphone", "Né le", "Parts"])
        sheet.merge_range(1, 0, 1, 3, "SANTHIE 2")
        sheet.write_row(2, 0, ["Awa Diop", "771234502", "", 5])
        sheet.merge_range(3, 0, 3, 2, "Mor Fall 2")
        sheet.write(3, 3, 5)

    _, rows = read(book(tmp_path, fill))
    assert [row.kind for row in rows] == ["note", "data", "data"]


@pytest.mark.parametrize("total", ["", ";TOTAL;;;;10\n"])
@pytest.mark.parametrize("names", ["Fatou DIOP;;;;Khady SARR;", ";Fatou DIOP;;;Khady SARR;", ";;;;Khady SARR;", ";Fatou DIOP;;;;"])
def test_who_signs_is_nobodys_row(tmp_path, total, names):
    head = "N°;Nom;Né(e) le;Téléphone;N° CNI;Parts\n1;Awa Diop;;;;5\n2;Mor Seck;;;;5\n"
    _, rows = read(text(tmp_path, f"{head}{total}La Secrétaire;;;;La Trésorière;\n;;;;;\n{names}\n3;Ami Ba;;;;5\n"))
    assert [row.kind for row in rows if row.kind != "total"] == ["data", "data", "note", "empty", "note", "data"]


def test_a_name_under_a_signature_is_asked_about_where_lines_have_no_numbers(tmp_path):
    _, rows = read(text(tmp_path, "Nom;Téléphone\nAwa Diop;771234502\nLa Présidente;\nFatou Fall;\nMor Ba;771234503\nAmi Sy;\n"))
    assert [row.kind for row in rows] == ["data", "note", "broken", "data", "data"]


DELIVERIES = (
    sheets.Column(field="order", names=("N°",), reader=sheets.code),
    sheets.Column(field="card", names=("Carte",), reader=sheets.card),
    sheets.Column(field="name", names=("Nom",), reader=sheets.name),
    sheets.Column(field="quantity", names=("Poids",), reader=sheets.quantity, required=True),
    sheets.Column(field="unit", names=("Unité",), reader=sheets.unit),
    sheets.Column(field="gross", names=("Montant",), reader=sheets.amount, summed=True),
)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (";;;30;;135000", "total"), (";;;30;;", "total"), (";;;30;kg;135000", "total"), ("2;;;30;;135000", "broken"),
        ("2;;;;;135000", "broken"), (";2;;30;;135000", "broken"), (";2;;;;135000", "broken"), (";;;31;;135000", "data"),
        (";14;;30;;135000", "data"), (";2;Awa Diop;30;;135000", "data"), ("3;;;30;;135000", "data"), (";2;;30;;1", "data"),
        (";;SANTHIE 1;30;;135000", "broken"), (";;Mor Fall;30;;135000", "data"), ("3;;Mor Fall 2;30;;135000", "data"),
    ],
)  # fmt: skip
def test_sums_without_a_word_have_quantities_and_a_count(tmp_path, line, kind):
    path = text(tmp_path, f"N°;Carte;Nom;Poids;Unité;Montant\n1;12;Awa;10;kg;45000\n2;13;Mor;20;kg;90000\n{line}\n")
    _, rows = read(path, DELIVERIES)
    assert rows[2].kind == kind
    assert rows[2].reason or kind == "data"
