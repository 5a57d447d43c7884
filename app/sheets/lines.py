"""Tell a table's rows of data from what else stands among them: totals, titles, signatures, headers printed again."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from app.sheets.headers import Header, normal
from app.sheets.readings import Raw, clean, fold

Kind = Literal["data", "total", "note", "empty", "broken"]
"""What a row is: somebody's or something's line; a total or sub-total; a title, signature, header printed again or other text;
a blank row; a line of a text file that has more cells than the header."""

SUBTOTAL = re.compile(r"(?:sous|s)[ ./-]*tota(?:l|ux)\b.*|(?:report|a reporter|cumul|somme)[ .:]*")
_TOTAL = re.compile(
    rf"{SUBTOTAL.pattern}|(?:total|totaux|montant total|solde total|ensemble|tot)"
    r"(?:[ .:]*|[ :./-]+(?:gen|quartier|groupe|village|page|du |de |des |cps|membre|a |et |zone|commune|\().*)"
)
_TOTALS_BEGIN = ("tot", "mon", "sol", "ens", "sou", "s t", "s/t", "s.t", "s-t", "s. ", "s t", "rep", "à r", "a r", "cum", "som")
_NOTE = re.compile(
    r"(?:arretee? (?:la|le|a|par)|fait a|certifi|lu et approuve|signature|visa|cachet|nb ?:|n\.b|note ?:|source ?:|page \d|p\. ?\d|"
    r"imprime|edite|etabli|dresse|approuve|vu |pour le |observations? ?:|"
    r"(?:la |le |les |l')(?:vice-?)?(?:president|secretaire|tresori|gestionnaire|comptable|directeur|directrice|responsable|"
    r"coordinat|gerant|chef|commissaire|bureau|comite|maire|sous-prefet))"
)
_COUNTED = re.compile(r"\d+ [a-z]+")
_ORDER = {"n", "no", "num", "numero", "nr", "rang", "ordre", "n ordre", "numero ordre", "n d ordre", "numero d ordre", "#"}


class Lines:
    """Says what each row below a header is. Kept for one pass: below the last total, words alone are signatures."""

    def __init__(self, header: Header, summed: Sequence[int], *, strict: bool, wide: frozenset[int] = frozenset()) -> None:
        """`summed` are the columns of amounts; `wide` the rows, from 0, that a merged cell spans: titles."""
        self._width, self._strict, self._wide = len(header.names), strict, wide
        self._known, self._summed = set(header.fields.values()), set(summed)
        self._names = {column: normal(header.names[column]) for column in self._known}
        self._order = next((at for at, name in enumerate(header.names) if normal(name) in _ORDER and at not in self._known), None)
        self._ended = False

    def kind(self, number: int, row: Sequence[Raw]) -> tuple[Kind, str]:
        """Return what a row (from 0) is, and in French why it is no row of data."""
        filled = {at: cell for at, cell in enumerate(row) if _is_filled(cell)}
        if not filled:
            return "empty", "Ligne vide."
        if self._strict and max(filled) >= self._width:
            return "broken", "Plus de cellules que de colonnes: un séparateur est de trop."
        label = self._total(filled)
        if label:
            self._ended = not SUBTOTAL.fullmatch(label)
            return "total", "C'est un total."
        told = self._note(number, filled)
        return ("note", told) if told else ("data", "")

    def _total(self, filled: Mapping[int, Raw]) -> str:
        """Return the word that makes a row a total; it has amounts then, but nothing that says whose."""
        for at, cell in filled.items():
            if isinstance(cell, str) and cell.lstrip()[:3].lower() in _TOTALS_BEGIN and _TOTAL.fullmatch(fold(cell)):
                others = [other for other in filled if other in self._known - self._summed and other != at]
                if all(not _has_digit(filled[other]) or _COUNTED.fullmatch(fold(str(filled[other]))) for other in others):
                    return fold(cell)
        return ""

    def _note(self, number: int, filled: Mapping[int, Raw]) -> str:
        """Return why a row is words around the table, empty when it isn't."""
        known = [at for at in filled if at in self._known]
        if not known:
            return "Rien n'est dans les colonnes du tableau."
        first = filled[min(filled)]
        if len(filled) == 1 and isinstance(first, str):
            if _NOTE.match(fold(first)):
                return "Ce sont des mots autour du tableau."
            if self._order is not None and len(self._known) > 1 and self._order not in filled:
                return "C'est un titre: la ligne n'a pas de numéro."
        if any(_has_digit(filled[at]) for at in known):
            return ""
        if isinstance(first, str) and _NOTE.match(fold(first)):
            return "Ce sont des mots autour du tableau."
        if len(known) > 1 and all(normal(str(filled[at])) == self._names[at] for at in known):
            return "Ce sont les noms des colonnes, encore une fois."
        if number in self._wide:
            return "C'est un titre."
        if self._ended and (self._order is None or self._order not in filled):
            return "Ces mots sont sous le total."
        return ""


def _is_filled(cell: Raw) -> bool:
    """Tell whether anything can be seen in a cell."""
    if isinstance(cell, str):
        return bool(cell and (clean(cell) if not cell.isascii() else cell.strip()))
    return cell is not None


def _has_digit(cell: Raw) -> bool:
    return not isinstance(cell, str) or any(sign in "0123456789" for sign in cell)
