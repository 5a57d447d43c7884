"""Lots from weighed deliveries, from what is bought, and from transformation runs."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import DAKAR
from app.coop.act import Act
from app.coop.ledger.models import JournalEntry
from app.coop.ledger.queries import is_reversed
from app.coop.ledger.services import MOST_MOVED
from app.coop.lots.models import Lot, LotDelivery, LotEvent, RunWork
from app.coop.lots.stock import LONGEST_UNIT, MOST_UNITS, LotRefused, LotShort, NewLot, happen, locked, mass, part_mass, take
from app.coop.offices import audit
from app.coop.production.models import Weighing
from app.coop.products.models import Product
from app.coop.techniques.models import Technique
from app.db.rows import each, require

MOST_DELIVERIES = 2_000
MOST_MINUTES, MOST_WORKERS = 9_999, 999
LATELY = timedelta(days=60)
"""How far back deliveries are offered for a lot."""


class OutMoreThanIn(LotRefused):
    """More grams would come out than went in."""

    def __init__(self, in_: int, out: int) -> None:
        super().__init__("Il sort plus qu'il n'entre.")
        self.in_, self.out = in_, out


class UnusualYield(Exception):
    """The yield, in per cent, is beside the technique's usual range: it is asked about."""

    def __init__(self, percent: int, low: int, high: int) -> None:
        super().__init__(percent)
        self.percent, self.low, self.high = percent, low, high


class NothingDelivered(Exception):
    """No delivery of that product and day waits for a lot."""


class Output(msgspec.Struct, frozen=True):
    """What a run makes: `units` of a product in a unit (its own where none is said)."""

    product_id: int
    units: Decimal
    unit: str | None = None
    best_before: date | None = None


class Work(msgspec.Struct, frozen=True):
    """What may be known of a run's work: minutes of each, how many worked, XOF."""

    minutes: int | None = None
    workers: int | None = None
    cost: int = 0


class DayDelivered(msgspec.Struct, frozen=True):
    """Deliveries of a product on a day that are in no lot yet."""

    product_id: int
    product: str
    unit: str
    day: date
    units: Decimal
    deliveries: int


def delivered(reader: Connection | Session, cooperative_id: int, now: datetime) -> list[DayDelivered]:
    """Return what was credited lately and is in no lot, by product and day, the newest day first."""
    rows = select(Product.id, Product.name, Product.unit, Weighing.weighed_at, Weighing.weight)
    rows = rows.join(Product, Product.id == Weighing.product_id)
    rows = rows.where(_loose(cooperative_id), Weighing.weighed_at > now - LATELY).order_by(Weighing.weighed_at.desc())
    found: dict[tuple[date, int], DayDelivered] = {}
    for product, name, unit, at, weight in reader.execute(rows.limit(MOST_DELIVERIES)):
        day = at.astimezone(DAKAR).date()
        before = found.get((day, product)) or DayDelivered(product, name, unit, day, Decimal(0), 0)
        found[day, product] = msgspec.structs.replace(before, units=before.units + weight, deliveries=before.deliveries + 1)
    return list(found.values())


def collect(session: Session, act: Act, cooperative_id: int, product_id: int, day: date, place: str = "") -> Lot:
    """Make a lot of a day's credited deliveries of a product that are in none; each is in one lot. Raises NothingDelivered."""
    begins = datetime.combine(day, time(), DAKAR)
    of_day = (Weighing.weighed_at >= begins) & (Weighing.weighed_at < begins + timedelta(days=1))
    rows = select(Weighing.id, Weighing.weight).where(_loose(cooperative_id), Weighing.product_id == product_id, of_day)
    # Of two who collect a day at once the second waits here, and finds the same: a row that was only locked isn't read anew.
    found = session.execute(rows.order_by(Weighing.id).limit(MOST_DELIVERIES).with_for_update(of=Weighing)).all()
    if not found:
        raise NothingDelivered(product_id)
    product = session.get_one(Product, product_id)
    parts = [(row.id, row.weight, mass(session, product_id, product.unit, row.weight)) for row in found]
    grams = None if parts[0][2] is None else sum(part[2] or 0 for part in parts)
    new = NewLot(product_id, product.unit, sum((part[1] for part in parts), Decimal(0)), grams, place)
    [lot] = happen(session, act, "delivery", cooperative_id, made=[new], entered=grams or 0)
    session.add_all(LotDelivery(weighing_id=one, lot_id=lot.id, units=units, grams=of) for one, units, of in parts)
    try:
        session.flush()
    except IntegrityError as taken:  # the key of `lot_deliveries`: the first has them
        raise NothingDelivered(product_id) from taken
    return lot


def run(
    session: Session,
    act: Act,
    technique_id: int,
    inputs: Sequence[tuple[str, Decimal]],
    outputs: Sequence[Output],
    work: Work | None = None,
    *,
    sure: bool = False,
) -> tuple[list[Lot], int]:
    """Transform quantities of lots (by code) by a technique; return the lots made, and the loss in grams.

    A yield beside the technique's usual range wants `sure`. Raises LotGone, LotShort, LotRefused, OutMoreThanIn, UnusualYield;
    then nothing of it stays, if the caller rolls back.
    """
    technique = session.get(Technique, technique_id)
    if technique is None or not inputs or not outputs or len({code for code, _ in inputs}) < len(inputs):
        raise LotRefused("Une technique, ce qui entre et ce qui sort, svp.")
    work = work or Work()
    if (work.minutes or 0) > MOST_MINUTES or (work.workers or 0) > MOST_WORKERS or work.cost > MOST_MOVED:
        raise LotRefused("Des minutes, des personnes et un coût, svp.")
    lots = locked(session, act, [code for code, _ in inputs])
    cooperative, place = lots[0].cooperative_id, lots[0].place
    if any(lot.cooperative_id != cooperative for lot in lots):
        raise LotRefused("Les lots d'une seule CPS, svp.")
    for lot, (_, units) in zip(lots, inputs, strict=True):  # before anything is taken
        if units > lot.units - lot.offered:
            raise LotShort(lot.units - lot.offered)
    made = [_made(session, one, place) for one in outputs]
    in_ = sum(part_mass(lot, units) or 0 for lot, (_, units) in zip(lots, inputs, strict=True))
    out = sum(new.grams or 0 for new in made)
    if out and not any(lot.grams is not None for lot in lots):
        raise LotRefused("Pas de poids connu pour ce qui entre.")
    if out > in_:
        raise OutMoreThanIn(in_, out)
    low, high = technique.yield_low, technique.yield_high
    percent = round(100 * out / in_) if in_ else 0
    if low is not None and high is not None and out and not low <= percent <= high and not sure:
        raise UnusualYield(percent, low, high)
    taken = [take(lot, units) for lot, (_, units) in zip(lots, inputs, strict=True)]
    public = all(lot.public for lot in lots)
    made = [msgspec.structs.replace(new, public=public) for new in made]
    facts: dict[str, Any] = {"technique_id": technique_id, "cost": work.cost, "minutes": work.minutes, "workers": work.workers}
    return happen(session, act, "run", cooperative, taken=taken, made=made, gone=in_ - out, **facts), in_ - out


def note_work(session: Session, act: Act, code: str, work: Work) -> None:
    """Note the work on the run that made a lot, after it and once. Raises LotGone, LotRefused."""
    [lot] = locked(session, act, [code])
    event = session.get_one(LotEvent, lot.made_by)
    if event.kind != "run":
        raise LotRefused("Ce lot ne vient pas d'une transformation.")
    if event.minutes or event.workers or event.cost or session.get(RunWork, event.id):
        raise LotRefused("Le travail de ce lot est déjà noté.")
    minutes, workers = work.minutes or 0, work.workers or 0
    if not (0 < minutes <= MOST_MINUTES and 0 < workers <= MOST_WORKERS and 0 <= work.cost <= MOST_MOVED):
        raise LotRefused("Des minutes, des personnes et un coût, svp.")
    who = {"person_id": act.person_id or None, "at": act.now, "channel": act.channel}
    session.add(RunWork(event_id=event.id, minutes=minutes, workers=workers, cost=work.cost, **who))
    if act.by:
        audit.note(session, act, "lot work", f"lot_event:{event.id}", audit.Of(None, lot.cooperative_id))
    session.flush()


def correct(session: Session, now: datetime) -> None:
    """Follow deliveries whose entry was reversed in the books since: out of their lot goes what is still there of them.

    What has left the lot already stays where it went; the event notes the rest as entered less and gone less.
    """
    undone = select(JournalEntry.reverses_id).where(JournalEntry.reverses_id.is_not(None))
    rows = select(LotDelivery).join(Weighing, Weighing.id == LotDelivery.weighing_id)
    rows = rows.where(LotDelivery.corrected_at.is_(None), Weighing.entry_id.in_(undone)).order_by(LotDelivery.lot_id)
    found = session.scalars(rows.limit(500).with_for_update(of=LotDelivery)).all()

    def follow(row: LotDelivery) -> None:
        row.corrected_at = now
        lot = session.scalars(select(Lot).where(Lot.id == row.lot_id).with_for_update()).one()
        # What an offer promises stays: a buyer may have reserved it.
        free = min(row.units, lot.units - lot.offered)
        parts = [take(lot, free)] if free else []
        wanted, there = row.grams or 0, sum(part.grams or 0 for part in parts)
        act = Act.by_clock(f"lot:{lot.id}:delivery:{row.weighing_id}:reversed", now)
        facts: dict[str, Any] = {"entered": -wanted, "gone": there - wanted, "reason": "livraison annulée"}
        happen(session, act, "correction", lot.cooperative_id, taken=parts, **facts)

    each(session, "a delivery that was reversed", [(row.weighing_id, row) for row in found], follow)


def _loose(cooperative_id: int) -> ColumnElement[bool]:
    """Return the condition for credited deliveries in no lot, whose entry stands."""
    inside = select(LotDelivery.weighing_id).where(LotDelivery.weighing_id == Weighing.id)
    here = (Weighing.cooperative_id == cooperative_id) & (Weighing.state == "credited")
    return here & ~is_reversed(Weighing.entry_id) & ~inside.exists()


def _made(session: Session, one: Output, place: str) -> NewLot:
    if not 0 < one.units <= MOST_UNITS:
        raise LotRefused("Une quantité au-dessus de 0, svp.")
    product = require(session.get(Product, one.product_id), LotRefused("Un produit qui sort, svp."))
    unit = one.unit or product.unit
    if len(unit) > LONGEST_UNIT:
        raise LotRefused(f"Une unité de {LONGEST_UNIT} lettres au plus.")
    return NewLot(one.product_id, unit, one.units, mass(session, one.product_id, unit, one.units), place, one.best_before)
