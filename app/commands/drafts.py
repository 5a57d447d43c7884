"""Read what an officer wants to send: `DIFF <audience> [@time] <text>`, forgiving, but for the text, which stays as typed."""

import contextlib
import re
import unicodedata
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.commands.courtesies import OPENINGS, as_said
from app.commands.grammar import fold_words
from app.coop.broadcasts.estimates import Draft
from app.db.rows import require

DAYS = {"LUN": 0, "MAR": 1, "MER": 2, "JEU": 3, "VEN": 4, "SAM": 5, "DIM": 6}
NAMES = ("LUNDI", "MARDI", "MERCREDI", "JEUDI", "VENDREDI", "SAMEDI", "DIMANCHE")
AHEAD = {"AUJOURDHUI": 0, "AUJ": 0, "DEMAIN": 1, "APRESDEMAIN": 2}
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_COMMAND = re.compile(r"[\W_]*(\w+)[^\w@+]*")
_BEHIND = r"[»”\")\]]*(?:[\s:;,.!]|[/–—-](?=\s))*"
_AUDIENCE = re.compile(rf"(?:(?:à|a|aux|pour)\s+)?(cps\s+(?=\d)\d+|[\w'’-]+(?:\s*\+\s*[\w'’-]+)*){_BEHIND}", re.IGNORECASE)
_TIME = re.compile(
    r"@\s*(?P<day>(?!(?:à|a)\s)(?:apr[eè]s[\s-]?)?[^\W\d_]+(?:['’]hui)?\.?|\d{1,2}/\d{1,2}(?:/(?:20)?\d{2})?(?![\d/]))?[\s,]*(?:(?:à|a)\s+)?"
    r"(?P<hour>\d{1,2})(?:(?:\s?:\s?|\.|h|\s+h\s?|\s?heures?\s?)(?P<minute>\d{2})|\s?(?:heures?|h))(?!\w|:\d|\s+(?:du\s+(?:soir|matin)|de\s+l['’]apr))"
    + _BEHIND,
    re.IGNORECASE,
)
"""An hour needs its `h` or its minutes: `@7 décembre` is no seven o'clock, nor is `@7h du soir`."""


class BadTime(ValueError):
    """An `@` with no day or hour behind it that we know."""


class Incomplete(ValueError):
    """No audience, or no text."""


def read_draft(raw: str, now: datetime, zone: ZoneInfo) -> Draft:
    """Return what an SMS that begins with DIFF or URGENT asks for. Raises Incomplete or BadTime.

    Characters that nobody sees are left out: they would hide a word. A time that is past today is tomorrow's, and a weekday
    is the next one: the estimate says which was meant.
    """
    text = as_said(_seen(raw))
    command = _COMMAND.match(text)
    while command and fold_words(command[1]) in OPENINGS:
        # `Bonjour, DIFF TOUS …`: the greeting is for us, and no part of what is sent.
        command = _COMMAND.match(text, command.end())
    rest = text[command.end() :] if command else ""
    meant = _AUDIENCE.match(rest)
    if command is None or meant is None:
        raise Incomplete
    rest, at = rest[meant.end() :], None
    if rest.startswith("@"):
        written = require(_TIME.match(rest), BadTime(rest[:20]))
        at = _instant(written, now.astimezone(zone)).astimezone(now.tzinfo)
        rest = rest[written.end() :]
    words = as_written(rest)
    if not words:
        raise Incomplete
    return Draft(meant[1], words, fold_words(command[1]) == "URGENT", at)


def as_written(raw: str) -> str:
    """Return a text as it will be sent: as typed, without what nobody sees and without doubled spaces; its lines stay."""
    return "\n".join(" ".join(line.split()) for line in _seen(raw).split("\n")).strip()


def _seen(raw: str) -> str:
    # Some devices write an accent as a sign of its own, which the
    # alphabet of SMS doesn't have: the text would cost a part more.
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", raw))


def time_meant(text: str, now: datetime, zone: ZoneInfo) -> str | None:
    """Return what may be meant as the hour: what a text begins with, the `demain 7h` of `demain 7h Pesée`, or an `@18:30` in it."""
    for written in filter(None, (_TIME.match(f"@{text}"), *_TIME.finditer(text))):
        with contextlib.suppress(BadTime):
            _instant(written, now.astimezone(zone))
            return written[0][1:].strip(' ,.:;!)»”"]')
    return None


def day_meant(day: str, at: datetime, now: datetime, zone: ZoneInfo) -> str | None:
    """Return what may be meant where a text begins with another day than its hour's: `ven 09:00` of `@9h ven Pesée`."""
    written = _TIME.match(f"@{day} {at.astimezone(zone):%H:%M}")
    # `Mer agitée` is the sea.
    if written is None or not written["day"] or fold_words(day) == "MER":
        return None
    with contextlib.suppress(BadTime):
        return written[0][1:] if _instant(written, now.astimezone(zone)) != at else None
    return None


def _instant(written: re.Match[str], here: datetime) -> datetime:
    hour, minute = int(written["hour"]), int(written["minute"] or 0)
    if hour > 23 or minute > 59:
        raise BadTime(written[0])
    at = time(hour, minute)
    if not written["day"]:
        return _on(here, int(at <= here.time()), at)
    if "/" in written["day"]:
        return _dated(written["day"], here, at)
    day = re.sub(r"[^A-Z]", "", fold_words(written["day"]))
    if day in AHEAD:
        return _on(here, AHEAD[day], at)
    # A weekday may be cut after three letters or more: `ven`, `vendr`, but not `vente`.
    if day[:3] not in DAYS or not NAMES[DAYS[day[:3]]].startswith(day):
        raise BadTime(written[0])
    ahead = (DAYS[day[:3]] - here.weekday()) % 7
    return _on(here, ahead or 7 * int(at <= here.time()), at)


def _dated(typed: str, here: datetime, at: time) -> datetime:
    day, month, *given = map(int, typed.split("/"))
    # A day without its year that is over this year is next year's.
    year = given[0] % 100 + 2000 if given else here.year + int((month, day) < (here.month, here.day))
    try:
        meant = datetime(year, month, day, tzinfo=here.tzinfo)
    except ValueError as error:
        raise BadTime(typed) from error
    return datetime.combine(meant.date(), at, here.tzinfo)


def _on(here: datetime, days: int, at: time) -> datetime:
    return datetime.combine(here.date() + timedelta(days=days), at, here.tzinfo)
