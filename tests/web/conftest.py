"""The whole web application on a village, with a real Valkey."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.commands.inbound import Clerk
from app.db.database import Database
from config.settings import load
from tests import menu_rows, sample_cooperative
from tests.conftest import EDGES, Clock, one_of
from tests.servers import Server
from workers.context import clerk_of


@pytest.fixture(params=EDGES)
def database(request: pytest.FixtureRequest) -> Database:
    return one_of(request)


@pytest.fixture
def environment(valkey: Server, database: Database) -> dict[str, str]:
    return {
        "JAPPOO_ENV": "test",
        "DATABASE_URL": database.url,
        "REDIS_URL": valkey.url,
        "SECRET_KEY": sample_cooperative.KEY.decode(),
        "PIN_PEPPER": sample_cooperative.PEPPERS[1].decode(),
    }


@pytest.fixture
def app(environment: dict[str, str], database: Database, clock: Clock) -> Iterator[Flask]:
    sample_cooperative.build(database)
    menu_rows.put(database, clock())
    made = create_app(load(environment, dotenv=None))
    yield made
    made.extensions["jappoo"]["database"].dispose()


@pytest.fixture
def clerk(environment: dict[str, str], database: Database) -> Clerk:
    """Give who works on the SMS that came."""
    return clerk_of(load(environment, dotenv=None), database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
