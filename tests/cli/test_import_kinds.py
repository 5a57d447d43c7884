"""Each kind of file comes in by the same ways: a template, a forecast that is the result, the sheet's own total, a kill, a turn."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from sqlalchemy import func, select, update

from app.coop.imports import turns
from app.coop.imports.kinds import KINDS
from app.coop.members.models import Member
from app.coop.openings.models import OpeningBalance, PastDelivery
from app.coop.prices.models import PriceProposal, PriceRow
from app.coop.scope import Scope
from app.sheets import read_table
from tests.imported_rows import TODAY
from tests.sample_cooperative import build

FILES = {
    "members": ("Nom;Téléphone;Parts libérées\nFatou Fall;771234519;5 000\nMor Seck;abc;2 000\nTOTAL;;9 000\n", Member),
    "balances": ("Carte;Parts;Épargne\nC0000003;5 000;1 000\nC0000099;5 000;2 000\nTOTAL;10 000;9 000\n", OpeningBalance),
    "prices": ("Produit;Unité;Prix\nTHIOF;kg;1 050\nRiz;kg;500\n", PriceRow),
    "deliveries": (
        "Carte;Jour;Produit;Quantité;Montant\nC3;03/10/2025;Thiof;12,5;12 500\nC3;x;Thiof;1;1\nTOTAL;;;;9\n",
        PastDelivery,
    ),
}
TOTALLED = ("members", "balances", "deliveries")


@pytest.fixture
def cps(sqlite_database):
    build(sqlite_database)
    return sqlite_database


@pytest.fixture
def file(tmp_path):
    def saved(kind, text=None):
        at = tmp_path / f"{kind}.csv"
        at.write_text(text or FILES[kind][0], "utf-8")
        return str(at)

    return saved


def count(database, kind):
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(FILES[kind][1]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", [("import", "template"), ("template",)], ids=" ".join)
def test_the_template_of_a_kind_has_all_its_columns(run, tmp_path, kind, words):
    out = tmp_path / "modele.xlsx"
    assert run(*words, kind, "--output", str(out)).code == 0
    table = read_table(out, KINDS[kind].columns(TODAY))
    assert set(table.header) == {column.field for column in KINDS[kind].columns(TODAY)}
    assert table.unknown == ()


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("more", [(), ("--only-good",)], ids=["all", "only good"])
def test_the_example_of_a_template_is_nobodys_line_and_a_file_without_a_line_is_not_taken(cps, run, tmp_path, kind, more):
    out, before = tmp_path / "modele.xlsx", count(cps, kind)
    assert run("template", kind, "--output", str(out)).code == 0
    done = run("import", kind, str(out), "--cooperative", "CPS1", "--json", *more)
    told = json.loads(done.out)
    assert (done.code, told["rows"]["skip"], told["id"], count(cps, kind)) == (1, 1, "", before)
    assert [one["kind"] for one in told["problems"]] == ["example", "none"]
    assert "Aucune ligne" in told["problems"][1]["says"]


@pytest.mark.parametrize(
    ("kind", "text", "create"),
    [
        ("deliveries", "Date;Carte;Produit;Quantité\n15/08/2025;12;Thiof;12,5\n16/08/2025;12;Thiof;12,5\n", 2),
        ("deliveries", "Date;Carte;Produit;Poids;Unité\n15/08/2025;12;Thiof;12,5;kg\n", 1),
        ("balances", "CPS;Carte;Solde\nCPS1;12;12 500\n", 1),
        ("balances", "Carte;Parts;Épargne\n12;10 000;12 500\n", 1),
        ("prices", "Produit;Prix\nThiof;4321\n", 1),
    ],
)
def test_what_looks_like_an_older_example_is_a_row_like_others(cps, run, file, kind, text, create):
    with cps.transaction() as session:
        session.execute(update(Member).where(Member.id == 3).values(card="C0000012"))
    told = json.loads(run("import", kind, file(kind, text), "--cooperative", "CPS1", "--json", "--dry-run").out)
    assert (told["rows"]["create"], told["rows"]["skip"]) == (create, 0)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("members", "CPS;N°;Nom;Téléphone;Place;Sexe;Adresse\nCPS1;1;Ndèye Coumba Guèye;771234567;1;F;Santhie 2\n"),
        ("balances", "CPS;Carte;Nom;Parts;Épargne;Avance\nCPS1;C0000012;Ndèye Coumba Guèye;10000;12500;0\n"),
        ("prices", "CPS;Produit;Unité;Prix\nCPS1;Thiof;kg;4321\n"),
        ("deliveries", "Carte;Nom;Jour;Produit;Quantité;Unité\nC0000012;Ndèye Coumba Guèye;03/10/2025;Thiof;12,5;kg\n"),
    ],
)
def test_the_example_of_an_older_template_is_asked_about(cps, run, file, kind, text):
    with cps.transaction() as session:
        session.execute(update(Member).where(Member.id == 3).values(card="C0000012"))
    told = json.loads(run("import", kind, file(kind, text), "--cooperative", "CPS1", "--json", "--dry-run").out)
    assert (told["rows"]["ask"], told["rows"]["create"]) == (1, 0)
    assert "Ligne 2: est-ce l'exemple du modèle" in told["problems"][0]["says"]


@pytest.mark.parametrize("kind", ["members", "balances", "deliveries", "prices"])
@pytest.mark.usefixtures("cps")
def test_an_example_that_was_filled_in_by_half_is_refused(run, file, kind):
    half = {
        "members": "Nom;Téléphone\nExemple: Ndèye Guèye;771234519\n",
        "balances": "Nom;Épargne\nExemple: Ndèye Guèye;700\n",
        "deliveries": "Carte;Jour;Produit;Quantité\nC3;03/10/2025;Exemple: Thiof;7\n",
        "prices": "Produit;Prix\nExemple: Thiof;1050\n",
    }
    told = json.loads(run("import", kind, file(kind, half[kind]), "--cooperative", "CPS1", "--json", "--dry-run").out)
    assert (told["rows"]["refuse"], told["rows"]["create"]) == (1, 0)
    assert "L'exemple du modèle est encore là" in told["problems"][0]["says"]


@pytest.mark.parametrize("kind", FILES)
def test_the_forecast_is_the_result(cps, run, file, kind):
    before, command = count(cps, kind), ("import", kind, file(kind), "--cooperative", "CPS1", "--json")
    dry = run(*command, "--dry-run")
    told = json.loads(dry.out)
    assert (dry.code, told["rows"]["create"], told["rows"]["refuse"], told["id"]) == (1, 1, 1, "")
    assert sum(told["rows"].values()) == FILES[kind][0].count("\n") - 1
    assert run(*command).code == 1
    assert count(cps, kind) == before
    done = run(*command, "--only-good")
    result = json.loads(done.out)
    assert (result["rows"], result["problems"]) == (told["rows"], told["problems"])
    assert count(cps, kind) == before + 1
    again = json.loads(run(*command, "--only-good").out)["rows"]
    assert (again["create"], again["update"], again["same"]) == (0, 0, 1)
    assert count(cps, kind) == before + 1


@pytest.mark.parametrize("kind", TOTALLED)
def test_the_sheets_own_total_is_compared(cps, run, file, kind):
    told = json.loads(run("import", kind, file(kind), "--cooperative", "CPS1", "--json", "--dry-run").out)
    assert [one["says"] for one in told["problems"] if one["kind"] == "total" and "Le total dit" in one["says"]]
    assert count(cps, kind) >= 0


@pytest.mark.parametrize("kind", FILES)
def test_who_brought_a_file_is_written_down_and_it_is_taken_back(cps, run, file, kind):
    if kind == "prices":
        with cps.transaction() as session:
            session.execute(update(Member).where(Member.id < 0).values(state="active"))
    made = json.loads(run("import", kind, file(kind), "--cooperative", "CPS1", "--json", "--only-good").out)["id"]
    assert run("import", "undo", made).code == 0
    assert "déjà annulé" in run("import", "undo", made).err


def test_a_price_that_moves_far_is_said_and_waits(cps, run, file):
    far = file("prices", "Produit;Prix\nThiof;9 000\n")
    done = run("import", "prices", far, "--cooperative", "CPS1", "--json")
    assert (done.code, [one["kind"] for one in json.loads(done.out)["problems"]]) == (0, ["waits"])
    with cps.read() as reader:
        assert reader.execute(select(PriceProposal.state, PriceProposal.proposed_by)).one() == ("waiting", None)


def test_public_prices_of_a_market_are_listed_and_none_is_published(cps, run, tmp_path):
    before = count(cps, "prices")
    wfp = shutil.copy("tests/sheets/fixtures/c17_prix_wfp.csv", tmp_path)
    refused = run("import", "prices", wfp)
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    named = ("--column", "product=commodity", "--column", "price=price", "--column", "since=date", "--column", "unit=unit")
    told = json.loads(run("import", "prices", wfp, *named, "--json", "--only-good").out)
    assert (told["rows"]["refuse"], told["rows"]["create"]) == (6, 0)
    assert count(cps, "prices") == before
    says = " ".join(one["says"] for one in told["problems"])
    assert "124,75: un montant est en francs entiers" in says or "francs entiers" in says
    assert "n'est pas un produit d'ici" in says


def test_a_formula_without_a_result_is_never_a_balance_of_nothing(cps, run):
    with cps.transaction() as session:
        session.execute(update(Member).where(Member.id == 3).values(card="C0000012"))
        session.execute(update(Member).where(Member.id == 4).values(card="C0000013"))
    sheet = "tests/sheets/fixtures/c12_soldes_formules_sans_valeur.xlsx"
    told = json.loads(run("import", "balances", sheet, "--cooperative", "CPS1", "--json").out)
    assert (told["rows"]["refuse"], told["id"]) == (1, "")
    assert "Formule sans résultat" in told["problems"][0]["says"]
    assert count(cps, "balances") == 0


def test_a_card_whose_zeros_were_lost_has_one_balance(cps, run):
    with cps.transaction() as session:
        session.execute(update(Member).where(Member.id == 3).values(card="C0000012"))
    told = json.loads(
        run("import", "balances", "tests/sheets/fixtures/c08_codes_sans_zeros.csv", "--cooperative", "CPS1", "--json").out
    )
    assert (told["rows"]["create"], told["rows"]["refuse"]) == (1, 5)
    assert sum("déjà à la ligne 2" in one["says"] for one in told["problems"]) == 3


@pytest.mark.parametrize("kind", ["balances", "deliveries"])
def test_a_killed_import_leaves_whole_slices_and_the_same_file_goes_on(cps, run, file, kind, monkeypatch):
    people = "\n".join(f"C1{i:06d};Membre {i}" for i in range(750))
    assert run("import", "members", file("members", f"Carte;Nom\n{people}\n"), "--cooperative", "CPS1").code == 0
    lines = {
        "balances": ["Carte;Épargne", *(f"C1{i:06d};{1_000 + i}" for i in range(750))],
        "deliveries": ["Carte;Jour;Produit;Quantité", *(f"C1{i:06d};03/10/2025;Thiof;12,5" for i in range(750))],
    }[kind]
    at = file(kind, "\n".join(lines) + "\n")
    command = [sys.executable, "-m", "app.cli", "import", kind, at, "--cooperative", "CPS1"]
    process = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while count(cps, kind) == 0 and process.poll() is None:
        sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    monkeypatch.setattr(turns, "LEASE", timedelta(seconds=1))
    left = count(cps, kind)
    assert left % 250 == 0
    done = json.loads(run("import", kind, at, "--cooperative", "CPS1", "--json").out)
    assert (done["rows"]["same"], done["rows"]["create"], count(cps, kind)) == (left, 750 - left, 750)
    told = [one["says"] for one in done["problems"] if one["kind"] == "continues"]
    assert told == [f"Suite de l'import n° 2, coupé: {left} lignes y sont déjà écrites."]
    assert run("import", "undo", "2").out == "Imports n° 2 et 3 annulés : 750 lignes reprises.\n"
    assert count(cps, kind) == 0


def test_a_second_import_waits_and_says_so(cps, run, file, monkeypatch):
    monkeypatch.setattr(turns, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr("app.cli.sheet_imports.sleep", lambda _: None)
    with cps.transaction() as session:
        source = turns.ImportSource("members", "a" * 64, "awa", Scope(1))
        turns.begin(session, source, datetime.now(UTC) + timedelta(minutes=1))
    busy = run("import", "prices", file("prices"), "--cooperative", "CPS1", "--only-good")
    waits, ends = busy.err.splitlines()
    assert (busy.code, "n° 1, awa" in waits, "celui-ci attend son tour" in waits) == (1, True, True)
    assert "attendez sa fin, puis recommencez" in ends


@pytest.mark.usefixtures("cps")
def test_what_a_column_is_was_said_once_and_is_changed_by_saying_it_anew(run, file, tmp_path):
    name = file("members", "Nom de la femme;Contact;Portable 2\nAwa Un;771234519;339570000\nAwa Deux;x;771234520\n")

    def said(*more):
        done = run("import", "members", name, "--cooperative", "CPS1", "--json", *more)
        problems = json.loads(done.out)["problems"] if done.out else []
        return done.err, {one["column"]: one["says"] for one in problems if one["kind"] == "confirmed"}

    named = ("--column", "name=Nom de la femme", "--column", "phone=Contact")
    assert said(*named, "--dry-run") == ("", {})
    assert 'Dites laquelle. --column name="NOM"' in said("--dry-run")[0]
    said(*named)
    _, found = said("--dry-run")
    assert list(found) == ["Nom de la femme", "Contact"]
    assert found["Contact"].startswith("La colonne « Contact » est lue comme « Téléphone »: cela a été confirmé")
    assert found["Contact"].endswith("--column phone=NOM.")
    said("--column", "phone=Portable 2")
    assert list(said("--dry-run")[1]) == ["Nom de la femme", "Portable 2"]
    other = tmp_path / "autre.csv"
    other.write_text("Nom;Téléphone\nAwa Trois;771234521\n", "utf-8")
    done = json.loads(run("import", "members", str(other), "--cooperative", "CPS1", "--json", "--dry-run").out)
    assert (done["rows"]["create"], done["problems"]) == (1, [])
    assert "Dites laquelle" in run("import", "members", name, "--json").err


@pytest.mark.parametrize(
    ("more", "says"), [(("--cooperative", "CPS9"), "aucune CPS n'a le code CPS9"), (("--column", "phone"), "s'écrit champ=NOM")]
)
@pytest.mark.usefixtures("cps")
def test_a_wrong_option_is_refused_in_french(run, file, more, says):
    assert says in run("import", "members", file("members"), *more).err
