"""Folding to GSM-7: what each character outside it becomes. Meant for French, Wolof, Pulaar and Serer; to be read by native speakers."""

import unicodedata

from app.gsm7.alphabet import ALL

_TABLE = {
    "œ": "oe",  # LATIN SMALL LIGATURE OE
    "Œ": "OE",  # LATIN CAPITAL LIGATURE OE
    "«": '"',  # LEFT-POINTING DOUBLE ANGLE QUOTATION MARK
    "»": '"',  # RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK
    "“": '"',  # LEFT DOUBLE QUOTATION MARK
    "”": '"',  # RIGHT DOUBLE QUOTATION MARK
    "„": '"',  # DOUBLE LOW-9 QUOTATION MARK
    "’": "'",  # RIGHT SINGLE QUOTATION MARK
    "‘": "'",  # LEFT SINGLE QUOTATION MARK
    "ʼ": "'",  # MODIFIER LETTER APOSTROPHE
    "…": "...",  # HORIZONTAL ELLIPSIS
    "–": "-",  # EN DASH
    "—": "-",  # EM DASH
    "−": "-",  # MINUS SIGN
    "‑": "-",  # NON-BREAKING HYPHEN
    "°": "o",  # DEGREE SIGN
    "×": "x",  # MULTIPLICATION SIGN
    "\u00a0": " ",  # NO-BREAK SPACE
    "\u202f": " ",  # NARROW NO-BREAK SPACE
    "\u2009": " ",  # THIN SPACE
    "\t": " ",  # CHARACTER TABULATION
    "\u200b": "",  # ZERO WIDTH SPACE
    "\u200c": "",  # ZERO WIDTH NON-JOINER
    "\u200d": "",  # ZERO WIDTH JOINER
    "\ufeff": "",  # ZERO WIDTH NO-BREAK SPACE
    "\ufe0f": "",  # VARIATION SELECTOR-16
    "ŋ": "ng",  # LATIN SMALL LETTER ENG
    "Ŋ": "NG",  # LATIN CAPITAL LETTER ENG
    "ɓ": "b",  # LATIN SMALL LETTER B WITH HOOK
    "Ɓ": "B",  # LATIN CAPITAL LETTER B WITH HOOK
    "ɗ": "d",  # LATIN SMALL LETTER D WITH HOOK
    "Ɗ": "D",  # LATIN CAPITAL LETTER D WITH HOOK
    "ƴ": "y",  # LATIN SMALL LETTER Y WITH HOOK
    "Ƴ": "Y",  # LATIN CAPITAL LETTER Y WITH HOOK
    "ƈ": "c",  # LATIN SMALL LETTER C WITH HOOK
    "Ƈ": "C",  # LATIN CAPITAL LETTER C WITH HOOK
    "ƥ": "p",  # LATIN SMALL LETTER P WITH HOOK
    "Ƥ": "P",  # LATIN CAPITAL LETTER P WITH HOOK
    "ƭ": "t",  # LATIN SMALL LETTER T WITH HOOK
    "Ƭ": "T",  # LATIN CAPITAL LETTER T WITH HOOK
}


def fold(text: str) -> str:
    """Return `text` in GSM-7: é è à ù stay, other accents fall, and what has no likeness becomes a question mark."""
    return "".join(character if character in ALL else _likeness(character) for character in text)


def _likeness(character: str) -> str:
    if character in _TABLE:
        return _TABLE[character]
    base = unicodedata.normalize("NFD", character)[0]
    if base in ALL:
        return base
    return "" if unicodedata.combining(character) else "?"
