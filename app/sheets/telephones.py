"""Read telephone numbers as spreadsheets leave them."""

import re
from decimal import Decimal, InvalidOperation
from typing import Literal

import msgspec
import phonenumbers

from app.phones import is_senegalese_mobile
from app.sheets.readings import Ask, Book, NoValue, Plain, Reading, Refuse, Value, plain, reader

_HERE = re.compile(r"(?:\+?221|00221)?([1-9]\d{8})")
_SPACED = re.compile(r"[\s.()/_-]+")
_DASHES = re.compile("[‐‑‒–—―−﹘－]")
_DECIMAL = re.compile(r"^\+?(?!00221[.,])\d{5,}[.,]\d{1,8}(?![\d.,])|[.,]\d(?![\d.,])")
"""`77123456.7`: what a spreadsheet computed, and no number that dots were put into."""
_SEVERAL = re.compile(r"(?:(?:\+|00)?221[ .-]?)?[37]\d(?:[ .-]?\d){7}(?!\d)")
_POWER = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_LIKE_DIGITS = str.maketrans("OoIlS", "00115")
_NO_NUMBER = re.compile(r"(?:pas|sans|non|aucun|0|x)\b[^\d]*", re.IGNORECASE)


class Telephone(msgspec.Struct, frozen=True):
    """A number: E.164, and what it is: `mobile` (Senegal's: identifies somebody), `landline` (Senegal's: gets no SMS), `foreign`
    (kept, identifies nobody).
    """

    number: str
    kind: Literal["mobile", "landline", "foreign"]


@reader
def telephone(raw: Plain, _: Book) -> Reading:
    """Read a number: Telephone. Two in a cell, a leading 0, a slip are asked about; `7,71E+08` is refused."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return Refuse("Ce n'est pas un numéro de téléphone.")
    text = _DASHES.sub("-", plain(str(raw))).strip()
    if text.startswith("-"):
        return Refuse(f"« {text[:40]} »: un numéro n'est pas négatif.")
    if not text.strip("0 ") or _NO_NUMBER.fullmatch(text):
        return NoValue()
    if _POWER.fullmatch(text):
        return _of_power(text)
    text = re.sub(r"\.0+$", "", text) if text.replace(".", "").isdecimal() else text
    if _DECIMAL.search(text):
        return Refuse(f"« {text[:40]} »: un numéro n'a pas de virgule.")
    # `+221 (0) 77`: the nought of some countries' own calls, which isn't dialled behind a country's code.
    digits = _SPACED.sub("", text.replace("(0)", ""))
    if not digits.removeprefix("+").isdecimal():
        return _of_words(text)
    found = _number(digits)
    # Abroad only with its plus or 00: most rows of digits are some country's number.
    if found is not None and (found.kind != "foreign" or digits.startswith(("+", "00"))):
        return Value(found)
    return _unlike(text, digits, found)


def _number(digits: str) -> Telephone | None:
    """Return the number in a plus and digits, in Senegal's without it, or after 00; None when it is none."""
    here = _HERE.fullmatch(digits)
    # Without a country's code nine digits are Senegal's first, though they may be some other country's number as well.
    if here and is_senegalese_mobile(f"+221{here[1]}"):
        return Telephone(f"+221{here[1]}", "mobile")
    spelled = (
        f"+221{here[1]}" if here and len(digits) != 9 else digits if digits.startswith("+") else f"+{digits.removeprefix('00')}"
    )
    for number in ([f"+221{here[1]}"] if here else []) + [spelled]:
        try:
            parsed = phonenumbers.parse(number)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            return Telephone(e164, "landline" if parsed.country_code == 221 else "foreign")
    return None


def _unlike(text: str, digits: str, found: Telephone | None) -> Reading:
    """Answer for digits that aren't a number as they stand."""
    several = [one for one in (_number(_SPACED.sub("", part)) for part in _SEVERAL.findall(text)) if one]
    if len(several) > 1:
        return Ask(f"« {text[:40]} »: plusieurs numéros. Lequel est le sien ?", tuple(dict.fromkeys(several)))
    if digits.startswith("0") and not digits.startswith("00"):
        trunk = _number(digits[1:])
        known = (trunk,) if trunk and trunk.kind != "foreign" else ()
        return Ask(f"« {text[:40]} » commence par 0: quel est le numéro ?", known)
    # `77 123 45 67/68` are two that differ at their end, though such digits are often some number abroad as well.
    if several and found is not None and "/" in text:
        return Ask(f"« {text[:40]} »: le numéro est-il {several[0].number} ?", tuple(several))
    if found is not None:
        return Ask(f"« {text[:40]} »: est-ce le numéro étranger {found.number} ?", (found,))
    if len(digits.removeprefix("+221")) < 9:
        return Refuse(f"« {text[:40]} »: numéro trop court.")
    return Refuse(f"« {text[:40]} »: ce n'est pas un numéro de téléphone.")


def _of_words(text: str) -> Reading:
    """Ask about numbers with words around them, several of them, or letters in the place of digits."""
    found = [one for one in (_number(_SPACED.sub("", part)) for part in _SEVERAL.findall(text)) if one]
    if found:
        question = "plusieurs numéros. Lequel est le sien ?" if len(found) > 1 else f"le numéro est-il {found[0].number} ?"
        return Ask(f"« {text[:40]} »: {question}", tuple(dict.fromkeys(found)))
    meant = _number(_SPACED.sub("", text.translate(_LIKE_DIGITS)))
    # People type O for 0 and l for 1. With fewer true digits it may as well be a word.
    if meant and sum(sign.isdigit() for sign in text) >= 7:
        return Ask(f"« {text[:40]} »: une lettre est parmi les chiffres. Le numéro est-il {meant.number} ?", (meant,))
    return Refuse(f"« {text[:40]} »: ce n'est pas un numéro de téléphone.")


def _of_power(text: str) -> Reading:
    """Read a power of ten that still has all its digits; one that lacks noughts at its end is asked about."""
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = Decimal("0.5")
    digits = f"{number:f}" if number.adjusted() < 15 and number == number.to_integral_value() else ""
    found = _number(digits.partition(".")[0])
    kept = sum(sign.isdigit() for sign in re.split("[Ee]", text)[0])
    # `7,71E+08` shows three of nine digits: a few noughts at the end may be true, six of them are lost digits.
    if found and found.kind != "foreign" and kept >= len(digits) - 3:
        return Value(found) if kept >= len(digits) else Ask(f"« {text[:40]} »: le numéro est-il {found.number} ?", (found,))
    return Refuse(f"« {text[:40]} »: le tableur a perdu des chiffres. Écrivez le numéro en entier.")
