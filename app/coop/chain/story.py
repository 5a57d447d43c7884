"""A lot's story for whoever scans it: by link, never by person; francs of producers only where they are many, or all agreed."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.amounts import francs
from app.coop.chain.earnings import Earnings, backward, earned
from app.coop.chain.family import Family, Link, family_of
from app.coop.chain.recall import forward
from app.coop.lots.codes import read_code
from app.coop.lots.models import LotConsent
from app.coop.small import SMALL
from app.db.rows import store


class ChainStep(msgspec.Struct, frozen=True):
    """A link of the chain in French: when, what, where."""

    on: date
    what: str
    where: str


class Story(msgspec.Struct, frozen=True):
    """A public lot: what it is, its steps from the first delivery on, and who earned what of what was sold, line by line."""

    code: str
    product: str
    best_before: date | None
    steps: list[ChainStep]
    shares: list[tuple[str, str]]
    sold_percent: int


def story_of(reader: Connection | Session, typed: str) -> Story | None:
    """Return the story of a public lot. None for a code that is none, is unknown or is private: they look alike."""
    code = read_code(typed)
    family = family_of(reader, code) if code else None
    return tell(family) if family and family.target.public else None


def tell(family: Family) -> Story:
    """Return the story of a family's target, public or not."""
    found = earned(family)
    target = family.target
    shown = found.producers >= SMALL or 0 < found.producers <= family.agreed.get(target.id, 0)
    return Story(target.code, target.product, target.best_before, _steps(family), _shares(found, shown), round(100 * found.sold))


def agree(session: Session, lot_id: int, member_id: int, now: object) -> None:
    """Note a producer's word, by PIN, that francs may be shown of a lot; twice is once."""
    if session.get(LotConsent, (lot_id, member_id)) is None:
        store(session, LotConsent(lot_id=lot_id, member_id=member_id, at=now))


def _steps(family: Family) -> list[ChainStep]:
    """Tell the chain's events, each once, the oldest first; after the target only what it became, and what was sold of these.

    What else its mixtures were made of, and what its sources became beside it, are other lots' stories.
    """
    before, onward = backward(family), forward(family)
    told: list[ChainStep] = []
    seen: set[int] = set()
    for link in family.links.values():
        if link.event in seen or not (link.id in before or link.id in onward):
            continue
        seen.add(link.event)
        told.append(ChainStep(link.at.date(), event_words(family, link), f"{link.cooperative}, {link.commune}"))
    sales = [one for lot in onward for one in family.sales.get(lot, ())]
    if sales:
        last = max(sales, key=lambda one: one.at)
        by_unit: dict[str, Decimal] = defaultdict(Decimal)
        for one in sales:
            by_unit[family.links[one.lot].unit] += one.units
        count = ", ".join(units.count(number, unit) for unit, number in by_unit.items())
        where = family.links[last.lot].place
        told.append(ChainStep(last.at.date(), f"Vente: {count} en {units.count(len(sales), 'achat')}", where))
    return told


def event_words(family: Family, link: Link) -> str:
    """Say in French how a lot was made, and how much of it: of few producers not how many."""
    size = units.count_of(link.made_units, link.unit, link.product)
    if link.kind == "delivery":
        people = len({one.member for one in family.deliveries.get(link.id, ())})
        many = f"{people} producteurs et productrices" if people >= SMALL else "quelques producteurs et productrices"
        return f"Livraison: {size}, par {many}"
    if link.kind == "bought":
        return f"Achat: {size}, {link.source}"
    if link.kind == "run":
        lost = f", perte {units.quantity(Decimal(link.lost) / 1000)} kg" if link.lost and link.made_grams is not None else ""
        return f"Transformation ({link.technique}): {size}{lost}"
    return {"split": "Partage", "merge": "Réunion"}.get(link.kind, link.kind) + f": {size}"


def _shares(found: Earnings, shown: bool) -> list[tuple[str, str]]:
    if not found.price:
        return []
    names = ("Productrices et producteurs", "Ce qui est acheté (sel, bocaux)", "Travail de transformation", "Coopérative")
    amounts = (found.to_producers, found.materials, found.work, found.rest)
    lines = []
    for name, percent, amount in zip(names, found.percents(), amounts, strict=True):
        if percent or amount:
            lines.append((name, f"{percent} %, {francs(amount)}" if shown else f"{percent} %"))
    if found.rest < 0:
        lines.append(("Vendu sous le coût", "la coopérative a mis la différence"))
    return lines


def in_words(story: Story) -> str:
    """Tell a story in lines, for a telephone."""
    lines = [f"Lot {story.code}: {story.product}"]
    lines += [f"{step.on:%d/%m/%Y} {step.what}, {step.where}" for step in story.steps]
    lines += [f"{name}: {share}" for name, share in story.shares]
    return "\n".join(lines if story.shares else [*lines, "Rien n'est encore vendu."])
