"""Read names, texts, codes, cards and choices of a word."""

import re
from collections.abc import Hashable, Mapping
from datetime import date, time, timedelta

from app.sheets.readings import Ask, Book, Plain, Reader, Reading, Refuse, Value, fold, reader, shown

LONGEST_NAME, LONGEST_TEXT = 80, 500
_POWER = re.compile(r"\d+([.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_CARD = re.compile(r"(?:[Cc][ .-]?)?0*([1-9]\d{0,7})")
_SPOILT = re.compile(r"[?<>\\]|&#?\w+;|[=%][0-9A-F]{2}|\+[A-Z]\w{1,2}-")
"""What a program leaves of a letter that it couldn't write: `Nd?ye`, `Nd&egrave;ye`, `Nd=C3=A8ye`, `Nd+AOg-ye`."""
_FIFTEEN = 10**15
"""From here on spreadsheets write noughts for the digits of a number."""


@reader
def name(raw: Plain, _: Book) -> Reading:
    """Read a name: str, NFC, plain single spaces, at most 80 letters, at least one of them a letter. `idem` is asked about.

    `Nd?ye` and `Nd&egrave;ye` have lost a letter, and `Awa ?` is unsure: both are refused.
    """
    if not isinstance(raw, str) or not any(sign.isalpha() for sign in raw):
        return Refuse("Ce n'est pas un nom.")
    if spoilt := _SPOILT.search(raw):
        return Refuse(f"« {raw[:40]} »: il y a un {spoilt[0]} dans ce nom. Écrivez-le avec toutes ses lettres.")
    return Value(raw) if len(raw) <= LONGEST_NAME else Refuse(f"Ce nom a plus de {LONGEST_NAME} lettres.")


@reader
def text(raw: Plain, _: Book) -> Reading:
    """Read any text: str, NFC, plain single spaces (lines become one), at most 500 letters."""
    words = shown(raw)
    return Value(words) if len(words) <= LONGEST_TEXT else Refuse(f"Ce texte a plus de {LONGEST_TEXT} lettres.")


@reader
def code(raw: Plain, _: Book) -> Reading:
    """Read a code or the number of a paper: str without spaces. Powers of ten, and numbers cut at 15 digits, are refused."""
    # A code such as 3-12 is a day by the time that we see it: what was typed can't be told any more.
    if isinstance(raw, bool | float | date | time | timedelta):
        return Refuse("Le tableur a changé ce code: écrivez-le comme texte.")
    if isinstance(raw, int) and abs(raw) >= _FIFTEEN:
        return Refuse("Le tableur a perdu les derniers chiffres: écrivez ce numéro comme texte.")
    # A program that holds a column with an empty cell as decimals writes 123456 as 123456.0.
    words = re.sub(r"^(\d{1,15})\.0$", r"\1", str(raw).replace(" ", ""))
    if _POWER.fullmatch(words) and re.search("[.,+-]", words):
        return Refuse("Le tableur a changé ce code en puissance de dix: écrivez-le comme texte.")
    return Value(words) if len(words) <= LONGEST_NAME else Refuse("Ce code est trop long.")


@reader
def card(raw: Plain, _: Book) -> Reading:
    """Read a card: `C0000012`, also where its letter or its zeros were eaten (`12`, `c12`, 12.0)."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return Refuse("Ce n'est pas un numéro de carte.")
    words = re.sub(r"\.0+$", "", str(raw))
    found = _CARD.fullmatch(words)
    if found is None:
        why = "le tableur l'a changé en puissance de dix" if _POWER.fullmatch(words) else "ce n'est pas un numéro de carte"
        return Refuse(f"« {words[:40]} »: {why}.")
    return Value(f"C{int(found[1]):07d}")


def choice(words: Mapping[str, Hashable], asked: Mapping[str, Reading] | None = None) -> Reader:
    """Return a reader of one of some words: the value that `words` gives, or the reading in `asked`, whatever case and accents."""
    known: dict[str, Reading] = {fold(word).strip("."): Value(value) for word, value in words.items()}
    known |= {fold(word): told for word, told in (asked or {}).items()}
    firsts = {value: word for word, value in reversed(list(words.items()))}
    *others, last = reversed(firsts.values())
    refused = Refuse(f"Écrivez {', '.join(others)} ou {last}.")

    @reader
    def read(raw: Plain, _: Book) -> Reading:
        return known.get(re.sub(r"[.,]0+$", "", fold(shown(raw)).strip(". ")), refused)

    return read


sex = choice(
    dict.fromkeys(("F", "femme", "féminin", "fém", "Mme", "madame", "Mlle", "mademoiselle", "fille", "W", "jigeen"), "F")
    | dict.fromkeys(("M", "homme", "H", "masculin", "masc", "Mr", "monsieur", "garçon", "goor"), "M"),
    asked={"1": Ask("1: femme ou homme ?", ("M", "F")), "2": Ask("2: femme ou homme ?", ("F", "M"))},
)
"""Reads a sex: `F` or `M`. `H` is M; 1 and 2 are asked about."""

yes_no = choice(
    dict.fromkeys(("oui", "o", "x", "yes", "y", "vrai", "true", "1", "ok", "waaw", "✓", "✔", "☑"), True)
    | dict.fromkeys(("non", "n", "no", "faux", "false", "0", "deedeet", "☐"), False)
)
"""Reads yes or no: bool. A cross is yes."""
