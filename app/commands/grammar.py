"""Read a command: case, accents, punctuation and doubled spaces don't matter."""

import re
import unicodedata

import msgspec

WORDS = {
    "PRIX": ("PRIX", "PRI", "NJEG"),
    "AIDE": ("AIDE", "HELP", "INFO", "NDIMBAL"),
    "NOTICE": ("NOTICE", "DONNEES"),
    "STOP ALERTE": ("STOP ALERTE", "STOP ALERTES", "STOPALERTE"),
    "STOP": ("STOP", "STOPP", "ARRET", "ARRETER", "ARRETEZ", "FIN", "UNSUBSCRIBE", "DEDDU"),
    "START": ("START", "REPRENDRE", "OUVRIR"),
    "SOLDE": ("SOLDE", "SOLDES", "COMPTE"),
    "PROD": ("PROD", "PRODUCTION", "PRODUIT"),
    "RAPPEL": ("RAPPEL", "RAPPELEZ MOI", "RAPPELEZ", "APPEL"),
    "LANGUE": ("LANGUE", "LANG"),
    "OFFICER": ("DIFF", "URGENT", "OUI", "ETAT", "ANNULER", "MEMBRE", "VALIDER", "TARIF"),
}
"""Each command with its spellings, folded; the longest spelling that begins the text wins."""

_SPELLED = sorted(((spelling, word) for word, spellings in WORDS.items() for spelling in spellings), key=lambda pair: -len(pair[0]))


class Order(msgspec.Struct, frozen=True):
    """A command's word ("" when none is known) and what follows it, folded to capitals and single spaces."""

    word: str
    rest: str


def parse(text: str) -> Order:
    """Return what a text asks for."""
    folded = fold_words(text)
    for spelling, word in _SPELLED:
        if folded == spelling or folded.startswith(f"{spelling} "):
            return Order(word, folded[len(spelling) :].strip())
    return Order("", folded)


def fold_words(text: str) -> str:
    """Return capitals without accents; a comma or point between digits stays, other punctuation is a space."""
    plain = unicodedata.normalize("NFKD", text.upper().replace("Œ", "OE").replace("Ŋ", "NG"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    spaced = re.sub(r"(?<!\d)[.,]|[.,](?!\d)|[^\w\s.,+@:-]|_", " ", letters)
    return " ".join(spaced.split())
