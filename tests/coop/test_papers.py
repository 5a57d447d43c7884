"""Numbers that are printed for a day without a network: each once, kept for paper, and the late line's own reference."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app.coop.cooperatives.models import Cooperative
from app.coop.production import declarations, papers, weighings
from app.coop.production.models import Declaration
from app.coop.production.weighing_lookup import by_product
from app.coop.references import valid
from tests import sample_cooperative, sample_declarations
from tests.acts import by

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def village(database):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    return database


def printed(database, count):
    with database.transaction() as session:
        return papers.print_numbers(session, 1, count)


def declare(database, number: Iterator[int], operation="a", **how):
    with database.transaction() as session:
        act = by(sample_declarations.CLERK, operation, NOW)
        done = declarations.declare(session, act, 1, 1, Decimal(5), again=True, draw=lambda _: next(number), **how)
        return done.reference


def weigh(database, paper, operation="w"):
    with database.transaction() as session:
        act = by(sample_declarations.CLERK, operation, NOW)
        what = by_product(session, 1, 1)
        return weighings.note(session, act, what, weight=Decimal(7), grade="A", weighed_at=NOW, paper=paper)


def test_no_number_is_printed_twice_and_each_has_its_check_digit(village):
    first, second = printed(village, 40), printed(village, 3)
    assert len({*first, *second}) == 43
    assert all(valid(number) for number in (*first, *second))
    assert second == sorted(second)


def test_a_reference_that_a_declaration_has_isnt_printed(village):
    taken = declare(village, iter([2]))
    assert taken == papers.paper_number(2)
    assert printed(village, 3) == [papers.paper_number(serial) for serial in (1, 3, 4)]


def test_no_declaration_draws_what_was_printed(village):
    printed(village, 9)
    assert declare(village, iter([0])) == papers.paper_number(10)


def test_the_late_line_has_the_number_of_its_paper(village):
    [number] = printed(village, 1)
    assert weigh(village, number).reference == number
    with pytest.raises(weighings.PaperKnown):
        weigh(village, number, "again")


@pytest.mark.parametrize("paper", ["778", "123454"])
def test_a_number_of_a_booklet_is_no_reference(village, paper):
    printed(village, 1)
    assert weigh(village, paper).reference != paper


def test_a_number_that_is_taken_meanwhile_gives_the_line_another(village):
    [number] = printed(village, 1)
    declare(village, iter([8]), reference=number)
    with village.transaction() as session:
        session.execute(update(Declaration).values(state="cancelled"))
    assert weigh(village, number).reference != number


@pytest.mark.parametrize(("serial", "digits"), [(1, 6), (99_999, 6), (100_000, 7), (999_999_999, 10)])
def test_a_number_stays_as_short_as_it_can(serial, digits):
    assert len(papers.paper_number(serial)) == digits


def test_half_of_all_references_are_left(village):
    with village.transaction() as session:
        session.execute(update(Cooperative).values(papers_printed=90_000))
    assert declare(village, iter([0])) == papers.paper_number(papers.MOST_RESERVED)
    with village.read() as reader:
        assert reader.scalar(select(Cooperative.papers_printed)) == 90_000


def test_a_slip_in_a_printed_number_is_seen_and_a_booklets_number_passes(village):
    with village.read() as reader:
        assert not papers.mistyped(reader, 1, "123456")
    [number] = printed(village, 1)
    with village.read() as reader:
        wrong = [number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :] for at in range(6)]
        assert [papers.mistyped(reader, 1, one) for one in (*wrong, number, "778", "12345")] == [True] * 6 + [False] * 3
