"""What a text costs: as typed and folded, by the part; which characters make it dear; and what a provider says it took."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

import msgspec

from app.amounts import francs
from app.gsm7 import Size, fold, measure, outside
from app.gsm7.alphabet import EXTENSION
from app.sms.policy import prepare

MOST_NAMED = 3
_XOF = re.compile(r"(?:XOF ?)?([0-9]{1,7}(?:\.[0-9]{1,6})?)(?: ?XOF)?")

NAMES = {
    "’": "apostrophe courbe",  # RIGHT SINGLE QUOTATION MARK
    "‘": "apostrophe courbe",  # LEFT SINGLE QUOTATION MARK
    "«": "guillemets",  # LEFT-POINTING DOUBLE ANGLE QUOTATION MARK
    "»": "guillemets",  # RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK
    "“": "guillemets",  # LEFT DOUBLE QUOTATION MARK
    "”": "guillemets",  # RIGHT DOUBLE QUOTATION MARK
    "…": "points de suite",  # HORIZONTAL ELLIPSIS
    "–": "tiret long",  # EN DASH
    "—": "tiret long",  # EM DASH
    "°": "signe degré",  # DEGREE SIGN
    "œ": "oe collé",  # LATIN SMALL LIGATURE OE
    "Œ": "OE collé",  # LATIN CAPITAL LIGATURE OE
    "ŋ": "n à queue",  # LATIN SMALL LETTER ENG
    "Ŋ": "N à queue",  # LATIN CAPITAL LETTER ENG
    "ɓ": "b à crochet",  # LATIN SMALL LETTER B WITH HOOK
    "ɗ": "d à crochet",  # LATIN SMALL LETTER D WITH HOOK
    "ƴ": "y à crochet",  # LATIN SMALL LETTER Y WITH HOOK
}
"""How an officer knows a character that forces UCS-2; in GSM-7, since the answer that names it must not be dear itself."""

MARKS = {
    "\u0300": "grave",  # COMBINING GRAVE ACCENT
    "\u0301": "aigu",  # COMBINING ACUTE ACCENT
    "\u0302": "circonflexe",  # COMBINING CIRCUMFLEX ACCENT
    "\u0303": "tilde",  # COMBINING TILDE
    "\u0308": "tréma",  # COMBINING DIAERESIS
    "\u0327": "cédille",  # COMBINING CEDILLA
}


class Variant(msgspec.Struct, frozen=True):
    """A text as it may leave: the size of one message, and XOF for all recipients."""

    text: str
    size: Size
    francs: int


class Quote(msgspec.Struct, frozen=True):
    """Both prices of a text. `leaves` is how it goes; `dear` are the characters that force UCS-2 as it was typed,
    `double` those that take two septets where that makes a part more."""

    recipients: int
    typed: Variant
    folded: Variant
    leaves: Variant
    dear: tuple[str, ...]
    double: tuple[str, ...]

    @property
    def parts(self) -> int:
        """Return the parts of all messages together, as they leave."""
        return self.leaves.size.parts * self.recipients

    @property
    def francs(self) -> int:
        """Return XOF for all messages together, as they leave."""
        return self.leaves.francs

    def words(self) -> str:
        """Say it in French, in GSM-7: parts for each, XOF for all, what it would cost as typed, and why."""
        words = _words(self.leaves, each=self.recipients != 1)
        if self.leaves != self.typed:
            return f"{words}. Tel que tapé: {_words(self.typed, each=False)}, à cause de: {named(self.dear)}"
        if self.dear:
            return f"{words}, accents gardés"
        return f"{words}. Comptent double: {' '.join(self.double)}" if self.double else words


def quote(text: str, recipients: int, part_price: int) -> Quote:
    """Return what a text to so many recipients costs at a part's price (XOF)."""

    def variant(words: str) -> Variant:
        size = measure(words)
        return Variant(words, size, size.parts * part_price * recipients)

    typed, folded, leaving = variant(text), variant(fold(text)), prepare(text).text
    leaves = typed if leaving == text else folded
    double = tuple(dict.fromkeys(letter for letter in leaving if letter in EXTENSION)) if leaves.size.alphabet == "GSM-7" else ()
    once = measure("".join("a" if letter in EXTENSION else letter for letter in leaving)).parts if double else leaves.size.parts
    return Quote(recipients, typed, folded, leaves, tuple(outside(text)), double if once < leaves.size.parts else ())


def named(characters: Sequence[str]) -> str:
    """Name characters in words that an officer knows, the first three kinds of them."""
    names = list(dict.fromkeys(_name(character) for character in characters))
    return ", ".join(names[:MOST_NAMED]) + (" et d'autres" if len(names) > MOST_NAMED else "")


@lru_cache(maxsize=256)
def centimes(cost: str) -> int | None:
    """Return a provider's `XOF 12.5` in hundredths of XOF; `0` is nothing, another currency or anything else is unknown."""
    read = _XOF.fullmatch(cost.strip())
    if read is None or ("XOF" not in cost and Decimal(read[1])):
        return None
    return round(Decimal(read[1]) * 100)


def _words(variant: Variant, *, each: bool) -> str:
    return f"{variant.size.parts} SMS{' chacun' if each else ''}, {francs(variant.francs)}"


def _name(character: str) -> str:
    if character in NAMES:
        return NAMES[character]
    base, *marks = list(unicodedata.normalize("NFD", character))
    if len(marks) == 1 and marks[0] in MARKS:
        return f"{base} {MARKS[marks[0]]}"
    kind = unicodedata.category(character)
    if kind in ("Zs", "Zl", "Zp", "Cc"):
        return "espace spéciale"
    if kind == "Cf" or unicodedata.combining(character):
        return "signe invisible"
    return "émoji" if kind in ("So", "Sk", "Mn") or character > "\uffff" else f"signe U+{ord(character):04X}"
