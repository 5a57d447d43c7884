"""Deliveries of before: what each row would add. They move no franc, and none is after the day on which the books began here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from app.coop.imports.catalogue import MEASURED, Catalogue, exactly
from app.coop.imports.forecast import Planned, Problem, RowRefused, RowSkipped, confirmed, key_of, value
from app.coop.imports.holders import Holders
from app.coop.imports.models import ImportRow
from app.coop.imports.register import Places
from app.coop.openings.models import PastDelivery
from app.coop.openings.services import opening_day
from app.coop.production.models import Declaration, Weighing
from app.coop.scope import Scope
from app.db.bulk import bring
from app.sheets import Row

MOST_QUANTITY = 99_999
FRANCS = ("price", "gross", "share", "repaid")
Same = tuple[int, int, date, Decimal]
"""Member, product, day and quantity."""


class PastRow(msgspec.Struct, frozen=True):
    """A delivery to be written down."""

    cooperative_id: int
    member_id: int
    product_id: int
    day: date
    quantity: Decimal
    unit: str
    grade: str | None
    francs: Mapping[str, int | None]
    reference: str | None
    mark: str


class _KnownDeliveries:
    """What a co-operative knows of deliveries: those it weighed here, and those of before."""

    def __init__(self, reader: Connection | Session, place: int, today: date) -> None:
        self.until = opening_day(reader, place, today)
        weighed = (
            select(Declaration.reference, Weighing.member_id, Weighing.product_id, Weighing.weighed_at, Weighing.weight)
            .join(Declaration, Declaration.id == Weighing.declaration_id)
            .where(Weighing.cooperative_id == place, Weighing.state == "credited")
        )
        past = select(PastDelivery.reference, PastDelivery.member_id, PastDelivery.day, PastDelivery.mark)
        past = past.where(PastDelivery.cooperative_id == place)
        self.references: set[tuple[str, int, date]] = set()
        self.weighed: set[Same] = set()
        for reference, member, product, at, weight in reader.execute(weighed):
            self.references.add((reference, member, at.date()))
            self.weighed.add((member, product, at.date(), weight))
        self.marks: set[str] = set()
        for known, member, day, mark in reader.execute(past):
            self.marks.add(mark)
            if known:
                self.references.add((known, member, day))


class DeliveryPlan:
    """The plan of a file of deliveries."""

    def __init__(self, reader: Connection | Session, scope: Scope, answers: Mapping[str, str], now: datetime) -> None:
        self._reader, self._answers, self._today = reader, answers, now.date()
        self._places = Places(reader, scope)
        self._holders, self._catalogue = Holders(self._places, answers), Catalogue(reader, answers)
        self._delivered: dict[int, _KnownDeliveries] = {}
        self._times: dict[str, list[tuple[int, str | None]]] = defaultdict(list)

    def prepare(self, rows: Sequence[Row]) -> None:
        """Read nothing: a co-operative is read whole at its first row."""

    def leave(self, row: Row, values: Mapping[str, Any]) -> None:
        """Know nothing of it."""

    def plan(self, row: Row, values: Mapping[str, Any]) -> Planned | None:
        """Say what a row adds."""
        place, known = self._holders.of(row, values)
        if place not in self._delivered:
            self._delivered[place] = _KnownDeliveries(self._reader, place, self._today)
        delivered, member = self._delivered[place], known.id or 0
        product = self._catalogue.of(row, Scope(place), value(values, "product"), value(values, "unit"))
        times = {field: self._catalogue.in_unit(row, product, values, field) for field in MEASURED}
        day, quantity = value(values, "day"), value(values, "quantity")
        if day is None or quantity is None:
            raise RowRefused("day" if day is None else "quantity", "Quel jour ?" if day is None else "Quelle quantité ?")
        quantity = exactly(product, "quantity", quantity * times["quantity"], 3)
        if quantity > MOST_QUANTITY or (not product.divisible and quantity != quantity.to_integral_value()):
            kind = "un nombre" if product.divisible else "un nombre entier"
            raise RowRefused("quantity", f"{product.name}: {kind} de 1 à {MOST_QUANTITY}.")
        reference = _reference(values)
        if reference and (reference, member, day) in delivered.references:
            return None
        if not reference and (member, product.id, day, quantity) in delivered.weighed:
            return None
        grade = value(values, "grade")
        said = (place, member, product.id, day, quantity, grade or "", reference or "")
        mark = self._mark(row, delivered, said, value(values, "order"))
        if mark in delivered.marks:
            return None
        if day > delivered.until:
            says = f"Le {day:%d/%m/%Y} est après le premier jour de vos comptes ici, le {delivered.until:%d/%m/%Y}"
            raise RowRefused("day", f"{says}: pesez-la au Bureau.")
        francs = {name: value(values, name) for name in FRANCS}
        if francs["price"] is not None:
            francs["price"] = int(exactly(product, "price", francs["price"] / times["price"], 0))
        change = PastRow(place, member, product.id, day, quantity, product.unit, grade, francs, reference, mark)
        return Planned(row.number, "create", change)

    def finish(self) -> list[Problem]:
        """Return nothing more."""
        return []

    def _mark(self, row: Row, delivered: _KnownDeliveries, said: tuple[object, ...], order: str | None) -> str:
        """Return by what this row is known again; of two alike without numbers of their own it is asked whether they are two."""
        base = key_of("delivery", *said)
        before = self._times[base]
        mark = key_of(base, len(before)) if before else base
        if before and mark not in delivered.marks and (order is None or order in [one for _, one in before]):
            same = before[-1][0]
            says = f"La ligne {row.number} dit la même chose que la ligne {same}: deux livraisons ? oui ou non"
            if not confirmed(self._answers, row, key_of("twice", mark), says):
                raise RowSkipped(f"la même livraison que la ligne {same}")
        before.append((row.number, order))
        return mark


def write(session: Session, import_id: int, rows: Sequence[Planned], now: datetime) -> None:
    """Write deliveries down; nothing is posted."""
    del now
    to = session.connection()
    changes: list[PastRow] = [row.change for row in rows]
    made = [
        {name: getattr(one, name) for name in PastRow.__struct_fields__ if name != "francs"} | dict(one.francs) for one in changes
    ]
    bring(to, PastDelivery, made)
    mine = PastDelivery.mark.in_([one.mark for one in changes])
    ids = {row.mark: row.id for row in session.execute(select(PastDelivery.mark, PastDelivery.id).where(mine))}
    told = [
        {
            "import_id": import_id,
            "number": row.number,
            "member_id": one.member_id,
            "made_id": ids[one.mark],
            "act": "create",
            "before": {},
        }
        for row, one in zip(rows, changes, strict=True)
    ]
    bring(to, ImportRow, told)


def take_back(session: Session, rows: Sequence[ImportRow], now: datetime) -> None:
    """Delete what rows wrote: nothing rests on it."""
    del now
    session.execute(delete(PastDelivery).where(PastDelivery.id.in_([row.made_id for row in rows])))


def _reference(values: Mapping[str, Any]) -> str | None:
    reference: str | None = value(values, "reference")
    if reference and len(reference) > 6:
        raise RowRefused("reference", "La référence a plus de 6 signes.")
    return reference.zfill(6) if reference and reference.isdecimal() else reference
