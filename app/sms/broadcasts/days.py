"""Words that mean another day when they are read on another: `demain`, `ce soir`."""

import re
import unicodedata
from datetime import datetime, timedelta

from app.sms.broadcasts.terms import Terms

_AWAY = {
    "apres-demain": 2,
    "apres demain": 2,
    "demain": 1,
    "elleg": 1,
    "suba": 1,
    "tomorrow": 1,
    "hier": -1,
    "demb": -1,
}
_TODAY = ("aujourd'hui", "aujourdhui", "ce matin", "ce midi", "ce soir", "cet apres-midi", "cet apres midi", "cette nuit", "tantot")
_OTHERS = ("tout a l'heure", "tey", "tay", "tonight", "today")
_WORDS = re.compile(rf"(?<!\w)(?:{'|'.join((*_AWAY, *_TODAY, *_OTHERS))})(?!\w)")


def relative_day(text: str) -> tuple[str, int] | None:
    """Return the first such word of a text as it is typed, and how many days from the reading it means."""
    # A letter for a letter, so that a place in it is the same place in what was typed.
    plain = "".join(unicodedata.normalize("NFD", letter)[0] for letter in unicodedata.normalize("NFC", text)).lower()
    found = _WORDS.search(plain.replace("\u2019", "'"))
    return (unicodedata.normalize("NFC", text)[found.start() : found.end()], _AWAY.get(found[0], 0)) if found else None


def read_on(text: str, starts: datetime, ends: datetime, terms: Terms, now: datetime) -> tuple[str, datetime, datetime] | None:
    """Return such a word, the day on which it is read and the day that it means then; None when that is today."""
    word, today = relative_day(text), terms.day_of(now)
    day = next((at for at in (starts, ends) if terms.day_of(at) != today), None)
    return (word[0], day, day + timedelta(days=word[1])) if word and day else None
