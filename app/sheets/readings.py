"""What reading one cell gives: a value, none, a question, or a refusal; and what all readers have in common."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import Any, Protocol

import msgspec


class Formula(msgspec.Struct, frozen=True):
    """A cell that a spreadsheet computes and whose result can't be trusted as it stands.

    `result` is None where nothing was computed, 0 where a program may have written 0 without computing, `#…` for an error.
    """

    result: float | str | None


Raw = str | int | float | bool | date | datetime | time | timedelta | Formula | None
"""A cell as its file holds it. Numbers of a spreadsheet are float, all cells of a text file are str."""
Plain = str | int | float | bool | date | time | timedelta
"""A cell that says something: text is clean, whole numbers are int."""


class Book(msgspec.Struct, frozen=True):
    """What the file says of all its cells: days counted from 1904, from 1900, or (None) nobody knows."""

    since_1904: bool | None = False


BOOK = Book()


class Value(msgspec.Struct, frozen=True):
    """The cell says this. The type of `value` is its reader's."""

    value: Any


class NoValue(msgspec.Struct, frozen=True):
    """The cell says nothing: it is blank, or holds a word for nothing (`-`, `NULL`, `néant`).

    `said` is True for `non dit`: the person was asked and didn't say.
    """

    said: bool = False


class Ask(msgspec.Struct, frozen=True):
    """The cell may be read in several ways: the question in French, and the values that it may mean, the likeliest first.

    `proposals` is empty where nothing can be proposed.
    """

    question: str
    proposals: tuple[Any, ...] = ()


class Refuse(msgspec.Struct, frozen=True):
    """The cell can't be read: the reason in French."""

    reason: str


Reading = Value | NoValue | Ask | Refuse
NO_RESULT = Refuse("Formule sans résultat: ouvrez le fichier dans Excel, enregistrez-le, et recommencez.")


class Reader(Protocol):
    """Reads a cell. Raises nothing, whatever the cell holds."""

    def __call__(self, raw: Raw, book: Book = ..., /) -> Reading:
        """Return what the cell says."""


NOTHING = (
    frozenset(("-", "--", "---", "–", "—", "_", ".", "..", "...", "…", "/", "//", "*", "?", "??"))
    | frozenset(("null", "none", "nil", "nan", "n/a", "nd", "n.d.", "néant", "neant", "aucun", "aucune", "vide", "rien", "inconnu"))
    | frozenset(("inconnue", "non renseigné", "non renseigne", "non renseignée", "pas de numéro"))
)
NOT_SAID = frozenset({"non dit", "non-dit", "ne veut pas dire"})
_SAME = ("idem", "id.", "ditto", '"', "〃", "« »", "-do-")
_ERRORS = re.compile(
    r"#(?:REF|VALUE|VALEUR|DIV/0|NAME|NOM|NUM|NOMBRE|NULL|NUL|[A-Z_]{4,}[!?])(?: ?[!?])?|#N/[AD]|#+|Err ?:\d+", re.IGNORECASE
)
"""What Excel and LibreOffice write for an error, in English and in French."""
_MARK = "'"
_UNSEEN = re.compile(r"[\ufffe\uffff]")


def clean(text: str) -> str:
    """Drop what can't be seen: all kinds of spaces become single plain ones, letters and their accents one sign (NFC)."""
    if not (text.isascii() and text.isprintable()):
        text = _UNSEEN.sub("", unicodedata.normalize("NFC", " ".join(text.split())))
        text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cc", "Cs"))
    return " ".join(text.split())


def is_mark(sign: str) -> bool:
    """Tell whether a sign only looks like a digit: ² is the mark of a note, and no 2."""
    return sign.isnumeric() and not sign.isdecimal()


def plain(text: str) -> str:
    """Return letters and digits as they are typed (NFKC); the marks of notes stay."""
    return "".join(sign if is_mark(sign) else unicodedata.normalize("NFKC", sign) for sign in text)


def fold(text: str) -> str:
    """Return words as they are compared: small letters without accents, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    # No decomposition takes œ apart, and phones write the curly apostrophe where keyboards write the straight one.
    spelled = unicodedata.normalize("NFKD", clean(text).casefold().replace("œ", "oe").replace("’", "'"))
    return " ".join("".join(sign for sign in spelled if not unicodedata.combining(sign)).split())


def _of_text(text: str) -> str | Reading:
    """Return the words of a cell of text, or what it says whatever its column is."""
    words = clean(text)
    # Our own exports put it before a text that a spreadsheet would change.
    if words.startswith(_MARK):
        return words[1:].lstrip() or NoValue()
    small = words.casefold()
    if not words or small in NOTHING:
        return NoValue()
    if small in NOT_SAID:
        return NoValue(said=True)
    if "\ufffd" in words:  # which programs write for a letter that they can't read
        return Refuse(f"« {words[:40]} »: des lettres sont perdues. Écrivez-les de nouveau.")
    if words.startswith("="):
        return Refuse("C'est une formule écrite comme un texte: mettez son résultat.")
    if small.startswith(_SAME) and (small in _SAME or small.startswith("idem")):
        return Ask(f"« {words[:40]} »: quelle est la valeur ?")
    if _ERRORS.fullmatch(words):
        return Refuse(f"Erreur du tableur: {words[:20]}.")
    return words


def needs_mark(text: str) -> bool:
    """Tell whether a text must be written behind an apostrophe to be read as itself."""
    return text.startswith(_MARK) or _of_text(text) != text


def reader(read: Callable[[Plain, Book], Reading]) -> Reader:
    """Make a reader of a function that is only given cells that say something."""

    @wraps(read)
    def read_cell(raw: Raw, book: Book = BOOK, /) -> Reading:
        if isinstance(raw, str):
            words = _of_text(raw)
            return read(words, book) if isinstance(words, str) else words
        if raw is None:
            return NoValue()
        if isinstance(raw, Formula):
            return _of_formula(raw, lambda result: read_cell(result, book))
        if isinstance(raw, int | float) and not abs(raw) < 1e18:  # what is no number isn't below it either
            return Refuse("Ce nombre est trop grand.")
        # Spreadsheets have no whole numbers: a card 12 is 12.0 in the file.
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        return read(raw, book)

    return read_cell


def _of_formula(formula: Formula, read: Callable[[Raw], Reading]) -> Reading:
    if formula.result is None:
        return NO_RESULT
    if isinstance(formula.result, str):
        return Refuse(f"Erreur du tableur: {formula.result[:20]}.")
    told = read(formula.result)
    return Ask("Formule dont le résultat est 0: est-ce juste ?", (told.value,)) if isinstance(told, Value) else told


def shown(raw: Raw) -> str:
    """Write a cell as a question or a refusal quotes it."""
    if isinstance(raw, Formula):
        return str(raw.result or "=…")
    if isinstance(raw, bool):
        return "oui" if raw else "non"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, datetime):
        raw = raw.date()
    return clean(raw) if isinstance(raw, str) else f"{raw:%d/%m/%Y}" if isinstance(raw, date) else "" if raw is None else str(raw)
