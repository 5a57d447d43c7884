from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from app.coop.demo.seed import AlreadySeeded, Plan, seed
from app.coop.members.models import Number, Person
from app.coop.production.models import Declaration
from app.db.bulk import bring
from tests.sample_cooperative import KEY, LONG_AGO, PEPPERS, build

NAMES = ("Awa", "Tab\there", "New\nline", "Back\\slash", "\\N", "Œuf 'n' \"co\"", "")
PEOPLE = [
    {"id": i, "name": name, "language": "fr", "pin_pepper": 1, "pin_set_at": LONG_AGO if i % 2 else None}
    for i, name in enumerate(NAMES, 1)
]


def brought(database, model, rows):
    with database.transaction() as session:
        bring(session.connection(), model, rows)


def test_rows_come_back_as_they_went_whatever_is_in_them(database):
    brought(database, Person, PEOPLE)
    with database.session() as session:
        kept = session.scalars(select(Person).order_by(Person.id)).all()
    assert [(one.id, one.name, one.pin_set_at) for one in kept] == [(row["id"], row["name"], row["pin_set_at"]) for row in PEOPLE]
    assert {(one.pin_tries, one.pin_locked_for_good) for one in kept} == {(0, False)}, "the database's own defaults"


def test_our_column_types_are_kept(database):
    build(database)
    paris = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    row = {
        "id": 1, "cooperative_id": 1, "season": 2026, "reference": "000000", "member_id": 1, "product_id": 1,
        "quantity": Decimal("12.5"), "unit": "kg", "declared_at": paris, "state": "declared", "channel": "ussd", "operation": "x",
    }  # fmt: skip
    brought(database, Declaration, [row])
    with database.session() as session:
        kept = session.get_one(Declaration, 1)
    assert (kept.quantity, kept.declared_at) == (Decimal("12.5"), datetime(2026, 7, 1, 10, tzinfo=UTC))


def test_a_naive_time_is_refused_here_too(database):
    naive = {"id": 1, "name": "Awa", "language": "fr", "pin_pepper": 1, "pin_set_at": datetime(2026, 1, 1)}  # noqa: DTZ001 - that is what is refused
    with pytest.raises((ValueError, StatementError), match="a naive datetime"):
        brought(database, Person, [naive])


def test_no_rows_are_no_statement(database):
    brought(database, Person, [])


def test_what_fails_leaves_nothing(database):
    stranger = {"id": 1, "phone": "+1", "person_id": 99, "place": None, "registered_at": LONG_AGO}
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        brought(database, Number, [stranger])
    with database.read() as reader:
        assert reader.execute(select(Number.id)).all() == []


def test_a_seed_that_is_cut_off_leaves_nothing_and_may_start_again(database):
    plan = Plan(5, None, PEPPERS, KEY, LONG_AGO)

    def cut(_):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        seed(database, plan, cut)
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Person)) == 0
    seed(database, plan)
    with pytest.raises(AlreadySeeded):
        seed(database, plan)
