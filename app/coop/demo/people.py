"""Members to try it with, and who is none: a shared number, one not activated yet, the administrator."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from app.coop.access import activation, pins
from app.coop.access.models import Activation
from app.coop.demo.history import HISTORY, Rows, write_history
from app.coop.demo.plan import ACTIVATION, ADMINISTRATOR, OFFICES, PENDING, PIN, PLACE_PINS, SHARED, Plan
from app.coop.members.models import Member, NameKey, Number, Person, name_key_rows
from app.coop.offices.models import Role
from app.db.base import Base
from app.db.bulk import bring


def seed_members(to: Connection, plan: Plan, numbers: range, hashed: str, pepper: int) -> None:
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
        write_history(rows, plan, i, cooperative)
    for table, values in rows.items():
        bring(to, table, values)


def seed_others(to: Connection, plan: Plan) -> None:
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
        write_history(rows, plan, number, 1)
        for table, values in rows.items():
            bring(to, table, values)
    key = activation.digest(ACTIVATION, first + 2, plan.key)
    expires = plan.today + timedelta(days=activation.DAYS)
    to.execute(insert(Activation), [{"person_id": first + 2, "digest": key, "tries": 0, "expires_at": expires}])


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
