"""STOP and START as people write them: the word alone, or with words that ask nicely, give a reason or say what is to stop.

Anything else behind the word ("fin de semaine", "arrêt de la pirogue") is no STOP: it is a message that an officer reads.
STOP as a sentence of its own ("STOP !!! …") is one whatever follows. A STOP followed by a number, as operators teach it
("STOP 12345"), is a STOP; six digits are a reference, and then it may be a declaration that is to stop: see REFERENCE.
"""

import re
from collections.abc import Collection
from typing import Literal

from app.commands.courtesies import CLOSINGS, OPENINGS, without_closing, words_of

STOPS = words_of(
    """STOP ARRET ARRETER ARRETEZ ARRETE FIN FINIR UNSUBSCRIBE DEDDU STOPSMS STOPPUB STOPPER STOPPEZ STOPPE STOPALL CANCEL QUIT
    DESABONNER DESABONNEMENT DESINSCRIRE DESINSCRIPTION DESABONNEZ DESABONNE DESINSCRIVEZ DEDDUL BAYYIL TAXAWAL DAKKAL
    STPO SOTP TSOP"""
)
STARTS = words_of("START REPRENDRE REPRENEZ OUVRIR RECOMMENCER RECOMMENCEZ REABONNER REINSCRIRE UNSTOP DEMARRER")
ALERTS = words_of("ALERTE ALERTES ALERT ALERTS URGENCE URGENCES URGENT URGENTS URGENTE URGENTES")
FILLERS = (
    OPENINGS
    | CLOSINGS
    | words_of(
        """AUX DE DES DU LE LA LES L CE CES VOS SMS MSG MESSAGE MESSAGES ANNONCE ANNONCES PUB PUBS PUBLICITE PUBLICITES DIFFUSION
        DIFFUSIONS INFO INFOS ENVOI ENVOIS ENVOYER RECEVOIR TOUT TOUS TOUTES MOI CPS CA PLUS ENCORE VITE ASSEZ ALL JE NE N VEUX M
        ME NOUS ENVOYEZ ECRIRE ECRIVEZ RIEN IT THIS THESE SENDING TEXTING TEXTS YI BI AVEC YOUR"""
    )
)
POINTS = words_of("NUMERO NUM NUMBER FOIS SUFFIT MARRE MEMBRE INTERESSE INTERESSEE TROP DERANGE DERANGEZ PERSON PERSONNE")
"""A reason for a STOP has one of these in it, and but for them only small words."""
STOP_POINTS = POINTS | words_of(
    """TELEPHONE PORTABLE PROPRIETAIRE ADHERENT ADHERENTE CLIENT CLIENTE INSCRIT INSCRITE ABONNE ABONNEE CONCERNE CONCERNEE BESOIN
    INTERESSENT INTERESSER DERANGER DERANGEANT GENE GENEZ GENANT ENNUIE ENNUYEUX EMBETE SAOULE FATIGANT FATIGUANT FATIGUEZ ENERVE
    ENERVANT PENIBLE AGACANT LASSANT INUTILE HARCELEMENT HARCELE SPAM SPAMS ARNAQUE ABUS ABUSE ABUSEZ EXAGERE EXAGEREZ INSUPPORTABLE
    CONNAIS CONNAIT CONNAISSONS CONNAISSEZ DECEDE DECEDEE COOPERATIVE MORT MORTE DEFUNT DEFUNTE DEMANDE TROMPE TROMPEZ"""
)
"""Behind STOP itself, which is nobody's word for work or weather, more is a reason."""
REASONS = (
    words_of(
        """MAUVAIS FAUX WRONG ERREUR TROMPE TROMPEZ PAS C EST SUIS ETES MON MA SON UN UNE J EN AI Y AVEZ AVOIR CHANGE JAMAIS DEJA ON
    QUE MAIS CAR DEPUIS DIT I AM NOT MY THE VRAIMENT DEMANDE INTERESSENT CELUI ELLE IL ILS ELLES LUI EUX QUI SA SES MES NOS NOTRE
    VOTRE LEUR CETTE CET A ETAIT SONT ONT AVAIT ETE PAR POUR VOUS D UNE TRES BIEN TOUJOURS AUCUN AUCUNE QU PARCE PUISQUE"""
    )
    | POINTS
)
REFERENCE = re.compile(r"(?<!\d)(?:REF )?(\d{3} ?\d{3})(?!\d)")
_ORDINAL = re.compile(r"\d{1,2}(?:E|EME|IEME|ER|X)?|[A-Z]{3,}IEME|PREMIERE?|SECONDE?")
_OWN_SENTENCE = re.compile(r"\W*st+o+p+(?: svp| stp)?\s*(?:[!;\n]|\.(?!\w))", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:DESABON\w*|DESINSCRI\w*|UNSUBSCRIBE)\b|\bLAIS+EZ MOI TRANQUIL+E\b|\bNO MORE (?:SMS|TEXTS|MESSAGES)\b"
    r"|\b(?:VEUX|VEUT|VOULONS|VOUDRAIS|SOUHAITE|SOUHAITONS|DESIRE) (?:PLUS|PAS|RIEN) "
    r"(?:JAMAIS |DU TOUT )?(?:RECEVOIR|ETRE (?:CONTACTE|DERANGE|INSCRIT|ABONNE)E?)\b"
    r"|\bNE (?:PLUS|PAS|RIEN|JAMAIS) (?:(?:ME|M|NOUS|VOUS|LUI) )?"
    r"(?:RECEVOIR|ENVOYER|ECRIRE|CONTACTER|DERANGER|ETRE (?:CONTACTE|DERANGE)E?)\b"
    r"|^(?:PLUS|PAS) (?:JAMAIS )?(?:DE|D|AUCUN) (?:SMS|MSG|MESSAGES?|ANNONCES?|PUBS?|PUBLICITES?)\b"
    r"|\bDON T (?:SEND|TEXT|WRITE|CONTACT|WANT)\b"
    r"|\bNE (?:VEUX|VEUT|VOULONS|SOUHAITE|SOUHAITONS|DESIRE) PLUS (?:DE|D|AUCUN|VOS|CES)\b"
    r"|\bN(?:E (?:ME |M |NOUS )?)? ?(?:ENVOYEZ|ENVOIE|ENVOYER|ECRIVEZ|ECRIRE|CONTACTEZ|DERANGEZ) (?:PLUS|RIEN|JAMAIS)\b"
    r"|\b(?:ARRETER|ARRETEZ|CESSER|CESSEZ|STOPPER|STOPPEZ)\b.*\b(?:ENVOYER|RECEVOIR|SMS|MESSAGES?|ANNONCES?)\b"
    r"|\b(?:(?:ENLEVE|RETIRE|OTE|SUPPRIME|EFFACE|RAYE)[RZ]?|SORTEZ|SORTIR|REMOVE|TAKE) .*"
    r"\b(?:LISTES?|LISTS?|CONTACTS|REPERTOIRE|NUMERO)\b"
)
"""Sentences that ask for the end of messages without beginning with STOP; `n'arrêtez pas` and the like aren't."""
_ASKING = words_of(
    """VEUILLEZ SOUHAITE SOUHAITONS DESIRE VOUDRAIS VOULONS VEUT ETRE CONTACTE CONTACTEE CONTACTEZ DERANGEZ LAISSEZ LAISEZ
    TRANQUILLE TRANQUILE NO MORE ENLEVEZ RETIREZ OTEZ AUCUN SUPPRIMEZ REMOVE TAKE OFF FROM LIST LISTE VOTRE NUMERO MON ENVOIE JAMAIS
    CONTACTS DONC PAR SERVICE CESSER CESSEZ VOULOIR POUR FAIRE QUE MY NUMBER PART ENLEVE ENLEVER RETIRE RETIRER OTE OTER SUPPRIME
    SUPPRIMER EFFACE EFFACER EFFACEZ RAYE RAYER RAYEZ SORTEZ SORTIR LISTES LISTS REPERTOIRE PRIERE YOUR DON T SEND TEXT WRITE
    CONTACT WANT TO RECEIVE ANY ANYMORE CONTACTER DERANGER DERANGE DERANGEE INSCRIT INSCRITE ABONNE ABONNEE VOULEZ POUVEZ"""
)
_SENT = FILLERS | words_of("ENVOIE ENVOYE ENVOYEE J AI A AU")
"""Around a STOP that somebody says to be sending: `Envoyez STOP`, `STOP envoyé au 21512`."""
_AS_LETTERS = str.maketrans("05", "OS")
_RUN = re.compile(r"(.)\1+")


def _plain(word: str) -> str:
    """Return a word with each run of a letter as one, and with letters for digits like them: STOOPP and ST0P are STOP."""
    return _RUN.sub(r"\1", word if word.isdigit() else word.translate(_AS_LETTERS))


_STOPS, _STARTS = ({_plain(word) for word in words} for words in (STOPS, STARTS))


def read_stop(folded: str, typed: str = "") -> Literal["STOP", "STOP ALERTE", "NON", "START", ""]:
    """Return what a text in folded capitals asks for, "" when it is something else; `typed` is it with its punctuation.

    `NON` is a STOP with a reference: a no to a declaration, perhaps.
    """
    words = without_closing(folded.replace(",", " ").replace(".", " ")).split()
    # `S.T.O.P` and `S T O P` come here as single letters.
    if len(words) > 1 and all(len(word) == 1 for word in words):
        words = ["".join(words)]
    while words and words[0] in OPENINGS:
        words = words[1:]
    if not words:
        return ""
    first, rest = _plain(words[0]), words[1:]
    if first in ("STOPALERTE", "STOPALERTES", "STOPALERT"):
        first, rest = "STOP", ["ALERTE", *rest]
    if first in _STARTS:
        return "START" if _only(rest, FILLERS | ALERTS) else ""
    if first not in _STOPS:
        return _said_to_send(words) or _asked(words)
    # Before what ends messages: a member who stops a declaration must not lose the announcements by it.
    if REFERENCE.search(" ".join(rest)):
        return "NON"
    own = first.startswith("STOP")
    if _ends([word for word in rest if not own or not word.isdigit()], STOP_POINTS if own else POINTS):
        return "STOP"
    if _only(rest, FILLERS | ALERTS):
        return "STOP ALERTE"
    return "STOP" if _OWN_SENTENCE.match(typed) else _asked(words)


def _ends(rest: Collection[str], points: Collection[str]) -> bool:
    """Tell whether all behind a STOP is manners, what is to stop, or a reason."""
    if _only(rest, _SENT | STOPS):
        return True
    reason = [word for word in rest if not _ORDINAL.fullmatch(word)]
    return any(word in points for word in reason) and _only(reason, FILLERS | STOPS | REASONS | {*points})


def _said_to_send(words: Collection[str]) -> Literal["STOP", "STOP ALERTE", "NON", ""]:
    """Return the STOP in `Envoyez STOP` or `Ça suffit, stop`, with nothing around it but what may stand behind one, or a number."""
    others = [word for word in words if _plain(word) != "STOP" and not word.isdigit()]
    if all(_plain(word) != "STOP" for word in words):
        return ""
    if REFERENCE.search(" ".join(words)):
        return "NON"
    if _ends(others, STOP_POINTS):
        return "STOP"
    return "STOP ALERTE" if _only(others, _SENT | ALERTS) else ""


def _asked(words: list[str]) -> Literal["STOP", "STOP ALERTE", ""]:
    """Return what a sentence asks for that says it in other words than STOP."""
    # `N'arrêtez pas` has the words of a STOP and asks for the contrary.
    if not _ASKS.search(" ".join(words)) or ("PAS" in words and _STOPS & {_plain(word) for word in words}):
        return ""
    known = FILLERS | STOPS | REASONS | _ASKING
    if _only(words, known):
        return "STOP"
    return "STOP ALERTE" if _only(words, known | ALERTS) else ""


def _only(words: Collection[str], known: Collection[str]) -> bool:
    return all(word in known for word in words)
