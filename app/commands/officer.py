"""The officer who writes from a number: found one way for every word by SMS."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.coop.access.identity import Who
from app.coop.offices.queries import offices_of
from app.coop.rights import Office, Right
from app.coop.scope import Scope


def officer_of(session: Session, holders: Sequence[Who], right: Right, today: date, scope: Scope | None = None) -> Office | None:
    """Return the office by which the one officer among a number's holders acts: in the scope that they name, if they hold one
    with that right there, else the widest.

    The federation's is the widest: nobody can be asked by SMS which is meant, and every answer names the scope. A number that is
    only trusted makes nobody an officer. None when no holder has the right, or several have it.
    """
    own = [who.person_id for who in holders if not who.trusted and who.state in ("active", "officer")]
    able = [office for person in own for office in offices_of(session, person, today) if office.may(right)]
    named = {office.person_id: office for office in able if office.scope == scope}
    widest = {office.person_id: office for office in able}  # each person's last one: the federation's comes last
    for found in (named, widest):
        if len(found) == 1:
            return next(iter(found.values()))
    return None
