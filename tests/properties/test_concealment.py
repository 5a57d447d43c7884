"""Whoever asks for every figure there is, and takes what he likes from what he likes, never finds how few somebody is among."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.coop.kpi.cells import ALL, REST
from app.coop.kpi.concealment import hide_family, hide_parts, hide_totals
from app.coop.kpi.definitions import BY_NAME
from app.coop.kpi.months import publishable
from app.coop.kpi.queries import _summed
from app.coop.small import SMALL

SEXES = ("sex:F", "sex:M", "sex:-")
AGES = ("age:young", "age:older", "age:-")
COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 6), st.integers(0, 40))
ROW = st.one_of(st.tuples(*[one] * 9) for one in (st.integers(0, 3), st.integers(0, 12), st.sampled_from((0, 0, 0, 1, 9))))
"""Of a co-operative how many are of each sex and age: women by age, men by age, those who don't say by age."""
TABLES = st.lists(ROW, min_size=1, max_size=7)
CELLS = [(sex, age) for sex in SEXES for age in AGES]
WHERE = {"A": "Mbour", "B": "Mbour", "C": "Joal", "D": "Joal", "E": "Joal", "F": "Thiadiaye", "G": "Thiadiaye"}
MEMBERS = BY_NAME["members"]


def table(*rows: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """Give rows by sex alone: nobody says their age."""
    return [tuple(count if age == "age:-" else 0 for count in row for age in AGES) for row in rows]


def published(rows: list[tuple[int, ...]]) -> tuple[dict, dict]:
    """Return members by row and part, of each part that somebody is in, and what is told of them."""
    cells: dict[tuple[str, str], int] = {}
    raw: dict[str, dict[str, list[int]]] = {}
    for code, row in zip(WHERE, rows, strict=False):
        for (sex, age), count in zip(CELLS, row, strict=True):
            for part in ("", sex, age):
                for one in (code, ALL):
                    cells[one, part] = cells.get((one, part), 0) + count
    for (code, part), count in cells.items():
        if count and code != ALL:
            raw.setdefault(part, {})[code] = [count, 0, count, 0]
    return cells, publishable(MEMBERS, raw, hide_totals({code: numbers[2] for code, numbers in raw.get("", {}).items()}))


def is_told(told: Mapping, code: str, part: str) -> bool:
    return told.get((code, ""), ()) is not None and told.get((code, part), ()) is not None


def answers(cells: dict, told: dict) -> dict[str, tuple[frozenset, int]]:
    """Return every exact answer that pages and files give: who is counted in it, and the number."""
    codes = sorted({code for code, _ in cells if code != ALL})
    found = {}
    for code in (*codes, ALL):
        for part in ("", *SEXES, *AGES):
            if is_told(told, code, part):
                number = (told.get((code, part)) or [0])[0]
                assert number == cells[code, part]
                mine = codes if code == ALL else [code]
                people = frozenset((one, *cell) for one in mine for cell in CELLS if part in ("", *cell))
                found[f"{code} {part}"] = people, number
    return found


@settings(max_examples=300)
@given(TABLES)
@example(table((4, 4, 4)))
@example(table((1, 5, 0)))
@example(table((1, 1, 0), (30, 20, 10)))
@example(table((2, 0, 0), (1, 1, 0), (4, 4, 4), (40, 2, 0)))
@example(table((5, 1, 0), (6, 40, 0), (30, 30, 1)))
def test_no_pair_of_answers_differs_by_few_persons(rows):
    cells, told = published(rows)
    found = answers(cells, told)
    assert [name for name, (_, number) in found.items() if 0 < number < SMALL] == []
    for (one, (some, more)), (other, (fewer, less)) in combinations(found.items(), 2):
        for inner, outer, left in ((fewer, some, more - less), (some, fewer, less - more)):
            if inner < outer:
                assert not 0 < left < SMALL, f"{one} less {other} leaves {left}"


@settings(max_examples=200)
@given(TABLES)
@example(table((4, 4, 4)))
@example(table((1, 1, 1), (1, 1, 1)))
@example(table((3, 30, 0), (30, 0, 4), (0, 3, 30)))
def test_no_sum_of_answers_tells_a_cell_of_few_persons(rows):
    """The answers are equations; a cell that they determine is one whose unit vector is a sum of theirs."""
    cells, told = published(rows)
    found = answers(cells, told)
    none = frozenset().union(*(people for people, number in found.values() if not number), frozenset())
    unknown = sorted({(code, *cell) for code, _ in cells if code != ALL for cell in CELLS} - none)
    basis = reduced([[Fraction(cell in people) for cell in unknown] for people, _ in found.values()])
    for (code, part), count in cells.items():
        if 0 < count < SMALL and code != ALL:
            wanted = [Fraction(one == code and part in ("", sex, age)) for one, sex, age in unknown]
            assert any(rest_of(wanted, basis)), f"{code} {part} is told"


def reduced(rows):
    basis: list[list[Fraction]] = []
    for row in rows:
        left = rest_of(row, basis)
        if any(left):
            lead = next(value for value in left if value)
            basis.append([value / lead for value in left])
    return basis


def rest_of(row, basis):
    for one in basis:
        lead = next(at for at, value in enumerate(one) if value)
        if row[lead]:
            row = [value - row[lead] * other if other else value for value, other in zip(row, one, strict=True)]
    return row


@settings(max_examples=200)
@given(TABLES)
def test_what_a_commune_is_told_comes_from_what_is_published_alone_and_holds(rows):
    cells, told = published(rows)
    by_code = {code: {MEMBERS.name: {part: numbers for (one, part), numbers in told.items() if one == code}} for code, _ in cells}
    rest = {MEMBERS.name: {"": told[REST, ""]}} if (REST, "") in told else {}
    for commune in set(WHERE.values()):
        inside = [code for code in by_code if WHERE.get(code) == commune]
        for one in _summed(MEMBERS, [by_code[code] for code in inside], rest):
            true = sum(cells[code, one.part] for code in inside if (code, one.part) in cells)
            if one.state in ("rounded", "between"):
                assert one.value % SMALL == 0
                assert one.value - SMALL < true < (one.at_most or one.value) + SMALL
                assert one.numerator is None


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), COUNTS, max_size=8))
def test_totals_that_are_hidden_could_be_others(totals):
    hidden = hide_totals(totals)
    assert hidden >= {row for row, count in totals.items() if 0 < count < SMALL}
    if hidden and ALL not in hidden:
        assert sum(totals[row] for row in hidden) >= SMALL
        assert sum(totals[row] for row in hidden) > len(hidden) > 1


@pytest.mark.parametrize(
    ("rows", "hidden"),
    [
        (
            {"A": {"F": 20, "M": 9}, "B": {"F": 30, "M": 3}, "C": {"F": 7, "M": 50}},
            {("B", "F"), ("B", "M"), ("A", "F"), ("A", "M")},
        ),
        ({"A": {"F": 20, "M": 9}, "B": {"F": 30, "M": 30}}, set()),
        ({"A": {"F": 20}, "B": {"F": 30}}, set()),
        ({"A": {"F": 20, "M": 4}}, {("A", "F"), ("A", "M"), (ALL, "F"), (ALL, "M")}),
    ],
)
def test_a_small_cell_hides_the_next_smallest_and_the_same_of_another_row(rows, hidden):
    assert hide_parts(rows, ("F", "M"), set()) == hidden


TOTALS = st.dictionaries(st.sampled_from("ABCDEFG"), COUNTS, max_size=7)


@given(st.dictionaries(st.sampled_from(("worth", "weight", "count")), st.lists(TOTALS, min_size=1, max_size=2), max_size=3))
def test_what_one_figure_hides_all_of_its_family_hide_and_each_of_them_holds(tables):
    hidden = hide_family(tables)
    told = [rows for rows in hidden.values() if ALL not in rows]
    assert all(rows == told[0] for rows in told)
    for name, of in tables.items():
        for totals in of:
            left = [totals[row] for row in hidden[name] if totals.get(row)]
            assert hidden[name] >= {row for row, count in totals.items() if 0 < count < SMALL}
            assert ALL in hidden[name] or not left or (sum(left) >= SMALL and sum(left) > len(left) > 1)
