"""Which placeholder means what: the kinds of all values that a menu's bindings can put on its screens."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, get_args, get_origin

import msgspec

from app.ussd.bindings import Binding, Bindings
from app.ussd.carried import needed
from app.ussd.kinds import Kind, kind_of, kinds_of, show
from app.ussd.menu import Menu, Screen, fields
from app.ussd.render import PLACEHOLDER


class Vocabulary:
    """The kinds of kept values by name, and of each binding's own, worked out once for a menu and its bindings."""

    def __init__(self, menu: Menu, bindings: Bindings, constants: dict[str, Kind]) -> None:
        self._bindings = bindings
        self.constants = constants
        self.kept: dict[str, Kind] = {}
        self.clashes: list[str] = []
        self.secrets: set[str] = set()
        for screen in menu.screens.values():
            for name, kinds in self._keeps(screen).items():
                self._learn(name, kinds)
            answer = bindings.answers.get(screen.ask or "")
            if answer and answer.secret and screen.keep:
                self.secrets.add(screen.keep)
        for guard in menu.guards:
            if guard in bindings.guards:
                self._learn_leads(bindings.guards[guard])
        self.shared = {name: self._shared_of(screen) for name, screen in menu.screens.items()}
        self._needs: dict[str, frozenset[str]] = {}

    def of_screen(self, screen: Screen) -> Mapping[str, Kind]:
        """Return the kinds that a text of this screen may show besides the kept ones: its source's own."""
        source = self._bindings.sources.get(screen.source or "")
        return kinds_of(source.gives) if source and _is_struct(source.gives) else {}

    def of_rows(self, screen: Screen) -> Mapping[str, Kind]:
        """Return the kinds of one row of a list."""
        rows = self._bindings.rows_of.get(screen.rows or "")
        return kinds_of(row_shape(rows)) if rows else {}

    def kept_of_row(self, screen: Screen, row: dict[str, Any]) -> dict[str, Any]:
        """Return of a picked row what a session may keep: no name."""
        kinds = self.of_rows(screen)
        return {field: value for field, value in row.items() if not _is_name(kinds.get(field))}

    def of_refusal(self, screen: Screen, code: str) -> Mapping[str, Kind]:
        """Return the kinds that the words of a refusal may show."""
        answer = self._bindings.answers.get(screen.ask or "")
        shape = answer.refuses.get(code) if answer else None
        return kinds_of(shape) if shape else {}

    def is_static(self, screen: Screen) -> bool:
        """Tell whether a screen shows nothing but its own words and constants, whoever looks."""
        return not screen.source and not screen.rows and _shown(screen) <= set(self.constants)

    def written(self, kinds: Mapping[str, Kind], values: dict[str, Any]) -> dict[str, str]:
        """Write plain values by their kinds; what has no kind is left out, for it can't be shown."""
        return {name: show(kinds[name], value) for name, value in fields(values).items() if name in kinds}

    def needs(self, screen: Screen) -> frozenset[str]:
        """Return what a screen reads or shows of what was kept: a call that was lost may have acted, and have none of it."""
        if screen.name not in self._needs:
            shown = _shown(screen) - {*self.constants, *self.of_screen(screen)}
            self._needs[screen.name] = needed(screen, self._bindings) | {name.partition(".")[0] for name in shown}
        return self._needs[screen.name]

    def _shared_of(self, screen: Screen) -> Callable[[Any], Hashable] | None:
        """Return what tells whose words a screen shows, where they are the same for all of those: nothing kept is among them."""
        told = (self._bindings.sources.get(screen.source or ""), self._bindings.rows_of.get(screen.rows or ""))
        ways = {binding.of for binding in told if binding}
        alone = _shown(screen) <= {*self.constants, *self.of_screen(screen)}
        return ways.pop() if len(ways) == 1 and alone else None

    def _keeps(self, screen: Screen) -> dict[str, Mapping[str, Kind]]:
        found: dict[str, Mapping[str, Kind]] = {}
        if screen.keep and screen.rows in self._bindings.rows_of:
            found[screen.keep] = {field: kind for field, kind in self.of_rows(screen).items() if not _is_name(kind)}
        answer = self._bindings.answers.get(screen.ask or "")
        if screen.keep and answer:
            kind = kind_of(answer.gives)
            found[screen.keep] = {"": kind} if kind else (kinds_of(answer.gives) if _is_struct(answer.gives) else {})
        effect = self._bindings.effects.get(screen.effect or "")
        if effect and _is_struct(effect.gives):
            for name, kind in kinds_of(effect.gives).items():
                self._learn("", {name: kind})
        for binding in (answer, effect, self._bindings.sources.get(screen.source or "")):
            if binding:
                self._learn_leads(binding)
        return found

    def _learn_leads(self, binding: Binding) -> None:
        for lead, shape in binding.leads.items():
            self._learn(lead, kinds_of(shape) if shape else {})

    def _learn(self, name: str, kinds: Mapping[str, Kind]) -> None:
        for inner, kind in kinds.items():
            path = ".".join(part for part in (name, inner) if part)
            if self.kept.setdefault(path, kind) != kind:
                self.clashes.append(path)


def _shown(screen: Screen) -> set[str]:
    """Return the placeholders on a screen, but for those of its rows."""
    labels = (label for c in screen.choices.values() for label in (c.label, *(face.label for face in c.faces.values())))
    texts = (screen.text, screen.yes, *labels)
    return {name for said in texts for words in said.values() for name in PLACEHOLDER.findall(words)}


def row_shape(rows: Binding) -> type:
    """Return the Struct of a list's rows, from `Sequence[Row]`."""
    return get_args(rows.gives)[0] if get_args(rows.gives) else msgspec.Struct


def fields_of_row(rows: Binding) -> tuple[str, ...]:
    """Return the names of the fields of a list's rows."""
    return tuple(field.name for field in msgspec.structs.fields(row_shape(rows)))


def _is_name(kind: Kind | None) -> bool:
    return kind is not None and kind.name == "name"


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and get_origin(hint) is None and issubclass(hint, msgspec.Struct)
