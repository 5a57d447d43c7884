"""What is asked wrongly ends with one line, and nothing is done, nor anything said of the whole instead."""

import pytest
from sqlalchemy import select

from app.coop.models import Base
from tests.sample_cooperative import build

WRONG = [
    ("sms price --from 2026-12-01", 2, "--from needs AMOUNT"),
    ("ledger approvals CPS1 --roles treasurer", 2, "give KIND"),
    ("report sms --month=", 2, "months like 2026-11"),
    ("report sms --from=", 2, "days are like 2026-11-01"),
    ("report sms --to=", 2, "days are like 2026-11-01"),
    ("report sms --month 2026-11 --to=", 2, "not both"),
    ("report kpi --month=", 2, "months are like 2026-11"),
    ("report kpi --commune=", 1, "no commune is called"),
    ("report kpi --month 2026-10 --commune Mbou", 1, "no commune is called Mbou"),
    ("report kpi --filiere=", 1, "no filière has the code"),
    ("report kpi --month 2026-10 --filiere PECH", 1, "no filière has the code PECH"),
    ("import members FILE --column name=Nom --column name=Village", 2, "deux fois"),
    ("sms broadcasts --most -1", 2, "--most"),
    ("offer show 99", 1, "there is no offer 99"),
    ("job candidates 99", 1, "there is no job 99"),
    ("training applicants 99", 1, "there is no training 99"),
    ("training applicants 99 --output choix.csv", 1, "there is no training 99"),
    ("sms history 77x", 2, "77x is no telephone number"),
    ("paper weighings --cooperative CPS1 --output=", 1, "Is a directory"),
    ("export members --output=", 1, "dossier"),
]


@pytest.fixture
def written(sqlite_database):
    build(sqlite_database)

    def state():
        with sqlite_database.read() as reader:
            return {name: reader.execute(select(table)).all() for name, table in Base.metadata.tables.items()}

    return state


@pytest.mark.parametrize(("words", "code", "says"), WRONG, ids=[words for words, *_ in WRONG])
def test_what_is_asked_wrongly_is_one_line_and_does_nothing(written, run, tmp_path, monkeypatch, words, code, says):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    file = folder / "r.csv"
    file.write_text("Nom;Village\nAwa Fall;Joal\n", "utf-8")
    before = written()
    done = run(*words.replace("FILE", str(file)).split())
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert says in done.err
    assert written() == before
    assert [one.name for one in folder.iterdir()] == ["r.csv"]


def test_no_month_is_published_anew_by_an_empty_word(written, run):
    before = written()
    done = run("report", "revise", "", "--reason", "registre de Joal")
    assert (done.code, "months are like 2026-11" in done.err) == (2, True)
    assert written() == before
