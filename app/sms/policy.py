"""How a text travels: short ones keep their accents, longer ones are folded; counted exactly."""

import unicodedata

import msgspec

from app.gsm7 import fold, measure

KEEP_UP_TO = 70
"""UTF-16 units up to which accents are free: one part either way."""


class PreparedText(msgspec.Struct, frozen=True):
    """A text as it leaves, and what it takes."""

    text: str
    alphabet: str
    parts: int


def prepare(text: str) -> PreparedText:
    """Return the text as it leaves."""
    as_typed = measure(text)
    if as_typed.alphabet == "UCS-2" and as_typed.units > KEEP_UP_TO:
        text = fold(text)
        as_typed = measure(text)
    return PreparedText(text, as_typed.alphabet, as_typed.parts)


def lost(text: str) -> tuple[str, ...]:
    """Return the characters of a text that would leave as question marks: emoji, say, where it is too long to keep them."""
    size = measure(text)
    if size.alphabet == "GSM-7" or size.units <= KEEP_UP_TO:
        return ()
    return tuple(dict.fromkeys(letter for letter in unicodedata.normalize("NFC", text) if letter != "?" and fold(letter) == "?"))
