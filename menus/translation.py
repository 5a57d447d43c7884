"""What translators are given: every text of the menu and of the SMS, who reads it, and where it stands."""

from collections.abc import Iterator
from datetime import datetime

from babel.messages.catalog import Catalog

from app.coop.rights import MAY
from app.texts.declaration import Declared
from app.ussd.compiler import SOURCE_LANGUAGE, texts_of, words_of
from app.ussd.menu import WANTED, Menu, Screen

NAMED = 3
"""Screens named beside a text: the refusal of a PIN stands on fifty."""


def template(menu: Menu, sms: Declared, *, now: datetime) -> Catalog:
    """Return the catalogue without a language (a .pot): the menu's texts in its order, then those of the SMS in theirs."""
    where = {texts[SOURCE_LANGUAGE]: ["everywhere"] for texts in menu.words.values()}
    for screen in menu.screens.values():
        for texts in texts_of(screen):
            where.setdefault(texts.get(SOURCE_LANGUAGE, ""), []).append(screen.name)
    catalog = Catalog(project="Jappoo", version="0.1.0", copyright_holder="Jappoo contributors", creation_date=now)
    members = read_by_members(menu)
    for words in words_of(menu):
        screens = list(dict.fromkeys(where[words]))
        names = ", ".join(screens[:NAMED]) + (" ..." if len(screens) > NAMED else "")
        catalog.add(words, auto_comments=[f"{'members' if words in members else 'officers'}: {names}"])
    for words, readers, place in sms:
        catalog.add(words, auto_comments=[f"{readers}: {place}"])
    return catalog


def read_by_members(menu: Menu) -> set[str]:
    """Return the French texts that somebody without an office can come to read; the others stand behind Bureau."""
    seen: dict[str, Screen] = {}
    ahead = [menu.start, menu.trouble]
    while ahead:
        screen = menu.screens[ahead.pop()]
        if screen.name not in seen and screen.guard not in MAY:
            seen[screen.name] = screen
            ahead += [name for name in _ways(menu, screen) if name != WANTED]
    texts = [*menu.words.values(), *(texts for screen in seen.values() for texts in texts_of(screen))]
    return {texts[SOURCE_LANGUAGE] for texts in texts if texts}


def _ways(menu: Menu, screen: Screen) -> Iterator[str]:
    """Give where a screen leads somebody without an office: choices have other faces for officers."""
    yield from (choice.to for choice in screen.choices.values())
    yield from (name for name in (screen.to, screen.done, *screen.leads.values()) if name)
    if screen.guard:
        yield from menu.guards[screen.guard].values()
