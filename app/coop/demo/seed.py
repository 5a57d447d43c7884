"""Fill a database with members: deterministic for their number and the day, each with a history that verifies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, literal, select

from app.coop.access import pins
from app.coop.approvals.models import Approval
from app.coop.boutiques.models import Offer, Order
from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.demo import trainings
from app.coop.demo.boutiques import seed_boutiques
from app.coop.demo.catalogue import OFFERS
from app.coop.demo.chain import SeededDelivery, seed_chain
from app.coop.demo.cooperatives import seed_catalogue, seed_cooperatives
from app.coop.demo.history import seed_boxes
from app.coop.demo.people import seed_members, seed_others
from app.coop.demo.plan import CONTROLS, DAYS, KINDS, PIN, Plan
from app.coop.equipment.models import Equipment
from app.coop.ideas.models import Idea, IdeaRound
from app.coop.kpi.months import last_month, publish_next
from app.coop.ledger.models import Account, JournalEntry
from app.coop.lots.models import Lot, LotEvent
from app.coop.members import consent, privacy_notice
from app.coop.members.models import Consent, Member, Number, Person
from app.coop.production.models import Declaration, Weighing
from app.coop.products.models import Product
from app.coop.techniques.models import Innovation, Technique
from app.coop.till.models import Payout
from app.db.database import Database

__all__ = ["PIN", "AlreadySeeded", "Plan", "seed"]
SLICE = 2_000
COUNTED = (
    *(Commune, Filiere, Cooperative, Person, Member, Number, Product, Account, JournalEntry, Payout, Approval),
    *(IdeaRound, Idea, Equipment, Technique, Innovation, Declaration, Weighing, LotEvent, Lot, Order),
)
"""Tables whose rows are given their ids."""


class AlreadySeeded(Exception):
    """There are members already; nothing was changed."""


def seed(database: Database, plan: Plan, progress: Callable[[int], None] | None = None) -> None:
    """Seed an empty, migrated database in one transaction: cut off, it has left nothing. Raises AlreadySeeded.

    `progress` is told how many members each slice brought.
    """
    hashed, pepper = pins.hash_pin(PIN, plan.peppers)
    with database.transaction() as session:
        if session.scalar(select(func.count()).select_from(Member)):
            raise AlreadySeeded
        to = session.connection()
        seed_catalogue(to, plan)
        seed_cooperatives(to, plan)
        for first in range(1, plan.members + 1, SLICE):
            numbers = range(first, min(first + SLICE, plan.members + 1))
            seed_members(to, plan, numbers, hashed, pepper)
            if progress:
                progress(len(numbers))
        seed_others(to, plan)
        seed_boxes(to, plan)
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
    for purpose in (*consent.PURPOSES, consent.JOBS):
        given = select(Number.phone, Number.person_id, *_literals(purpose)).join(Person, Person.id == Number.person_id)
        given = given.where(Person.pin_hash.is_not(None)).add_columns(Number.registered_at)
        to.execute(insert(Consent).from_select(["phone", "person_id", "purpose", "given", "channel", "notice", "at"], given))
    if to.dialect.name == "postgresql":
        for table in COUNTED:
            name = table.__tablename__
            to.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608 - our own tables' names


def _literals(purpose: str) -> list[Any]:
    return [literal(purpose), literal(True), literal("card"), literal(privacy_notice.VERSION)]
