"""Figures as rows of a sheet: one a figure and part."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.coop.kpi.definitions import part_title
from app.coop.kpi.queries import Place, PublishedMonth, ToldFigure

COLUMNS = (
    *("month", "revision", "cooperative", "commune", "filiere", "topic", "figure", "part", "title", "value", "at_most", "unit"),
    *("numerator", "denominator", "state"),
)


def rows(month: PublishedMonth, place: Place, told: Sequence[ToldFigure]) -> Iterator[dict[str, Any]]:
    """Give a row for each; a hidden value is empty."""
    for one in told:
        figure, part = one.figure, part_title(one.part)
        value, at_most = (
            int(number) if number is not None and not figure.digits else number for number in (one.value, one.at_most)
        )
        values = (
            *(str(month.month), month.revision, place.code, place.commune, place.filiere, figure.topic, figure.name, one.part),
            *(f"{figure.title}: {part}" if one.part else figure.title, value, at_most, figure.unit),
            *(one.numerator, one.denominator if figure.denominator else None, one.state),
        )
        yield dict(zip(COLUMNS, values, strict=True))
