"""Registers as co-operatives have them come in, and go out again the same."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from time import sleep
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select, update

from app.coop import foundation
from app.coop.imports import turns
from app.coop.imports.columns import ANSWER_COLUMNS
from app.coop.members.models import Member, Number
from app.coop.offices.models import OperatorAct
from app.db.database import Database
from app.sheets import read_table
from tests.sample_cooperative import build
from tests.scratch import migrate

REGISTER = """CPS des femmes transformatrices de Joal;;;;;;
Liste des membres au 31/10/2026;;;;;;
N°;Prénom(s) et NOM;Né(e) le;Téléphone;N° CNI;Parts libérées;Observations
1;Ndèye Coumba GUÈYE;12/03/58;771234501;2 765 1958 00123;10 000;
2;Aïssatou N'DIAYE ;vers 1962;77 123 45 02;;10.000;
3;Fatou DIOP;1971;7,71E+08;;10000 F;
4;Œuvre Ste Anne;;339570000;;50 000;GIE, 12 femmes
;TOTAL;;;;80 000;
Arrêté la présente liste à 4 membres;;;;;;
"""


@pytest.fixture
def cps(sqlite_database):
    build(sqlite_database)
    with sqlite_database.transaction() as session:
        session.execute(update(Member).values(card=func.replace(Member.card, "C", "C00")))
        session.execute(update(Member).where(Member.state == "departed").values(left_on=date(2026, 10, 1)))
    return sqlite_database


def saved(tmp_path, text, coding="cp1252"):
    file = tmp_path / "registre.csv"
    file.write_text(text.replace("\n", "\r\n"), coding)
    return str(file)


def count(database, what=Member):
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(what))


def test_nothing_is_written_while_a_row_is_refused_and_the_forecast_is_the_result(cps, run, tmp_path):
    file, before = saved(tmp_path, REGISTER), count(cps)
    dry = run("import", "members", file, "--cooperative", "CPS1", "--dry-run", "--json")
    told = json.loads(dry.out)
    assert (dry.code, told["rows"]) == (1, {"create": 3, "update": 0, "same": 0, "ask": 0, "refuse": 1, "skip": 2})
    assert [(one["row"], one["column"]) for one in told["problems"] if one["kind"] == "refused"] == [(6, "phone")]
    blocked = run("import", "members", file, "--cooperative", "cps1")
    assert (blocked.code, count(cps)) == (1, before)
    assert "rien n'est écrit" in blocked.out
    done = run("import", "members", file, "--cooperative", "CPS1", "--json", "--only-good")
    assert json.loads(done.out)["rows"] == told["rows"]
    assert count(cps) == before + 3
    mended = f"{file}.a-corriger.xlsx"
    again = json.loads(run("import", "members", mended, "--cooperative", "CPS1", "--json").out)
    assert again["rows"]["refuse"] == 1
    assert count(cps) == before + 3


def test_questions_are_written_answered_and_not_asked_again(cps, run, tmp_path):
    twins = "Nom;Téléphone\nSENE Ndiaga;771234519\nNdiaga Sène;701234519\n"
    file, before = saved(tmp_path, twins), count(cps)
    assert run("import", "members", file, "--cooperative", "CPS1").code == 1
    questions = f"{file}.questions.xlsx"
    (row,) = read_table(questions, ANSWER_COLUMNS).rows
    answers = tmp_path / "reponses.csv"
    answers.write_text(f"Clé;Réponse\n{row.cells['question'].value};non\n", "utf-8")
    done = run("import", "members", file, "--cooperative", "CPS1", "--answers", str(answers))
    assert (done.code, count(cps)) == (0, before + 2)
    again = run("import", "members", file, "--cooperative", "CPS1")
    assert (again.code, count(cps)) == (0, before + 2)
    assert "2 déjà là" in again.out


@pytest.mark.parametrize("cell", ["=CMD()", "=1+1", "NULL"])
@pytest.mark.usefixtures("cps")
def test_a_name_that_a_spreadsheet_would_execute_is_refused(run, tmp_path, cell):
    done = json.loads(
        run("import", "members", saved(tmp_path, f"Nom;Téléphone\n{cell};771234519\n"), "--json", "--cooperative", "CPS1").out
    )
    assert (done["rows"]["refuse"], done["id"]) == (1, "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Nom;Nom;Téléphone\nA B;C D;771234519\n", "Nom"),
        ('Nom;Téléphone\n"Awa Diop;771234519\nFatou Fall;771234520\n', "guillemet"),
        ("carte;solde\n12;12500\n", "Nom"),
        ("", ""),
    ],
)
def test_a_file_that_is_no_register_is_refused_in_a_sentence(cps, run, tmp_path, text, says):
    before = count(cps)
    done = run("import", "members", saved(tmp_path, text), "--cooperative", "CPS1")
    assert (done.code, count(cps)) == (1, before)
    assert says in done.err
    assert done.err.startswith("jappoo: ")
    assert done.err.count("\n") == 1


def test_an_import_is_taken_back_by_its_number(cps, run, tmp_path):
    file, before = saved(tmp_path, "Nom;Téléphone\nFatou Fall;771234519\n"), count(cps)
    made = json.loads(run("import", "members", file, "--cooperative", "CPS1", "--json").out)["id"]
    assert count(cps) == before + 1
    assert "1 ligne reprise" in run("import", "undo", made).out
    assert count(cps) == before
    assert "déjà annulé" in run("import", "undo", made).err


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.usefixtures("cps")
def test_members_that_go_out_come_in_the_same(run, tmp_path, monkeypatch, form):
    run("import", "members", saved(tmp_path, REGISTER), "--cooperative", "CPS1", "--only-good")
    shared = "Nom;Téléphone;Sexe\nAwa Sarr;771234777;non dit\nMor Sarr;771234777;M\n"
    assert run("import", "members", saved(tmp_path, shared), "--cooperative", "CPS1").code == 0
    out = tmp_path / f"membres.{form}"
    assert run("export", "members", "--output", str(out), "--format", form).code == 0
    before = run("export", "members", "--format", "json").out
    other = _another_service(tmp_path)
    monkeypatch.setenv("DATABASE_URL", other.url)
    done = run("import", "members", str(out), "--json")
    assert (done.code, json.loads(done.out)["rows"]["create"]) == (0, len(json.loads(before))), done.out
    assert json.loads(run("export", "members", "--format", "json").out) == json.loads(before)
    assert json.loads(run("import", "members", str(out), "--json").out)["rows"]["create"] == 0
    other.dispose()


def _another_service(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(database.url)
    with database.transaction() as session:
        foundation.found(session, "CPS1", "CPS Joal", commune="Joal-Fadiouth", filiere="PECHE", form="AER", now=datetime.now(UTC))
    return database


def test_everything_goes_out_and_who_did_it_is_written_down(cps, run, tmp_path):
    out = tmp_path / "tout.zip"
    assert run("export", "everything", "--cooperative", "CPS1", "--output", str(out)).code == 0
    with ZipFile(out) as files:
        assert set(files.namelist()) == {f"{kind}.csv" for kind in ("members", "balances", "prices", "deliveries", "movements")}
        rows = list(csv.DictReader(io.StringIO(files.read("balances.csv").decode("utf-8-sig")), delimiter=";"))
    assert (rows[0]["Carte"], rows[0]["Parts"], rows[0]["Épargne"]) == ("C0000001", "10000", "12500")
    with cps.read() as reader:
        assert reader.scalar(select(OperatorAct.command)) == "export everything"


def test_a_process_that_is_killed_leaves_whole_slices_and_the_same_file_goes_on(cps, run, tmp_path, monkeypatch):
    lines = "\n".join(f"Membre Numéro {i};77{5_000_000 + i}" for i in range(1250))
    file, before = saved(tmp_path, f"Nom;Téléphone\n{lines}\n"), count(cps)
    command = [sys.executable, "-m", "app.cli", "import", "members", file, "--cooperative", "CPS1"]
    process = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while count(cps) == before and process.poll() is None:
        sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    monkeypatch.setattr(turns, "LEASE", timedelta(seconds=1))
    left = count(cps) - before
    assert left % 250 == 0
    done = json.loads(run("import", "members", file, "--cooperative", "CPS1", "--json").out)
    assert done["rows"]["same"] == left
    assert count(cps) == before + 1250
    with cps.read() as reader:
        assert reader.scalar(select(func.count(func.distinct(Number.phone))).where(Number.phone.like("+22177500%"))) == 1250


def test_of_a_list_whose_row_is_refused_the_namesake_is_asked_about(cps, run, tmp_path):
    shutil.copy("tests/sheets/fixtures/c06_forme_mutuelle.csv", tmp_path)
    name, before = str(tmp_path / "c06_forme_mutuelle.csv"), count(cps)
    done = run("import", "members", name, "--cooperative", "CPS1", "--json", "--only-good")
    told = json.loads(done.out)
    assert (told["rows"]["create"], told["rows"]["ask"], told["rows"]["refuse"]) == (3, 1, 1)
    assert "« Ndiaga SENE » (ligne 5) et « Ndiaga SENE » (la ligne 4): la même personne ?" in " ".join(
        one["says"] for one in told["problems"]
    )
    assert count(cps) == before + 3
