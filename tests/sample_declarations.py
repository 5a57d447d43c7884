"""A landing site for tests: the village with officers, and declarations that wait for the scales."""

from datetime import date
from decimal import Decimal

from sqlalchemy import insert, text

from app.coop.act import Act
from app.coop.handover.box import put_in
from app.coop.ledger.models import Account
from app.coop.ledger.services import MEMBER_KINDS, account_of, post
from app.coop.members.models import Member, Number, Person
from app.coop.offices.models import Role
from app.coop.production import declarations
from app.coop.rights import Office
from tests import sample_cooperative
from tests.acts import own
from tests.samples import sample

SECRETARY, PRESIDENT, ADMINISTRATOR = "+221770000101", "+221770000102", "+221780000001"
OFFICES = ((101, SECRETARY, "secretary", 1), (102, PRESIDENT, "president", 1), (103, ADMINISTRATOR, "administrator", None))
TREASURER = "+221770000104"
JOINED = date(2026, 8, 26)
CLERK = Office(101, "secretary", 1)


@sample
def appoint(database) -> None:
    """Give the village its officers; the administrator is no member."""
    with database.transaction() as session:
        for person, phone, role, cooperative in OFFICES:
            session.add(
                Person(
                    id=person, name=f"Responsable {person}", language="fr", pin_hash=sample_cooperative.hashed("2468"), pin_pepper=1
                )
            )
            session.flush()
            session.add(Number(phone=phone, person_id=person, place=None, registered_at=sample_cooperative.LONG_AGO))
            session.add(Role(person_id=person, role=role, cooperative_id=cooperative, from_on=date(2026, 1, 1)))
            if cooperative:
                _member(session, person)
        session.flush()
        if session.get_bind().dialect.name == "postgresql":  # its counters stand before the ids given here
            for table in ("people", "members"):
                session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1000)"))


@sample
def treasurer(database) -> None:
    """Give it a treasurer, person and member 104, on the number +221770000104."""
    with database.transaction() as session:
        session.add(Person(id=104, name="Responsable 104", language="fr", pin_hash=sample_cooperative.hashed("2468"), pin_pepper=1))
        session.flush()
        session.add(Number(phone=TREASURER, person_id=104, place=None, registered_at=sample_cooperative.LONG_AGO))
        session.add(Role(person_id=104, role="treasurer", cooperative_id=1, from_on=date(2026, 1, 1)))
        _member(session, 104)
        session.flush()
        put_in(session, Act(0, "cli", "quay:box", sample_cooperative.LONG_AGO), 1, "count", 1_000_000)


def staffed(database):
    """Build the village with all its officers, and return its database."""
    sample_cooperative.build(database)
    appoint(database)
    treasurer(database)
    return database


@sample
def women(database, count: int) -> list[int]:
    """Add active members 201, 202 … each with a number, accounts and an advance of 10 000 F; return their ids."""
    women = range(201, 201 + count)
    with database.transaction() as session:
        hashed = sample_cooperative.hashed("2468")
        session.add_all(  # by the model: what finds a name is written beside it
            Person(id=one, name=f"Femme {one}", language="fr", pin_hash=hashed, pin_pepper=1) for one in women
        )
        session.flush()
        rows: dict[type, list[dict[str, object]]] = {
            Number: [
                {"phone": f"+22177{one:07d}", "person_id": one, "registered_at": sample_cooperative.LONG_AGO} for one in women
            ],
            Member: [
                {"id": one, "person_id": one, "cooperative_id": 1, "card": f"C{one:05d}", "state": "active", "joined_on": JOINED}
                for one in women
            ],
            Account: [{"cooperative_id": 1, "member_id": one, "kind": kind} for one in women for kind in MEMBER_KINDS],
        }
        for table, of_all in rows.items():
            session.execute(insert(table), of_all)
        opening = account_of(session, 1, None, "opening")
        for one in women:
            lent = [(account_of(session, 1, one, "advance"), 10_000), (opening, -10_000)]
            of = {"cooperative_id": 1, "member_id": one, "lines": lent}
            post(session, operation=f"quay:{one}", kind="advance", now=sample_cooperative.LONG_AGO, **of)
    return list(women)


@sample
def declared(database, members, now, quantity="12.5", product=1) -> list[str]:
    """Declare a catch for each member; return the references."""
    with database.transaction() as session:
        return [
            declarations.declare(
                session, own(member, f"quay:declare:{member}:{product}", now), member, product, Decimal(quantity)
            ).reference
            for member in members
        ]


def _member(session, number) -> None:
    session.add(Member(id=number, person_id=number, cooperative_id=1, card=f"C{number:05d}", state="active", joined_on=JOINED))
