"""From a screen to what the handset shows: filled in, cut into pages, at most 160 septets each.

The hop and the proof use this same code, so what was proved is what is shown.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from app.gsm7 import fold, septets
from app.ussd.menu import Menu, Screen

LIMIT = 160
"""Septets of a USSD screen that every operator shows (facts of the field: 160–184)."""

LINES_A_PAGE = 5
PLACEHOLDER = re.compile(r"\{([a-z_][a-z_.0-9]*)\}")

Values = Mapping[str, str]
Block = tuple[str, int | None]
"""Words on a page, with the place of a line."""


class Page(msgspec.Struct, frozen=True):
    """One page as shown, with the places (0-based) of the lines on it; `cut` when a notice left no room for all of them."""

    text: str
    lines: tuple[int, ...]
    cut: bool = False


def fill(words: str, values: Values) -> str:
    """Put the values, already written by their kinds, into the words; a missing one raises KeyError."""
    # One pass: a value that looks like a placeholder stays as it is.
    return PLACEHOLDER.sub(lambda found: values[found[1]], words)


def slot_words(slot: int) -> str:
    """Write a row's own number as it is typed: `09`, for a lone 9 is a key."""
    return "09" if slot == 9 else str(slot)


def pages(
    body: str,
    lines: Sequence[str],
    *,
    more: str,
    back: str,
    root: bool = False,
    notice: str = "",
    anew: bool = False,
    first: Collection[int] = (),
) -> list[Page]:
    """Cut a screen into pages.

    `body` stands before the numbered `lines`; `back` is left out of the first page at the `root`, where nothing lies behind. With
    `anew` each page numbers its lines from 1; otherwise they carry their own numbers. The places in `first` stand on the first page
    beside the LINES_A_PAGE others. A `notice` stands above whichever page is shown, and moves no line to another page: a row that
    slid from one to the next would be seen on neither.
    """
    # A part of the body leaves room for the keys below it.
    blocks: list[Block] = [(part, None) for part in _chunks(body, LIMIT - 40) if part]
    blocks += [(line, place) for place, line in enumerate(lines)]
    alone = None if root else back
    full = _page("", blocks, anew, alone)
    if septets(full.text) <= LIMIT and len(full.lines) <= LINES_A_PAGE:
        return [_noted(notice, blocks, [], anew, more, alone)]
    found: list[Page] = []
    pinned = [block for block in blocks if block[1] in first]
    blocks = [block for block in blocks if block not in pinned]
    while blocks:
        behind = back if found else alone
        taken = 0
        while taken < len(blocks):
            keys = [] if taken + 1 == len(blocks) else [more]
            page = _page("", blocks[: taken + 1] + pinned, anew, *keys, behind)
            if septets(page.text) > LIMIT or len(page.lines) - len(pinned) > LINES_A_PAGE:
                break
            taken += 1
        # A block that fits on no page is shown all the same, or this never ends; the proof refuses such a menu.
        taken = max(taken, 1)
        keys = [] if taken == len(blocks) else [more]
        found.append(_noted(notice, blocks[:taken], pinned, anew, more, *keys, behind))
        blocks, pinned = blocks[taken:], []
    return found


def _noted(notice: str, blocks: Sequence[Block], pinned: Sequence[Block], anew: bool, more: str, *keys: str | None) -> Page:
    """Put a notice above a page; lines that have no room are behind `more`, where the same page stands whole."""
    page = whole = _page(notice, [*blocks, *pinned], anew, *keys)
    further = keys if more in keys else (more, *keys)
    while notice and septets(page.text) > LIMIT and blocks:
        blocks = blocks[:-1]
        page = _page(notice, [*blocks, *pinned], anew, *further)
    return msgspec.structs.replace(page, cut=page is not whole)


def _page(notice: str, blocks: Sequence[Block], anew: bool, *keys: str | None) -> Page:
    shown = tuple(place for _, place in blocks if place is not None)
    words = [f"{shown.index(place) + 1} {text}" if anew and place is not None else text for text, place in blocks]
    return Page("\n".join(part for part in (notice, *words, *keys) if part), shown)


def _chunks(body: str, room: int) -> list[str]:
    """Cut a long body at its line ends, then at its words; a short one stays whole."""
    if septets(body) <= room:
        return [body]
    parts: list[str] = []
    for line in body.split("\n"):
        now = ""
        for word in line.split(" "):
            longer = f"{now} {word}" if now else word
            if septets(longer) > room:
                parts.append(now)
                longer = word
            now = longer
        parts.append(now)
    return parts


def lay_out(
    menu: Menu,
    screen: Screen,
    language: str,
    values: Values,
    rows: Sequence[Values],
    *,
    root: bool,
    notice: str,
    caller: str = "",
    hidden: Collection[int] = (),
) -> list[Page]:
    """Return the pages of a screen; `rows` are the filled-in rows of a list, `root` says that nothing lies behind it.

    `caller` is the kind of caller whose face the choices show, `hidden` are the numbers of the choices that aren't shown.
    """
    say: Callable[[dict[str, str]], str] = lambda texts: fold(menu.said(texts, language))  # noqa: E731
    body = fill(say(screen.text), values)
    # The gateway closes the call with these words: no key could turn a page.
    if screen.form == "ending":
        return [Page(body, ())]
    more, back = say(menu.words["more"]), say(menu.words["back"])
    seen = [(number, choice) for number, choice in screen.choices.items() if number not in hidden]
    anew, first = False, {place for place, (_, choice) in enumerate(seen) if choice.first}
    if screen.form == "choices":
        lines = [f"{number} {fill(say(choice.face(caller).label), values)}" for number, choice in seen]
    elif screen.form == "list":
        anew = not any("slot" in row for row in rows)
        lines = [(f"{row['slot']} " if not anew else "") + fill(say(screen.row), row) for row in rows]
        if not rows:
            body = fill(say(screen.empty), values)
    elif screen.form == "confirmation":
        lines = [f"1 {fill(say(screen.yes or menu.words['yes']), values)}"]
    else:
        lines = []
    return pages(body, lines, more=more, back=back, root=root, notice=notice, anew=anew, first=first)
