"""Files that nobody should bring: each has one sentence in French, changes nothing, and ends with 1."""

import errno
import io
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import Engine, event, func, select

from app import files
from app.coop.members.models import Member
from tests.sample_cooperative import build

FIXTURES = Path(__file__).parents[1] / "sheets" / "fixtures"


def workbook(*rows, formatted=0):
    body = io.BytesIO()
    with xlsxwriter.Workbook(body) as book:
        sheet, grey = book.add_worksheet(), book.add_format({"bg_color": "#EEEEEE"})
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
        for at in range(len(rows), len(rows) + formatted):
            sheet.write_blank(at, 0, None, grey)
    return body.getvalue()


def bomb():
    """Return a small workbook whose sheet would be 400 MB."""
    body, blank = io.BytesIO(), workbook(("Nom",), ("Awa Diop",))
    with zipfile.ZipFile(io.BytesIO(blank)) as old, zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.endswith("sheet1.xml"):
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(400):
                sheet.write(bytes(1_000_000))
    return body.getvalue()


def macros():
    body, blank = io.BytesIO(), workbook(("Nom", "Téléphone"), ("Awa Diop", "771234519"))
    with zipfile.ZipFile(io.BytesIO(blank)) as old, zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 100)
    return body.getvalue()


REFUSED = {
    "a zip bomb": ("r.xlsx", bomb, ""),
    "a password": ("r.xlsx", (FIXTURES / "mot_de_passe.xlsx").read_bytes, "mot de passe"),
    "two headers alike": ("r.csv", lambda: "Nom;Téléphone;Téléphone\nA B;1;2\n".encode(), "Deux colonnes ont le même nom"),
    "an open quote": ("r.csv", lambda: 'Nom;Téléphone\n"Awa Diop;771234519\nFatou Fall;1\n'.encode(), "Ligne 2: un guillemet"),
    "50 MB": ("r.csv", lambda: b"Nom\n" + b"Awa Diop\n" * 5_600_000, "Mo"),
    "a photo": ("r.xlsx", lambda: b"\xff\xd8\xff\xe0JFIF", "photo"),
}


@pytest.fixture
def cps(sqlite_database):
    build(sqlite_database)
    return sqlite_database


def count(database):
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(Member))


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("kind", ["members", "balances"])
def test_a_file_that_can_not_be_read_is_one_sentence(cps, run, tmp_path, kind, what):
    name, made, says = REFUSED[what]
    file, before = tmp_path / name, count(cps)
    file.write_bytes(made())
    done = run("import", kind, str(file), "--cooperative", "CPS1", "--json")
    assert (done.code, done.out, done.err.count("\n"), count(cps)) == (1, "", 1, before)
    assert says in done.err
    assert done.err.startswith("jappoo: ")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("r.csv", lambda: workbook(("Nom", "Téléphone"), ("Fatou Fall", "771234519"))),
        ("r.xlsx", lambda: workbook(("Nom", "Téléphone"), ("Fatou Fall", "771234519"), formatted=3_000)),
        ("r.xlsm", macros),
    ],
    ids=["a csv that is a workbook", "3,000 empty formatted rows", "macros"],
)
def test_what_looks_odd_and_is_read_is_read(cps, run, tmp_path, name, data):
    file, before = tmp_path / name, count(cps)
    file.write_bytes(data())
    done = run("import", "members", str(file), "--cooperative", "CPS1", "--json")
    assert (done.code, json.loads(done.out)["rows"]["create"], count(cps)) == (0, 1, before + 1)


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+221771234567"])
def test_a_name_that_a_spreadsheet_would_execute_never_leaves_as_such(cps, run, tmp_path, name):
    file = tmp_path / "r.csv"
    file.write_text(f"Nom;Téléphone\n{name};771234519\n", "utf-8")
    run("import", "members", str(file), "--cooperative", "CPS1", "--only-good")
    assert not [line for line in run("export", "members").out.splitlines() if name in line and f"'{name}" not in line]
    assert count(cps) >= 6


def test_a_column_of_telephones_that_are_all_refused_is_said_once_for_the_sheet(cps, run, tmp_path):
    file, before = tmp_path / "r.csv", count(cps)
    file.write_text("Nom;Téléphone\n" + "".join(f"Membre {name};7,71E+08\n" for name in "ABCDE"), "utf-8")
    told = json.loads(run("import", "members", str(file), "--cooperative", "CPS1", "--json").out)
    assert (told["rows"]["refuse"], count(cps)) == (5, before)
    assert [one["says"] for one in told["problems"] if one["row"] is None and "aucune des 5 cellules" in one["says"]]


def test_a_full_disk_is_one_sentence_and_changes_nothing(cps, run, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    file, before = tmp_path / "r.csv", count(cps)
    file.write_text("Nom;Téléphone\nSENE Ndiaga;771234519\nNdiaga Sène;701234519\n", "utf-8")
    monkeypatch.setattr(files.os, "fsync", full)
    done = run("import", "members", str(file), "--cooperative", "CPS1")
    assert (done.code, "le disque est plein" in done.err, done.err.count("\n"), count(cps)) == (1, True, 1, before)
    assert "1 à répondre; rien n'est écrit" in done.out
    assert [one.name for one in tmp_path.glob("*r.csv*")] == ["r.csv"]


@pytest.mark.parametrize("more", [("--dry-run",), ("--only-good",)], ids=" ".join)
def test_a_medium_that_can_not_be_written_shows_the_forecast_and_takes_nothing(cps, run, tmp_path, monkeypatch, more):
    def read_only(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    file, before = tmp_path / "r.csv", count(cps)
    file.write_text("Nom;Téléphone\nSENE Ndiaga;771234519\nMor Fall;7,71E+08\n", "utf-8")
    monkeypatch.setattr(files.tempfile, "NamedTemporaryFile", read_only)
    done = run("import", "members", str(file), "--cooperative", "CPS1", "--only-good", *more)
    assert (done.code, done.err.count("\n"), count(cps)) == (1, 1, before)
    assert "le support est en lecture seule. Rien n'est pris: copiez votre fichier" in done.err
    assert done.out.splitlines()[-1].startswith("Lignes: 1 nouvelle")


def test_a_full_database_is_said_in_french_and_the_same_file_goes_on(cps, run, tmp_path):
    file, before = tmp_path / "r.csv", count(cps)
    file.write_text("Nom;Adresse\n" + "".join(f"Membre {n};{'x' * 70} {n}\n" for n in range(1_000)), "utf-8")
    with cps.read() as reader:
        pages = reader.exec_driver_sql("PRAGMA page_count").scalar()

    def bounded(connection, _):
        connection.execute(f"PRAGMA max_page_count={pages + 40}")

    event.listen(Engine, "connect", bounded)
    try:
        done = run("import", "members", str(file), "--cooperative", "CPS1")
    finally:
        event.remove(Engine, "connect", bounded)
    assert (done.code, done.err.count("\n"), (count(cps) - before) % 250) == (1, 1, 0)
    assert done.err.startswith("jappoo: la base de données est pleine: libérez de la place sur le disque, puis recommencez")
    assert run("import", "members", str(file), "--cooperative", "CPS1").code == 0
    assert count(cps) == before + 1_000
