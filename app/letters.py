"""Letters as they are compared: people type without accents, in any case."""

import unicodedata


def plain(words: str) -> str:
    """Return capitals without accents; `Œ` is `OE`, `Ŋ` is `NG`. What is no letter stays."""
    capitals = unicodedata.normalize("NFKD", words).upper().replace("Œ", "OE").replace("Ŋ", "NG")
    return "".join(letter for letter in unicodedata.normalize("NFKD", capitals) if not unicodedata.combining(letter))


def packed(words: str) -> str:
    """Return plain capitals and digits, nothing between them: `Pêche artisanale` is `PECHEARTISANALE`."""
    return "".join(letter for letter in plain(words) if letter.isalnum())


def is_name(words: str) -> bool:
    """Tell whether words can name somebody or something on a telephone: they have a letter of ours, whatever its accent."""
    return any(letter.isascii() and letter.isalpha() for letter in plain(words))
