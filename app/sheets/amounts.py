"""Read amounts in whole XOF, quantities and percentages."""

import re
from decimal import Decimal

from app.amounts import francs
from app.sheets.readings import Ask, Book, Plain, Raw, Reading, Refuse, Value, fold, plain, reader, shown

MOST = 999_999_999_999
"""XOF: more is no amount of a co-operative's."""
_CURRENCY = re.compile(r"(?:F\.? ?CFA|FCFA|XOF|CFA|FRANCS?(?: ?CFA)?|FRS?|F)\.?")
_UNITS = re.compile(r"(?:KG|KGS|KILOS?|KILOGRAMMES?)\.?")
_KG = re.compile(r"(?<![a-z])(?:kgs?|kilos?|kilogrammes?)(?![a-z])")
_HALF = re.compile(r"\bET\b|DEMI|QUART")
"""`3 caisses et demie` are not 3."""
_GROUPED = re.compile(r"([1-9]\d{0,2})(?:([ '’.,])\d{3})(?:\2\d{3})*")
_NUMBER = re.compile(r"(?P<whole>\d+|[1-9]\d{0,2}(?:(?P<group>[ '’.,])\d{3})(?:(?P=group)\d{3})*)(?:(?P<mark>[.,])(?P<parts>\d*))?")
_POWER = re.compile(r"[-+]?\d+([.,]\d+)?E[-+]?\d+")


def _plain(text: str) -> str:
    return " ".join(plain(text).upper().split())


def _number(text: str) -> tuple[str, str] | None:
    """Return the digits before and after the decimal mark of a number without sign and unit, None when it is no number.

    Three digits behind the one mark that there is are a group of thousands.
    """
    if _GROUPED.fullmatch(text):
        return re.sub(r"\D", "", text), ""
    found = _NUMBER.fullmatch(text)
    if found is None or (found["group"] and found["group"] == found["mark"]):
        return None
    return re.sub(r"\D", "", found["whole"]), found["parts"] or ""


def _sign(text: str) -> tuple[bool, str]:
    """Tell whether a number is negative (before, behind or in brackets), and return it without that."""
    for dash in "−–‐‑":
        text = text.replace(dash, "-")
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1].strip()
    if text.startswith("-") or text.endswith("-"):
        return True, text.strip("- ")
    return False, text.removeprefix("+").strip()


def _without(unit: re.Pattern[str], text: str) -> str:
    """Drop a unit before or behind a number."""
    found = re.fullmatch(rf"(?:{unit.pattern})? ?([-+(−]? ?\d.*?)(?: ?(?:{unit.pattern}))?( ?[-)])?", text)
    return f"{found[1]}{found[2] or ''}" if found else text


def _francs(whole: int, *, negative: bool) -> Reading:
    if whole > MOST:
        return Refuse("Ce montant est trop grand.")
    if negative and whole:
        return Ask(f"Le montant est négatif ({francs(-whole)}): le membre doit-il cette somme ?", (-whole,))
    return Value(whole)


@reader
def amount(raw: Plain, _: Book) -> Reading:
    """Read XOF: int from 0. `12.500` and `12,500` are 12 500, for XOF has no centimes; parts of a franc are refused.

    What is negative is asked about; its proposal is a negative int.
    """
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if abs(raw - round(raw)) > 1e-6:  # sums of a spreadsheet are off by less
            return Refuse(f"{raw}: un montant est en francs entiers, sans virgule.".replace(".", ",", 1))
        return _francs(abs(round(raw)), negative=raw < 0)
    if not isinstance(raw, str):
        return Refuse("Ce n'est pas un montant.")
    text = _plain(raw)
    if _POWER.fullmatch(text):
        return Refuse("Le tableur a changé ce montant en puissance de dix: écrivez-le en entier.")
    # The currency may stand outside the sign or brackets, or inside: it is taken away before and behind this.
    negative, text = _sign(_without(_CURRENCY, text))
    found = _number(_without(_CURRENCY, text))
    if found is None:
        return Refuse("Ce n'est pas un montant en francs.")
    if found[1].strip("0"):
        return Refuse("Un montant est en francs entiers, sans virgule.")
    if found[1] == "000" and len(found[0]) > 3 and not negative and not text[:-4].isdecimal():  # `1 000.000`
        ways = int(found[0]), int(found[0] + found[1])
        return Ask(f"« {raw[:40]} »: est-ce {' ou '.join(map(francs, ways))} ?", ways)
    return _francs(int(found[0]), negative=negative)


@reader
def value(raw: Plain, book: Book) -> Reading:
    """Read XOF that nobody can owe, a price or a share: int from 0."""
    told = amount(raw, book)
    return Refuse("Un montant négatif n'a pas de sens ici.") if isinstance(told, Ask) and told.proposals[0] < 0 else told


@reader
def quantity(raw: Plain, _: Book) -> Reading:
    """Read a quantity or weight: Decimal above 0, three places at most.

    `1.200` as text is asked about (1,2 or 1200), and so is a unit other than kg: its proposal is the bare number.
    """
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        # By way of its shortest writing: a float's own digits would make 12.3 a number of fifty places.
        return _measure(round(Decimal(repr(raw)), 9))
    if not isinstance(raw, str):
        return Refuse("Ce n'est pas une quantité.")
    text = _without(_UNITS, _plain(raw))
    found = re.fullmatch(r"([\d .,'’]*\d)(?: ?([A-ZÀ-Ÿ][A-ZÀ-Ÿ .]*))?", text)
    number = _number(found[1]) if found else None
    if found is None or number is None or (found[2] and _HALF.search(found[2])):
        return Refuse("Ce n'est pas une quantité, un nombre plus grand que 0.")
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", found[1]):  # the mark of thousands, or three places
        small = found[1].replace(",", ".")
        proposals = (Decimal(small).normalize() + 0, Decimal(small.replace(".", "")))
        ways = " ou ".join(str(one).replace(".", ",") for one in proposals)
        ways += ", dans l'unité du produit" if found[2] else ""
        return Ask(f"« {raw[:40]} »: est-ce {ways} ?", proposals)
    told = _measure(Decimal(f"{number[0]}.{number[1] or 0}"))
    if found[2] and isinstance(told, Value):
        return Ask(f"« {raw[:40]} »: est-ce dans l'unité du produit ?", (told.value,))
    return told


def _measure(number: Decimal) -> Reading:
    if not 0 < number < 1_000_000_000:
        return Refuse("Une quantité est plus grande que 0.")
    # The database keeps three places, which are grams of a kilogram.
    if number != round(number, 3):
        return Refuse("Une quantité a trois chiffres après la virgule au plus.")
    return Value(number.normalize() + 0)


@reader
def unit(raw: Plain, _: Book) -> Reading:
    """Read a unit: str, `kg` however it is written."""
    words = shown(raw)
    return Value("kg" if _UNITS.fullmatch(_plain(words)) else words) if len(words) <= 80 else Refuse("Ce n'est pas une unité.")


def in_kg(words: Raw) -> bool:
    """Tell whether a cell or the name of a column says kg: `5 kg`, `Poids (kg)`."""
    return isinstance(words, str) and _KG.search(fold(words)) is not None


@reader
def percentage(raw: Plain, _: Book) -> Reading:
    """Read a percentage from 0 to 100: Decimal, 5 for `5 %`. A bare number below 1 is asked about: 0,05 may be 5 %."""
    if isinstance(raw, str):
        bare = not raw.endswith("%")
        found = _number(_plain(raw.removesuffix("%")))
        if found is None:
            return Refuse("Ce n'est pas un pourcentage.")
        number = Decimal(f"{found[0]}.{found[1] or 0}")
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        bare, number = True, round(Decimal(repr(raw)), 6)
    else:
        return Refuse("Ce n'est pas un pourcentage.")
    # Normalised, ten is 1E+1. Adding 0 writes it out again.
    number = number.normalize() + 0
    if not 0 <= number <= 100:
        return Refuse("Un pourcentage va de 0 à 100.")
    if bare and 0 < number <= 1:
        times = (number * 100).normalize() + 0
        return Ask(f"Est-ce {times:f} % ou {number:f} % ?".replace(".", ","), (times, number))
    return Value(number)


MEASURES = (amount, value, quantity, percentage)
"""Readers of what a total has too: such a cell doesn't say whose its row is."""
