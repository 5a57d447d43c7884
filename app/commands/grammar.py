"""Read a command: case, accents, punctuation and doubled spaces don't matter."""

import re
import unicodedata

import msgspec

from app.commands.courtesies import CLOSINGS, OPENINGS, bare, without_closing, without_opening, words_of
from app.commands.signed import lines_of, unquoted, without_sender
from app.commands.stop_words import REFERENCE, read_stop
from app.gsm7 import measure
from app.letters import plain

WORDS = {
    "PRIX": ("PRIX", "PRI", "NJEG", "NJEG YI"),
    "AIDE": ("AIDE", "HELP", "INFO", "NDIMBAL"),
    "NOTICE": ("NOTICE", "DONNEES"),
    "STOP ALERTE": (),
    "STOP": (),
    "START": (),
    "SOLDE": ("SOLDE", "SOLDES", "SOLD", "COMPTE", "MON SOLDE", "MON COMPTE"),
    "PROD": ("PROD", "PRODUCTION", "PRODUIT"),
    "CONTESTER": ("CONTESTER", "CONTESTE", "RECLAMATION", "ERREUR"),
    "RAPPEL": ("RAPPEL", "RAPPELEZ MOI", "RAPPELEZ", "RAPPELLE MOI", "RAPPELE MOI", "RAPPELER", "APPEL", "APPELEZ MOI"),
    "LANGUE": ("LANGUE", "LANG", "WOLOF", "FRANCAIS"),
    "NON": ("NON", "DEET"),
    "IDEE": ("IDEE", "IDEES", "IDE"),
    "FICHE": ("FICHE", "FICHES", "TECHNIQUE"),
    "BOUTIQUE": ("BOUTIQUE", "BOUTIQUES", "VENTE"),
    "ACHAT": ("ACHAT", "ACHETER", "ACHATS", "COMMANDE", "COMMANDER"),
    "TRACE": ("TRACE", "TRACER", "LOT"),
    "SOUTENIR": ("SOUTENIR", "SOUTIEN", "SOUTIENS"),
    "FORMATION": ("FORMATION", "FORMATIONS"),
    "INSCRIRE": ("INSCRIRE", "INSCRIS", "INSCRIPTION"),
    "PRESENT": ("PRESENT", "PRESENTE"),
    "EMPLOI": ("EMPLOI", "EMPLOIS"),
}
"""Each command with its spellings, folded; the longest spelling that begins the text wins. STOP's are in `stop_words.py`."""

UNITS = words_of(
    """KG G GR T L CL ML KILO KILOGRAMME GRAMME TONNE QUINTAL LITRE SAC CAISSE PIECE PANIER BASSINE SEAU SACHET POT BIDON BARQUETTE
    CARTON BOITE BOUTEILLE CAGEOT FILET PAQUET PLATEAU BALLOT DOUZAINE CALEBASSE CHARRETTE"""
)
"""Units that people use, whatever a co-operative counts in."""

OFFICERS = ("DIFF", "URGENT", "OUI", "ETAT", "ANNULER", "MEMBRE", "VALIDER", "TARIF", "REPONDRE")
"""Commands of officers; from anyone else they are written down and answered as any other text."""

NEED_WHAT_FOLLOWS = (
    "PRIX",
    "PROD",
    "CONTESTER",
    "LANGUE",
    "NON",
    "IDEE",
    "SOUTENIR",
    "FICHE",
    "BOUTIQUE",
    "ACHAT",
    "TRACE",
    "FORMATION",
    "INSCRIRE",
    "PRESENT",
    "EMPLOI",
    *OFFICERS,
)
"""Words that are worked on with what stands behind them; of all others what looks like a code is never written down."""

FREE_TEXT = ("DIFF", "URGENT", "REPONDRE")
"""Words with an officer's own text behind them, which stays as typed."""

_SPELLED = sorted(
    [(spelling, word) for word, spellings in WORDS.items() for spelling in spellings] + [(word, word) for word in OFFICERS],
    key=lambda pair: -len(pair[0]),
)
_ACTS = {
    **dict.fromkeys(("NON", "DEET"), "NON"),
    **dict.fromkeys(("CONTESTER", "CONTESTE", "RECLAMATION"), "CONTESTER"),
    **dict.fromkeys(("ANNULER", "ANNULE", "ANNULEZ", "ANNULATION"), "ANNULER"),
}
_AROUND = OPENINGS | words_of(
    """ENVOYEZ ENVOYER ENVOIE J JE VEUX VOUDRAIS SOUHAITE LA LE L MA MON CETTE CE C EST DE DU POUR REF REFERENCE N NO NUM NUMERO
    DECLARATION PRODUCTION PESEE PAIEMENT FAUT VEUILLEZ"""
)
_SPOKEN_NUMBER = re.compile(r"\b(?:N|NO|NUM|NUMERO) ?(?=\d)")
NUMBERED = ("FICHE", "SOUTENIR", "BOUTIQUE", "ACHAT", "FORMATION", "INSCRIRE", "EMPLOI", "ETAT", "ANNULER", "OUI", "PRESENT")
"""Words with a number behind them, also written `n° 1`."""
_REFERENCE = re.compile(r"(?:(?:LA )?REF(?:ERENCE)? |N )?(\d{3}) ?(\d{3})((?: ?[,.])?(?: [^\d]*)?|)")
_DASHED_REFERENCE = re.compile(r"(?<![\d.,-])(\d{3})[.-](\d{3})(?![\d.,-])")
COUNTED = ("PROD", "ACHAT", "VALIDER", "TARIF")
"""Words with a quantity or an amount behind them, which a dash before it makes less than nothing: `- 5`."""
LONGEST = 500
"""Letters in which a command is looked for."""
SHORT, SHORT_UCS_2, MOST_SIGNED = 150, 64, 6
"""Below so many units no text is several pieces, whose later ones give no order; words in a line of a signature."""
_SAYS_WHAT = re.compile(r"\b(?:STOP|START|DESABON|DESINSCRI|UNSUB|JE|NE|N|SMS|MESSAGES?)")
"""What a first line that ends messages has in it; `Fin` may go on in the next one."""
_ORDERS = re.compile(r"(?<!\S)(?:PROD|ANNULER|NON|CONTESTER|ACHAT|INSCRIRE|PRESENT|VALIDER|TARIF|DIFF|START|STOP)(?!\S)")
_SMALL = OPENINGS | CLOSINGS | words_of("AU AUX DE DES DU EN ET L LA LE LES")
FEWEST_SAID = 4
_SIX_DIGITS, _ANY = r"\d{3} ?\d{3}(?!\d)", re.compile(r"\d")
_WHOLE: dict[str, str] = {
    **dict.fromkeys(("BOUTIQUE", "FORMATION", "EMPLOI", "ETAT"), ""),
    **dict.fromkeys(("FICHE", "SOUTENIR", "INSCRIRE", "PRESENT", "TRACE", "OUI", "ANNULER", "MEMBRE"), r"\d"),
    **dict.fromkeys(("NON", "CONTESTER"), _SIX_DIGITS),
    "PRIX": ".",
    "PROD": rf"(?=.*\d).*\b(?!(?:CARTE|{'|'.join(UNITS)})S?\b)[A-Z]{{3}}",
    "ACHAT": r"\d\D+\d",
    "VALIDER": rf"{_SIX_DIGITS}.*\d",
    "TARIF": r"[A-Z]{3}.*\d",
}
"""What stands behind a word at least where a signature may follow in the next line."""
_GOES_ON = UNITS | {f"{unit}S" for unit in UNITS} | words_of("A B C QUALITE QUAL AUTRE")
_DASHES = "\\-\u02d7\u2010-\u2015\u207b\u2212\u2796\ufe63\uff0d"
_DASH = re.compile(rf"(?<!\d)[{_DASHES}]")
_MINUS = re.compile(rf"(?<!\w)[{_DASHES}]\ufe0f?\s+(?=[.,]?\d)|(?<=\d)[{_DASHES}](?=\d)")
_NO_UNITS = re.compile(r"(?<![\w.,])[.,](?=\d{1,3}(?!\d))")
"""The mark of `,5`: were it punctuation, ten times as much would be read."""
_PUNCTUATION = re.compile(
    r"(?<!\d)(?<!\b[OIL])[.,:]|[.,:](?!\d)|[-+@](?!\w)|(?<=\w)-(?=\D)|[^\w\s.,+@:%€$£-]|(?<!\d)(?<!\d\s)[%€$£](?!\s?\d)|_"
)
"""What becomes a space; what stands beside a number as its unit stays."""


class TypedCommand(msgspec.Struct, frozen=True):
    """A command's word ("" when none is known) and what follows it, folded to capitals and single spaces.

    `beside` are the lines above and below it that it leaves unread: who signs, another order, a message to somebody.
    """

    word: str
    rest: str
    beside: str = ""


def parse(text: str) -> TypedCommand:
    """Return what a text asks for; manners, a phone's mark of an answer and a signature change nothing."""
    short, text = is_short(text), unquoted(bare(text))
    folded = fold_words(text)
    # Before all others: no command's spelling may stand in the way of a STOP.
    stop, lines = read_stop(folded, text), lines_of(text)
    if not stop and len(lines) > 1 and _SAYS_WHAT.search(fold_words(lines[0])) and all(map(_signs, lines[1:])):
        stop = read_stop(fold_words(lines[0]), lines[0])
    if stop == "NON":
        return TypedCommand(stop, folded)
    each = [fold_words(line) for line in lines]
    apart = not stop and short and "STOP" in each
    if stop or apart:
        others = (words for words in each if words not in ("STOP", stop) and (apart or order_in(words) not in ("", "STOP", stop)))
        return TypedCommand(stop or "STOP", "", " ".join(others))
    found, beside = _command("\n".join(lines)), list[str]()
    # Not in a long text, where a line that looks like a command may be the rest of a sentence.
    for at in range(1, len(lines) if found is None and short else 0):
        below = _command("\n".join(lines[at:]))
        if below and _stands_below(fold_words(lines[at]), below):
            found, lines, beside = below, lines[at:], lines[:at]
            break
    while found and len(lines) > 1 and _signs(lines[-1]):
        shorter = _command("\n".join(lines[:-1]))
        if shorter is None or not _is_whole(shorter):
            break
        found, lines, beside = shorter, lines[:-1], [*beside, lines[-1]]
    if found:
        return TypedCommand(found.word, found.rest, fold_words("\n".join(beside)))
    return _of_reference(folded) or TypedCommand("", folded)


def is_short(text: str) -> bool:
    """Tell whether a text is no piece of a longer one, nor several."""
    size = measure(text)
    return size.units < (SHORT if size.alphabet == "GSM-7" else SHORT_UCS_2)


def order_in(folded: str) -> str:
    """Return the order that stands in what another command has left, with all behind it; "" without one."""
    for begins in _ORDERS.finditer(folded):
        order = folded[begins.start() :]
        read = _begun(order)
        if order in ("START", "STOP") or (read and (_is_whole(read) or (read.word in FREE_TEXT and read.rest))):
            return order
    return ""


def is_prose(folded: str) -> bool:
    """Tell whether so many words tell somebody something, and are no name, place or manners."""
    return sum(word.isalpha() and word not in _SMALL for word in folded.split()) >= FEWEST_SAID


def _stands_below(line: str, command: TypedCommand) -> bool:
    """Tell whether a line below others is an order: its word alone, or with a number or a name and no more."""
    plain = line == command.word or (command.word == "PRIX" and len(command.rest.split()) == 1) or _ANY.search(command.rest)
    return bool(plain) and line.startswith(command.word) and (line == command.word or _is_whole(command))


def _of_reference(folded: str) -> TypedCommand | None:
    """Return what a text asks for that has one reference and one word for it in another order: `Envoyez NON 447135`."""
    words = without_closing(folded).replace("PAS D ACCORD", "NON")
    asked = {_ACTS[word] for word in words.split() if word in _ACTS}
    reference = reference_alone(" ".join(word for word in words.split() if word not in _ACTS))
    return TypedCommand(asked.pop(), reference) if len(asked) == 1 and reference else None


def reference_alone(rest: str) -> str | None:
    """Return the one reference of a text that says nothing else: `ma déclaration 603486`; None without one."""
    found = [*REFERENCE.finditer(rest)]
    others = REFERENCE.sub(" ", rest).replace(",", " ").split()
    return found[0][1].replace(" ", "") if len(found) == 1 and all(word in _AROUND for word in others) else None


def _is_whole(command: TypedCommand) -> bool:
    return command.word in _WHOLE and re.search(_WHOLE[command.word], command.rest) is not None


def _signs(line: str) -> bool:
    """Tell whether a line below a command may be who wrote it: no number, no command, nothing that goes on with the line above."""
    folded = fold_words(without_sender(line))
    words = folded.split()
    others = len(words) > MOST_SIGNED or any(map(str.isnumeric, folded)) or any(word in WORDS or word in OFFICERS for word in words)
    # `A. Diop` is no grade.
    goes_on = bool(words) and words[0] in _GOES_ON and (len(words[0]) > 1 or len(words) == 1)
    return not (others or goes_on or (words and _command(line)))


def _command(text: str) -> TypedCommand | None:
    """Return the command that a text begins with, greetings apart; None without one."""
    found = _begun(fold_words(text))
    return _begun(fold_words(_MINUS.sub("-", text))) if found and found.word in COUNTED else found


def _begun(folded: str) -> TypedCommand | None:
    for words in dict.fromkeys((folded, without_opening(folded))):
        for spelling, word in _SPELLED:
            rest = words.removeprefix(spelling)
            # `PRIX25` is PRIX with 25 behind it, while `PRODUITS` is another word.
            if rest != words and not rest[:1].isalpha():
                rest = rest.strip(" ,.")
                rest = f"{spelling} {rest}".strip() if word == "LANGUE" and not spelling.startswith("LANG") else rest
                rest = _SPOKEN_NUMBER.sub("", rest) if word in NUMBERED else rest
                rest = _DASHED_REFERENCE.sub(r"\1 \2", rest) if word in ("NON", "CONTESTER", "ANNULER") else rest
                return TypedCommand(word, rest if word in FREE_TEXT else without_closing(rest))
    return None


def read_reference(rest: str) -> tuple[str, str] | None:
    """Return a reference of six digits, also written `623 590` or `réf 623590`, and what stands behind it; None when
    anything stands before it, or another number behind."""
    found = _REFERENCE.fullmatch(rest)
    return (found[1] + found[2], found[3].strip(" ,.")) if found else None


def fold_words(text: str) -> str:
    """Return capitals without accents; what tells numbers (`12,5` `-5` `18:30` `+221`) stays, other punctuation is a space."""
    # Pasted text has marks of direction and joiners that nobody sees. As punctuation they would cut a word in two.
    # What is a number and no digit (`²` `½` `⑤`) stays as it is: taken apart, `25²` would be 252.
    letters = "".join(letter if unicodedata.category(letter) == "No" else plain(letter) for letter in text)
    # Signs that only change how a letter looks (`5️⃣`) go as well.
    seen = "".join(letter for letter in letters if unicodedata.category(letter) not in ("Cf", "Mn", "Me"))
    return " ".join(_PUNCTUATION.sub(" ", _NO_UNITS.sub("0,", _DASH.sub("-", seen))).split())
