"""A compiled menu: immutable, served as it was proved.

A text is a mapping of language to words. Targets are screens' names; WANTED stands for the screen that a guard held back.
"""

from typing import Any, Literal

import msgspec

WANTED = "@wanted"

Texts = dict[str, str]
ScreenForm = Literal["choices", "list", "question", "confirmation", "ending"]


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One numbered line; `keep` is what choosing it notes."""

    label: Texts
    to: str
    keep: dict[str, str] = {}


class Screen(msgspec.Struct, frozen=True, omit_defaults=True):
    """One screen. `form` says which of the fields are in use; the grammar is in `compiling.py`."""

    name: str
    form: ScreenForm
    text: Texts
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
    keep: str | None = None
    to: str | None = None
    done: str | None = None
    leads: dict[str, str] = {}
    refusals: dict[str, Texts] = {}
    free: bool = False
    goal: tuple[str, int] | None = None

    def targets(self) -> dict[str, str]:
        """Return where this screen can lead, by the way that leads there."""
        ways = {str(number): choice.to for number, choice in self.choices.items()}
        ways |= {way: target for way, target in (("to", self.to), ("done", self.done)) if target}
        return ways | {f"leads.{name}": target for name, target in self.leads.items()}


class Menu(msgspec.Struct, frozen=True):
    """All screens of a service, with the words that belong to no screen."""

    name: str
    start: str
    trouble: str
    languages: tuple[str, ...]
    words: dict[str, Texts]
    guards: dict[str, dict[str, str]]
    screens: dict[str, Screen]

    def said(self, texts: Texts, language: str) -> str:
        """Return the words in `language`, or in the first language when it isn't served."""
        return texts.get(language) or texts[self.languages[0]]


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
