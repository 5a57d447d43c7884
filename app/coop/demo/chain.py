"""A lot of three deliveries, transformed once and partly sold: what the demo shows of the chain."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, insert

from app.coop.boutiques.models import OfferedLot, Order
from app.coop.demo.catalogue import OFFERS
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.lots.models import Lot, LotDelivery, LotEvent, LotMove, Measure
from app.coop.production.models import Declaration, Weighing
from app.coop.references import check_digit

YEET, KECCAX, YEET_PRICE = 4, 5, 2_500
"""Products by their place in the catalogue, and what a kilo of the first is worth in XOF."""
MADE, SOLD = 60, 20
"""Sachets that the run made, and that are sold: offer 1 has the rest."""
CODES = tuple(f"L{digits}{check_digit(digits)}" for digits in ("24681357", "13572468"))


class SeededDelivery(msgspec.Struct, frozen=True):
    """A member's delivery in the books: the entry, its XOF and its instant."""

    member: int
    entry: int
    gross: int
    at: datetime

    @property
    def grams(self) -> int:
        """Return what it weighed."""
        return self.gross * 1000 // YEET_PRICE

    @property
    def kilos(self) -> Decimal:
        """Return what it weighed."""
        return Decimal(self.grams) / 1000


def seed_chain(to: Connection, day: datetime, brought: Sequence[SeededDelivery], seller: int, last: tuple[int, int]) -> None:
    """Write it for co-operative 1, its goods as offer 1; `last` are the last account and the last entry."""
    for number, one in enumerate(brought, 1):
        _delivery(to, number, one, seller)
    _lots(to, day, brought, seller)
    _sale(to, day, seller, last)


def _delivery(to: Connection, number: int, one: SeededDelivery, seller: int) -> None:
    digits = f"{70_000 + number:05d}"
    of: dict[str, Any] = {"id": number, "cooperative_id": 1, "member_id": one.member, "product_id": YEET, "channel": "ussd"}
    declared = {"season": one.at.year, "reference": digits + check_digit(digits), "quantity": one.kilos, "unit": "kg"}
    stands = {"declared_at": one.at, "state": "weighed", "operation": f"seed:declared:{number}"}
    to.execute(insert(Declaration), [of | declared | stands])
    weighed = {"declaration_id": number, "officer_id": seller, "weight": one.kilos, "weighed_at": one.at, "noted_at": one.at}
    credited = {"price": YEET_PRICE, "gross": one.gross, "share": 0, "repaid": 0, "entry_id": one.entry, "confirmed_at": one.at}
    to.execute(insert(Weighing), [of | weighed | credited | {"state": "credited", "operation": f"seed:weighed:{number}"}])


def _lots(to: Connection, day: datetime, brought: Sequence[SeededDelivery], seller: int) -> None:
    grams, at = sum(one.grams for one in brought), day - timedelta(days=2)
    kilos, sachet = Decimal(grams) / 1000, 100 if grams >= MADE * 100 else 50
    made, sold = MADE * sachet, SOLD * sachet
    to.execute(insert(Measure), [{"product_id": KECCAX, "unit": "sachet", "grams": sachet}])
    columns = ("id", "kind", "at", "entered", "gone", "technique_id", "cost", "operation")
    events = (
        (1, "delivery", at, grams, 0, None, 0, "seed:lot:1"),
        (2, "run", at, 0, grams - made, 1, 2_000, "seed:lot:2"),
        (3, "sale", day, 0, sold, None, 0, "seed:lot:3"),
    )
    told = {"cooperative_id": 1, "person_id": seller, "channel": "bureau"}
    to.execute(insert(LotEvent), [told | dict(zip(columns, event, strict=True)) for event in events])
    place = {"cooperative_id": 1, "place": "Mbour", "public": True, "told_at": day}
    none, left = Decimal(0), Decimal(MADE - SOLD)
    used = {"units": none, "grams": 0, "offered": none, "made_units": kilos, "made_grams": grams, "best_before": None}
    stands = {"units": left, "grams": made - sold, "offered": left, "made_units": Decimal(MADE), "made_grams": made}
    until = (day + timedelta(days=30)).date()
    first: dict[str, Any] = {"id": 1, "code": CODES[0], "product_id": YEET, "made_by": 1, "unit": "kg"}
    second: dict[str, Any] = {"id": 2, "code": CODES[1], "product_id": KECCAX, "made_by": 2, "unit": "sachet", "best_before": until}
    to.execute(insert(Lot), [place | first | used, place | second | stands])
    moves = ((1, 1, kilos, grams), (2, 1, -kilos, -grams), (2, 2, Decimal(MADE), made), (3, 2, Decimal(-SOLD), -sold))
    to.execute(insert(LotMove), [dict(zip(("event_id", "lot_id", "units", "grams"), move, strict=True)) for move in moves])
    inside = [{"weighing_id": at, "lot_id": 1, "units": one.kilos, "grams": one.grams} for at, one in enumerate(brought, 1)]
    to.execute(insert(LotDelivery), inside)
    to.execute(insert(OfferedLot), [{"offer_id": 1, "lot_id": 2}])


def _sale(to: Connection, day: datetime, seller: int, last: tuple[int, int]) -> None:
    """Sell sachets over the counter, with the entry: into the box from sales."""
    account, entry, francs = last[0] + 1, last[1] + 1, SOLD * OFFERS[0][2]
    to.execute(insert(Account), [{"id": account, "cooperative_id": 1, "member_id": None, "kind": "sales", "balance": 0}])
    made = {"id": entry, "operation": "order:1:sale", "kind": "sale", "cooperative_id": 1, "member_id": None, "at": day}
    to.execute(insert(JournalEntry), [made])
    sides = ((1, francs), (account, -francs))
    to.execute(insert(Posting), [{"entry_id": entry, "account_id": one, "amount": by} for one, by in sides])
    what: dict[str, Any] = {"id": 1, "cooperative_id": 1, "offer_id": 1, "phone": "", "quantity": Decimal(SOLD), "amount": francs}
    how = {"way": "cash", "state": "sold", "code": "", "channel": "bureau", "operation": "seed:order:1"}
    when = {"at": day, "reserved_until": day, "sold_by": seller, "sold_at": day, "entry_id": entry}
    to.execute(insert(Order), [what | how | when])
