"""Fill a database with members: deterministic for their number and the day, each with a history that verifies."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, literal, select

from app.coop.boutiques.models import Offer
from app.coop.demo.catalogue import OFFERS, PRODUCTS, SLOTS, TRAINING
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.members import activation, consent, notice, pins
from app.coop.members.models import Activation, Commune, Consent, Cooperative, Filiere, Member, Number, Person, Role
from app.coop.members.places import COMMUNES, FILIERES
from app.coop.prices.models import PriceRow
from app.coop.production.models import CooperativeProduct, Product, ProductAlias
from app.coop.training.models import TrainingSession
from app.db.base import Base
from app.db.bulk import bring
from app.db.database import Database

PIN, PLACE_PINS, ACTIVATION = "2468", ("1357", "8642"), "482190"
SHARED, PENDING, ADMINISTRATOR = "+221760000001", "+221760000002", "+221780000001"
SLICE = 2_000
KINDS = ("shares", "savings", "payable", "advance")
BOX_A_MEMBER = 50_000
"""XOF of cash that a box begins with for each member."""
OFFICES = ("secretary", "treasurer", "president")


class AlreadySeeded(Exception):
    """There are members already; nothing was changed."""


class Plan(msgspec.Struct, frozen=True):
    """Whom to seed: how many members, in how many co-operatives (None: a hundred each), as of which instant."""

    members: int
    cooperatives: int | None
    peppers: Mapping[int, bytes]
    key: bytes
    now: datetime

    @property
    def count(self) -> int:
        """Return how many co-operatives there are."""
        return self.cooperatives or max(1, -(-self.members // 100))

    @property
    def today(self) -> datetime:
        """Return the day's first instant: nothing that is seeded depends on the hour."""
        return datetime(self.now.year, self.now.month, self.now.day, tzinfo=UTC)

    @property
    def registered(self) -> datetime:
        """Return when numbers were registered: 90 days ago, at nine."""
        return self.today - timedelta(days=90) + timedelta(hours=9)

    def cooperative_of(self, member: int) -> int:
        """Return the co-operative's number of the member with this number, both from 1."""
        return (member - 1) % self.cooperatives + 1 if self.cooperatives else (member - 1) // 100 + 1


def seed(database: Database, plan: Plan, progress: Callable[[int], None] | None = None) -> None:
    """Seed an empty, migrated database in one transaction: cut off, it has left nothing. Raises AlreadySeeded.

    `progress` is told how many members each slice brought.
    """
    hashed, pepper = pins.hash_pin(PIN, plan.peppers)
    with database.transaction() as session:
        if session.scalar(select(func.count()).select_from(Member)):
            raise AlreadySeeded
        to = session.connection()
        _catalogue(to, plan)
        _cooperatives(to, plan)
        for first in range(1, plan.members + 1, SLICE):
            numbers = range(first, min(first + SLICE, plan.members + 1))
            _members(to, plan, numbers, hashed, pepper)
            if progress:
                progress(len(numbers))
        _others(to, plan)
        _boxes(to, plan)
        _boutique_and_training(to, plan)
        _after(to)


def _catalogue(to: Connection, plan: Plan) -> None:
    to.execute(insert(Commune), [{"id": i, "name": name} for i, name in enumerate(COMMUNES, 1)])
    to.execute(insert(Filiere), [{"id": i, "code": code, "name": name} for i, (code, name) in enumerate(FILIERES, 1)])
    rows = [
        {"id": i, "name": name, "unit": unit, "divisible": divisible, "filiere_id": trade}
        for i, (name, unit, divisible, trade, _, _) in enumerate(PRODUCTS, 1)
    ]
    to.execute(insert(Product), rows)
    spellings = [{"spelling": spelling, "product_id": i} for i, row in enumerate(PRODUCTS, 1) for spelling in row[5]]
    to.execute(insert(ProductAlias), spellings)
    prices = [
        {"product_id": i, "cooperative_id": None, "grade": None, "unit": row[1], "amount": row[4], "from_at": plan.registered}
        for i, row in enumerate(PRODUCTS, 1)
    ]
    to.execute(insert(PriceRow), prices)


def _cooperatives(to: Connection, plan: Plan) -> None:
    forms = ("AER", "SCOOPS", "GIE", "COOP-CA")
    rows = [
        {
            "id": n,
            "code": f"CPS{n}",
            "name": f"CPS {COMMUNES[(n - 1) % len(COMMUNES)]} {n}",
            "commune_id": (n - 1) % len(COMMUNES) + 1,
            "filiere_id": (n - 1) % len(FILIERES) + 1,
            "legal_form": forms[n % len(forms)],
            "created_at": plan.registered,
        }
        for n in range(1, plan.count + 1)
    ]
    to.execute(insert(Cooperative), rows)
    slots = [
        {"cooperative_id": n, "slot": slot, "product_id": product, "active": True}
        for n in range(1, plan.count + 1)
        for product, slot in enumerate(SLOTS, 1)
    ]
    to.execute(insert(CooperativeProduct), slots)
    controls = [
        {"id": 2 * n - 1 + at, "cooperative_id": n, "member_id": None, "kind": kind, "balance": 0}
        for n in range(1, plan.count + 1)
        for at, kind in enumerate(("cash", "purchases"))
    ]
    to.execute(insert(Account), controls)


def _members(to: Connection, plan: Plan, numbers: range, hashed: str, pepper: int) -> None:
    """Write a slice of members with all that hangs on them, a statement a table."""
    rows: dict[type[Base], list[dict[str, Any]]] = {t: [] for t in (Person, Number, Member, Role, Account, JournalEntry, Posting)}
    for i in numbers:
        cooperative = plan.cooperative_of(i)
        rows[Person].append(_person(i, f"Membre {i}", hashed, pepper, plan))
        rows[Member].append(_member(i, cooperative, "active", plan.registered.date()))
        rows[Number].append({"id": i, "phone": f"+22177{i:07d}", "person_id": i, "place": None, "registered_at": plan.registered})
        place = (i - 1) // plan.cooperatives if plan.cooperatives else (i - 1) % 100
        if place < len(OFFICES):
            rows[Role].append(_role(i, OFFICES[place], cooperative, plan))
        _history(rows, plan, i, cooperative)
    for table, values in rows.items():
        bring(to, table, values)


def _history(rows: dict[type[Base], list[dict[str, Any]]], plan: Plan, i: int, cooperative: int) -> None:
    """Write five entries that touch all four accounts, and the balances that they leave."""
    base = 2 * plan.count + 4 * (i - 1)
    accounts = {kind: base + at for at, kind in enumerate(KINDS, 1)}
    cash, purchases = 2 * cooperative - 1, 2 * cooperative
    balances = dict.fromkeys(KINDS, 0)
    for number, (kind, account, amount) in enumerate(_moves(i)):
        entry = 5 * (i - 1) + number + 1
        at = plan.registered + timedelta(days=12 * number + i % 7, minutes=i % 480)
        rows[JournalEntry].append(
            {"id": entry, "operation": f"seed:{entry}", "kind": kind, "cooperative_id": cooperative, "member_id": i, "at": at}
        )
        other = purchases if kind == "delivery" else cash
        for side, posted in ((accounts[account], amount), (other, -amount)):
            rows[Posting].append({"entry_id": entry, "account_id": side, "amount": posted})
        balances[account] += amount
    rows[Account] += [
        {"id": accounts[kind], "cooperative_id": cooperative, "member_id": i, "kind": kind, "balance": balances[kind]}
        for kind in KINDS
    ]


def _moves(i: int) -> Iterator[tuple[str, str, int]]:
    """Give the five movements of member i: kind, account, XOF, debit positive."""
    yield "shares", "shares", -(10_000 + 1_000 * (i % 5))
    yield "savings", "savings", -(5_000 + 250 * (i % 37))
    yield "advance", "advance", 20_000 + 500 * (i % 11)
    yield "delivery", "payable", -(12_500 + 750 * (i % 23))
    yield "repayment", "advance", -(5_000 + 100 * (i % 13))


def _others(to: Connection, plan: Plan) -> None:
    """Write those who are not members 1 to N: two on a shared number, one not activated yet, the administrator."""
    first, when = plan.members + 1, plan.registered
    for at, (phone, place, pin) in enumerate(
        ((SHARED, 1, PLACE_PINS[0]), (SHARED, 2, PLACE_PINS[1]), (PENDING, None, None), (ADMINISTRATOR, None, PIN))
    ):
        number = first + at
        hashed, pepper = pins.hash_pin(pin, plan.peppers) if pin else (None, 1)
        to.execute(insert(Person), [_person(number, f"Membre {number}", hashed, pepper, plan)])
        to.execute(insert(Number), [{"id": number, "phone": phone, "person_id": number, "place": place, "registered_at": when}])
        if phone == ADMINISTRATOR:
            to.execute(insert(Role), [_role(number, "administrator", None, plan)])
            continue
        state = "pending" if phone == PENDING else "active"
        to.execute(insert(Member), [_member(number, 1, state, when.date())])
        rows: dict[type[Base], list[dict[str, Any]]] = {Account: [], JournalEntry: [], Posting: []}
        _history(rows, plan, number, 1)
        for table, values in rows.items():
            bring(to, table, values)
    key = activation.digest(ACTIVATION, first + 2, plan.key)
    expires = plan.today + timedelta(days=activation.DAYS)
    to.execute(insert(Activation), [{"person_id": first + 2, "digest": key, "tries": 0, "expires_at": expires}])


def _boxes(to: Connection, plan: Plan) -> None:
    """Count each co-operative's box once, more than all of its members could ask for."""
    sizes = Counter(plan.cooperative_of(i) for i in range(1, plan.members + 1))
    accounts, entries = 2 * plan.count + 4 * (plan.members + 3), 5 * (plan.members + 3)
    rows: dict[type[Base], list[dict[str, Any]]] = {Account: [], JournalEntry: [], Posting: []}
    for n in range(1, plan.count + 1):
        other, entry, francs = accounts + n, entries + n, BOX_A_MEMBER * max(100, sizes[n])
        rows[Account].append({"id": other, "cooperative_id": n, "member_id": None, "kind": "opening", "balance": 0})
        made = {"id": entry, "operation": f"seed:{entry}", "kind": "box_in", "cooperative_id": n, "member_id": None}
        rows[JournalEntry].append(made | {"at": plan.registered})
        rows[Posting] += [
            {"entry_id": entry, "account_id": one, "amount": by} for one, by in ((2 * n - 1, francs), (other, -francs))
        ]
    for table, values in rows.items():
        bring(to, table, values)


def _boutique_and_training(to: Connection, plan: Plan) -> None:
    """Put goods on sale at the boutique témoin, and open a training session."""
    month = plan.today + timedelta(days=30)
    goods = [
        {"cooperative_id": 1, "name": name, "unit": unit, "amount": amount, "quantity": left, "place": "Mbour", "until_at": month}
        for name, unit, amount, left in OFFERS
    ]
    to.execute(insert(Offer), goods)
    starts = (plan.today + timedelta(days=14)).date()
    to.execute(insert(TrainingSession), [{"title": TRAINING, "place": "Joal-Fadiouth", "starts_on": starts, "seats": 20}])


def _after(to: Connection) -> None:
    """Write everybody's consent to all purposes, and set PostgreSQL's counters behind the ids given here."""
    for purpose in consent.PURPOSES:
        given = select(Number.phone, Number.person_id, *_literals(purpose)).join(Person, Person.id == Number.person_id)
        given = given.where(Person.pin_hash.is_not(None)).add_columns(Number.registered_at)
        to.execute(insert(Consent).from_select(["phone", "person_id", "purpose", "given", "channel", "notice", "at"], given))
    if to.dialect.name == "postgresql":
        for table in (Commune, Filiere, Cooperative, Person, Member, Number, Product, Account, JournalEntry):
            name = table.__tablename__
            to.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608 - our own tables' names


def _literals(purpose: str) -> list[Any]:
    return [literal(purpose), literal(True), literal("card"), literal(notice.VERSION)]


def _person(number: int, name: str, hashed: str | None, pepper: int, plan: Plan) -> dict[str, Any]:
    set_at = plan.registered if hashed else None
    return {"id": number, "name": name, "language": "fr", "pin_hash": hashed, "pin_pepper": pepper, "pin_set_at": set_at}


def _member(number: int, cooperative: int, state: str, joined: date) -> dict[str, Any]:
    return {
        "id": number,
        "person_id": number,
        "cooperative_id": cooperative,
        "card": f"C{number:07d}",
        "state": state,
        "joined_on": joined,
    }


def _role(person: int, role: str, cooperative: int | None, plan: Plan) -> dict[str, Any]:
    return {"person_id": person, "role": role, "cooperative_id": cooperative, "from_on": plan.registered.date()}
