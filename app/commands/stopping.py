"""STOP and START as people write them: the word alone, or with words that only ask nicely or say what is to stop.

Anything else behind the word ("fin de semaine", "arrêt de la pirogue") is no STOP: it is a message that an officer reads.
A STOP followed by a number, as operators teach it ("STOP 12345"), is a STOP.
"""

import re
from collections.abc import Collection
from typing import Literal

STOPS = (
    *("STOP", "ARRET", "ARRETER", "ARRETEZ", "ARRETE", "FIN", "FINIR", "UNSUBSCRIBE", "DEDDU", "STOPSMS", "STOPPUB", "STOPPER"),
    *("STOPPEZ", "STOPALL", "CANCEL", "QUIT", "DESABONNER", "DESABONNEMENT", "DESINSCRIRE", "DESINSCRIPTION"),
    *("DESABONNEZ", "DESABONNE", "DESINSCRIVEZ", "DEDDUL", "BAYYIL", "TAXAWAL", "DAKKAL"),
)
STARTS = ("START", "REPRENDRE", "REPRENEZ", "OUVRIR", "RECOMMENCER", "RECOMMENCEZ", "REABONNER", "REINSCRIRE", "UNSTOP")
ALERTS = ("ALERTE", "ALERTES", "ALERT", "ALERTS", "URGENCE", "URGENCES", "URGENT", "URGENTS", "URGENTE", "URGENTES")
GREETINGS = ("SVP", "STP", "MERCI", "BONJOUR", "BONSOIR", "SALAM", "JAPPOO", "PARDON", "OK", "PLEASE")
FILLERS = (
    *GREETINGS,
    *("S", "IL", "VOUS", "TE", "PLAIT", "A", "AU", "AUX", "DE", "D", "DES", "DU", "LE", "LA", "LES", "L", "CE", "CES", "VOS"),
    *("SMS", "MSG", "MESSAGE", "MESSAGES", "ANNONCE", "ANNONCES", "PUB", "PUBS", "PUBLICITE", "PUBLICITES", "DIFFUSION"),
    *("DIFFUSIONS", "INFO", "INFOS", "ENVOI", "ENVOIS", "ENVOYER", "RECEVOIR", "TOUT", "TOUS", "TOUTES", "MOI", "CPS"),
    *("CA", "PLUS", "ENCORE", "VITE", "ASSEZ", "ALL", "BEAUCOUP"),
    *("JE", "NE", "N", "VEUX", "M", "ME", "NOUS", "ENVOYEZ", "ECRIRE", "ECRIVEZ", "RIEN"),
    *("IT", "THIS", "THESE", "SENDING", "TEXTING", "TEXTS", "YI", "BI"),
)
_RUN = re.compile(r"(.)\1+")


def _plain(word: str) -> str:
    """Return a word with each run of a letter as one: STOOPP is STOP."""
    return _RUN.sub(r"\1", word)


_STOPS, _STARTS = ({_plain(word) for word in words} for words in (STOPS, STARTS))


def read_stop(folded: str) -> Literal["STOP", "STOP ALERTE", "START", ""]:
    """Return what a text in folded capitals asks for, "" when it is something else."""
    words = folded.replace(",", " ").replace(".", " ").split()
    if len(words) > 1 and all(len(word) == 1 for word in words):
        words = ["".join(words)]
    while words and words[0] in GREETINGS:
        words = words[1:]
    if not words:
        return ""
    first, rest = _plain(words[0]), words[1:]
    if first in ("STOPALERTE", "STOPALERTES", "STOPALERT"):
        first, rest = "STOP", ["ALERTE", *rest]
    if first in _STARTS:
        return "START" if _only(rest, (*FILLERS, *ALERTS)) else ""
    if first not in _STOPS:
        return ""
    if _only([word for word in rest if first != "STOP" or not word.isdigit()], (*FILLERS, *STOPS)):
        return "STOP"
    return "STOP ALERTE" if _only(rest, (*FILLERS, *ALERTS)) else ""


def _only(words: Collection[str], known: Collection[str]) -> bool:
    return all(word in known for word in words)
