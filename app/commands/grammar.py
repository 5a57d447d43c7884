"""Read a command: case, accents, punctuation and doubled spaces don't matter."""

import re
import unicodedata

import msgspec

from app.commands.stopping import read_stop

WORDS = {
    "PRIX": ("PRIX", "PRI", "NJEG"),
    "AIDE": ("AIDE", "HELP", "INFO", "NDIMBAL"),
    "NOTICE": ("NOTICE", "DONNEES"),
    "STOP ALERTE": (),
    "STOP": (),
    "START": (),
    "SOLDE": ("SOLDE", "SOLDES", "COMPTE"),
    "PROD": ("PROD", "PRODUCTION", "PRODUIT"),
    "CONTESTER": ("CONTESTER", "CONTESTE", "RECLAMATION", "ERREUR"),
    "RAPPEL": ("RAPPEL", "RAPPELEZ MOI", "RAPPELEZ", "APPEL"),
    "LANGUE": ("LANGUE", "LANG"),
    "NON": ("NON", "DEET"),
}
"""Each command with its spellings, folded; the longest spelling that begins the text wins. STOP's are in `stopping.py`."""

OFFICERS = ("DIFF", "URGENT", "OUI", "ETAT", "ANNULER", "MEMBRE", "VALIDER", "TARIF", "REPONDRE")
"""Commands of officers; from anyone else they are written down and answered as any other text."""

NEED_WHAT_FOLLOWS = ("PRIX", "PROD", "CONTESTER", "LANGUE", "NON", *OFFICERS)
"""Words that are worked on with what stands behind them; of all others what looks like a code is never written down."""

_SPELLED = sorted(
    [(spelling, word) for word, spellings in WORDS.items() for spelling in spellings] + [(word, word) for word in OFFICERS],
    key=lambda pair: -len(pair[0]),
)
_PUNCTUATION = re.compile(r"(?<!\d)[.,:]|[.,:](?!\d)|[-+@](?!\w)|(?<=\w)-(?=\D)|[^\w\s.,+@:-]|_")


class Order(msgspec.Struct, frozen=True):
    """A command's word ("" when none is known) and what follows it, folded to capitals and single spaces."""

    word: str
    rest: str


def parse(text: str) -> Order:
    """Return what a text asks for."""
    folded = fold_words(text)
    stop = read_stop(folded)
    if stop:
        return Order(stop, "")
    for spelling, word in _SPELLED:
        rest = folded.removeprefix(spelling)
        if rest != folded and not rest[:1].isalpha():
            return Order(word, rest.strip())
    return Order("", folded)


def fold_words(text: str) -> str:
    """Return capitals without accents; what tells numbers (`12,5` `-5` `18:30` `+221`) stays, other punctuation is a space."""
    capitals = unicodedata.normalize("NFKD", text).upper().replace("Œ", "OE").replace("Ŋ", "NG")
    plain = unicodedata.normalize("NFKD", capitals)
    letters = "".join(letter for letter in plain if not (unicodedata.combining(letter) or unicodedata.category(letter) == "Cf"))
    return " ".join(_PUNCTUATION.sub(" ", letters).split())
