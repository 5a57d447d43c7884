"""A violated constraint tells its name and no row: not in an error, the log, or on standard error."""

import io

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.cli import main
from tests import sample_cooperative
from tests.log_stream import log_on

HASH = "$argon2id$v=19$m=7168,t=5,p=1$c2FsdA$aGFzaA"
SPEECHLESS = text("INSERT INTO people (id, name, language, pin_pepper, pin_hash) VALUES (77, :name, NULL, 1, :hash)")
ROW = {"name": "Awa\n\nDiop", "hash": HASH}
"""A blank line stands where an error's words might be thought to end."""
LINE = (77, "Awa Diop", None, 1, HASH)
PRIVATE = ("Awa", "Diop", "argon2id", "DETAIL", "Failing row")


def violate(database):
    """Put a row that lacks something."""
    with database.transaction() as session:
        session.execute(SPEECHLESS, ROW)


def copy(database):
    """Do the same by COPY, whose errors have a CONTEXT."""
    into = "COPY people (id, name, language, pin_pepper, pin_hash) FROM STDIN"
    with database.engine.begin() as connection, connection.connection.cursor() as cursor, cursor.copy(into) as rows:
        rows.write_row(LINE)


@pytest.mark.parametrize("how", [violate, copy])
def test_the_log_shows_no_row(postgres_database, how):
    with log_on(io.BytesIO()) as lines:
        try:
            how(postgres_database)
        except Exception as fault:
            structlog.get_logger().exception("failed", why=str(fault), fault=fault)
    assert "not-null constraint" in lines.getvalue().decode()
    assert not [words for words in PRIVATE if words in lines.getvalue().decode()]


def test_the_error_itself_holds_no_row_but_what_was_violated(postgres_database):
    with pytest.raises(IntegrityError) as caught:
        violate(postgres_database)
    assert not [words for words in PRIVATE if words in f"{caught.value} {caught.value.orig!r}"]
    assert caught.value.orig.diag.column_name == "language"


@pytest.mark.parametrize("options", [(), ("--traceback",)])
def test_a_command_shows_no_row(postgres_database, monkeypatch, capsys, options):
    sample_cooperative.build(postgres_database)
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", postgres_database.url)
    with postgres_database.transaction() as session:
        session.execute(text("ALTER TABLE cooperatives ADD CONSTRAINT planted CHECK (name <> 'Awa Diop')"))
    add = ("cooperative", "add", "CPS77", "--name", "Awa Diop", "--commune", "Mbour", "--filiere", "PECHE")
    assert main([*options, *add]) == 1
    out, err = capsys.readouterr()
    assert "violates check constraint" in err
    assert "planted" in err
    assert "Failing row" not in out + err
    assert "DETAIL" not in out + err
