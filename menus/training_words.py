"""What screens of trainings say, and how they read what applicants type."""

from datetime import date, timedelta
from typing import Annotated

import msgspec

from app.coop.enrolment.applications import BadName, read_name
from app.coop.training import ages, queries
from app.digits import is_number
from app.gsm7 import fold
from app.ussd import kinds
from app.ussd.bindings import Refused

WrittenDay = Annotated[str, kinds.Kind("words", "30/11/2026")]
TypedName = Annotated[str, kinds.Kind("words", "m" * 40)]
"""A name that its owner has just typed: theirs to see, before any PIN."""


class BirthRefused(msgspec.Struct, frozen=True):
    why: kinds.Phrase


def certificate_words(number: str, found: queries.ShownCertificate | None) -> str:
    """Say what anybody may know of a certificate."""
    if found is None:
        return f"Certificat {number}: pas valide. Relisez le numéro."
    return f"Certificat {number} valide: {found.title}, {found.given_on:%m/%Y}, initiales {found.initials or 'effacées'}."


def terms_of(one: queries.ShownTraining) -> str:
    """Say for whom a training is."""
    chooses = "l'entreprise choisit, " * one.company_chooses
    return f"{chooses}{one.min_age} à {one.max_age} ans{f', {one.level}' if one.level else ''}"


def stands_words(one: queries.OwnApplication) -> str:
    """Say how an application stands."""
    if one.state == "offered" and one.offer_ends:
        return f"place offerte jusqu'au {kinds.plain(kinds.Kind('moment', ''), one.offer_ends)}"
    said = {"waiting": f"liste d'attente, rang {one.rank}", "applied": "l'entreprise choisit", "certified": "certificat remis"}
    return said.get(one.state, "vous avez une place")


def read_coming_day(typed: str, today: date, most: timedelta) -> str:
    """Return a day to come within a time, typed `15122026`, as `15/12/2026`; refuses `bad`."""
    digits = read_digits(typed.replace("/", ""), 8)
    try:
        day = date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        raise Refused("bad") from None
    if not today < day <= today + most:
        raise Refused("bad")
    return f"{day:%d/%m/%Y}"


def read_day(written: str) -> date:
    """Return the day that `15/12/2026` is."""
    day, month, year = map(int, written.split("/"))
    return date(year, month, day)


def read_digits(typed: str, number: int) -> str:
    """Return so many digits, also typed with spaces; refuses `bad`."""
    digits = typed.replace(" ", "")
    if not is_number(digits, number, least=number):
        raise Refused("bad")
    return digits


def read_typed_birth(typed: str, today: date) -> str:
    try:
        found = ages.read_birth(typed, today)
    except ages.BadBirth as bad:
        raise Refused("bad", BirthRefused(str(bad))) from None
    return f"{found.on:%d%m%Y}" if found.on else str(found.year)


def read_typed_name(typed: str) -> str:
    """Return a name as typed; refuses `bad`."""
    try:
        return read_name(typed)
    except BadName:
        raise Refused("bad") from None


def read_words(typed: str, least: int, most: int) -> str:
    """Return words as typed, folded; refuses `bad`."""
    words = fold(" ".join(typed.split()))
    if not least <= len(words) <= most or not any(letter.isalpha() for letter in words):
        raise Refused("bad")
    return words
