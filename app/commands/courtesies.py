"""Manners and signatures around a command: `Bonjour, PROD thiof 25 svp. Merci, Awa`. They change nothing."""

import re

_REPLY_MARK = re.compile(r"^\s*(?:(?:re|tr|fwd?|r[eé]p(?:onse|ondre)?)\s*:\s*)+(?=[^\d\s])", re.IGNORECASE)
"""What phones put before an answer; `Répondre: 12 oui` has a number behind it and is the officers' command."""
_SIGNS = (
    r"--+\s+|(?:envoy[eé]e?|[eé]crit|transmis)\s+(?:depuis|de|du|[aà]\s+partir|par|avec|via)\s+"
    r"|sent\s+(?:from|with|via)\s+|get\s+outlook|t[eé]l[eé]charge[rz]\s+outlook|obtenez\s+outlook"
)
_SIGNATURE = re.compile(
    rf"(?:^|\s)(?:[-–—]{{1,2}}\s*(?=[^\W\d])[^\n\d]{{0,30}}$|{_SIGNS})[^\n]*\s*\Z", re.IGNORECASE | re.MULTILINE
)
_SIGNATURE_BELOW = re.compile(rf"^(?:{_SIGNS})[^\n]*\s*\Z", re.IGNORECASE | re.MULTILINE)


def words_of(text: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(text.split())


OPENINGS = words_of(
    """BONJOUR BJR BONSOIR BSR SALUT SALAM SALAAM SALAMALEKUM ASSALAMOU ASALAMALEKUM ALEYKOUM ALEIKOUM ALEKUM MALEKUM NANGADEF
    NANGA DEF MADAME MONSIEUR MME ALLO HELLO HI JAPPOO PARDON OK SVP STP PLEASE MERCI"""
)
CLOSINGS = words_of(
    """MERCI MERCIS THANKS THANK YOU SVP STP SIL S IL VOUS VS TE PLAIT PLEASE BEAUCOUP INFINIMENT D AVANCE BIEN A BIENTOT BONNE BON
    CORDIALEMENT JEREJEF JERREJEF JAAJEF JAJEF BISOUS SALUTATIONS CDT AU REVOIR"""
)
_BEFORE = {"S": "IL", "D": "AVANCE", "A": "BIENTOT"}
"""Letters that are a courtesy before one word alone: elsewhere they may be a grade."""
_NAME = r"(?: (?!DE |D |POUR |A |AU |BIEN |SI |STOP\b|START\b)[A-Z]+(?: (?!STOP\b|START\b)[A-Z]+)?)?"
_THANKS = re.compile(rf"(?<!\S)(?:MERCI|THANKS|THANK YOU|CORDIALEMENT|JEREJEF|JERREJEF|CDT|BONNE (?:JOURNEE|SOIREE|NUIT)){_NAME}$")
"""Thanks and wishes, perhaps with a name behind them."""
SMALL_TALK = (
    OPENINGS
    | CLOSINGS
    | words_of(
        """OUI OKAY DACCORD ACCORD RECU NOTE COMPRIS SUPER PARFAIT CA VA COMMENT ALLEZ ALEYKUM MAA NGI FI REK JAMM WAAW WAW
        ALHAMDOULILLAH INCHALLAH AMEN AMINE AMIN BRAVO FELICITATIONS TOUT LE MONDE LA LES ET DE MA MON CHER CHERE SECRETAIRE
        PRESIDENTE TRESORIERE JOURNEE SOIREE NUIT"""
    )
)


def bare(text: str) -> str:
    """Return a text without a phone's mark of an answer before it and without the signature behind it."""
    return _SIGNATURE.sub("", _REPLY_MARK.sub("", text)).strip()


def as_said(text: str) -> str:
    """Return the same of a text whose words are somebody's own: only a signature in lines of its own goes, no `- venez tous`."""
    return _SIGNATURE_BELOW.sub("", _REPLY_MARK.sub("", text)).strip()


def without_opening(folded: str) -> str:
    """Return a folded text without the greetings that it begins with."""
    words = folded.split()
    while words and words[0].strip(",.:") in OPENINGS:
        words = words[1:]
    return " ".join(words)


def without_closing(folded: str) -> str:
    """Return a folded text without the thanks, a name behind them, and the like that it ends with."""
    left, behind = _THANKS.sub("", folded).split(), ""
    while left and left[-1].strip(",.") in CLOSINGS and _BEFORE.get(left[-1], behind) == behind:
        behind = left.pop().strip(",.")
    return " ".join(left)


def is_small_talk(folded: str) -> bool:
    """Tell whether a folded text asks nothing of anybody: a greeting, thanks, a lone letter or digit, no word at all."""
    words = folded.replace(",", " ").replace(".", " ").split()
    return len("".join(words)) <= 1 or all(word in SMALL_TALK for word in words)
