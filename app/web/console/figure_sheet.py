"""What the page of figures shows of a month and a place: tables by topic, charts, and what may be chosen."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

import msgspec
from sqlalchemy import Connection, select

from app import units
from app.coop.cooperatives.models import Cooperative
from app.coop.kpi import queries
from app.coop.kpi.definitions import BY_NAME, TOPICS, part_title
from app.coop.kpi.queries import Place, PublishedMonth, ToldFigure
from app.coop.kpi.screens import ScreenFigures, funnel
from app.coop.rights import Office
from app.web.console.charts import Bar, Chart, draw

MONTHS, MOST_SCREENS, MOST_PLACES = 12, 40, 100
NAMES = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
HIDDEN = "non publié"
UNITS = {"personnes": "", "XOF": "F", "XOF/kg": "F le kilo", "CPS": "CPS", "messages": "", "parties": ""}
Series = Sequence[tuple[PublishedMonth, dict[tuple[str, str], ToldFigure]]]


class FigureLine(msgspec.Struct, frozen=True):
    """A figure as it is read: its name (a part is inside the one above), its value, what it counts."""

    name: str
    part: bool
    value: str
    counts: str


class FigureSheet(msgspec.Struct, frozen=True):
    """A month of a place. `chosen` is what was asked for; choices are value and words."""

    month: PublishedMonth
    place: Place
    where: str
    told: list[ToldFigure]
    topics: tuple[tuple[str, tuple[FigureLine, ...]], ...]
    charts: tuple[Chart, ...]
    months: tuple[tuple[str, str], ...]
    cooperatives: tuple[tuple[str, str], ...]
    communes: tuple[tuple[str, str], ...]
    filieres: tuple[tuple[str, str], ...]
    screens: tuple[ScreenFigures, ...] = ()


def read_sheet(reader: Connection, office: Office, month: str, asked: Place) -> FigureSheet | None:
    """Return a month's figures, the last one's for a month that there isn't; an officer of a CPS reads only its own.

    None when nothing is published yet, or not of that place.
    """
    months = queries.months(reader)
    if not months:
        return None
    own = reader.scalar(select(Cooperative.code).where(Cooperative.id == office.cooperative_id))
    place = Place(own) if own else Place(asked.code) if asked.code else asked
    found = next((one for one in months if str(one.month) == month), months[0])
    told = queries.told(reader, found, place)
    if not told:
        return None
    trades = queries.filieres(reader)
    series = [(found, _by_name(told))] if place.commune or place.filiere else _series(reader, months, found, place)
    return FigureSheet(
        month=found,
        place=place,
        where=_where(place, trades),
        told=told,
        topics=tuple((topic, tuple(_lines(told, topic, trades))) for topic in TOPICS),
        charts=tuple(_charts(_by_name(told), series, month_words(found), trades)),
        months=tuple((str(one.month), month_words(one)) for one in months),
        cooperatives=() if own else _few_places(reader, found),
        communes=() if own else tuple((name, name) for name in queries.communes(reader)),
        filieres=() if own else tuple(trades.items()),
        screens=() if own else tuple(funnel(reader, found.month.first, found.month.next - timedelta(days=1))[:MOST_SCREENS]),
    )


def _few_places(reader: Connection, month: PublishedMonth) -> tuple[tuple[str, str], ...]:
    """Return the co-operatives to choose from, none where they are many: then their code is typed."""
    found = queries.places(reader, month, most=MOST_PLACES + 1)
    return tuple((code, f"{code} {name}") for code, name, *_ in found) if len(found) <= MOST_PLACES else ()


def month_words(month: PublishedMonth) -> str:
    """Write a month: `octobre 2026`; a revised one says so."""
    words = f"{NAMES[month.month.first.month - 1]} {month.month.first.year}"
    return words if month.revision == 1 else f"{words}, corrigé ({month.revision - 1})"


def written(one: ToldFigure) -> str:
    """Write a figure's value with its unit, as the page and its charts have it."""
    unit = UNITS.get(one.figure.unit, one.figure.unit)
    if one.state == "hidden":
        return HIDDEN
    if one.value is None:
        return "-"
    said = f"{_number(one.value)} {unit.removesuffix('s') if one.value < 2 else unit}".strip()
    if one.state == "between":
        return f"de {_number(one.value)} à {_number(one.at_most or one.value)} {unit}".strip()
    return {"rounded": f"environ {said}", "partial": f"{said}, sans les CPS non publiées"}.get(one.state, said)


def _number(value: Decimal) -> str:
    return f"{value.normalize():,f}".replace(",", " ").replace(".", ",")


def _where(place: Place, trades: dict[str, str]) -> str:
    if place.code:
        return place.code
    named = [f"Commune de {place.commune}" if place.commune else "", f"Filière {trades.get(place.filiere, place.filiere)}"]
    return ", ".join(one for one in named[: 2 if place.filiere else 1] if one) or "Toutes les CPS"


def _by_name(told: Sequence[ToldFigure]) -> dict[tuple[str, str], ToldFigure]:
    return {(one.figure.name, one.part): one for one in told}


def _series(reader: Connection, months: Sequence[PublishedMonth], upto: PublishedMonth, place: Place) -> Series:
    """Return the months until one, oldest first: of one row each, so only for a CPS or for all."""
    before = [one for one in months if one.month.first <= upto.month.first][:MONTHS]
    return [(one, _by_name(queries.told(reader, one, place))) for one in reversed(before)]


def _lines(told: Sequence[ToldFigure], topic: str, trades: dict[str, str]) -> Iterator[FigureLine]:
    for one in told:
        if one.figure.topic == topic:
            name = part_title(one.part, trades) if one.part else one.figure.title
            counts = " / ".join(filter(None, (one.figure.numerator, one.figure.denominator)))
            yield FigureLine(name, bool(one.part), written(one), "" if one.part else counts)


def _charts(told: dict[tuple[str, str], ToldFigure], series: Series, month: str, trades: dict[str, str]) -> Iterator[Chart]:
    members, active = told["members", ""], told["active", ""]
    bars = [
        Bar(_short(one), written(by[name, ""]), by[name, ""].value, hatched=name == "active")
        for one, by in series
        for name in ("members", "active")
        if (name, "") in by
    ]
    message = f"{_counted(members, 'membre')}, dont {_counted(active, 'actif')}"
    yield draw("members", message, "Membres et membres actifs à la fin de chaque mois", bars, ("Membres", "Membres actifs"))
    parts = (
        ("sex", "members", "sex", "Membres selon le sexe"),
        ("age", "members", "age", "Membres selon l'âge"),
        ("tonnes", "tonnes", "filiere", "Production livrée, par filière du produit"),
        ("price", "price", "filiere", "Prix moyen payé au kilo, par filière du produit"),
    )
    for id_, name, dimension, about in parts:
        found = [one for (figure, part), one in told.items() if figure == name and part.startswith(f"{dimension}:")]
        if len(found) > 1 and any(one.value for one in found):
            bars = [Bar(part_title(one.part, trades), written(one), one.value) for one in found]
            yield draw(id_, _largest(found, trades, BY_NAME[name].title), f"{about}, {month}", bars)
    for name in ("days", "sms_cost", "sales"):
        bars = [Bar(_short(one), written(by[name, ""]), by[name, ""].value) for one, by in series if (name, "") in by]
        if any(bar.value for bar in bars):
            title = BY_NAME[name].title
            yield draw(name, f"{title} : {bars[-1].written} en {month}", f"{title}, par mois", bars)
    course = [told[name, ""] for name in ("seats", "applicants", "certified") if (name, "") in told]
    if any(one.value for one in course):
        bars = [Bar(one.figure.title, written(one), one.value) for one in course]
        message = f"{_counted(course[1], 'candidature')} pour {written(course[0])}"
        yield draw("courses", message, f"Formations : places, candidatures, attestations, {month}", bars)


def _counted(one: ToldFigure, what: str) -> str:
    """Write how many of what: `12 membres`, `membres : non publié`."""
    most = one.at_most or one.value
    return f"{units.plural(what)} : {written(one)}" if most is None else f"{written(one)} {units.agree(most, what)}"


def _short(month: PublishedMonth) -> str:
    return f"{NAMES[month.month.first.month - 1]} {month.month.first:%y}"


def _largest(found: Sequence[ToldFigure], trades: dict[str, str], title: str) -> str:
    most = max((one for one in found if one.value), key=lambda one: one.value or Decimal(0))
    return f"{title} : surtout {part_title(most.part, trades).lower()}, {written(most)}"
