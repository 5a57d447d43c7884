"""What our SMS say: `say("pin_notice", day=now)`. The words stand in `menus/sms.yaml`, what placeholders are in `values.py`."""

from collections.abc import Mapping
from typing import Unpack

from app.texts.declaration import declared
from app.texts.values import KINDS, Values, write
from app.ussd.compiler import SOURCE_LANGUAGE
from app.ussd.render import fill


class Said(str):
    """An SMS in French that remembers what it says, so that it can be said in the language of whoever reads it."""

    name: str
    values: Values

    def __new__(cls, name: str, values: Values) -> "Said":
        said = super().__new__(cls, _fill(name, values, SOURCE_LANGUAGE))
        said.name, said.values = name, values
        return said


def say(name: str, /, **values: Unpack[Values]) -> Said:
    """Return the SMS of that name. Raises KeyError when there is none, or a value is missing: a test reads every call."""
    return Said(name, values)


def translate(words: str, language: str) -> str:
    """Return what `say` gave in a language, in French where that isn't served; other words as they are."""
    if isinstance(words, Said) and language in languages():
        return _fill(words.name, words.values, language)
    return str(words)


def words(name: str) -> Mapping[str, str]:
    """Return the French words of a placeholder's keys: `words("by")["president"]`."""
    return {key: said[SOURCE_LANGUAGE] for key, said in declared().words[name].items()}


def languages() -> tuple[str, ...]:
    """Return the languages that SMS are served in."""
    return declared().languages


def _fill(name: str, values: Values, language: str) -> str:
    known = declared()
    written = {key: _write(key, value, language) for key, value in values.items()}
    return fill(known.texts[name].said[language], written)


def _write(name: str, value: object, language: str) -> str:
    if name in KINDS:
        return write(KINDS[name], value)
    keyed = declared().words[name]
    return keyed[str(value)][language] if value in keyed else str(value)
