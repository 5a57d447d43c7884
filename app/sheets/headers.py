"""Find the header of a table: which row names the columns, and which column each field is."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from app.sheets.columns import Column
from app.sheets.readings import Ask, Raw, Value, clean, fold, shown
from app.sheets.refusals import ColumnsUnknown, SheetRefused

DEEPEST = 200
"""Rows from the top in which a header is looked for."""
_SAMPLE = 20
_BRACKETS = re.compile(r"\([^)]*\)")
_SMALL = frozenset(("n", "no", "nr", "numero", "num", "de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "ou", "a"))
_NUMBERS, _NUMBERED = (
    frozenset(("n", "no", "nr", "num", "numero")),
    frozenset(("membre", "adherent", "adherente", "ordre", "ligne")),
)
"""`N° membre` is the number of a line, not a member."""
_LETTERS = re.compile(r"[A-Za-z]{1,2}")
_PROBES = ("abc def", "12")
"""A column is recognised by its cells only by a reader that takes neither of these."""


class Header(msgspec.Struct, frozen=True):
    """Where a table begins: the header's last row from 0, all columns' names, the columns of fields from 0, and which fields were
    found by a name that was confirmed before.
    """

    last: int
    names: tuple[str, ...]
    fields: dict[str, int]
    confirmed: dict[str, str] = {}


def normal(name: str) -> str:
    """Return a header as it is compared: without case, accents, brackets, punctuation, small words, and the s of plurals."""
    words = _words(fold(_BRACKETS.sub(" ", name)) or fold(name))
    if len(words) > 1 and words[0] in _NUMBERS and words[-1].rstrip("s") in _NUMBERED:
        return "n"
    return _singular([word for word in words if word not in _SMALL] or words)


def _words(folded: str) -> list[str]:
    """Split a header; an `a` at its end is no small word but the quality or place that it is of: `Prix A`."""
    words = [word for word in re.split(r"[^a-z0-9]+", folded) if word]
    return [*words[:-1], "=a"] if len(words) > 1 and words[-1] == "a" else words


def _singular(words: Sequence[str]) -> str:
    return " ".join(word.rstrip("s") if len(word) > 3 else word for word in words)


def _keys(names: Sequence[str]) -> list[str]:
    """Return headers as they are compared; those alike with what stands in their brackets, and with the word for a number."""
    keys = [normal(name) for name in names]
    times = Counter(keys)
    whole = [[word for word in _words(fold(name)) if word not in _SMALL - _NUMBERS] for name in names]
    return [_singular(words) if times[key] > 1 else key for key, words in zip(keys, whole, strict=True)]


def letters_of(column: int) -> str:
    """Return how a spreadsheet calls a column: A, B … AA."""
    column, rest = divmod(column, 26)
    return (letters_of(column - 1) if column else "") + chr(65 + rest)


def find_header(
    rows: Sequence[Sequence[Raw]], columns: Sequence[Column], given: Mapping[str, str], first_column: int
) -> Header | None:
    """Return the header that names most columns, the first of those alike; None where no row names enough.

    It may be of two rows, the upper one for groups of columns. Raises SheetRefused for two columns alike.
    """
    fields_of = {normal(name): column.field for column in columns for name in column.names}
    fields_of = {name: field for name, field in fields_of.items() if field not in given}
    # What somebody said goes over what names usually mean.
    fields_of |= {normal(name): field for field, name in given.items()}
    best: tuple[int, int, list[str]] | None = None
    upper: list[str] = []
    for at, row in enumerate(rows):
        under = [shown(cell) for cell in row]
        for names in [under, _both(upper, under, fields_of)] if any(upper) else [under]:
            count = len({fields_of[normal(name)] for name in names if normal(name) in fields_of})
            # The first of those alike: a header is printed again on each page.
            if count and (best is None or count > best[0]):
                best = count, at, names
        upper = under
    if best is None:
        return None
    header = _fields(best[1], best[2], fields_of, given, first_column)
    return header if all(column.field in header.fields for column in columns if column.required) or best[0] > 1 else None


def named(rows: Sequence[Sequence[Raw]]) -> set[str]:
    """Return all that a header in these rows may name, in small letters."""
    found, upper = set[str](), list[str]()
    for row in rows:
        under = [shown(cell) for cell in row]
        found |= {clean(name).casefold() for name in (*under, *_both(upper, under, {}))}
        upper = under
    return found


def _both(upper: Sequence[str], under: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Put the names of groups before those of their columns, unless these say enough."""
    names, group = [], ""
    for at in range(max(len(upper), len(under))):
        above, below = (upper[at] if at < len(upper) else ""), (under[at] if at < len(under) else "")
        # A merged cell has its words in its first column only. The group goes on until a column is blank.
        group = above or (group if below else "")
        whole = f"{group} {below}".strip() if below else above
        names.append(below if normal(below) in known and normal(whole) not in known else whole)
    return names


def _fields(at: int, names: list[str], fields_of: Mapping[str, str], given: Mapping[str, str], first_column: int) -> Header:
    names = [clean(name) for name in names]
    keys = _keys(names)
    twice = [key for key, times in Counter(key for key in keys if key).items() if times > 1]
    if twice:
        told = dict.fromkeys(name for name, key in zip(names, keys, strict=True) if key == twice[0])
        raise SheetRefused(f"Deux colonnes ont le même nom: {', '.join(told)}. Renommez ou ôtez l'une d'elles.")
    exact = {clean(name).casefold(): field for field, name in given.items()}
    exact = {name.casefold(): exact[name.casefold()] for name in names if name.casefold() in exact}
    fields_of = {key: field for key, field in fields_of.items() if field not in exact.values()}
    fields: dict[str, int] = {}
    for column, name in enumerate(names):
        field = exact.get(name.casefold()) or fields_of.get(keys[column])
        if field in fields:
            raise ColumnsUnknown(f"« {names[fields[field]]} » ou « {name} » ? Dites laquelle.", names, field)
        if field is not None:
            fields[field] = column
    for field, name in given.items():  # a letter, where no column has that name
        place = next((one for one in range(len(names)) if letters_of(one + first_column) == name.upper()), None)
        if field not in fields and _LETTERS.fullmatch(name) and place is not None:
            fields[field] = place
        if field not in fields:
            raise SheetRefused(f"Aucune colonne ne s'appelle « {name[:60]} ». Il y a: {listed(names)}.")
    return Header(at, tuple(names), fields)


def listed(names: Sequence[str]) -> str:
    """Write the names of columns, not too many."""
    filled = [name[:40] for name in names if name]
    return ", ".join(filled[:12]) + (", …" if len(filled) > 12 else "")


def guesses(header: Header, columns: Sequence[Column], sample: Sequence[Sequence[Raw]]) -> dict[str, str]:
    """Return, by field that has no column, the one unnamed column that it may be: by a word of its name, or by its cells."""
    free = [at for at, name in enumerate(header.names) if name and at not in header.fields.values()]
    found: dict[str, str] = {}
    tests: list[Callable[[Column, int], bool]] = [
        lambda column, at: any(set(normal(name).split()) <= set(normal(header.names[at]).split()) for name in column.names),
        lambda column, at: _reads(column, [row[at] for row in sample if at < len(row)]),
    ]
    for test in tests:
        for column in columns:
            meant = [at for at in free if test(column, at)] if column.field not in {*header.fields, *found} else []
            # Two columns that may be it are no guess.
            if len(meant) == 1:
                found[column.field] = header.names[meant[0]]
                free.remove(meant[0])
    return found


def _reads(column: Column, cells: Sequence[Raw]) -> bool:
    """Tell whether a column's cells are of a kind that its reader knows from others."""
    # A reader that takes any words or any number would recognise every column.
    if any(isinstance(column.reader(probe), Value) for probe in _PROBES):
        return False
    told = [column.reader(cell) for cell in cells if cell not in ("", None)][:_SAMPLE]
    return len(told) >= 3 and sum(isinstance(one, Value | Ask) for one in told) >= 0.8 * len(told)
