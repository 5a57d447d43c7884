"""The officers' Bureau: who sees it on home, and the guard of each right."""

from collections.abc import Callable
from typing import get_args

from app.coop.members.offices import NotYours, Right, office_for
from app.ussd.bindings import Bindings, Divert
from menus.caller import Hop, who_of
from menus.identity import STATES, unproved

menu = Bindings("bureau")


@menu.caller(kinds=("officer",))
def caller(hop: Hop) -> str:
    """Tell an officer's number by the number alone, once when a session begins."""
    return "officer" if hop.desk.officers.holds(hop.phone, hop.now.date()) else ""


def _guard(right: Right) -> Callable[[Hop], Divert | None]:
    def guard(hop: Hop) -> Divert | None:
        if not hop.proved:
            return unproved(hop, officer=True)
        with hop.desk.database.read() as reader:
            try:
                office_for(reader, who_of(hop).person_id, right, hop.now.date())
            except NotYours:
                return Divert("not_yours", who_of(hop))
        return None

    return guard


for _right in get_args(Right):
    menu.guard(name=_right, leads=dict.fromkeys((*STATES, "not_yours")))(_guard(_right))
