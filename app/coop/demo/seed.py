"""Fill a database with members: deterministic for their number and the day, each with a history that verifies."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, literal, select

from app.coop import law
from app.coop.access import activation, pins
from app.coop.access.models import Activation
from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.boutiques.models import Offer, Order
from app.coop.cooperatives.communes import COMMUNES, FILIERES
from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.demo import advance, trainings
from app.coop.demo.boutiques import seed_boutiques
from app.coop.demo.catalogue import OFFERS, PRODUCTS, SLOTS
from app.coop.demo.chain import SeededDelivery, seed_chain
from app.coop.equipment.models import Equipment
from app.coop.ideas.models import Idea, IdeaRound
from app.coop.kpi.months import last_month, publish_next
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.lots.models import Lot, LotEvent
from app.coop.members import consent, privacy_notice
from app.coop.members.models import Consent, Member, NameKey, Number, Person, name_key_rows
from app.coop.offices.models import Role
from app.coop.prices.models import PriceRow
from app.coop.production.models import Declaration, Weighing
from app.coop.products.models import CooperativeProduct, Product, ProductAlias
from app.coop.techniques.models import Innovation, Technique
from app.coop.till.models import Instalment, Payout
from app.db.base import Base
from app.db.bulk import bring
from app.db.database import Database

PIN, PLACE_PINS, ACTIVATION = "2468", ("1357", "8642"), "482190"
SHARED, PENDING, ADMINISTRATOR = "+221760000001", "+221760000002", "+221780000001"
SLICE = 2_000
DAYS = (0, 20, 40, 66, 66)
"""How long after its registration a member's five entries are, before the days that differ by member; no advance is due yet."""
Rows = dict[type[Base], list[dict[str, Any]]]
HISTORY: tuple[type[Base], ...] = (Account, JournalEntry, Posting, Payout, Instalment, Approval, ApprovalVote)
KINDS = ("shares", "savings", "payable", "advance")
CONTROLS = ("cash", "purchases", "handed_over")
FORMS = ("AER", "SCOOPS", "GIE", "COOP-CA")
"""The legal forms of co-operatives 1, 2, 3, 4, and so on in turn."""
BOX_A_MEMBER = 50_000
"""XOF of cash that a box begins with for each member."""
OFFICES = ("secretary", "treasurer", "president")
COUNTED = (
    *(Commune, Filiere, Cooperative, Person, Member, Number, Product, Account, JournalEntry, Payout, Approval),
    *(IdeaRound, Idea, Equipment, Technique, Innovation, Declaration, Weighing, LotEvent, Lot, Order),
)
"""Tables whose rows are given their ids."""


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

    def place_of(self, member: int) -> int:
        """Return which of its co-operative's members this one is, from 0."""
        return (member - 1) // self.cooperatives if self.cooperatives else (member - 1) % 100

    def officers(self, cooperative: int) -> list[int]:
        """Return the members who are its secretary, treasurer and president; fewer where there aren't three."""
        first, step = (cooperative, self.cooperatives) if self.cooperatives else (100 * (cooperative - 1) + 1, 1)
        return [member for member in (first, first + step, first + 2 * step) if member <= self.members]


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
        _boutique(to, plan)
        seed_boutiques(to, plan.today, plan.members)
        seed_chain(to, plan.today, _brought(plan), *_last(plan))
        trainings.seed_trainings(to, plan.today)
        _after(to)
    _publish(database, plan)


def _publish(database: Database, plan: Plan) -> None:
    """Publish the last month's figures; the scheduler does those before."""
    more = True
    while more:
        with database.transaction() as session:
            more = publish_next(session, last_month(plan.now), plan.now)


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
    rows = [
        {
            "id": n,
            "code": f"CPS{n}",
            "name": f"CPS {COMMUNES[(n - 1) % len(COMMUNES)]} {n}",
            "commune_id": (n - 1) % len(COMMUNES) + 1,
            "filiere_id": (n - 1) % len(FILIERES) + 1,
            "legal_form": FORMS[(n - 1) % len(FORMS)],
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
        {"id": len(CONTROLS) * (n - 1) + at, "cooperative_id": n, "member_id": None, "kind": kind, "balance": 0}
        for n in range(1, plan.count + 1)
        for at, kind in enumerate(CONTROLS, 1)
    ]
    to.execute(insert(Account), controls)


def _members(to: Connection, plan: Plan, numbers: range, hashed: str, pepper: int) -> None:
    """Write a slice of members with all that hangs on them, a statement a table."""
    tables: tuple[type[Base], ...] = (Person, NameKey, Number, Member, Role, *HISTORY)
    rows: Rows = {table: [] for table in tables}
    for i in numbers:
        cooperative, place = plan.cooperative_of(i), plan.place_of(i)
        rows[Person].append(_person(i, f"Membre {i}", hashed, pepper, plan))
        rows[NameKey] += name_key_rows(i, f"Membre {i}")
        rows[Member].append(_member(i, cooperative, "active", plan.registered.date()))
        rows[Number].append({"id": i, "phone": f"+22177{i:07d}", "person_id": i, "place": None, "registered_at": plan.registered})
        if place < len(OFFICES):
            rows[Role].append(_role(i, OFFICES[place], cooperative, plan))
        _history(rows, plan, i, cooperative)
    for table, values in rows.items():
        bring(to, table, values)


def _history(rows: Rows, plan: Plan, i: int, cooperative: int) -> None:
    """Write five entries, and the balances that they leave; an advance with its payout where the law allows one."""
    base = len(CONTROLS) * plan.count + len(KINDS) * (i - 1)
    accounts = {kind: base + at for at, kind in enumerate(KINDS, 1)}
    accounts |= {kind: len(CONTROLS) * (cooperative - 1) + at for at, kind in enumerate(CONTROLS, 1)}
    balances = dict.fromkeys((*KINDS, *CONTROLS), 0)
    lent = _lends(plan, i, cooperative)
    for number, (kind, debit, credit, amount) in enumerate(_moves(i, lent=lent)):
        entry = len(DAYS) * (i - 1) + number + 1
        at = plan.registered + timedelta(days=DAYS[number] + i % 7, minutes=10 * number + i % 430)
        rows[JournalEntry].append(
            {"id": entry, "operation": f"seed:{entry}", "kind": kind, "cooperative_id": cooperative, "member_id": i, "at": at}
        )
        for account, posted in ((debit, amount), (credit, -amount)):
            rows[Posting].append({"entry_id": entry, "account_id": accounts[account], "amount": posted})
            balances[account] += posted
        if kind == "advance":
            advance.write(rows, i, cooperative, plan.officers(cooperative), plan.place_of(i), amount, entry, at)
    rows[Account] += [
        {"id": accounts[kind], "cooperative_id": cooperative, "member_id": i, "kind": kind, "balance": balances[kind]}
        for kind in KINDS
    ]


def _lends(plan: Plan, i: int, cooperative: int) -> bool:
    """Tell whether a member has an advance: the law allows it, and there are officers to decide and references left."""
    officers, form = plan.officers(cooperative), FORMS[(cooperative - 1) % len(FORMS)]
    possible = i <= plan.members and len(officers) == len(OFFICES) and plan.place_of(i) < advance.MOST
    return possible and not law.is_void("advance", form, officer=i in officers)


def _moves(i: int, *, lent: bool) -> Iterator[tuple[str, str, str, int]]:
    """Give the five movements of member i: kind, the account debited, the one credited, XOF."""
    yield "shares", "cash", "shares", 10_000 + 1_000 * (i % 5)
    yield "savings", "cash", "savings", 5_000 + 250 * (i % 37)
    yield "delivery", "purchases", "payable", 12_500 + 750 * (i % 23)
    if lent:
        yield "advance", "advance", "handed_over", 20_000 + 500 * (i % 11)
        yield "payment", "handed_over", "cash", 20_000 + 500 * (i % 11)
    else:
        yield "savings", "cash", "savings", 2_000 + 100 * (i % 11)
        yield "delivery", "purchases", "payable", 5_000 + 100 * (i % 13)


def _others(to: Connection, plan: Plan) -> None:
    """Write those who are not members 1 to N: two on a shared number, one not activated yet, the administrator."""
    first, when = plan.members + 1, plan.registered
    for at, (phone, place, pin) in enumerate(
        ((SHARED, 1, PLACE_PINS[0]), (SHARED, 2, PLACE_PINS[1]), (PENDING, None, None), (ADMINISTRATOR, None, PIN))
    ):
        number = first + at
        hashed, pepper = pins.hash_pin(pin, plan.peppers) if pin else (None, 1)
        to.execute(insert(Person), [_person(number, f"Membre {number}", hashed, pepper, plan)])
        bring(to, NameKey, name_key_rows(number, f"Membre {number}"))
        to.execute(insert(Number), [{"id": number, "phone": phone, "person_id": number, "place": place, "registered_at": when}])
        if phone == ADMINISTRATOR:
            to.execute(insert(Role), [_role(number, "administrator", None, plan)])
            continue
        state = "pending" if phone == PENDING else "active"
        to.execute(insert(Member), [_member(number, 1, state, when.date())])
        rows: Rows = {table: [] for table in HISTORY}
        _history(rows, plan, number, 1)
        for table, values in rows.items():
            bring(to, table, values)
    key = activation.digest(ACTIVATION, first + 2, plan.key)
    expires = plan.today + timedelta(days=activation.DAYS)
    to.execute(insert(Activation), [{"person_id": first + 2, "digest": key, "tries": 0, "expires_at": expires}])


def _boxes(to: Connection, plan: Plan) -> None:
    """Count each co-operative's box once, more than all of its members could ask for."""
    sizes = Counter(plan.cooperative_of(i) for i in range(1, plan.members + 1))
    accounts = len(CONTROLS) * plan.count + len(KINDS) * (plan.members + 3)
    entries = len(DAYS) * (plan.members + 3)
    rows: dict[type[Base], list[dict[str, Any]]] = {Account: [], JournalEntry: [], Posting: []}
    for n in range(1, plan.count + 1):
        other, entry, francs = accounts + n, entries + n, BOX_A_MEMBER * max(100, sizes[n])
        rows[Account].append({"id": other, "cooperative_id": n, "member_id": None, "kind": "opening", "balance": 0})
        made = {"id": entry, "operation": f"seed:{entry}", "kind": "box_in", "cooperative_id": n, "member_id": None}
        rows[JournalEntry].append(made | {"at": plan.registered})
        rows[Posting] += [
            {"entry_id": entry, "account_id": one, "amount": by}
            for one, by in ((len(CONTROLS) * (n - 1) + 1, francs), (other, -francs))
        ]
    for table, values in rows.items():
        bring(to, table, values)


def _brought(plan: Plan) -> list[SeededDelivery]:
    """Return the first deliveries of three members of co-operative 1, no officers where it has others."""
    mine = [i for i in range(1, plan.members + 1) if plan.cooperative_of(i) == 1]
    found = []
    for i in mine[3:6] or mine[:3]:
        at = plan.registered + timedelta(days=DAYS[2] + i % 7, minutes=20 + i % 430)
        found.append(SeededDelivery(i, len(DAYS) * (i - 1) + 3, 12_500 + 750 * (i % 23), at))
    return found


def _last(plan: Plan) -> tuple[int, tuple[int, int]]:
    """Return who sells at the boutique témoin, and the last account and entry."""
    accounts = len(CONTROLS) * plan.count + len(KINDS) * (plan.members + 3) + plan.count
    return plan.officers(1)[-1], (accounts, len(DAYS) * (plan.members + 3) + plan.count)


def _boutique(to: Connection, plan: Plan) -> None:
    """Put goods on sale at the boutique témoin."""
    month = plan.today + timedelta(days=30)
    goods = [
        {"cooperative_id": 1, "name": name, "unit": unit, "amount": amount, "quantity": left, "place": "Mbour", "until_at": month}
        for name, unit, amount, left in OFFERS
    ]
    to.execute(insert(Offer), goods)


def _after(to: Connection) -> None:
    """Write everybody's consent to all purposes, and set PostgreSQL's counters behind the ids given here."""
    for purpose in consent.PURPOSES:
        given = select(Number.phone, Number.person_id, *_literals(purpose)).join(Person, Person.id == Number.person_id)
        given = given.where(Person.pin_hash.is_not(None)).add_columns(Number.registered_at)
        to.execute(insert(Consent).from_select(["phone", "person_id", "purpose", "given", "channel", "notice", "at"], given))
    if to.dialect.name == "postgresql":
        for table in COUNTED:
            name = table.__tablename__
            to.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608 - our own tables' names


def _literals(purpose: str) -> list[Any]:
    return [literal(purpose), literal(True), literal("card"), literal(privacy_notice.VERSION)]


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
