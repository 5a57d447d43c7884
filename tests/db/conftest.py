"""Migrations of a test's own, after those that there are."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.db import schema

Plant = Callable[[str, str], str]
_FILE = '''"""{name}."""

import sqlalchemy as sa
from alembic import op

from app.db import indexes, triggers

revision = "{name}"
down_revision = "{before}"
{declared}

def upgrade() -> None:
    {does}
'''


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Give what writes a migration after the newest, by its name and the one line that it runs, and returns its revision."""
    folder = shutil.copytree(schema._FOLDER, tmp_path / "migrations")
    monkeypatch.setattr(schema, "_FOLDER", folder)

    def plant(name: str, does: str, declared: str = "") -> str:
        before = schema.head()
        (folder / "versions" / f"{name}.py").write_text(_FILE.format(name=name, before=before, does=does, declared=declared))
        return name

    return plant
