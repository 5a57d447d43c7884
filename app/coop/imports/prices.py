"""Prices of a file: they count from now on, and one that moves far waits for officers, as by telephone.

Only where nothing was priced yet, by the federation neither, nor weighed does a row keep its own day: a service that is moved keeps
its history.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import Session

from app.amounts import francs
from app.coop import approvals
from app.coop.act import Act
from app.coop.imports.catalogue import Catalogue, exactly
from app.coop.imports.forecast import Planned, Problem, RestsOn, RowRefused, RowSkipped, value
from app.coop.imports.models import ImportRow
from app.coop.imports.register import Places
from app.coop.prices import proposals
from app.coop.prices.models import PriceProposal, PriceRow
from app.coop.prices.queries import price_at
from app.coop.production.models import Weighing
from app.coop.scope import FEDERATION, Scope
from app.db.rows import store
from app.letters import packed
from app.sheets import NoValue, Row, Value

Priced = tuple[int, str | None]
"""Product and grade."""
WAITS = "{name} {amount} F: loin du prix en service, ou premier prix. Les responsables décident avant qu'il compte."


class BroughtPrice(msgspec.Struct, frozen=True):
    """A price to be taken: from an instant of its own, or (None) from now on."""

    scope: Scope
    product_id: int
    unit: str
    amount: int
    grade: str | None
    from_at: datetime | None


Newest = dict[Priced, tuple[int, datetime]]
"""Amount in XOF and since when."""


def _published(reader: Connection | Session, scope: Scope) -> list[tuple[Priced, int, datetime]]:
    """Return a scope's own prices, the oldest first."""
    own = select(PriceRow.product_id, PriceRow.grade, PriceRow.amount, PriceRow.from_at).where(scope.own(PriceRow.cooperative_id))
    rows = reader.execute(own.order_by(PriceRow.from_at, PriceRow.id))
    return [((product, grade), amount, _second(at)) for product, grade, amount, at in rows]


def _newest(prices: Sequence[tuple[Priced, int, datetime]]) -> Newest:
    return {priced: (amount, at) for priced, amount, at in prices}


class _Prices:
    """What a scope has of prices, beside those `of_all`."""

    def __init__(self, reader: Connection | Session, scope: Scope, of_all: Newest) -> None:
        published = _published(reader, scope)
        self.known, self.own, self._of_all = set(published), _newest(published), of_all
        waits = select(PriceProposal.product_id, PriceProposal.grade, PriceProposal.amount)
        waiting = waits.where(scope.own(PriceProposal.cooperative_id), PriceProposal.state == "waiting")
        self.waiting = {((row.product_id, row.grade), row.amount) for row in reader.execute(waiting)}
        weighed = select(Weighing.product_id).where(scope.reach(Weighing.cooperative_id), Weighing.state != "undone").distinct()
        self.weighed = set(reader.scalars(weighed))

    def in_force(self, priced: Priced) -> tuple[int, datetime] | None:
        """Return the price that members have now, as price_at chooses it, and since when."""
        every = priced[0], None
        found = (known.get(key) for known in (self.own, self._of_all) for key in (priced, every))
        return next((one for one in found if one), None)


class PricePlan:
    """The plan of a file of prices; a row that names no co-operative is of the federation, where the file is."""

    keeps_days = True
    """Whether a first price may count from the day that its row says, and no officer is asked."""

    def __init__(self, reader: Connection | Session, scope: Scope, answers: Mapping[str, str], now: datetime) -> None:
        self._reader, self._scope, self._now = reader, scope, now
        self._places, self._catalogue = Places(reader, scope), Catalogue(reader, answers)
        self._of_all = _newest(_published(reader, FEDERATION))
        self._prices: dict[Scope, _Prices] = {}
        self._rows: dict[tuple[Scope, Priced, datetime | None], int] = {}
        self._last: dict[tuple[str, ...], datetime] = {}
        self._notes: list[Problem] = []
        self._first: list[tuple[int, str]] = []

    def prepare(self, rows: Sequence[Row]) -> None:
        """Find the last day that rows name of each price; one without a day is today's."""
        for row in rows:
            reading = row.cells["since"].reading if "since" in row.cells else NoValue()
            if isinstance(reading, (Value, NoValue)):
                since = _instant(reading.value if isinstance(reading, Value) else None) or self._now
                self._last[_named(row)] = max(self._last.get(_named(row), since), since)

    def leave(self, row: Row, values: Mapping[str, Any]) -> None:
        """Know nothing of it."""

    def plan(self, row: Row, values: Mapping[str, Any]) -> Planned | None:
        """Say what a row would do."""
        code = value(values, "cooperative")
        scope = self._scope if code is None else Scope(self._places.of(code))
        product = self._catalogue.of(row, scope, value(values, "product"), value(values, "unit"))
        amount, grade = value(values, "price"), value(values, "grade")
        if amount:
            amount = int(exactly(product, "price", amount / self._catalogue.in_unit(row, product, values, "price"), 0))
        if not amount or not 0 < amount <= proposals.MOST:
            raise RowRefused("price", f"{product.name}: un prix de 1 à {proposals.MOST} F.")
        since, priced = _instant(value(values, "since")), (product.id, grade)
        if scope not in self._prices:
            self._prices[scope] = _Prices(self._reader, scope, self._of_all)
        known = self._prices[scope]
        self._once(row, product.name, (scope, priced, since))
        if (priced, amount, since) in known.known or (priced, amount) in known.waiting:
            return None
        in_force = known.in_force(priced)
        if self.keeps_days and since is not None and in_force is None and product.id not in known.weighed:
            self._first.append((amount, product.name))
            return Planned(row.number, "create", BroughtPrice(scope, product.id, product.unit, amount, grade, since))
        if priced in known.own and known.own[priced][0] == amount:
            return None
        if since is not None and in_force is not None and since <= in_force[1]:
            raise RowSkipped(f"{product.name}: plus ancien que le prix en service, {in_force[0]} F")
        # All that comes from now on counts from one instant: of several days only the last can.
        if since is not None and since < self._last.get(_named(row), since):
            raise RowSkipped(f"{product.name}: une autre ligne du fichier dit un prix plus récent")
        self._once(row, product.name, (scope, priced, None))
        if proposals.is_far(self._reader, scope, product.id, grade, amount, self._now):
            self._notes.append(Problem(row.number, "price", "waits", WAITS.format(name=product.name, amount=amount)))
        return Planned(row.number, "create", BroughtPrice(scope, product.id, product.unit, amount, grade, None))

    def _once(self, row: Row, name: str, priced: tuple[Scope, Priced, datetime | None]) -> None:
        """Raise RowRefused when another row says this price, too."""
        if (before := self._rows.setdefault(priced, row.number)) != row.number:
            raise RowRefused("product", f"{name}: déjà à la ligne {before}.")

    def finish(self) -> list[Problem]:
        """Return which prices wait for officers, and how many don't."""
        if self._first:
            amount, name = max(self._first)
            says = f"Premiers prix de leur produit, sans l'accord des responsables: {len(self._first)}."
            self._notes.append(Problem(None, "since", "first", f"{says} Le plus haut: {name} {francs(amount)}."))
        return self._notes


class OfficersPricePlan(PricePlan):
    """The plan of an officer's file: one officer never publishes a first price alone, whatever day it says."""

    keeps_days = False


def write(session: Session, import_id: int, rows: Sequence[Planned], now: datetime) -> None:
    """Publish prices, or have them wait for officers."""
    for row in rows:
        change: BroughtPrice = row.change
        act = Act(0, "file", f"import:{import_id}:{row.number}", now)
        # Read before the new one counts: this is what `take_back` publishes again.
        said = price_at(session, [(change.scope, change.product_id, change.grade, now)])[0]
        if change.from_at is None:
            made = proposals.bring(session, act, change.scope, change.product_id, change.unit, change.amount, grade=change.grade)
        else:
            price = PriceRow(
                product_id=change.product_id,
                cooperative_id=change.scope.cooperative_id,
                grade=change.grade,
                unit=change.unit,
                amount=change.amount,
                from_at=change.from_at,
            )
            store(session, price)
            made = price.id
        before = {"amount": said, "operation": act.operation}
        session.add(ImportRow(import_id=import_id, number=row.number, made_id=made, act="create", before=before))
    session.flush()


def check(session: Session, imports: Sequence[int]) -> None:
    """Raise RestsOn when officers have agreed to a price of these imports, or something rests on one."""
    rows = session.scalars(select(ImportRow).where(ImportRow.import_id.in_(imports))).all()
    if session.scalar(_asked(rows, "published").limit(1)) is not None:
        raise RestsOn("Les responsables ont accepté un de ces prix: proposez-en un autre au Bureau.")
    for row in rows:
        if row.made_id is not None:
            _hold(session, session.get_one(PriceRow, row.made_id), row.before["amount"])


def take_back(session: Session, rows: Sequence[ImportRow], now: datetime) -> None:
    """Drop what waits, and publish the price of before again where one was: a price is never edited. Raises RestsOn."""
    for proposal in session.scalars(_asked(rows, "waiting").with_for_update()):
        approvals.drop(session, "price", [proposal.id], now)
        proposal.state, proposal.decided_at = "overtaken", now
    if session.scalar(_asked(rows, "published").limit(1)) is not None:
        raise RestsOn("Les responsables ont accepté un de ces prix: proposez-en un autre au Bureau.")
    for row in rows:
        if row.made_id is not None:
            price = session.get_one(PriceRow, row.made_id)
            _hold(session, price, row.before["amount"])
            kept = {name: getattr(price, name) for name in ("product_id", "cooperative_id", "grade", "unit")}
            session.add(PriceRow(**kept, amount=row.before["amount"], from_at=now))
    session.flush()


def _asked(rows: Sequence[ImportRow], state: str) -> Select[PriceProposal]:
    """Select the proposals that rows made, of a state."""
    mine = [row.before["operation"] for row in rows if row.made_id is None]
    return select(PriceProposal).where(PriceProposal.operation.in_(mine), PriceProposal.state == state)


def _hold(session: Session, price: PriceRow, before: int | None) -> None:
    """Raise RestsOn when a price can't be taken back to the amount of `before`."""
    scope = Scope(price.cooperative_id)
    same = scope.own(PriceRow.cooperative_id) & (PriceRow.product_id == price.product_id)
    same &= PriceRow.grade.is_(None) if price.grade is None else PriceRow.grade == price.grade
    newest = session.scalar(select(PriceRow.id).where(same).order_by(PriceRow.from_at.desc(), PriceRow.id.desc()).limit(1))
    here = scope.reach(Weighing.cooperative_id) & (Weighing.product_id == price.product_id)
    weighed = select(Weighing.id).where(here, Weighing.weighed_at >= price.from_at).limit(1)
    if newest != price.id:
        raise RestsOn("Un de ces prix a changé depuis.")
    if before is None or session.scalar(weighed) is not None:
        why = "il n'y en avait pas avant" if before is None else "une pesée repose sur lui"
        raise RestsOn(f"Un de ces prix reste, {why}: proposez-en un autre au Bureau.")


def _named(row: Row) -> tuple[str, ...]:
    """Return how a row names its price."""
    return tuple(packed(row.cells[field].text) if field in row.cells else "" for field in ("cooperative", "product", "grade"))


def _second(at: datetime) -> datetime:
    """Return an instant as files have it."""
    return at.replace(microsecond=0)


def _instant(since: date | datetime | None) -> datetime | None:
    """Return the instant from which a price counts: a day's first."""
    if since is None or isinstance(since, datetime):
        return since
    return datetime.combine(since, time(), UTC)
