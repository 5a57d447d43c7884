"""Talks run on the whole web application, with a clock that they move."""

import pytest

from app import create_app
from config.settings import load
from tests import menu_rows, sample_cooperative, sample_declarations
from tests.web.conftest import clerk, client, environment

__all__ = ["clerk", "client", "environment"]


@pytest.fixture
def app(environment, database, clock):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    menu_rows.put(database, clock())
    made = create_app(load(environment, dotenv=None), clock)
    yield made
    made.extensions["jappoo"]["database"].dispose()
