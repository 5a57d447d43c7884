"""The role that web, workers and scheduler have on PostgreSQL, on a test's own database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from app.db import roles
from app.db.database import Database
from tests.conftest import PATIENT_MS, SERVICE

NAME, PASSWORD = "jappoo_service", "of-a-test"


@pytest.fixture
def service_database(postgres_database: Database) -> Iterator[Database]:
    """Give the same database to the service's role, as `jappoo db grant` leaves it."""
    with postgres_database.engine.begin() as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": NAME}):
            connection.execute(text(f"CREATE ROLE {NAME} LOGIN PASSWORD '{PASSWORD}'"))
        roles.grant(connection, NAME)
    url = make_url(postgres_database.url).set(username=NAME, password=PASSWORD)
    database = Database(url.render_as_string(hide_password=False), statement_ms=PATIENT_MS, service=SERVICE)
    yield database
    database.dispose()
