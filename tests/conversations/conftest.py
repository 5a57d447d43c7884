"""Talks run on the whole web application, with a clock that they move; on PostgreSQL as the service's own role."""

import pytest

from app import create_app
from config.settings import load
from tests import menu_rows, sample_cooperative, sample_declarations
from tests.service_role import service_database
from tests.web.conftest import clerk, client, environment

__all__ = ["clerk", "client", "environment", "service_database"]


@pytest.fixture
def database(request):
    """Give a database to whom the service is: on PostgreSQL it may do no more than the service needs."""
    name = "sqlite_database" if request.param == "sqlite" else "service_database"
    return request.getfixturevalue(name)


@pytest.fixture
def owner(request, database):
    """Give the same database to who owns its tables."""
    return request.getfixturevalue("postgres_database") if database.engine.dialect.name == "postgresql" else database


@pytest.fixture
def app(environment, database, owner, clock):
    sample_cooperative.build(owner)
    sample_declarations.appoint(owner)
    menu_rows.put(database, clock())
    made = create_app(load(environment, dotenv=None), clock)
    yield made
    made.extensions["jappoo"]["database"].dispose()
