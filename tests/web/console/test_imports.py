"""A file comes in at the console: forecast, questions, the PIN's agreement, written as it was forecast, taken back."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.coop.act import Act
from app.coop.console_requests import services as requests
from app.coop.console_requests.models import ConsoleRequest
from app.coop.imports import files
from app.coop.imports.models import Import, ImportColumn, ImportFile
from app.coop.imports.slices import write
from app.coop.members.models import Member, NameKey, Person
from app.coop.rights import Office
from app.sheets import TYPES
from app.web.console import uploads
from tests import sample_cooperative, sample_declarations
from tests.acts import by
from tests.web.console.test_pages import inside, plain

HEAD = "Nom;Téléphone;Né(e) le\n"
GOOD = HEAD + "Coumba Guèye;771234501;1958\nAïssatou N'Diaye;771234502;1962\n"
SECRETARY = Office(101, "secretary", 1)


def upload(one, text, kind="members", **more):
    one.get("/imports")
    return one.send("/uploads/imports", kind=kind, file=(BytesIO(text.encode()), "registre.csv"), **more)


def agree(database, clock):
    """Confirm what waits with the PIN, on the officer's phone."""
    with database.transaction() as session:
        row = session.scalars(select(ConsoleRequest).where(ConsoleRequest.state == "waiting")).one()
        act = Act(101, "bureau", "agree", clock(), by=SECRETARY, phone=sample_declarations.SECRETARY)
        return requests.confirm(session, act, row.id, requests.mark_of(row.words), key=sample_cooperative.KEY).said


def people(database):
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(Person))


def test_a_file_is_forecast_agreed_to_written_and_taken_back(officer, database, clock):
    secretary, before = inside(officer, sample_declarations.SECRETARY), people(database)
    upload(secretary, GOOD)
    assert "Nouvelles 2 Changées 0 Déjà là 0 À répondre 0 Refusées 0" in plain(secretary.page)
    secretary.send("/imports/1/write")
    assert "La prévision a changé depuis votre accord" in secretary.page
    assert people(database) == before
    secretary.send("/imports/1/ask")
    assert "puis 8, puis 14" in secretary.page
    assert agree(database, clock) == "Noté. Revenez à la console pour l'écrire."
    secretary.get("/imports/1")
    assert "Votre code secret a accepté 2 lignes en plus et 0 changée. Coupé au milieu ?" in plain(secretary.page)
    secretary.send("/imports/1/write")
    assert "Écrit, import n° 1." in plain(secretary.page)
    assert people(database) == before + 2
    with database.read() as reader:
        assert reader.scalars(select(NameKey.key).where(NameKey.key.like("komba%"))).all() == ["komba goeie"]
        assert reader.scalar(select(Import.begun_by).where(Import.id == 1)) == "console secretary 101"
    secretary.send("/imports/1/write")
    assert "Ce fichier est déjà écrit." in secretary.page
    upload(secretary, GOOD)
    assert "Nouvelles 0 Changées 0 Déjà là 2" in plain(secretary.page)
    secretary.get("/imports/1")
    secretary.send("/imports/1/undo")
    assert "Import n° 1 annulé : 2 lignes reprises." in plain(secretary.page)
    assert people(database) == before


def test_questions_are_answered_in_the_page(officer, database, clock):
    secretary = inside(officer, sample_declarations.SECRETARY)
    upload(secretary, HEAD + "Awa 1;;1958\nCoumba Guèye;;1960\n")
    assert "À répondre 1" in plain(secretary.page)
    secretary.send("/imports/1/ask")
    assert "Répondez d&#39;abord aux questions" in secretary.page
    act = by(sample_declarations.CLERK, "look", clock(), "web")
    with database.read() as reader:
        file = files.find(reader, act, 1)
    [question] = files.look(database, act, file).found.questions
    assert question.says.split(" ")[0] in plain(secretary.page)
    secretary.send("/imports/1/answers", **{f"answer-{question.key}": "non", "answer-x": ""})
    assert "À répondre 0" in plain(secretary.page)


def test_columns_are_named_in_the_page_once_for_all_files(officer, database):
    secretary = inside(officer, sample_declarations.SECRETARY)
    strange = "Nom de la femme;Contact principal;Foyer\nCoumba Guèye;771234501;12\n"
    upload(secretary, strange)
    assert "Il y a: Nom de la femme, Contact principal, Foyer. Dites laquelle. Rien n'est écrit." in plain(secretary.page)
    secretary.send("/imports/1/ask")
    assert "Dites laquelle." in plain(secretary.page)
    names, fields = ["Nom de la femme", "Contact principal", "Foyer"], ["name", "phone", ""]
    secretary.send("/imports/1/columns", name=names, field=fields)
    assert "Colonnes gardées" in plain(secretary.page)
    assert "Nouvelles 1 Changées 0" in plain(secretary.page)
    assert "« Foyer » n'est pas lue" in plain(secretary.page)
    upload(secretary, strange)
    assert "« Contact principal » est lue comme « Téléphone »" in plain(secretary.page)
    secretary.send("/imports/2/columns", name=["Contact principal", "Foyer"], field=["", "nonsense"])
    assert "« Contact principal » n'est pas lue" in plain(secretary.page)
    with database.read() as reader:
        assert set(reader.scalars(select(ImportColumn.by))) == {"console secretary 101"}


def test_only_what_is_good_is_taken_when_that_was_agreed_to(officer, database, clock):
    secretary, before = inside(officer, sample_declarations.SECRETARY), people(database)
    upload(secretary, HEAD + "Coumba Guèye;771234501;1958\n;771234599;1960\n")
    assert "Refusées 1" in plain(secretary.page)
    secretary.send("/imports/1/ask", only_good="1")
    agree(database, clock)
    secretary.get("/imports/1")
    secretary.send("/imports/1/write")
    assert people(database) == before + 1


@pytest.fixture
def cut_off(officer, database, clock, monkeypatch):
    """Give the secretary at a file whose writing was cut off after its first row, and how many people were there before."""
    secretary, before = inside(officer, sample_declarations.SECRETARY), people(database)
    upload(secretary, GOOD)
    secretary.send("/imports/1/ask")
    agree(database, clock)

    def cut(*args, **more):
        write(*args[:3], args[3][:1], **more)
        raise ConnectionError

    monkeypatch.setattr(files, "write", cut)
    secretary.get("/imports/1")
    assert secretary.send("/imports/1/write").status_code == 503
    assert people(database) == before + 1
    monkeypatch.setattr(files, "write", write)
    secretary.get("/imports/1")
    assert "Suite de l'import n° 1, coupé: 1 ligne y est déjà écrite." in plain(secretary.page)
    return secretary, before


def test_a_write_that_was_cut_off_goes_on_and_is_taken_back_whole(cut_off, database):
    secretary, before = cut_off
    secretary.send("/imports/1/write")
    assert "Écrit, import n° 2." in plain(secretary.page)
    assert people(database) == before + 2
    secretary.get("/imports/1")
    secretary.send("/imports/1/undo")
    assert "Imports n° 1 et 2 annulés : 2 lignes reprises." in plain(secretary.page)
    assert people(database) == before


def test_what_a_cut_off_write_left_is_taken_back_without_going_on(cut_off, database):
    secretary, before = cut_off
    secretary.send("/imports/1/undo")
    assert "Import n° 1 annulé : 1 ligne reprise." in plain(secretary.page)
    assert people(database) == before


@pytest.mark.parametrize(
    ("body", "more", "says"),
    [
        ("", {}, "Choisissez un fichier"),
        ("bonjour", {}, ""),
        (GOOD, {"kind": "nonsense"}, "Choisissez un fichier"),
        (HEAD + "A;;\n" * 3, {}, ""),
    ],
)
def test_what_is_no_table_is_one_sentence(officer, database, body, more, says):
    secretary = inside(officer, sample_declarations.SECRETARY)
    assert upload(secretary, body, **more).status_code == 200
    assert says in secretary.page
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Member)) == 8


def test_a_file_too_long_or_too_big_is_refused(officer, database, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 1)
    monkeypatch.setattr(uploads, "MOST_UPLOADED", 1000)
    secretary = inside(officer, sample_declarations.SECRETARY)
    upload(secretary, GOOD)
    assert "Plus de 1 lignes" in secretary.page
    assert upload(secretary, "x" * 1001).status_code == 413
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(ImportFile)) == 0


def test_who_has_no_right_and_another_officer_see_nothing(officer, database):
    upload(inside(officer, sample_declarations.SECRETARY), GOOD)
    president = inside(officer, sample_declarations.PRESIDENT)
    assert president.get("/imports/1").status_code == 404
    sample_declarations.treasurer(database)
    treasurer = inside(officer, sample_declarations.TREASURER)
    assert treasurer.get("/imports").status_code == 403
    treasurer.get()
    assert treasurer.send("/uploads/imports", kind="members", file=(BytesIO(GOOD.encode()), "a.csv")).status_code == 403


def test_an_empty_table_is_named_as_what_it_is(officer):
    answer = inside(officer, sample_declarations.SECRETARY).get("/imports/template?kind=members")
    assert answer.content_type == TYPES["xlsx"]
    assert answer.headers["Content-Disposition"] == "attachment; filename=members.xlsx"


def test_files_are_forgotten(officer, database, clock):
    upload(inside(officer, sample_declarations.SECRETARY), GOOD)
    with database.transaction() as session:
        files.forget(session, clock.forward(days=4))
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(ImportFile)) == 0
