"""A compiled menu: immutable, served as it was proved.

A text is a mapping of language to words. Targets are screens' names; WANTED stands for the screen that a guard held back.
"""

from typing import Any, Literal

import msgspec

WANTED = "@wanted"

Texts = dict[str, str]
ScreenForm = Literal["choices", "list", "question", "confirmation", "ending"]


class Face(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a choice is to one kind of caller."""

    label: Texts
    to: str


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One numbered line; `keep` is what choosing it notes, `faces` what it is to other callers, by their kind: these keep nothing.

    One that is `first` stands on the first page, behind the LINES_A_PAGE that come first by number.
    """

    label: Texts
    to: str
    keep: dict[str, str] = {}
    faces: dict[str, Face] = {}
    first: bool = False

    def face(self, caller: str) -> Face:
        """Return the label and the way for a kind of caller."""
        return self.faces.get(caller) or Face(self.label, self.to)


class Screen(msgspec.Struct, frozen=True, omit_defaults=True):
    """One screen. `form` says which of the fields are in use; the grammar is in `compiler.py`."""

    name: str
    form: ScreenForm
    text: Texts
    file: str = ""
    line: int = 0
    source: str | None = None
    guard: str | None = None
    choices: dict[int, Choice] = {}
    rows: str | None = None
    row: Texts = {}
    empty: Texts = {}
    ask: str | None = None
    confirms: str | None = None
    effect: str | None = None
    yes: Texts = {}
    said: Texts = {}
    notice: Texts = {}
    keep: str | None = None
    to: str | None = None
    done: str | None = None
    leads: dict[str, str] = {}
    refusals: dict[str, Texts] = {}
    free: bool = False
    goal: tuple[str, int] | None = None

    def __post_init__(self) -> None:
        """Put choices in the order of their numbers: a published menu's keys are words, and `11` stands before `2` among them."""
        msgspec.structs.force_setattr(self, "choices", dict(sorted(self.choices.items())))

    def targets(self) -> dict[str, str]:
        """Return where this screen can lead, by the way that leads there."""
        ways = {str(number): choice.to for number, choice in self.choices.items()}
        ways |= {f"{number} {caller}": face.to for number, c in self.choices.items() for caller, face in c.faces.items()}
        ways |= {way: target for way, target in (("to", self.to), ("done", self.done)) if target}
        return ways | {f"leads.{name}": target for name, target in self.leads.items()}


class Menu(msgspec.Struct, frozen=True):
    """All screens of a service, with the words that belong to no screen."""

    start: str
    trouble: str
    languages: tuple[str, ...]
    words: dict[str, Texts]
    guards: dict[str, dict[str, str]]
    screens: dict[str, Screen]

    @property
    def callers(self) -> tuple[str, ...]:
        """Return the kinds of callers that some choice has a face for."""
        return tuple(sorted({kind for screen in self.screens.values() for c in screen.choices.values() for kind in c.faces}))

    def closed(self) -> bool:
        """Tell whether every way and every guard is this menu's own."""
        ways = {target for screen in self.screens.values() for target in screen.targets().values()}
        ways |= {target for leads in self.guards.values() for target in leads.values()}
        guards = {screen.guard for screen in self.screens.values() if screen.guard}
        return ways <= {*self.screens, WANTED} and guards <= self.guards.keys()

    def word(self, name: str, otherwise: str = "unsure") -> Texts:
        """Return words that belong to no screen; others where a menu that was published earlier lacks them."""
        return self.words.get(name) or self.words[otherwise]

    def said(self, texts: Texts, language: str) -> str:
        """Return the words in `language`, or in the first language when it isn't served."""
        return (texts.get(language) if language in self.languages else None) or texts[self.languages[0]]


def menu_from_json(compiled: bytes) -> Menu:
    """Read what `menu_as_json` wrote."""
    return msgspec.json.decode(compiled, type=Menu)


def menu_as_json(menu: Menu) -> bytes:
    """Write a menu so that equal menus give equal bytes."""
    return msgspec.json.encode(msgspec.to_builtins(menu, str_keys=True), order="deterministic")


def fields(builtins: Any) -> dict[str, Any]:
    """Return nested plain values under dotted names: `{"product": {"name": "Thiof"}}` gives `product.name`."""
    flat: dict[str, Any] = {}
    for name, value in builtins.items():
        flat[name] = value
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": deep for inner, deep in fields(value).items()}
    return flat
