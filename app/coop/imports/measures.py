"""The unit that a column's name gives its cells: `Poids (g)`, `Prix (F/t)`."""

import re
from collections.abc import Collection
from decimal import Decimal

from app.letters import packed, plain

GRAMS = {
    **dict.fromkeys(("G", "GR", "GRAMME"), 1),
    **dict.fromkeys(("KG", "KILO", "KILOGRAMME"), 1000),
    **dict.fromkeys(("QUINTAL", "QUINTAUX"), 100_000),
    **dict.fromkeys(("T", "TONNE"), 1_000_000),
}
"""How many grams a unit of mass is."""
OTHERS = frozenset(
    (
        "CAISSE", "SAC", "PANIER", "BASSINE", "SEAU", "SEAUX", "CARTON", "CAGEOT", "PIECE", "DOUZAINE", "BIDON",
        "L", "CL", "ML", "LITRE", "LIVRE", "LB", "MG",
    )
)  # fmt: skip
"""Units that aren't converted."""
_NO_UNIT = frozenset(
    (
        "F", "FR", "FRS", "FRANC", "FRANCS", "FCFA", "CFA", "XOF", "NET", "BRUT", "TOTAL", "TTC", "HT", "EN",
        "PAR", "AU", "A", "DE", "DU", "LE", "LA", "LES", "UN", "UNE",
    )
)  # fmt: skip
"""What else stands in the brackets of such names."""
_WORD = re.compile(r"(?<![\w.'’])[A-Z][A-Z0-9]*(?!['’\w]|\.\w)")
"""Neither `l'` nor the letters of `T.T.C.`."""
_TIMES = re.compile(r"[\d%]")
_BRACKETS = re.compile(r"\(([^)]*)\)")


_NOT_FRANCS = re.compile(
    r"MILLIER|MILLION|\bMILLES?\b|\b[KM] ?(?:F|FR|FRS|FCFA|CFA|XOF)\b|(?<!\d )\b0{3}\b|\b1 ?0{3}\b|X ?1 ?0{3}\b|\((?:EN )?[KM]\)|"
    r"\bEUR|€|USD|DOLLAR|\$|£|CENTIME|OUGUIYA|DALASI|\bDEREM|\bNOMBRES?\b|\bNBR?E?\b"
)


def is_not_in_francs(name: str) -> bool:
    """Tell whether a column's name says that its amounts are counted in thousands, in dërëm (5 F), in pieces or in other money."""
    return _NOT_FRANCS.search(plain(name)) is not None


def singular(unit: str) -> str:
    """Return a unit as it is compared."""
    return packed(unit).rstrip("S")


def units_in(name: str, known: Collection[str]) -> tuple[list[str], bool]:
    """Return the units that a column's name says, and whether it says them alone: not `(F/100 kg)`; `known` are products' own."""
    inside = _WORD.findall(" ".join(_BRACKETS.findall(plain(name))))
    outside = _WORD.findall(_BRACKETS.sub(" ", plain(name)))
    # A letter alone is a unit in brackets or at the end: `Poids (T)`, `Poids en g`.
    likely = inside + [word for word in outside if len(word) > 1 or word == outside[-1]]
    units = [word for word in dict.fromkeys(likely) if singular(word) in {*GRAMS, *OTHERS, *known}]
    clear = all(word in units or word in _NO_UNIT for word in inside) and not _TIMES.search(plain(name))
    return [unit.lower() for unit in units], clear


def times(said: str, unit: str) -> Decimal | None:
    """Return how many of `unit` one of `said` is; None where they can't be told in each other."""
    one, other = singular(said), singular(unit)
    if one == other:
        return Decimal(1)
    return Decimal(GRAMS[one]) / GRAMS[other] if one in GRAMS and other in GRAMS else None
