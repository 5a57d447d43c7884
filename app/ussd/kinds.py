"""The kinds of value that a screen can show: how each is written, how long it can get, whether it is private."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_type_hints

import msgspec

from app.amounts import francs
from app.clock import DAKAR
from app.gsm7 import fold, septets
from app.units import quantity


class Kind(msgspec.Struct, frozen=True):
    """Say how a placeholder's value is written and what its longest form is.

    `longest` is what the proof fills in, and no shown words get longer: `show` cuts them. A figure is never cut.
    A `private` value (an amount, a name) may only stand on a screen behind a guard.
    """

    name: str
    longest: str
    private: bool = False


amount_words = francs


def _day(value: date) -> str:
    return f"{value:%d/%m}"


def _date(value: date) -> str:
    """Write a day with its year: of an instant, the day in Dakar."""
    return f"{value.astimezone(DAKAR) if isinstance(value, datetime) else value:%d/%m/%Y}"


def _clock(value: datetime) -> str:
    return f"{value.astimezone(DAKAR):%H:%M}"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "amount": amount_words,
    "price": amount_words,
    "quantity": quantity,
    "day": _day,
    "date": _date,
    "clock": _clock,
    "moment": lambda value: f"{value.astimezone(DAKAR):%H:%M le %d/%m}",
}

CUT = ("words", "name", "text")
"""Kinds whose values may lose their end."""

Amount = Annotated[int, Kind("amount", "-999 999 999 F", private=True)]
Price = Annotated[int, Kind("price", "9 999 999 F")]
Amounted = Annotated[Decimal, Kind("quantity", "99999,999")]
Day = Annotated[date, Kind("day", "30/11")]
Clock = Annotated[datetime, Kind("clock", "22:22")]
Count = Annotated[int, Kind("count", "999")]
Reference = Annotated[str, Kind("reference", "999999")]
Unit = Annotated[str, Kind("words", "m" * 8)]
ProductName = Annotated[str, Kind("words", "m" * 20)]
PersonName = Annotated[str, Kind("name", "m" * 40, private=True)]
Short = Annotated[str, Kind("words", "m" * 16)]
Phrase = Annotated[str, Kind("words", "m" * 48)]
PublicText = Annotated[str, Kind("text", "mmmmmmmmm " * 60)]
"""A longer text that the pages take up, as the notice of the law."""
PrivateText = Annotated[str, Kind("text", "mmmmmmmmm " * 120, private=True)]


_READERS: dict[str, Callable[[str], Any]] = {
    "quantity": Decimal,
    "day": date.fromisoformat,
    "clock": datetime.fromisoformat,
}


def plain(kind: Kind, value: Any) -> str:
    """Write `value` as its kind says, neither folded nor cut."""
    return _WRITERS.get(kind.name, str)(value)


def show(kind: Kind, value: Any) -> str:
    """Write `value`, or what JSON made of it, as its kind says: folded to GSM-7, words never longer than the kind's longest."""
    if isinstance(value, str) and kind.name in _READERS:
        value = _READERS[kind.name](value)
    words = fold(plain(kind, value))
    room = septets(fold(kind.longest))
    # Letter by letter, for one of the extension takes two septets.
    while kind.name in CUT and septets(words) > room:
        words = words[:-1]
    return words


@cache
def kinds_of(shape: type) -> Mapping[str, Kind]:
    """Return the kind of each field of a Struct that a binding gives; a nested Struct's fields come as `outer.inner`.

    A field without a kind can't be shown and is left out.
    """
    found: dict[str, Kind] = {}
    for name, hint in get_type_hints(shape, include_extras=True).items():
        kind = kind_of(hint)
        if kind is not None:
            found[name] = kind
        elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            found |= {f"{name}.{inner}": k for inner, k in kinds_of(hint).items()}
    return MappingProxyType(found)


def kind_of(hint: Any) -> Kind | None:
    """Return the kind that a type hint carries, if it carries one."""
    return next((extra for extra in get_args(hint)[1:] if isinstance(extra, Kind)), None)
