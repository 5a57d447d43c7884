"""What stands behind `PROD`: a product's name, a number and perhaps its unit, in any order."""

import re
import textwrap
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from app.commands import replies
from app.commands.grammar import UNITS

NUMBER = re.compile(r"-?\d[\d.,]*")
_LETTERED = re.compile(r"(?!\d[\d.,]*L$)(?=.*\d)[OIL\d]+(?:[.,][OIL\d]+)?(?=(?:KGS?|KILOS?)?$)")
_ZERO_IN_NAME = re.compile(r"(?<=[A-Z])0(?=[A-Z])")
_LIKE_DIGITS = str.maketrans("OIL", "011")


class TypedLine(msgspec.Struct, frozen=True):
    """A product's name, a number, what is the unit, and what means nothing here ("" without); names as typed, folded.

    `unsure` when a letter before the number may be one of its digits (`S5`), `glued` when the unit may be (`2²`).
    """

    name: str
    number: str
    unit: str = ""
    beside: str = ""
    unsure: bool = False
    glued: bool = False


class LineUnread(Exception):
    """What was typed is no line; its argument is the answer."""


def digits_meant(typed: str) -> tuple[str, str]:
    """Return a text with the letters that stand for digits as these (`l2` is 12), and the first such word as typed, or "".

    So is a `0` for an `O` within a name.
    """
    words, lettered = typed.split(), ""
    for at, word in enumerate(words):
        found = _LETTERED.match(word)
        if found and re.search("[OIL]", found[0]):
            lettered = lettered or found[0]
            words[at] = found[0].translate(_LIKE_DIGITS) + word[found.end() :]
        elif _ZERO_IN_NAME.search(word):
            lettered, words[at] = lettered or word, _ZERO_IN_NAME.sub("O", word)
    return " ".join(words), lettered


def cut(words: str, most: int = 20) -> str:
    """Return the words that fit into so many letters, whole but for a first one that is longer."""
    return textwrap.shorten(words, most, placeholder="") or words[:most]


def read_lines(typed: str) -> list[TypedLine]:
    """Return what a text may mean, the likeliest first: the number behind the name, or before it and perhaps its unit.

    Raises LineUnread where there are several products.
    """
    numbers = [*NUMBER.finditer(typed)]
    if not numbers:
        return [TypedLine(typed, "")] if typed else []
    first, last = numbers[0], numbers[-1]
    before, behind = typed[: first.start()].strip(), typed[last.end() :].strip()
    between = [typed[one.end() : other.start()].strip() for one, other in pairwise(numbers)]
    if any(len(words) > 2 for words in between):
        raise LineUnread(_one_of(before, numbers, between, behind))
    number = typed[first.start() : last.end()]
    unit, _, beside = behind.partition(" ")
    glued = typed[last.end() : last.end() + 1].isalnum()
    odd = len(unit) == 1 and (glued or unit in "OIL" or not unit.isalpha())
    if before:
        name, _, sign = before.rpartition(" ")
        if name and len(sign) == 1 and (sign in "OIL" or typed[first.start() - 1] == sign):
            return [TypedLine(name, number, unit, beside, unsure=True)]
        return [TypedLine(before, number, unit, beside, glued=glued or odd)]
    name = beside
    if odd:
        # `S THIOF` is near enough to Thiof: of `2S THIOF` it would leave a 2.
        return [TypedLine(name, number, unit, glued=True)] if name else []
    return [TypedLine(behind, number), TypedLine(name, number, unit)] if name else [TypedLine(behind, number)] if behind else []


def _one_of(before: str, numbers: Sequence[re.Match[str]], between: Sequence[str], behind: str) -> str:
    """Ask for one line of several: the first product's, or one of two quantities of the only product."""
    names = [name for name in (before, *map(_without_unit, (*between, behind))) if name]
    first, other = numbers[0][0], numbers[-1][0]
    name = names[0][:20] if names else ""
    if len(names) == 1:
        both = replies.TWO_QUANTITIES.replace("{line}", replies.line(name, first[:9]))
        return both.replace("{other}", replies.line(name, other[:9]))
    return replies.ONE_PRODUCT.replace("{line}", replies.line(name, first))


def _without_unit(words: str) -> str:
    return " ".join(word for word in words.split() if not is_unit(word))


def is_unit(word: str) -> bool:
    """Tell whether a word is one of UNITS, or several of it."""
    return word in UNITS or word.removesuffix("S") in UNITS
