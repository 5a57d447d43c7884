"""The village, built on each database."""

import pytest

from app.db.database import Database
from tests.sample_cooperative import build


@pytest.fixture
def village(database: Database) -> Database:
    build(database)
    return database


@pytest.fixture
def postgres_village(postgres_database: Database) -> Database:
    build(postgres_database)
    return postgres_database
