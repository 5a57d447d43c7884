"""What is said agrees with what was done, whatever fails while a hop is served."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.db.database import Database
from config.redis import connect
from tests.honesty.machine import Ground, Honesty


@pytest.mark.timeout(600)
def test_the_words_agree_with_the_books_wherever_the_store_or_the_database_fails(valkey, postgres_database):
    patient = Database(postgres_database.url, statement_ms=10_000)
    client = connect(valkey.url, connect_seconds=30, seconds=30)  # a busy machine is no fault of the kind that is looked for
    Honesty.ground = Ground(patient, client, datetime(2026, 11, 24, 10, tzinfo=UTC))
    for engine in (patient.engine, patient.reader):
        engine.connect().close()  # what a first connection asks the server is no call of a hop's
    run_state_machine_as_test(
        Honesty,
        settings=settings(
            max_examples=180,
            stateful_step_count=8,
            deadline=None,
            report_multiple_bugs=False,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
