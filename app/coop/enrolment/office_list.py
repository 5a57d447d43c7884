"""Who holds which office now, page by page."""

from datetime import date

import msgspec
from sqlalchemy import Connection, select

from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Member, Person
from app.coop.offices.models import Role
from app.coop.offices.queries import in_term
from app.coop.scope import Scope

PAGE = 30


class ListedOffice(msgspec.Struct, frozen=True):
    """An office: who holds it (`card` of a member), where (None: the federation), until when (None: without an end)."""

    id: int
    name: str
    role: str
    cooperative: str | None
    card: str | None
    from_on: date
    until_on: date | None


def list_offices(
    reader: Connection, scope: Scope, today: date, code: str = "", after: int = 0, *, only: int | None = None
) -> list[ListedOffice]:
    """Return the offices in reach that are held now, in the order in which they were given: a page and one more.

    Of one co-operative, by its code; `only` the one with an id.
    """
    columns = (Role.id, Person.name, Role.role, Cooperative.code, Member.card, Role.from_on, Role.until_on)
    held = select(*columns).join(Person, Person.id == Role.person_id)
    held = held.outerjoin(Cooperative, Cooperative.id == Role.cooperative_id).outerjoin(Member, Member.person_id == Role.person_id)
    held = held.where(scope.reach(Role.cooperative_id), in_term(today), Role.id > after)
    if code:
        held = held.where(Cooperative.code == code)
    if only is not None:
        held = held.where(Role.id == only)
    return [ListedOffice(*row) for row in reader.execute(held.order_by(Role.id).limit(PAGE + 1))]
