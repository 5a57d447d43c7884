"""Words that a member writes for all to read: short, in letters that every phone shows, without a telephone number."""

import re

from app.gsm7 import fold

LONGEST, SHORTEST = 48, 4
"""Letters: what a screen shows of it, and what says anything."""
_DIGITS = re.compile(r"\d[\d .-]{4,}\d")


class BadWords(ValueError):
    """The words won't do; the argument says why, in French."""


def spelled(typed: str) -> str:
    """Return a short name as it is kept: folded, spaces made one; nothing where no letter is left of it."""
    words = fold(" ".join(typed.split()))
    return words if any(letter.isalpha() for letter in words) else ""


def read_public(typed: str, longest: int = LONGEST) -> str:
    """Return words as they are kept: spaces made one, no mark at their ends. Raises BadWords."""
    words = fold(" ".join(typed.split())).strip(" ?.,;:!-*")
    if sum(letter.isalpha() for letter in words) < SHORTEST:
        raise BadWords("Dites-le en quelques mots.")
    if len(words) > longest:
        raise BadWords(f"Trop long: {longest} lettres au plus.")
    if _DIGITS.search(words):
        raise BadWords("Sans numéro, svp.")
    return words
