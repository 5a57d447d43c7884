from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from app.coop.members.models import Consent, Person
from app.coop.production.models import Declaration
from app.db.base import Quantity, Utc
from app.db.database import Database
from tests.sample_cooperative import LONG_AGO, build


def test_a_naive_time_is_refused(database):
    with pytest.raises(StatementError, match="a naive datetime"), database.transaction() as session:
        session.add(Person(id=1, name="Awa", pin_set_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - that is what is refused


def test_a_time_of_another_zone_is_read_back_in_utc(database):
    paris = datetime(2026, 7, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    with database.transaction() as session:
        session.add(Consent(phone="+1", purpose="service", given=True, at=paris, channel="ussd", notice="1"))
    with database.session() as session:
        read = session.get_one(Consent, 1).at
    assert (read, read.tzinfo) == (datetime(2026, 7, 1, 10, 30, tzinfo=UTC), UTC)


@pytest.fixture
def auckland(postgres_database):
    """Give a database whose sessions begin in a zone where the day begins twelve hours before Dakar's."""
    name = postgres_database.engine.url.database
    with postgres_database.read() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE \"{name}\" SET timezone = 'Pacific/Auckland'")
    database = Database(postgres_database.url)
    yield database
    database.dispose()
    with postgres_database.read() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" RESET timezone')


def test_a_day_in_sql_is_utcs_whatever_the_servers_zone(auckland):
    evening = datetime(2026, 7, 1, 20, tzinfo=UTC)
    with auckland.transaction() as session:
        session.add(Consent(phone="+1", purpose="service", given=True, at=evening, channel="ussd", notice="1"))
        session.flush()
        assert session.scalar(select(func.date(Consent.at))) == evening.date()
    with auckland.read() as reader:
        assert reader.scalar(select(func.date(Consent.at))) == evening.date()


def test_no_time_is_no_time(database):
    with database.transaction() as session:
        session.add(Person(id=1, name="Awa"))
    with database.session() as session:
        assert session.get_one(Person, 1).pin_set_at is None


@pytest.mark.parametrize("text", ["0.001", "1", "10", "12.5", "99999", "99999.999", "100"])
def test_a_quantity_comes_back_as_it_went(database, text):
    build(database)
    with database.transaction() as session:
        session.add(
            Declaration(
                id=1, cooperative_id=1, season=2026, reference="000000", member_id=1, product_id=1, quantity=Decimal(text),
                unit="kg", declared_at=LONG_AGO, channel="ussd", operation="x",
            )
        )  # fmt: skip
    with database.session() as session:
        read = session.get_one(Declaration, 1).quantity
    assert str(read) == text


def test_a_quantity_finer_than_a_thousandth_is_refused(database):
    with pytest.raises(ValueError, match="finer than a thousandth"):
        Quantity().process_bind_param(Decimal("0.0001"), database.engine.dialect)


@pytest.mark.parametrize("kind", [Utc, Quantity])
def test_nothing_stays_nothing(database, kind):
    dialect = database.engine.dialect
    assert kind().process_bind_param(None, dialect) is None
    assert kind().process_result_value(None, dialect) is None
