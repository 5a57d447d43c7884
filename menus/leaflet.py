"""The menu as published, as it is printed: the choices of two screens' depth, each with the string that dials it."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, select

from app.db.menu_versions import MenuPointer, MenuVersion
from app.db.rows import require
from app.ussd.menu import Menu, menu_from_json
from menus.publication import NotPublished

BUREAU = "bureau"


class PrintedChoice(msgspec.Struct, frozen=True):
    """A choice: its number, its words, the string that dials it ("" without a code), the choices of the screen behind it."""

    number: int
    label: str
    code: str
    choices: tuple["PrintedChoice", ...] = ()


def served(reader: Connection) -> Menu:
    """Return the menu that is served. Raises NotPublished."""
    rows = select(MenuVersion.compiled).join(MenuPointer, MenuPointer.current == MenuVersion.hash)
    found = require(reader.scalar(rows), NotPublished("none is published: run jappoo menus publish"))
    return menu_from_json(found.encode())


def printed(menu: Menu, code: str, caller: str = "", language: str = "fr") -> tuple[PrintedChoice, ...]:
    """Return what a kind of caller ("" a member) sees on the first screen and one behind it, for a string like `*384*44135#`.

    An officer's first screen is the Bureau.
    """
    stem = code.removesuffix("#")
    if caller == "officer":
        for number, choice in menu.screens[menu.start].choices.items():
            if choice.face(caller).to == BUREAU:
                return tuple(_choices(menu, BUREAU, f"{stem}*{number}" if stem else "", caller, language, 2))
    return tuple(_choices(menu, menu.start, stem, caller, language, 2))


def _choices(menu: Menu, screen: str, stem: str, caller: str, language: str, deep: int) -> Iterator[PrintedChoice]:
    for number, choice in menu.screens[screen].choices.items() if screen in menu.screens and deep else ():
        face, dialled = choice.face(caller), f"{stem}*{number}" if stem else ""
        behind = tuple(_choices(menu, face.to, dialled, caller, language, deep - 1))
        yield PrintedChoice(number, menu.said(face.label, language), f"{dialled}#" if dialled else "", behind)
