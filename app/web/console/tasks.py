"""What waits for officers, kind by kind: how much, since when, and the page from which it is done."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from app import units
from app.coop import approvals
from app.coop.boutiques.models import Order
from app.coop.contests.models import Contest
from app.coop.correspondence import call_backs, inbox
from app.coop.offices.queries import offices_of
from app.coop.payments.models import Payment, PaymentBatch
from app.coop.production.models import Weighing
from app.coop.rights import Office
from app.web.console.decision_file import AID

MOST_COUNTED = 1_000


class Task(msgspec.Struct, frozen=True):
    """What waits, and the page from which it is done. `mine` are those that wait for this officer's own word."""

    what: str
    number: int
    since: datetime | None
    endpoint: str
    mine: int = 0

    @property
    def title(self) -> str:
        """Return what waits, in the number that goes with the figure."""
        return units.agree(self.number, self.what)

    @property
    def figure(self) -> str:
        """Return how many, up to where they are counted."""
        return f"plus de {MOST_COUNTED}" if self.number > MOST_COUNTED else str(self.number)


def tasks_of(reader: Connection, office: Office, now: datetime) -> list[Task]:
    """Return what waits in the office's reach, letters and call-backs of its own scope; what doesn't wait is left out."""
    return [task for task in _tasks(reader, office, now) if task.number]


def _tasks(reader: Connection, office: Office, now: datetime) -> Iterator[Task]:
    held = [one for one in offices_of(reader, office.person_id, now.date()) if one.scope == office.scope]
    mine = approvals.waiting_count(reader, tuple(held), now)
    # Why somebody asks for aid, and that they do, is for those who decide: not even its number is shown to others.
    hidden = () if any(one.may("approve") for one in held) else AID
    waiting = approvals.open_count(reader, office.scope, now, without=hidden)
    yield Task("demande à approuver", *waiting, "decisions.approvals", mine=mine)
    reach = office.scope.reach
    yield Task("réclamation à répondre", *_few(reader, Contest.opened_at, _open(Contest, reach)), "decisions.contests")
    if any(one.may("call_backs") for one in held):
        yield Task("rappel à faire", *call_backs.how_many(reader, office.cooperative_id, now), "correspondence.call_backs")
        yield Task("SMS à lire", *inbox.how_many(reader, office.cooperative_id), "correspondence.letters")
    noted = (Weighing.state == "noted") & reach(Weighing.cooperative_id)
    yield Task("pesée à confirmer", *_few(reader, Weighing.noted_at, noted), "weighings.index")
    of_open = select(PaymentBatch.id).where(PaymentBatch.id == Payment.batch_id, PaymentBatch.state == "open").exists()
    to_hand = (Payment.state == "open") & reach(Payment.cooperative_id) & of_open
    made = select(PaymentBatch.made_at).where(PaymentBatch.id == Payment.batch_id).scalar_subquery()
    yield Task("paiement à remettre", *_few(reader, made, to_hand), "payments.index")
    ordered = (Order.state == "reserved") & (Order.reserved_until > now) & reach(Order.cooperative_id)
    yield Task("commande à donner", *_few(reader, Order.at, ordered), "sales.shelf")


def _open(table: Any, reach: Any) -> Any:
    return (table.state == "open") & reach(table.cooperative_id)


def _few(reader: Connection, since: Any, which: Any) -> tuple[int, datetime | None]:
    """Count rows up to MOST_COUNTED and one, and return since when the first waits."""
    some = select(since.label("since")).where(which).limit(MOST_COUNTED + 1).subquery()
    number, first = reader.execute(select(func.count(), func.min(some.c.since))).one()
    return number, first
