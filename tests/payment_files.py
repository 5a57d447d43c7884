"""Files of an operator in tests, and the counter that they settle payments of."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.coop.payments.models import Payment
from tests import sample_declarations, sample_deliveries


@pytest.fixture
def counter(sqlite_database):
    sample_declarations.staffed(sqlite_database)
    sample_deliveries.credited(sqlite_database, sample_declarations.women(sqlite_database, 3), datetime.now(UTC))
    return sqlite_database


def payments(database):
    with database.read() as reader:
        return reader.execute(select(Payment.__table__).order_by(Payment.id)).all()
