"""Tell a table's rows of data from what else stands among them: totals, titles, signatures, headers printed again."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from app.sheets.headers import Header, normal
from app.sheets.readings import NOTHING, Formula, Raw, Reader, Value, clean, fold, shown

Kind = Literal["data", "total", "note", "empty", "broken"]
"""What a row is: somebody's or something's line; a total or sub-total; a title, signature, header printed again or other text;
a row that says nothing; a line that must be mended: of a text file with more cells than the header, a name alone without its
number in a numbered table, or one that may be a title, a signature or a sum."""

_COUNT = r"\d+ (?:membres?|personnes?|lignes?|paiements?|transactions?|virements?|adherente?s?|femmes?|hommes?|producteurs?)"
SUBTOTAL = re.compile(r"(?:sous|ss?)[ ./-]*tot(?:al|aux)?\b.*|s ?/ ?t\b.*|s[ .-]?t[ .:]*|(?:report|a reporter|cumul|somme)[ .:]*")
CARRIED = re.compile(r"(?:report|a reporter|cumul)[ .:]*")
"""Of a page: all the rows above, also after another of these."""
_TOTAL = re.compile(rf"{SUBTOTAL.pattern}|(?:grand |montant |solde )?tota(?:l|ux)\b.*|(?:ensemble|tot)[ .:]*|{_COUNT}[ .:]*")
_TOTALS_BEGIN = (
    *("tot", "gra", "mon", "sol", "ens", "sou", "st", "s ", "s/", "s.", "s-", "ss", "rep", "à r", "a r", "cum", "som"),
    *"123456789",
)
_NOTE = re.compile(
    r"(?:arretee? (?:la|le|a|par)|fait a|certifi|lu et approuve|signatures?\b|visa\b|cachet|nb ?:|n\.b|note ?:|source ?:|page \d|"
    r"p\. ?\d|imprime|edite (?:le|par|a)\b|etabli|dresse|approuve|vu (?:et|par|pour|l[ae]s?)\b|vu[ .:]*$|pour le |"
    r"observations? ?:|nombres?\b|nbr?e?\b|effectif|"
    r"moyennes?\b|medianes?\b|ecart\b|difference\b|reste\b|"
    r"[a-z' -]{3,30}, ?le \d)"
)
_EXTREME = re.compile(r"(?:moy|max|min|maximum|minimum)[ .:]*")
"""A note beside numbers; beside words somebody's first name: `Max`, `Mendy`."""
_TITLE = re.compile(
    r"(?:quartier|village|section|zone|secteur|commune|groupe|femmes|hommes|jeunes|dont|soit|suite|tel|telephone|pour la)\b.*|"
    r"(?:la |les )?(?:liste|recapitulat\w+|annexe|feuille|membres|bureau|comite|dames|filles|garcons)\b.*|"
    rf"{_COUNT}\b.*|"
    r"[a-z' -]{3,30},? le \d.*|.*:"
)
"""What is nobody's name where it stands alone in its row."""
_OFFICE = re.compile(
    r"(?:la |le |les |l')(?:vice-?)?(?:president|secretaire|tresori|gestionnaire|comptable|directeur|directrice|responsable|"
    r"coordinat|gerant|chef|commissaire|bureau|comite|maire|sous-prefet)|"
    r"(?:vice-?)?(?:president|secretaire|tresori|gestionnaire|comptable)\w*(?: (?:general|adjoint)e?)?[ .:]*$"
)
_NUMBER = re.compile(r"\d+[.)]?")
_NOUGHT = re.compile(r"0+(?:[.,]0+)?")
_COUNTED = re.compile(r"\d+ [a-z]+")
_ORDER = {"n", "no", "num", "numero", "nr", "rang", "ordre", "n ordre", "numero ordre", "n d ordre", "numero d ordre", "#"}


class Lines:
    """Says what each row below a header is. Kept for one pass: below the last total, words alone are signatures."""

    def __init__(self, header: Header, readers: Mapping[int, Reader], *, strict: bool, wide: frozenset[int] = frozenset()) -> None:
        """`readers` are those of columns that say whose a row is, by column; `wide` the rows, from 0, of a wide merged cell."""
        self._width, self._strict, self._wide = len(header.names), strict, wide
        self._known, self._readers = set(header.fields.values()), readers
        self._names = {column: normal(header.names[column]) for column in self._known}
        self._order = next((at for at, name in enumerate(header.names) if normal(name) in _ORDER), None)
        self._ended = self._signed = False

    def kind(self, number: int, row: Sequence[Raw]) -> tuple[Kind, str]:
        """Return what a row (from 0) is, and in French why it is no row of data."""
        filled = {at: cell for at, cell in enumerate(row) if _is_filled(cell)}
        if not any(self._says(at, cell) for at, cell in filled.items()):
            return "empty", "Ligne vide."
        # Before all else: in cells that slipped, a total or a title would be seen by chance.
        if self._strict and max(filled) >= self._width:
            return "broken", "Plus de cellules que de colonnes: un séparateur est de trop."
        label = self._total(filled)
        if label:
            # Below a page's total the list goes on, and it may below `5 femmes`.
            self._ended = not (SUBTOTAL.fullmatch(label) or label[0].isdigit())
            return "total", "C'est un total."
        told = self._note(number, filled)
        if told:
            return "note", told
        if self._is_unnumbered(filled):
            return "broken", "Un nom seul, sans numéro: est-ce un titre ou un membre ? Donnez un numéro au membre, ôtez le titre."
        if self._order is None and len(filled) == 1 and len(self._known) > 1 and self._is_doubtful(*next(iter(filled.items()))):
            return "broken", "Un nom seul: est-ce un titre, une signature ou un membre ? Complétez le membre, ou ôtez la ligne."
        self._signed = False
        return "data", ""

    def _says(self, at: int, cell: Raw) -> bool:
        """Tell whether a cell says anything: no dash, nought, or number of a line that was numbered before it is filled in."""
        if isinstance(cell, Formula):
            return cell.result != 0
        words = shown(cell)
        is_number = at == self._order and _NUMBER.fullmatch(words)
        return not (is_number or words.casefold() in NOTHING or _NOUGHT.fullmatch(words))

    def _is_doubtful(self, at: int, cell: Raw) -> bool:
        """Tell whether a cell alone in its row may be a title with a figure, such as `SANTHIE 1`, or who signed."""
        takes_words = at in self._readers and isinstance(self._readers[at]("Abc"), Value)
        return takes_words and isinstance(cell, str) and (_has_digit(cell) or self._signed)

    def _is_unnumbered(self, filled: Mapping[int, Raw]) -> bool:
        alone = len(filled) == 1 < len(self._known) and filled.keys() <= self._readers.keys()
        return alone and self._order is not None and self._order not in filled

    def _total(self, filled: Mapping[int, Raw]) -> str:
        """Return the word that makes a row a total; it has amounts then, but nothing that says whose."""
        for at, cell in filled.items():
            label = fold(cell) if isinstance(cell, str) and cell.lstrip().lower().startswith(_TOTALS_BEGIN) else ""
            if len(filled) == 1 and label[:1].isdigit():
                continue
            if _TOTAL.fullmatch(label) and not any(self._says_whose(other, filled[other]) for other in filled if other != at):
                return label
        return ""

    def _says_whose(self, at: int, cell: Raw) -> bool:
        """Tell whether a cell is somebody's card, telephone or day: it has digits that are read, and isn't `9 membres`."""
        if (
            at not in self._readers
            or at == self._order
            or not _has_digit(cell)
            or (isinstance(cell, str) and _COUNTED.fullmatch(fold(cell)))
        ):
            return False
        return isinstance(self._readers[at](cell), Value)

    def _note(self, number: int, filled: Mapping[int, Raw]) -> str:
        """Return why a row is words around the table, empty when it isn't."""
        known = [at for at in filled if at in self._known]
        if not known:
            return "Rien n'est dans les colonnes du tableau."
        first = filled[min(filled)]
        begins = fold(first) if isinstance(first, str) else ""
        words = [cell for at in known if isinstance(cell := filled[at], str) and any(sign.isalpha() for sign in cell)]
        if _NOTE.match(begins) or (_EXTREME.fullmatch(begins) and len(words) < 2):
            return "Ce sont des mots autour du tableau."
        if len(filled) == 1 and _TITLE.fullmatch(begins):
            return "Ce sont des mots autour du tableau."
        if number in self._wide and len(filled) == 1:
            return "C'est un titre."
        if len(filled) == 1 and begins and len(self._known) > 1 and self._order in filled and not _has_digit(first):
            return "C'est un titre: la ligne n'a pas de numéro."
        if any(_has_digit(filled[at]) for at in known):
            return ""
        if _OFFICE.match(begins):
            self._signed = True
            return "Ce sont des mots autour du tableau."
        if len(known) > 1 and all(normal(str(filled[at])) == self._names[at] for at in known):
            return "Ce sont les noms des colonnes, encore une fois."
        if number in self._wide:
            return "C'est un titre."
        # A word in the column of numbers is no line's number but who signed.
        is_numbered = self._order is not None and _has_digit(filled.get(self._order, ""))
        if self._ended and not is_numbered:
            return "Ces mots sont sous le total."
        if self._signed and self._order is not None and not is_numbered:
            return "Ces mots sont sous les signatures."
        return ""


def _is_filled(cell: Raw) -> bool:
    """Tell whether anything can be seen in a cell."""
    if isinstance(cell, str):
        return bool(cell and (clean(cell) if not cell.isascii() else cell.strip()))
    return cell is not None


def _has_digit(cell: Raw) -> bool:
    return not isinstance(cell, str) or any(sign in "0123456789" for sign in cell)
