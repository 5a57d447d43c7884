"""Folding to GSM-7: the table of what replaces each character outside it.

The rows for Wolof, Pulaar and Serer are ours, and are to be read by native speakers. Æ, É, Ç, Ñ, à, é, è, ù and the like are in
GSM-7 and stay. A character without a row gives its base letter (canonical decomposition), or a question mark.
"""

import unicodedata

from app.gsm7.alphabet import ALL
from app.gsm7.count import fits

TABLE = {
    # French
    "ç": "c",  # LATIN SMALL LETTER C WITH CEDILLA
    "â": "a",  # LATIN SMALL LETTER A WITH CIRCUMFLEX
    "ê": "e",  # LATIN SMALL LETTER E WITH CIRCUMFLEX
    "ë": "e",  # LATIN SMALL LETTER E WITH DIAERESIS
    "î": "i",  # LATIN SMALL LETTER I WITH CIRCUMFLEX
    "ï": "i",  # LATIN SMALL LETTER I WITH DIAERESIS
    "ô": "o",  # LATIN SMALL LETTER O WITH CIRCUMFLEX
    "û": "u",  # LATIN SMALL LETTER U WITH CIRCUMFLEX
    "ÿ": "y",  # LATIN SMALL LETTER Y WITH DIAERESIS
    "œ": "oe",  # LATIN SMALL LIGATURE OE
    "À": "A",  # LATIN CAPITAL LETTER A WITH GRAVE
    "Â": "A",  # LATIN CAPITAL LETTER A WITH CIRCUMFLEX
    "È": "E",  # LATIN CAPITAL LETTER E WITH GRAVE
    "Ê": "E",  # LATIN CAPITAL LETTER E WITH CIRCUMFLEX
    "Ë": "E",  # LATIN CAPITAL LETTER E WITH DIAERESIS
    "Î": "I",  # LATIN CAPITAL LETTER I WITH CIRCUMFLEX
    "Ï": "I",  # LATIN CAPITAL LETTER I WITH DIAERESIS
    "Ô": "O",  # LATIN CAPITAL LETTER O WITH CIRCUMFLEX
    "Œ": "OE",  # LATIN CAPITAL LIGATURE OE
    "Ù": "U",  # LATIN CAPITAL LETTER U WITH GRAVE
    "Û": "U",  # LATIN CAPITAL LETTER U WITH CIRCUMFLEX
    "Ÿ": "Y",  # LATIN CAPITAL LETTER Y WITH DIAERESIS
    # Wolof
    "ŋ": "ng",  # LATIN SMALL LETTER ENG
    "Ŋ": "NG",  # LATIN CAPITAL LETTER ENG
    "ó": "o",  # LATIN SMALL LETTER O WITH ACUTE
    "Ó": "O",  # LATIN CAPITAL LETTER O WITH ACUTE
    "ã": "a",  # LATIN SMALL LETTER A WITH TILDE
    "Ã": "A",  # LATIN CAPITAL LETTER A WITH TILDE
    # Pulaar
    "ɓ": "b",  # LATIN SMALL LETTER B WITH HOOK
    "Ɓ": "B",  # LATIN CAPITAL LETTER B WITH HOOK
    "ɗ": "d",  # LATIN SMALL LETTER D WITH HOOK
    "Ɗ": "D",  # LATIN CAPITAL LETTER D WITH HOOK
    "ƴ": "y",  # LATIN SMALL LETTER Y WITH HOOK
    "Ƴ": "Y",  # LATIN CAPITAL LETTER Y WITH HOOK
    "ʼ": "'",  # MODIFIER LETTER APOSTROPHE
    # Serer
    "ƈ": "c",  # LATIN SMALL LETTER C WITH HOOK
    "Ƈ": "C",  # LATIN CAPITAL LETTER C WITH HOOK
    "ƥ": "p",  # LATIN SMALL LETTER P WITH HOOK
    "Ƥ": "P",  # LATIN CAPITAL LETTER P WITH HOOK
    "ƭ": "t",  # LATIN SMALL LETTER T WITH HOOK
    "Ƭ": "T",  # LATIN CAPITAL LETTER T WITH HOOK
    # Quotation marks and apostrophes
    "«": '"',  # LEFT-POINTING DOUBLE ANGLE QUOTATION MARK
    "»": '"',  # RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK
    "“": '"',  # LEFT DOUBLE QUOTATION MARK
    "”": '"',  # RIGHT DOUBLE QUOTATION MARK
    "„": '"',  # DOUBLE LOW-9 QUOTATION MARK
    "‹": "'",  # SINGLE LEFT-POINTING ANGLE QUOTATION MARK
    "›": "'",  # SINGLE RIGHT-POINTING ANGLE QUOTATION MARK
    "‘": "'",  # LEFT SINGLE QUOTATION MARK
    "’": "'",  # RIGHT SINGLE QUOTATION MARK
    "‚": "'",  # SINGLE LOW-9 QUOTATION MARK
    "‛": "'",  # SINGLE HIGH-REVERSED-9 QUOTATION MARK
    "′": "'",  # PRIME
    "″": '"',  # DOUBLE PRIME
    "´": "'",  # ACUTE ACCENT
    "`": "'",  # GRAVE ACCENT
    # Dashes, dots, signs
    "‐": "-",  # HYPHEN
    "‑": "-",  # NON-BREAKING HYPHEN
    "‒": "-",  # FIGURE DASH
    "–": "-",  # EN DASH
    "—": "-",  # EM DASH
    "―": "-",  # HORIZONTAL BAR
    "−": "-",  # MINUS SIGN
    "…": "...",  # HORIZONTAL ELLIPSIS
    "•": "-",  # BULLET
    "·": ".",  # MIDDLE DOT
    "×": "x",  # MULTIPLICATION SIGN
    "÷": "/",  # DIVISION SIGN
    "⁄": "/",  # FRACTION SLASH
    "°": "o",  # DEGREE SIGN
    "º": "o",  # MASCULINE ORDINAL INDICATOR
    "ª": "a",  # FEMININE ORDINAL INDICATOR
    "№": "No",  # NUMERO SIGN
    "²": "2",  # SUPERSCRIPT TWO
    "³": "3",  # SUPERSCRIPT THREE
    "½": "1/2",  # VULGAR FRACTION ONE HALF
    "¼": "1/4",  # VULGAR FRACTION ONE QUARTER
    "¾": "3/4",  # VULGAR FRACTION THREE QUARTERS
    "₣": "F",  # FRENCH FRANC SIGN
    "™": "TM",  # TRADE MARK SIGN
    # Spaces and line ends
    "\t": " ",  # CHARACTER TABULATION
    "\u00a0": " ",  # NO-BREAK SPACE
    "\u2002": " ",  # EN SPACE
    "\u2003": " ",  # EM SPACE
    "\u2007": " ",  # FIGURE SPACE
    "\u2008": " ",  # PUNCTUATION SPACE
    "\u2009": " ",  # THIN SPACE
    "\u200a": " ",  # HAIR SPACE
    "\u202f": " ",  # NARROW NO-BREAK SPACE
    "\u205f": " ",  # MEDIUM MATHEMATICAL SPACE
    "\u3000": " ",  # IDEOGRAPHIC SPACE
    "\u0085": "\n",  # NEXT LINE
    "\u2028": "\n",  # LINE SEPARATOR
    "\u2029": "\n",  # PARAGRAPH SEPARATOR
    # Marks without width
    "\u00ad": "",  # SOFT HYPHEN
    "\u200b": "",  # ZERO WIDTH SPACE
    "\u200c": "",  # ZERO WIDTH NON-JOINER
    "\u200d": "",  # ZERO WIDTH JOINER
    "\u200e": "",  # LEFT-TO-RIGHT MARK
    "\u200f": "",  # RIGHT-TO-LEFT MARK
    "\u2060": "",  # WORD JOINER
    "︎": "",  # VARIATION SELECTOR-15
    "️": "",  # VARIATION SELECTOR-16
    "\ufeff": "",  # ZERO WIDTH NO-BREAK SPACE
}


class _Replacements(dict[int, str]):
    """The table by code point, for str.translate; what has no row is worked out and never kept."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        base = unicodedata.normalize("NFD", character)[0]
        if base in ALL:
            return base
        if unicodedata.combining(character):
            return ""
        return TABLE.get(base, "?")


_replacements = _Replacements({ord(character): character for character in ALL} | {ord(key): value for key, value in TABLE.items()})


def fold(text: str) -> str:
    """Return `text` in GSM-7. Folding again changes nothing; the length may differ (œ gives two letters)."""
    if fits(text):
        return text
    # Composed first: é is in GSM-7, an e with the accent behind it isn't.
    return unicodedata.normalize("NFC", text).translate(_replacements)
