"""An act: a screen's effect, run once, and noted with what it read."""

from typing import Any

import msgspec

from app.ussd.bindings import Binding, Hop
from app.ussd.menu import Screen
from app.ussd.ports import Acts, Outcome


def perform(
    acts: Acts, screen: Screen, effect: Binding, hop: Hop[Any], *, request: str, secrets: set[str], begun: float
) -> Outcome:
    """Have `acts` run a screen's effect once and note what it reads of the way, but no secret and nothing untold.

    Raises what `Acts.perform` raises.
    """

    def act(unit: Any, key: str) -> Outcome:
        given = effect.call(msgspec.structs.replace(hop, operation=key), unit)
        return Outcome(screen.done or "", msgspec.to_builtins(given) or {}, screen.name)

    def read() -> dict[str, Any]:
        untold = secrets | set(effect.untold)
        return {name: hop.kept[name] for name in effect.reads if name in hop.kept and name not in untold}

    return acts.perform(request, hop.operation, effect.name, read, (hop.who or {}).get("person_id"), act, begun)
