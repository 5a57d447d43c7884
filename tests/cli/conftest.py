"""The `jappoo` command on a database of the test's own."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from app.cli import main
from app.db.database import Database


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Give the command, which tells how it ended and what it printed."""
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", sqlite_database.url)

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        code = main(list(arguments))
        return Done(code, *capsys.readouterr())

    return run
