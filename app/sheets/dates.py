"""Read days: day first, whatever calendar and century."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from app.sheets.readings import Ask, Book, NoValue, Plain, Reader, Reading, Refuse, Value, fold, is_mark, reader

_MONTHS = ("janv", "fevr", "mars", "avri", "mai", "juin", "juil", "aout", "sept", "octo", "nove", "dece")
_CLOCK = re.compile(r"[t ]+\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?z|[+-]\d\d:?\d\d)?$")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:[Zz]|\+00:00)")
_WEEKDAY = re.compile(r"^(?:lun|mar|mer|jeu|ven|sam|dim)(?:di|credi|dredi|edi|anche)?\.?,? +(?:le )?(?=\d)")
_WORDS = re.compile(r"^(?:ne|nee|le|vers|env|environ|en|circa|c|ca|annee|an)\b\.? *|^~ *| *(?:\?|env\.?|environ)$")
_DAY = re.compile(r"(\d{1,2})(?:er)?[ /.\-]+(\d{1,2}|[a-z]{3,9}\.?)[ /.\-]+(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_MONTH = re.compile(r"(?:[0?x-]{1,2}[/.\-])?(?:(\d{1,2})[/.\-]|([a-z]{3,9})\.? +)?(\d{4})")
_NO_DAY = re.compile(r"[0/.\- ]+")

_LONG_AGO = 60
"""Years: what would be so long ago may be a slip of the century's coming years."""
_FEWEST_DAYS = 150
"""A smaller number is somebody's age, and no day of 1900."""
_Judge = Callable[[date], Reading]


def day(today: date, *, earliest: date | None = None, future: bool = False) -> Reader:
    """Return a reader of days: date.

    One before `earliest` and a year alone are asked about; one after `today` is refused, unless `future` says otherwise.
    Of two figures for a year, both centuries are asked about where one is to come and the other is long ago.
    """

    def judge(found: date) -> Reading:
        if found > today and not future:
            return Refuse(f"Le {found:%d/%m/%Y} n'est pas encore passé.")
        if earliest is not None and found < earliest:
            return Ask(f"Le {found:%d/%m/%Y} est avant le {earliest:%d/%m/%Y}: est-ce juste ?", (found,))
        return Value(found)

    def century(years: int) -> tuple[int, ...]:
        if 2000 + years <= today.year + 20 * future:
            return (2000 + years,)
        return (1900 + years,) if today.year - 1900 - years <= _LONG_AGO else (2000 + years, 1900 + years)

    return _reader(judge, century, lambda year: Ask(f"{year}: quel jour ?"))


def instant(today: date) -> Reader:
    """Return a reader of days, or of instants as ISO text in UTC: date, or aware datetime. None is after `today`."""
    read_day = day(today)

    @reader
    def read(raw: Plain, book: Book) -> Reading:
        if not isinstance(raw, str) or _INSTANT.fullmatch(raw) is None:
            return read_day(raw, book)
        try:
            at = datetime.fromisoformat(raw.upper().replace("Z", "+00:00"))
        except ValueError:
            return Refuse(f"« {raw[:40]} »: ce n'est pas un instant.")
        told = read_day(at.date(), book)
        return Value(at) if isinstance(told, Value) else told

    return read


def birth(today: date) -> Reader:
    """Return a reader of days of birth: date, or the year alone as int (`vers 1962`, `1962`).

    Of two figures for a year the century is meant in which the person is from 14 to 95 years old; else it is asked about.
    """

    def judge(found: date) -> Reading:
        if found > today:
            return Refuse(f"Né le {found:%d/%m/%Y}: ce jour n'est pas encore passé.")
        if not 10 <= today.year - found.year <= 110:
            return Ask(f"Né le {found:%d/%m/%Y}: est-ce juste ?", (found,))
        return Value(found)

    def year_alone(year: int) -> Reading:
        told = judge(date(year, 1, 1))
        if isinstance(told, Value):
            return Value(year)
        return (
            Ask(f"Né en {year}: est-ce juste ?", (year,))
            if isinstance(told, Ask)
            else Refuse(f"Né en {year}: c'est après ce jour.")
        )

    def century(years: int) -> tuple[int, ...]:
        both = (1900 + years, 2000 + years)
        meant = tuple(year for year in both if 14 <= today.year - year <= 95)
        return meant or tuple(year for year in both if year <= today.year)

    return _reader(judge, century, year_alone)


def _reader(judge: _Judge, century: Callable[[int], tuple[int, ...]], year_alone: Callable[[int], Reading]) -> Reader:
    @reader
    def read(raw: Plain, book: Book) -> Reading:
        if isinstance(raw, datetime):
            raw = raw.date()
        if isinstance(raw, date):
            return judge(raw) if raw.year >= 1900 else Refuse(f"{raw.year}: ce n'est pas une année.")
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            return NoValue() if str(raw) == "00:00:00" else Refuse("Ce n'est pas une date.")
        if not isinstance(raw, str):
            return _of_number(int(raw), book, judge, year_alone)
        if any(map(is_mark, raw)):
            return Refuse(f"« {raw[:40]} »: ce n'est pas une date. Écrivez jour/mois/année.")
        text = _WEEKDAY.sub("", _CLOCK.sub("", fold(raw).strip(" .,")))
        # A year, or a day's number, that a program wrote out as a decimal.
        text = re.sub(r"^(\d{4,5})\.0+$", r"\1", text)
        if _NO_DAY.fullmatch(text):
            return NoValue()
        if text.isdigit() and len(text) == 5:  # a day's number in a text file: from which calendar nobody knows
            return _of_number(int(text), Book(None), judge, year_alone)
        return _of_text(raw, text, judge, century, year_alone)

    return read


def _of_number(number: int, book: Book, judge: _Judge, year_alone: Callable[[int], Reading]) -> Reading:
    """Read a day's number, from 1900 or 1904; one from 1900 to 2100 is a year."""
    if number == 0:
        return NoValue()
    # As days these are of 1905, long before anybody's birth or act here.
    if 1900 <= number <= 2100:
        return year_alone(number)
    if not _FEWEST_DAYS < number < 80_000:
        return Refuse(f"{number}: ce n'est pas une date.")
    # Spreadsheets count a 29 February 1900 that never was: from 1 March 1900 on, day 0 is 30 December 1899.
    since_1900 = date(1899, 12, 30) + timedelta(number)
    since_1904 = date(1904, 1, 1) + timedelta(number)
    if book.since_1904 is None:
        says = f"{number}: est-ce le {since_1900:%d/%m/%Y} ou le {since_1904:%d/%m/%Y} ?"
        return Ask(says, _likely((since_1900, since_1904), judge))
    return judge(since_1904 if book.since_1904 else since_1900)


def _of_text(
    raw: str, text: str, judge: _Judge, century: Callable[[int], tuple[int, ...]], year_alone: Callable[[int], Reading]
) -> Reading:
    refused = Refuse(f"« {raw[:40]} »: ce n'est pas une date. Écrivez jour/mois/année.")
    if found := _ISO.fullmatch(text):
        return _of_parts(raw, (int(found[1]),), int(found[2]), int(found[3]), judge)
    if found := _DAY.fullmatch(text):
        month, years = _month(found[2]), int(found[3])
        if found[1].strip("0") == found[2].strip("0") == "" and len(found[3]) == 4:  # 00/00/1962
            return year_alone(years) if 1900 <= years <= 2100 else refused
        return _of_parts(raw, (years,) if len(found[3]) == 4 else century(years), month, int(found[1]), judge)
    while text != (shorter := _WORDS.sub("", text)):
        text = shorter.strip()
    if found := _MONTH.fullmatch(text):
        year = int(found[3])
        if 1900 <= year <= 2100 and (not (found[1] or found[2]) or 0 <= _month(found[1] or found[2]) <= 12):
            return year_alone(year)
        return refused
    if text.isdigit() and len(text) == 8:
        # Day first, as people here write it; the year first is a program's.
        for y, m, d in ((text[4:], text[2:4], text[:2]), (text[:4], text[4:6], text[6:])):
            told = _of_parts(raw, (int(y),), int(m), int(d), judge)
            if isinstance(told, Value):
                return Ask(f"« {raw} »: est-ce le {told.value:%d/%m/%Y} ?", (told.value,))
    return refused


def _month(text: str) -> int:
    """Return a month's number, 13 when there is none of this name."""
    if text.isdigit():
        return int(text)
    found = [number for number, start in enumerate(_MONTHS, 1) if text.startswith(start) or start.startswith(text.rstrip("."))]
    return found[0] if len(found) == 1 else 13


def _of_parts(raw: str, years: tuple[int, ...], month: int, day_: int, judge: _Judge) -> Reading:
    days = []
    for year in years:
        if not 1900 <= year <= 2200:
            return Refuse(f"« {raw[:40]} »: {year} n'est pas une année.")
        try:
            days.append(date(year, month, day_))
        except ValueError:
            continue
    if not days:
        return Refuse(f"« {raw[:40]} »: ce jour n'existe pas. Écrivez jour/mois/année.")
    if len(days) > 1:
        return Ask(f"« {raw[:40]} »: {' ou '.join(str(one.year) for one in days)} ?", _likely(days, judge))
    return judge(days[0])


def _likely(days: Iterable[date], judge: _Judge) -> tuple[date, ...]:
    """Leave out the days that are refused: as an answer nobody would look at them again."""
    return tuple(day for day in days if not isinstance(judge(day), Refuse))
