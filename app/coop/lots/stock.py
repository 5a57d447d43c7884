"""Take from lots and make lots: each act is one event whose grams add up, under the locks of its lots in the order of their ids."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import DAKAR
from app.coop.act import Act
from app.coop.cooperatives.models import Commune, Cooperative
from app.coop.lots.codes import draw_code
from app.coop.lots.models import WRITTEN_OFF, Lot, LotEvent, LotMove, Measure
from app.coop.lots.write_offs import write_off
from app.coop.offices import audit
from app.db.rows import store
from app.gsm7 import fold
from app.public_words import spelled

MASSES = {"kg": 1000, "g": 1, "t": 1_000_000}
"""Grams of units that are a mass whatever the product."""
MOST_UNITS, LONGEST_UNIT = Decimal(99_999), 8
MOST_DAYS = 1_830
"""How long goods keep at the most."""
OFFERED = "Il est en vente: retirez d'abord l'offre."


class LotGone(Exception):
    """No lot of this co-operative has that code."""


class LotShort(Exception):
    """The lot hasn't as much that is free: `left` in its unit."""

    def __init__(self, left: Decimal) -> None:
        super().__init__(left)
        self.left = left


class LotRefused(ValueError):
    """It can't be so; the argument says why, in French."""


class Part(msgspec.Struct, frozen=True):
    """What is taken of a lot: `units` and the `grams` that go with them."""

    lot: Lot
    units: Decimal
    grams: int | None


class NewLot(msgspec.Struct, frozen=True):
    """A lot to be made: `grams` None where its unit has no mass; without a `place` it is in its co-operative's commune."""

    product_id: int
    unit: str
    units: Decimal
    grams: int | None
    place: str = ""
    best_before: date | None = None
    source: str | None = None
    public: bool = True


def grams_of(session: Session, product_id: int, unit: str) -> int | None:
    """Return the mass of one unit of a product in grams; None where it is only counted."""
    return MASSES.get(unit) or session.scalar(select(Measure.grams).where(Measure.product_id == product_id, Measure.unit == unit))


def mass(session: Session, product_id: int, unit: str, units: Decimal) -> int | None:
    """Return the mass of a quantity in whole grams."""
    factor = grams_of(session, product_id, unit)
    return None if factor is None else int((units * factor).to_integral_value())


def set_measure(session: Session, product_id: int, unit: str, grams: int) -> None:
    """Set the mass of a product's unit; lots that are there keep theirs. Raises LotRefused on a factor that isn't above 0."""
    if unit in MASSES or not 0 < grams <= 100_000_000:
        raise LotRefused(f"1 {unit} a toujours {MASSES[unit]} g." if unit in MASSES else "Un poids au-dessus de 0, svp.")
    session.merge(Measure(product_id=product_id, unit=unit, grams=grams))
    session.flush()


def locked(session: Session, act: Act, codes: Sequence[str]) -> list[Lot]:
    """Lock lots of the act's co-operative in the order of their ids; return them in the order given. Raises LotGone."""
    here = act.by.scope.own(Lot.cooperative_id) if act.by else Lot.id > 0
    rows = select(Lot).where(Lot.code.in_(codes), here).order_by(Lot.id).with_for_update()
    # What the session holds of a lot may be of before the lock.
    found = {row.code: row for row in session.scalars(rows.execution_options(populate_existing=True))}
    if set(codes) - found.keys():
        raise LotGone(codes)
    return [found[code] for code in codes]


def take(lot: Lot, units: Decimal, *, promised: bool = False) -> Part:
    """Take a quantity out of a locked lot, with its part of the mass: the last takes all grams that are left.

    `promised` takes what an offer holds. Raises LotShort, LotRefused.
    """
    if not units > 0:
        raise LotRefused("Une quantité au-dessus de 0, svp.")
    free = lot.offered if promised else lot.units - lot.offered
    if units > free:
        raise LotShort(free)
    grams = part_mass(lot, units)
    lot.units -= units
    if grams is not None and lot.grams is not None:
        lot.grams -= grams
    if promised:
        lot.offered -= units
    return Part(lot, units, grams)


def part_mass(lot: Lot, units: Decimal) -> int | None:
    """Return the mass of a part of a lot: all of it with the last unit."""
    if lot.grams is None or not lot.units:
        return None
    # Rounded down at each part, so that the last unit has what is left: grams neither vanish nor appear.
    return lot.grams if units == lot.units else int(lot.grams * units / lot.units)


def mass_of_parts(session: Session, parts: Sequence[tuple[str, Decimal]]) -> int | None:
    """Return the mass of parts of lots, by their codes, as they stand; None where none has any."""
    lots = {row.code: row for row in session.scalars(select(Lot).where(Lot.code.in_([code for code, _ in parts])))}
    found = [part_mass(lots[code], units) for code, units in parts if code in lots]
    return None if all(one is None for one in found) else sum(one or 0 for one in found)


def mass_of_goods(session: Session, goods: Sequence[tuple[int, str, Decimal]]) -> int | None:
    """Return the mass of goods: product, unit and how many of each; None where none has any. One SELECT."""
    rows = select(Measure.product_id, Measure.unit, Measure.grams).where(Measure.product_id.in_({one for one, _, _ in goods}))
    known = {(product, unit): grams for product, unit, grams in session.execute(rows)}
    found = [(MASSES.get(unit) or known.get((product, unit)), units) for product, unit, units in goods]
    masses = [int((units * factor).to_integral_value()) for factor, units in found if factor]
    return sum(masses) if masses else None


def happen(
    session: Session,
    act: Act,
    kind: str,
    cooperative_id: int,
    *,
    taken: Sequence[Part] = (),
    given: Sequence[Part] = (),
    made: Sequence[NewLot] = (),
    entered: int = 0,
    gone: int = 0,
    **facts: Any,
) -> list[Lot]:
    """Write one event: what was taken from lots, given to them, and the lots that it makes; return these.

    `entered` and `gone` are the grams that came into the books and left them: with the moves they sum to zero, or ValueError.
    The `cost` of what is thrown away or counted is written off.
    """
    came = sum(part.grams or 0 for part in given) + sum(new.grams or 0 for new in made)
    if came - sum(part.grams or 0 for part in taken) != entered - gone:
        raise ValueError(f"{kind}: grams aren't conserved")
    told = {"entered": entered, "gone": gone, "at": act.now, "channel": act.channel, "operation": act.operation, **facts}
    event = store(session, LotEvent(kind=kind, cooperative_id=cooperative_id, person_id=act.person_id or None, **told))
    home = ""
    if not all(new.place for new in made):
        there = (Cooperative.commune_id == Commune.id) & (Cooperative.id == cooperative_id)
        commune = select(Commune.name).join(Cooperative, there)
        home = fold(session.scalars(commune).one())[:16]
    lots = [
        Lot(
            code=draw_code(session),
            cooperative_id=cooperative_id,
            made_by=event.id,
            made_units=new.units,
            made_grams=new.grams,
            **msgspec.structs.asdict(new) | {"place": new.place or home},
        )
        for new in made
    ]
    session.add_all(lots)
    session.flush()
    moves = [(part.lot.id, -part.units, None if part.grams is None else -part.grams) for part in taken]
    moves += [(part.lot.id, part.units, part.grams) for part in given]
    moves += [(lot.id, lot.units, lot.grams) for lot in lots]
    session.add_all(LotMove(event_id=event.id, lot_id=lot, units=units, grams=grams) for lot, units, grams in moves)
    if kind in WRITTEN_OFF:
        write_off(session, f"lot_event:{event.id}", cooperative_id, -event.cost if given else event.cost, act.now)
    if act.by:
        audit.note(session, act, f"lot {kind}", f"lot_event:{event.id}", audit.Of(None, cooperative_id))
    session.flush()
    return lots


def split(session: Session, act: Act, code: str, units: Decimal, place: str | None = None) -> Lot:
    """Make a lot of its own of a part of one. Raises LotGone, LotShort, LotRefused."""
    [lot] = locked(session, act, [code])
    part = take(lot, units)
    where = spelled(place or "")[:16] or lot.place
    return happen(session, act, "split", lot.cooperative_id, taken=[part], made=[_same(lot, part.units, part.grams, where)])[0]


def merge(session: Session, act: Act, codes: Sequence[str]) -> Lot:
    """Make one lot of all that is free of several, of one product and unit. Raises LotGone, LotShort, LotRefused."""
    lots = locked(session, act, list(dict.fromkeys(codes)))
    first = lots[0]
    if len(lots) < 2 or len({(one.product_id, one.unit, one.grams is None, one.cooperative_id) for one in lots}) > 1:
        raise LotRefused("Deux lots ou plus, d'un même produit et d'une même unité, svp.")
    parts = [take(lot, lot.units - lot.offered) for lot in lots]
    if sum(part.units for part in parts) > MOST_UNITS:
        raise LotRefused(f"{MOST_UNITS} au plus dans un lot.")
    grams = None if first.grams is None else sum(part.grams or 0 for part in parts)
    dates = [lot.best_before for lot in lots if lot.best_before]
    new = _same(first, sum((part.units for part in parts), Decimal(0)), grams, first.place)
    new = msgspec.structs.replace(new, best_before=min(dates, default=None), public=all(lot.public for lot in lots))
    return happen(session, act, "merge", first.cooperative_id, taken=parts, made=[new])[0]


def move(session: Session, act: Act, code: str, place: str) -> Lot:
    """Move a whole lot to another place; a part is split off first. Raises LotGone, LotRefused."""
    [lot] = locked(session, act, [code])
    where = spelled(place)
    if not 1 <= len(where) <= 16:
        raise LotRefused("Un lieu a 1 à 16 lettres.")
    lot.place = where
    happen(session, act, "move", lot.cooperative_id, reason=where)
    return lot


def keep_until(session: Session, act: Act, code: str, days: int) -> date:
    """Set a lot's best-before day, so many days after it was made; return it.

    An offer ends on its lot's day, so that nothing of it may be on offer. Raises LotGone, LotRefused.
    """
    [lot] = locked(session, act, [code])
    if lot.offered:
        raise LotRefused(OFFERED)
    if not 0 < days <= MOST_DAYS:
        raise LotRefused(f"De 1 à {MOST_DAYS} jours, svp.")
    lot.best_before = session.get_one(LotEvent, lot.made_by).at.astimezone(DAKAR).date() + timedelta(days=days)
    if act.by:
        audit.note(session, act, "lot dated", f"lot:{lot.id}", audit.Of(None, lot.cooperative_id))
    session.flush()
    return lot.best_before


def expire(session: Session, act: Act, code: str, cost: int) -> Decimal:
    """Note that what is free of a lot, which as made has cost so many XOF, is thrown away; return how much.

    Raises LotGone, and LotRefused where nothing is free.
    """
    [lot] = locked(session, act, [code])
    free = lot.units - lot.offered
    if not free:
        raise LotRefused(OFFERED if lot.offered else "Ce lot est vide.")
    part = take(lot, free)
    facts = {"gone": part.grams or 0, "cost": _part_cost(lot, free, cost), "reason": "périmé"}
    happen(session, act, "expire", lot.cooperative_id, taken=[part], **facts)  # type: ignore[arg-type]
    return free


def count(
    session: Session, act: Act, code: str, found: Decimal, cost: int, reason: str = "compté", books: Decimal | None = None
) -> Decimal:
    """Note what was counted of a lot, which as made has cost so many XOF; return the difference.

    What offers promise can't be counted away. The mass follows the units. Raises LotGone, LotShort, LotRefused: also where the lot
    isn't any more what the `books` said when it was counted.
    """
    [lot] = locked(session, act, [code])
    if not 0 <= found <= MOST_UNITS:
        raise LotRefused("Une quantité de 0 à 99999, svp.")
    if books is not None and books != lot.units:
        raise LotRefused("Le stock a bougé: recomptez, svp.")
    difference = found - lot.units
    facts: dict[str, Any] = {"cost": _part_cost(lot, abs(difference), cost), "reason": reason}
    if difference < 0:
        part = take(lot, -difference)
        happen(session, act, "count", lot.cooperative_id, taken=[part], gone=part.grams or 0, **facts)
    elif difference > 0:
        # By what the lot began with: of an empty one nothing is left to tell the mass of a unit.
        grams = None if lot.made_grams is None else int(lot.made_grams * difference / lot.made_units)
        part = Part(lot, difference, grams)
        give(lot, part)
        happen(session, act, "count", lot.cooperative_id, given=[part], entered=grams or 0, **facts)
    return difference


def give(lot: Lot, part: Part) -> None:
    """Put a quantity back into a locked lot."""
    lot.units += part.units
    if lot.grams is not None:
        lot.grams += part.grams or 0


def _part_cost(lot: Lot, units: Decimal, cost: int) -> int:
    return round(cost * units / lot.made_units)


def _same(lot: Lot, units: Decimal, grams: int | None, place: str) -> NewLot:
    return NewLot(lot.product_id, lot.unit, units, grams, place, lot.best_before, lot.source, lot.public)
