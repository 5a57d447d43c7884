"""How many of what, as French writes it: `3 caisses`, `1 sac d'Arachide`, `combien de pièces`. A unit is kept in the singular."""

from decimal import Decimal

from app.letters import plain

_SYMBOLS = frozenset(("KG", "G", "T", "L", "CL", "ML", "M", "F"))
"""Signs that take no plural."""
_SIGNS = {"KILOGRAMME": "KG", "KILO": "KG", "GRAMME": "G", "GR": "G", "TONNE": "T", "LITRE": "L"}
"""Words that have a sign."""
_MUTE_H = ("HABIT", "HECTARE", "HERBE", "HEURE", "HIBISCUS", "HUILE", "HUITRE", "HYGIENE")
"""Words whose h isn't heard; of all others it is, as in `de haricot`."""


def count(number: Decimal | int, unit: str) -> str:
    """Write how many of a unit: `0 caisse`, `1,5 kg`, `2 caisses`."""
    return f"{quantity(number)} {agree(number, unit)}"


def count_of(number: Decimal | int, unit: str, what: str) -> str:
    """Write how many of a unit of what: `3 caisses de Sardinelle`."""
    return f"{count(number, unit)} {of(what)}"


def is_meant(typed: str, unit: str) -> bool:
    """Tell whether what stands behind a number means a unit: one or several of it, or a short form of three letters or more."""
    one, meant = plain(typed).removesuffix("S"), plain(unit).removesuffix("S")
    return (
        _SIGNS.get(one, one) == _SIGNS.get(meant, meant)
        or plain(typed) == plain(plural(unit))
        or (len(one) >= 3 and meant.startswith(one))
    )


def of_many(unit: str) -> str:
    """Write what `combien` asks for: `de caisses`, `d'oeufs`."""
    return of(plural(unit))


def agree(number: Decimal | int, word: str) -> str:
    """Return a word in the number that goes with a figure: French counts many from two on."""
    return word if -2 < number < 2 else plural(word)


def plural(words: str) -> str:
    """Return the plural of a noun; of several words the first one's: `sacs de riz`."""
    word, space, behind = words.partition(" ")
    ending = plain(word)
    if ending in _SYMBOLS or ending.endswith(("S", "X", "Z")):
        return words
    if ending.endswith("AL"):
        word = word[:-1] + "ux"
    else:
        word += "x" if ending.endswith(("EAU", "EU")) else "s"
    return word + space + behind


def of(what: str) -> str:
    """Write `de` before a noun, or `d'` where that is said: `de Thiof`, `d'Oignon`, `de Yeet`."""
    spelled = plain(what)
    vowel = spelled.startswith(("A", "E", "I", "O", "U", *_MUTE_H)) or (spelled[:1] == "Y" and spelled[1:2] not in tuple("AEIOUY"))
    return f"d'{what}" if vowel and len(spelled) > 1 else f"de {what}"


def quantity(number: Decimal | int) -> str:
    """Write a quantity as people do here: `12,5`, `25`."""
    written = f"{number:f}" if isinstance(number, Decimal) else str(number)
    return (written.rstrip("0").rstrip(".") if "." in written else written).replace(".", ",")
