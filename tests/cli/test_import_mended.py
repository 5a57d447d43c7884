"""What is to be mended in a file, said so that it can be, and refused again unmended."""

import json

import pytest
import xlsxwriter
from sqlalchemy import select

from app.coop.imports.columns import ANSWER_COLUMNS
from app.coop.imports.kinds import KINDS
from app.coop.openings.models import PastDelivery
from app.coop.prices.models import PriceRow
from app.sheets import read_table
from tests.cli.test_import_kinds import cps, file
from tests.imported_rows import TODAY

__all__ = ["cps", "file"]


def again(run, kind, file):
    """Import what must be mended as it is; return the counts of the first import and of the second."""
    first, second = (
        json.loads(run("import", kind, name, "--cooperative", "CPS1", "--json", "--only-good").out)["rows"]
        for name in (file, f"{file}.a-corriger.xlsx")
    )
    return [{one: rows[one] for one in ("create", "ask", "refuse")} for rows in (first, second)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Nom,Parts\nAwa Un,12,500\n", {"create": 0, "ask": 0, "refuse": 1}),
        ("Nom;Parts\n=cmd|' /C calc'!A0;1\n#REF!;1\nidem;1\n", {"create": 0, "ask": 1, "refuse": 2}),
        ("Nom;Téléphone;Remarque\nAwa Un;0771234506;x\n", {"create": 0, "ask": 1, "refuse": 0}),
    ],
)
@pytest.mark.usefixtures("cps")
def test_what_must_be_mended_comes_back_no_better_unmended(run, file, text, left):
    name = file("members", text)
    assert again(run, "members", name) == [left, left]
    mended = f"{name}.a-corriger.xlsx"
    table = read_table(f"{mended}.a-corriger.xlsx", KINDS["members"].reads(TODAY))
    assert [one for one in table.names if one == "À corriger"] == ["À corriger"]
    assert again(run, "members", mended) == [left, left]


@pytest.mark.usefixtures("cps")
def test_formulas_and_merged_cells_come_back_no_better_unmended(run, tmp_path):
    name = str(tmp_path / "soldes.xlsx")
    book = xlsxwriter.Workbook(name)
    sheet = book.add_worksheet()
    for at, row in enumerate([("Carte", "Parts", "Épargne"), ("C3",), ("C4",), ("C5",)]):
        sheet.write_row(at, 0, row)
    sheet.write_formula(1, 2, "=8500+4000")
    sheet.merge_range(2, 1, 3, 1, 10_000)
    book.close()
    first, second = again(run, "balances", name)
    assert first["create"] == second["create"] == 0
    assert first == second


@pytest.mark.usefixtures("cps")
def test_an_answer_is_kept_while_others_are_missing(run, file, tmp_path):
    name, answers = file("members", "Nom;Téléphone\nAwa Un;70 765 43 21\nAwa Un;0771234506\n"), tmp_path / "reponses.csv"
    for _ in range(4):
        done = run("import", "members", name, "--cooperative", "CPS1", *(("--answers", str(answers)) if answers.exists() else ()))
        if done.code == 0:
            break
        asked = read_table(f"{name}.questions.xlsx", ANSWER_COLUMNS).rows
        open_ = [row for row in asked if not row.cells["answer"].value]
        first = open_[0].cells["question"].value
        propositions = next(iter(str(open_[0].raw[2]).split(" / ")))
        answers.write_text(f"Clé;Réponse\n{first};{propositions}\n", "utf-8")
    assert done.code == 0


@pytest.mark.usefixtures("cps")
def test_a_column_that_nobody_reads_is_named(run, file):
    name = file(
        "members", "Nom;Contact téléphonique;Date naiss.;Village d'origine;Montant parts\nAwa Un;771234519;1990;Joal;5000\n"
    )
    told = json.loads(run("import", "members", name, "--cooperative", "CPS1", "--json").out)
    named = [one for one in told["problems"] if one["kind"] == "column"]
    assert [one["column"] for one in named] == ["Village d'origine", "Montant parts"]
    assert '--column address="Village d\'origine"' in named[0]["says"]


@pytest.mark.parametrize(
    ("head", "product", "cells", "says"),
    [
        ("Poids", "Sardinelle", "5 kg", "Sardinelle se compte en caisse, pas en kg."),
        ("Poids (kg)", "Sardinelle", "5", "Sardinelle se compte en caisse, pas en kg."),
        ("Poids;Unité", "Sardinelle", "5 kg;caisse", "Sardinelle se compte en caisse, pas en kg."),
        ("Poids (kg);Unité", "Sardinelle", "5;caisses", None),
        ("Poids (kg)", "Thiof", "5,5 Kilogrammes", None),
        ("Poids;Unité", "Thiof", "5;Kilos", None),
    ],
)
@pytest.mark.usefixtures("cps")
def test_kilos_are_never_taken_for_caisses(run, file, head, product, cells, says):
    name = file("deliveries", f"Carte;Jour;Produit;{head}\nC3;03/10/2025;{product};{cells}\n")
    told = json.loads(run("import", "deliveries", name, "--cooperative", "CPS1", "--json", "--dry-run").out)
    assert [one["says"] for one in told["problems"]] == ([says] if says else [])
    assert told["rows"]["create" if says is None else "refuse"] == 1


ODD_WEIGHTS = ("Poids (x 10 kg)", "Poids (kg/jour)", "Quantité (%)", "Poids (500 g)")
ODD_PRICES = ("Prix (FCFA/100 kg)", "Prix (F/500g)", "Prix (les 10 kg)", "Prix (demi-kg)")


@pytest.mark.parametrize(
    ("head", "cell", "product", "kept"),
    [
        ("Poids (g)", "12500", "Thiof", "12.5"),
        ("Poids (Grammes)", "12 500", "Thiof", "12.5"),
        ("Poids (T)", "1,2", "Thiof", "1200"),
        ("Quantité (en tonnes)", "1,2", "Thiof", "1200"),
        ("Poids (quintaux)", "1,5", "Thiof", "150"),
        ("Poids (kg net)", "12,5", "Thiof", "12.5"),
        ("Poids (g)", "5 kg", "Thiof", "5"),
        ("Quantité (caisses)", "3", "Sardinelle", "3"),
        ("Poids (g)", "0,5", "Thiof", "Thiof, en kg: 0,0005 a trop de chiffres après la virgule."),
        ("Poids (g)", "12500", "Sardinelle", "Sardinelle se compte en caisse, pas en g."),
        ("Quantité (caisses)", "12", "Thiof", "Thiof se compte en kg, pas en caisses."),
        ("Poids (lb)", "12", "Thiof", "Thiof se compte en kg, pas en lb."),
        ("Poids (L)", "12", "Thiof", "Thiof se compte en kg, pas en l."),
        *((head, "12", "Thiof", f"« {head} » (ligne 2): est-ce compté en kg ? oui ou non") for head in ODD_WEIGHTS),
        ("Poids (pots)", "12", "Thiof", "« Poids (pots) » (ligne 2): est-ce compté en kg ? oui ou non"),
        ("Unité;Poids (g)", "kg;12500", "Thiof", "La colonne dit g, la ligne kg: laquelle est juste ?"),
    ],
)
def test_a_column_in_another_unit_is_converted_or_refused(cps, run, file, head, cell, product, kept):
    name = file("deliveries", f"Carte;Jour;Produit;{head}\nC3;03/10/2025;{product};{cell}\n")
    told = json.loads(run("import", "deliveries", name, "--cooperative", "CPS1", "--json").out)
    with cps.read() as reader:
        written = [str(one.normalize() + 0) for one in reader.scalars(select(PastDelivery.quantity))]
    assert written + [one["says"] for one in told["problems"]] == [kept]


@pytest.mark.parametrize(
    ("product", "cell", "answer", "kept"),
    [
        ("Thiof", "500 g", "oui", "Thiof se compte en kg, pas en g."),
        ("Thiof", "500 g", "0,5", "0.5"),
        ("Thiof", "2 caisses", "oui", "Thiof se compte en kg, pas en caisses."),
        ("Thiof", "1,5 tonnes", "1,5", "Thiof se compte en kg, pas en tonnes."),
        ("Thiof", "1.200 kg", "1,2", "1.2"),
        ("Sardinelle", "3 caisses", "oui", "3"),
    ],
)
def test_a_yes_turns_no_grams_into_kilos(cps, run, file, tmp_path, product, cell, answer, kept):
    name = file("deliveries", f"Carte;Jour;Produit;Quantité\nC3;03/10/2025;{product};{cell}\n")
    assert json.loads(run("import", "deliveries", name, "--cooperative", "CPS1", "--json").out)["rows"]["ask"] == 1
    [key] = [row.raw[3] for row in read_table(f"{name}.questions.xlsx", ANSWER_COLUMNS).rows]
    answers = tmp_path / "reponses.csv"
    answers.write_text(f"Clé;Réponse\n{key};{answer}\n", "utf-8")
    told = json.loads(run("import", "deliveries", name, "--cooperative", "CPS1", "--json", "--answers", str(answers)).out)
    with cps.read() as reader:
        written = [str(one.normalize() + 0) for one in reader.scalars(select(PastDelivery.quantity))]
    assert written + [one["says"] for one in told["problems"]] == [kept]


@pytest.mark.parametrize(
    ("head", "cell", "kept"),
    [
        ("Prix (F/t)", "1 050 000", "1050"),
        ("Prix (FCFA/kg)", "1050", "1050"),
        ("Prix (F CFA)", "1050", "1050"),
        ("Prix (F T.T.C.)", "1050", "1050"),
        ("Prix (F/g)", "1", "1000"),
        ("Prix (la tonne)", "1 050 500", "Thiof, en kg: 1050,5 a trop de chiffres après la virgule."),
        *((head, "1050", f"« {head} » (ligne 2): est-ce compté en kg ? oui ou non") for head in ODD_PRICES),
        ("Prix (F/caisse)", "1050", "Thiof se compte en kg, pas en caisse."),
    ],
)
def test_a_price_of_another_unit_is_converted_or_refused(cps, run, file, head, cell, kept):
    name = file("prices", f"Produit;Qualité;{head}\nThiof;A;{cell}\n")
    told = json.loads(run("import", "prices", name, "--cooperative", "CPS1", "--json").out)
    with cps.read() as reader:
        written = [str(one) for one in reader.scalars(select(PriceRow.amount).where(PriceRow.grade == "A"))]
    assert written + [one["says"] for one in told["problems"]] == [kept]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Solde (en milliers)",
            "Solde (milliers F CFA)",
            "Solde (EUR)",
            "Solde (€)",
            "Solde (dërëm)",
            "Solde (x1000)",
            "Solde (K)",
        ),
        *("Solde (k FCFA)", "Solde (000 F)", "Solde (1 000 F)", "Solde (en K)", "Solde (mille F)", "Parts (nombre)", "Parts (nb)"),
    ],
)
@pytest.mark.usefixtures("cps")
def test_amounts_that_are_not_in_francs_are_refused(run, file, name):
    done = run("import", "balances", file("balances", f"Carte;{name}\nC3;12\n"), "--cooperative", "CPS1")
    assert (done.code, f"Colonne « {name} »: écrivez les montants en francs CFA entiers." in done.err) == (1, True)


@pytest.mark.parametrize("name", ["Solde (F CFA)", "Solde (XOF)", "Solde (min. 10 000 F)", "Solde (famille)"])
@pytest.mark.usefixtures("cps")
def test_amounts_in_francs_are_taken(run, file, name):
    at = file("balances", f"Carte;{name}\nC3;12500\n")
    assert "1 nouvelle" in run("import", "balances", at, "--cooperative", "CPS1", "--dry-run").out


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("members", "Nom;Sexe\nAwa Un;X\n", "ligne 2, Sexe: Écrivez F ou M."),
        ("members", "Nom;Parts\nAwa Un;-5000\n", "ligne 2, Parts libérées: Un montant négatif n'a pas de sens ici."),
        ("prices", "Produit;Qualité;Prix\nThiof;Choix1;1050\n", "ligne 2, Qualité: Écrivez A, B ou C."),
        ("deliveries", "Carte;Jour;Produit;Quantité;Qualité\nC3;03/10/2025;Thiof;5;1\n", "ligne 2, Qualité: Écrivez A, B ou C."),
        ("prices", "Produit;Qualité;Prix\nThiof;a;1050\nThiof;A;1060\n", "ligne 3, Produit: Thiof: déjà à la ligne 2."),
        ("prices", "Produit;Prix\nThiof;-5\n", "ligne 2, Prix: Un montant négatif n'a pas de sens ici."),
    ],
)
@pytest.mark.usefixtures("cps")
def test_a_refused_cell_is_named_by_its_column(run, file, kind, text, says):
    assert run("import", kind, file(kind, text), "--cooperative", "CPS1", "--dry-run").out.splitlines()[0] == says


@pytest.mark.usefixtures("cps")
def test_a_price_of_a_kilo_is_never_that_of_a_caisse(run, file):
    name = file("prices", "Produit;Prix (F/kg)\nSardinelle;500\nThiof;1050\n")
    told = json.loads(run("import", "prices", name, "--cooperative", "CPS1", "--json", "--dry-run").out)
    assert (told["rows"]["create"], told["rows"]["refuse"]) == (1, 1)
