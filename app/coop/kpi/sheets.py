"""Figures as rows of a sheet: one a figure and part."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.coop.kpi.definitions import part_title
from app.coop.kpi.queries import Place, PublishedMonth, ToldFigure

HEADS = {
    "month": "Mois",
    "revision": "Révision",
    "cooperative": "CPS",
    "commune": "Commune",
    "filiere": "Filière",
    "topic": "Ensemble",
    "figure": "Code",
    "part": "Partie",
    "title": "Chiffre",
    "value": "Valeur",
    "at_most": "Au plus",
    "unit": "Unité",
    "numerator": "Numérateur",
    "denominator": "Dénominateur",
    "state": "État",
}
"""Columns, with what officers read above them."""
COLUMNS = tuple(HEADS)


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
