"""One bad row is passed over; those behind it are worked on."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from app.db.rows import PASSED_OVER, each


def test_a_row_that_fails_is_undone_logged_and_counted_and_the_others_are_done(database):
    def add(number):
        session.execute(text("INSERT INTO communes (id, name) VALUES (:number, :name)"), {"number": number, "name": str(number)})
        if number == 2:
            session.execute(text("INSERT INTO communes (id, name) VALUES (1, 'again')"))

    with capture_logs() as said, database.transaction() as session:
        each(session, "a commune", [(f"number {number}", number) for number in (1, 2, 3)], add)
        assert session.info[PASSED_OVER] == 1
    assert [(line["what"], line["row"]) for line in said] == [("a commune", "number 2")]
    with database.read() as reader:
        assert reader.execute(text("SELECT id FROM communes ORDER BY id")).scalars().all() == [1, 3]


def test_an_outage_is_raised(database):
    def out(_):
        raise OperationalError("x", {}, Exception())

    with pytest.raises(OperationalError), database.transaction() as session:
        each(session, "nothing", [(1, 1)], out)
