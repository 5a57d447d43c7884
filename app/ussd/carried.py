"""What is surely kept when a screen is reached, whichever way led there: what its functions may read."""

from collections.abc import Iterator

import msgspec

from app.ussd.bindings import Binding, Bindings
from app.ussd.menu import WANTED, Menu, Screen

Names = frozenset[str]
DONE = "done"


class Carried:
    """The names kept on every way to each screen. A guard holds a screen back and then lets it have what chose it."""

    def __init__(self, menu: Menu, bindings: Bindings) -> None:
        self._menu, self._bindings = menu, bindings
        self._on: dict[str, Names] = {menu.start: frozenset(), menu.trouble: frozenset()}
        waiting = [menu.start, menu.trouble]
        while waiting:
            screen = menu.screens[waiting.pop()]
            for target, kept in self._ways(screen):
                if target == WANTED:
                    continue
                before = self._on.get(target)
                now = kept if before is None else before & kept
                if now != before:
                    self._on[target] = now
                    waiting.append(target)

    def read_on(self, screen: Screen) -> Iterator[tuple[Binding, Names]]:
        """Give each function of a screen with the names that it finds kept."""
        has = self._on.get(screen.name, frozenset())
        for binding, own in functions(screen, self._bindings):
            yield binding, has | own

    def _ways(self, screen: Screen) -> Iterator[tuple[str, Names]]:
        """Give where a screen leads, with what is kept then."""
        has = self._on[screen.name]
        for choice in screen.choices.values():
            yield choice.to, has | choice.keep.keys()
            yield from ((face.to, has) for face in choice.faces.values())
        answered = has | ({screen.keep} if screen.keep else frozenset())
        if screen.to:
            yield screen.to, answered
        for lead, to in screen.leads.items():
            yield to, has | {lead}
        if screen.guard:
            yield from ((to, has) for to in self._menu.guards[screen.guard].values())
        effect = self._bindings.effects.get(screen.effect or "")
        if effect and screen.done:
            yield screen.done, answered | {DONE}  # what the act gave


def functions(screen: Screen, bindings: Bindings) -> Iterator[tuple[Binding, Names]]:
    """Give each function of a screen with what the screen itself keeps before it is called."""
    groups, kept = bindings.groups(), frozenset({screen.keep}) if screen.keep else frozenset()
    named = {"source": screen.source, "rows": screen.rows, "answer": screen.ask, "effect": screen.effect, "guard": screen.guard}
    for kind, name in named.items():
        binding = groups[kind].get(name or "")
        if binding:
            yield binding, kept if kind == "effect" else frozenset()


def needed(screen: Screen, bindings: Bindings) -> Names:
    """Return what must be kept before a screen's functions are called."""
    return frozenset(
        field.name
        for binding, own in functions(screen, bindings)
        for field in (msgspec.structs.fields(binding.kept) if binding.kept else ())
        if field.required and field.name not in own
    )
