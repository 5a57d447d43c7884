"""Production, as others must know it."""

from app.coop.production import checks, orphaned_lines
from app.coop.production.models import AssistedAct, Declaration, HalfLine, Weighing
from app.coop.subject import Rows, Subject, Sweep, UnderWay

NUMBERED = "it has the member's number, no name"

subject = Subject(
    name="production",
    sweeps=(Sweep("lines", 600, orphaned_lines.sweep),),
    rows=(
        Rows(Declaration, "move", NUMBERED),
        Rows(Weighing, "move", NUMBERED),
        Rows(AssistedAct, "move", NUMBERED),
        Rows(HalfLine, "an officer's line that is being typed is theirs", "it is gone with the officer's next line"),
    ),
    under_way=(UnderWay(Weighing, ("noted",), Weighing.state == "noted"), UnderWay(Declaration, ("declared",))),
    checks=(checks.credited,),
    movements={"delivery": "Livraison"},
    reversible={"delivery": "Livraison"},
)
