"""Exact counting: septets, UTF-16 units, message parts."""

from typing import Literal

import msgspec

from app.gsm7.alphabet import ALL, EXTENSION

_ONLY_EXTENSION = {ord(character): None for character in EXTENSION}
_ONLY_ALL = {ord(character): None for character in ALL}


class Size(msgspec.Struct, frozen=True):
    """How a text travels: `units` are septets or UTF-16 units without headers, `parts` the messages it takes."""

    alphabet: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


class NotGsm7(ValueError):
    """A text with characters outside GSM-7; they are its argument."""


def outside(text: str) -> list[str]:
    """Return the characters that force UCS-2, each once, in their order."""
    return list(dict.fromkeys(text.translate(_ONLY_ALL)))


def septets(text: str) -> int:
    """Return the septets of a text; raises NotGsm7 when it has others."""
    if text.translate(_ONLY_ALL):
        raise NotGsm7(*outside(text))
    return 2 * len(text) - len(text.translate(_ONLY_EXTENSION))


def measure(text: str) -> Size:
    """Count a text as given, unfolded; an empty one has no part.

    160 septets or 70 units fit in one message, 153 or 67 in each of several (eight-bit reference); no escape pair and no
    surrogate pair straddles two, so the parts can be more than the quotient says.
    """
    if outside(text):
        widths = [2 if ord(character) > 0xFFFF else 1 for character in text]
        return Size("UCS-2", sum(widths), _parts(widths, 70, 67))
    widths = [2 if character in EXTENSION else 1 for character in text]
    return Size("GSM-7", sum(widths), _parts(widths, 160, 153))


def _parts(widths: list[int], single: int, each: int) -> int:
    if sum(widths) <= single:
        return 1 if widths else 0
    parts, room = 1, each
    for width in widths:
        if width > room:
            parts, room = parts + 1, each
        room -= width
    return parts
