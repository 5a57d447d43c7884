"""An officer's command with a slip in it (`DIF TOUS …`, `URGENCE`): it is answered with what to write, and never done by guess."""

import re

import msgspec
from rapidfuzz.distance import OSA

from app.commands.command import Command
from app.commands.courtesies import without_opening
from app.commands.grammar import OFFICERS
from app.coop.audience.words import OutOfScope, UnknownWord, read_audience
from app.coop.rights import Right
from app.coop.scope import Scope

RIGHTS: dict[str, Right] = {
    **dict.fromkeys(("DIFF", "URGENT", "OUI"), "broadcast"),
    **dict.fromkeys(("ETAT", "MEMBRE"), "read"),
    "ANNULER": "stop",
    "VALIDER": "weigh",
    "TARIF": "price",
    "REPONDRE": "call_backs",
}
HOW = {
    "DIFF": "DIFF public texte, par exemple DIFF TOUS Réunion",
    "URGENT": "URGENT public texte, par exemple URGENT TOUS Tempête",
    "OUI": "OUI et le code du devis",
    "ETAT": "ETAT",
    "ANNULER": "ANNULER et le numéro de l'envoi",
    "MEMBRE": "MEMBRE et le téléphone ou la carte",
    "VALIDER": "VALIDER réf poids qualité",
    "TARIF": "TARIF produit prix",
    "REPONDRE": "REPONDRE, le numéro du message, puis le texte",
}
OTHER_WORDS = {
    **dict.fromkeys(("DIF", "DIFFUSION", "DIFFUSIONS", "DIFFUSER", "DIFFUSEZ", "DIFFUSE", "ANNONCE"), "DIFF"),
    **dict.fromkeys(("URGENCE", "URGENCES", "URGENTE", "ALERTE", "ALERTES", "URG"), "URGENT"),
    **dict.fromkeys(("REPONDS", "REPONDEZ", "REPONSE", "REP", "REPOND"), "REPONDRE"),
    **dict.fromkeys(("VALIDE", "VALIDEZ", "VALID", "VAL", "VALIDATION"), "VALIDER"),
    **dict.fromkeys(("ANNULE", "ANNULEZ", "ANNULATION"), "ANNULER"),
}
WORDS = "Jappoo: vouliez-vous {word} ? Rien n'est envoyé ni noté. Envoyez {how}. {cost}."
KEPT = " Votre message reste à lire."
SHORT = 5
"""Words of up to so many letters are known with one slip, longer ones with two."""
_DIGITS = re.compile(r"\d")


class MeantWord(msgspec.Struct, frozen=True):
    """The officers' word that was meant; `sure` when what follows it fits as well, so that the text is no letter to anybody."""

    word: str
    sure: bool


def words_for(found: MeantWord) -> str:
    """Return the answer to a slip."""
    words = WORDS.replace("{word}", found.word).replace("{how}", HOW[found.word])
    return words if found.sure else words + KEPT


def meant(command: Command) -> MeantWord | None:
    """Return which word of theirs an officer may have meant; None from anybody else, and without a likely one."""
    first, _, rest = without_opening(command.rest).partition(" ")
    word = _likely(first)
    office = command.office(RIGHTS[word]) if word else None
    return MeantWord(word, fits(command, office.scope, word, rest)) if word and office else None


def _likely(first: str) -> str | None:
    if first in OTHER_WORDS:
        return OTHER_WORDS[first]
    for word in ("DIFF", "URGENT"):
        if first.startswith(word) and len(first) > len(word):
            return word
    # What differs in its first letter and further on as well is another word, not a slip.
    near = {word: OSA.distance(first, word) for word in OFFICERS if first[:1] == word[0] or first[1:] == word[1:]}
    best = min(near, key=lambda word: near[word], default=None)
    return best if best and len(first) > 2 and near[best] <= (1 if len(best) <= SHORT else 2) else None


def fits(command: Command, scope: Scope, word: str, rest: str) -> bool:
    """Tell whether what stands behind an officers' word is what it wants, in a scope."""
    if RIGHTS[word] != "broadcast" or word == "OUI":
        return bool(_DIGITS.search(rest))
    try:
        read_audience(command.session.connection(), rest.split(" ")[0], scope)
    except (UnknownWord, OutOfScope):
        return False
    return bool(rest)
