"""Bureau 11, 3, 3: lots in stock: counted, too old, split, merged, moved."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app import units
from app.coop.chain import write_offs
from app.coop.lots import runs
from app.coop.lots import stock as stock_of
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, Nothing, officers_act
from menus.money import read_francs
from menus.production import Counted
from menus.production_desk import ACTING, NOT_DONE, LotRow, MadeLot, made_lot, read_units, stock_rows
from menus.training_words import read_words

menu = Bindings("stock_desk")
HERE = "ICI"
NOTHING = ("0,0", "0.0")
WholeDay = Annotated[str, kinds.Kind("words", "30/11/2026")]
Minutes = Annotated[int, kinds.Kind("count", "9999")]


class OfLot(msgspec.Struct, frozen=True):
    stock_lot: LotRow


class CountedLot(OfLot, frozen=True):
    counted: Decimal


class PlacedLot(OfLot, frozen=True):
    lot_place: str


class SplitLot(PlacedLot, frozen=True):
    split_units: Decimal


class WorkOnLot(OfLot, frozen=True):
    work_minutes: int
    work_workers: int
    work_cost: int


class KeptLot(OfLot, frozen=True):
    keep_days: int


class KeepsUntil(msgspec.Struct, frozen=True):
    until: WholeDay


class TwoLots(OfLot, frozen=True):
    merge_lot: LotRow


class ThrownAway(msgspec.Struct, frozen=True):
    thrown: Counted


class Difference(msgspec.Struct, frozen=True):
    difference: kinds.Short


@menu.rows()
def stock(hop: Hop) -> Sequence[LotRow]:
    """Give what the co-operative has in stock."""
    return stock_rows(hop)


@menu.answer(refuses={"bad": None})
def counted(typed: str, kept: OfLot) -> kinds.Amounted:
    """Read what was counted; `0,0` is nothing, for a lone 0 is a key."""
    return Decimal(0) if typed.strip() in NOTHING else read_units(typed, kept.stock_lot.unit)


@menu.source()
def count_difference(kept: CountedLot) -> Difference:
    """Say what the count changes."""
    by = kept.counted - kept.stock_lot.left
    return Difference(f"{'+' if by > 0 else ''}{units.quantity(by.normalize() + 0)}" if by else "rien ne change")


@menu.effect(leads=ACTING, denies=NOT_DONE)
def count_lot(hop: Hop, session: Session, kept: CountedLot) -> Nothing:
    """Note a count."""
    act, lot = officers_act(session, hop, "boutiques"), kept.stock_lot
    write_offs.count(session, act, lot.code, kept.counted, books=lot.left)
    return Nothing()


@menu.source()
def thrown_away(hop: Hop, kept: OfLot) -> ThrownAway:
    """Say what of a lot isn't on offer."""
    free = next((row for row in stock_rows(hop, free=True) if row.id == kept.stock_lot.id), kept.stock_lot)
    return ThrownAway(free.stands)


@menu.effect(leads=ACTING, denies=NOT_DONE)
def expire_lot(hop: Hop, session: Session, kept: OfLot) -> Nothing:
    """Note that what is left is too old."""
    write_offs.expire(session, officers_act(session, hop, "boutiques"), kept.stock_lot.code)
    return Nothing()


@menu.answer(refuses={"bad": None, "short": None})
def split_units(typed: str, kept: OfLot) -> kinds.Amounted:
    """Read how much makes a lot of its own: no more than there is."""
    return read_units(typed, kept.stock_lot.unit, kept.stock_lot.left)


@menu.answer(refuses={"bad": None})
def lot_place(typed: str) -> kinds.Short:
    """Read where a lot is; `ICI` is where it is already."""
    return read_words(typed, 2, 16)


@menu.effect(leads=ACTING, denies=NOT_DONE)
def split_lot(hop: Hop, session: Session, kept: SplitLot) -> MadeLot:
    """Make a lot of its own of a part."""
    act = officers_act(session, hop, "boutiques")
    place = None if kept.lot_place.upper() == HERE else kept.lot_place
    lot = stock_of.split(session, act, kept.stock_lot.code, kept.split_units, place)
    return made_lot(lot)


@menu.answer(refuses={"bad": None})
def work_minutes(typed: str) -> Minutes:
    """Read how long each worked, in minutes."""
    return _whole(typed, 4)


@menu.answer(refuses={"bad": None})
def work_workers(typed: str) -> kinds.Count:
    """Read how many worked."""
    return _whole(typed, 3)


@menu.answer(refuses={"francs": None})
def work_cost(typed: str) -> kinds.Amount:
    """Read what it cost in XOF; `0,0` is nothing, for a lone 0 is a key."""
    return 0 if typed.strip() in NOTHING else read_francs(typed)


@menu.effect(leads=ACTING, denies=NOT_DONE)
def note_work(hop: Hop, session: Session, kept: WorkOnLot) -> Nothing:
    """Note the work on the run that made a lot."""
    work = runs.Work(kept.work_minutes, kept.work_workers, kept.work_cost)
    runs.note_work(session, officers_act(session, hop, "boutiques"), kept.stock_lot.code, work)
    return Nothing()


@menu.answer(refuses={"bad": None})
def keep_days(typed: str) -> Minutes:
    """Read how many days goods keep."""
    days = _whole(typed, 4)
    if days > stock_of.MOST_DAYS:
        raise Refused("bad")
    return days


@menu.source()
def keeps_until(kept: KeptLot) -> KeepsUntil:
    """Say which day that is."""
    return KeepsUntil(f"{kept.stock_lot.made_on + timedelta(days=kept.keep_days):%d/%m/%Y}")


@menu.effect(leads=ACTING, denies=NOT_DONE)
def keep_until(hop: Hop, session: Session, kept: KeptLot) -> Nothing:
    """Set the day."""
    stock_of.keep_until(session, officers_act(session, hop, "boutiques"), kept.stock_lot.code, kept.keep_days)
    return Nothing()


@menu.rows()
def alike_lots(hop: Hop, kept: OfLot) -> Sequence[LotRow]:
    """Give the other lots of the product in the same unit."""
    this = kept.stock_lot
    return [row for row in stock_rows(hop) if row.id != this.id and (row.product, row.units) == (this.product, this.units)]


@menu.effect(leads=ACTING, denies=NOT_DONE)
def merge_lots(hop: Hop, session: Session, kept: TwoLots) -> MadeLot:
    """Make one lot of two."""
    codes = [kept.stock_lot.code, kept.merge_lot.code]
    lot = stock_of.merge(session, officers_act(session, hop, "boutiques"), codes)
    return made_lot(lot)


@menu.effect(leads=ACTING, denies=NOT_DONE)
def move_lot(hop: Hop, session: Session, kept: PlacedLot) -> Nothing:
    """Note that a lot is elsewhere."""
    stock_of.move(session, officers_act(session, hop, "boutiques"), kept.stock_lot.code, kept.lot_place)
    return Nothing()


def _whole(typed: str, digits: int) -> int:
    if not is_number(typed, digits) or not int(typed):
        raise Refused("bad")
    return int(typed)
