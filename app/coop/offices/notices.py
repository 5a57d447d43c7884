"""Notices to all officers of a scope."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.members.notices import tell_person
from app.coop.offices.models import Role
from app.coop.offices.queries import in_term
from app.coop.rights import MAY
from app.coop.scope import Scope


def tell_officers(session: Session, act: Act, scope: Scope, cause: str, words: str, *, also: tuple[int, ...] = ()) -> None:
    """Tell all officers of a scope who may read what happens there, and the persons `also`."""
    held = select(Role.person_id).where(scope.own(Role.cooperative_id), Role.role.in_(MAY["read"]), in_term(act.today))
    for person in dict.fromkeys((*also, *session.scalars(held.distinct().order_by(Role.person_id)))):
        tell_person(session, act, person, cause, words, cooperative_id=scope.cooperative_id)
