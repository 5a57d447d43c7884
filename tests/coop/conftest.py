"""The village, built on each database; and a till with its officers."""

import pytest

from app.db.database import Database
from tests import sample_declarations
from tests.sample_cooperative import build
from tests.sample_till import Till


@pytest.fixture
def village(database: Database) -> Database:
    build(database)
    return database


@pytest.fixture
def postgres_village(postgres_database: Database) -> Database:
    build(postgres_database)
    return postgres_database


@pytest.fixture
def house(sqlite_database: Database) -> Database:
    return sample_declarations.staffed(sqlite_database)


@pytest.fixture
def desk(house: Database, clock) -> Till:
    return Till(house, clock)
