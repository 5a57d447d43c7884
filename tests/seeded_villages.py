"""Seeded databases in tests."""

import shutil
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.coop.demo.seed import Plan, seed
from app.coop.offices.models import Role
from app.db.database import Database
from tests.conftest import PATIENT_MS
from tests.sample_cooperative import KEY, PEPPERS
from tests.scratch import TEMPLATE

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MEMBERS = 250


def plan(cooperatives=None, members=MEMBERS, now=NOW):
    return Plan(members, cooperatives, PEPPERS, KEY, now)


def officers_of(reader, cooperative_id, role):
    scope = Role.cooperative_id.is_(None) if cooperative_id is None else Role.cooperative_id == cooperative_id
    return list(reader.scalars(select(Role.person_id).where(scope, Role.role == role)))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request, tmp_path_factory):
    """Give the URL of a village that all tests of a kind only read."""
    with ExitStack() as opened:
        if request.param == "sqlite":
            file = shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("seeded") / "seeded.db")
            url = f"sqlite:///{file}"
        else:
            url = opened.enter_context(request.getfixturevalue("scratch").another("seeded", TEMPLATE))
        database = Database(url, statement_ms=PATIENT_MS)
        seed(database, plan())
        database.dispose()
        yield url


@pytest.fixture
def seeded(kept, request):
    """Give that village, on connections of the test's own."""
    if "postgresql" in kept:
        request.getfixturevalue("postgres")
    database = Database(kept, statement_ms=PATIENT_MS)
    yield database
    database.dispose()


@pytest.fixture
def reader(seeded):
    with seeded.read() as connection:
        yield connection
