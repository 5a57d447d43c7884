"""Read an audience: words that name co-operatives, communes, filières and roles, joined by `+` to intersect."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from rapidfuzz import fuzz, process
from sqlalchemy import Connection, select

from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.rights import OfficeRole
from app.coop.scope import Scope
from app.letters import packed

ALL = ("TOUS", "TOUTES", "TOUT")
ROLES: dict[OfficeRole, tuple[str, ...]] = {
    "president": ("PRESIDENTS", "PRESIDENT", "PRESIDENTE", "PRESIDENTES"),
    "treasurer": ("TRESORIERS", "TRESORIER", "TRESORIERE", "TRESORIERES"),
    "secretary": ("SECRETAIRES", "SECRETAIRE"),
    "delegate": ("DELEGUES", "DELEGUE", "DELEGUEE", "DELEGUEES"),
    "auditor": ("AUDITEURS", "AUDITEUR", "AUDITRICE", "AUDITRICES"),
}
"""The offices that members hold, each with its words, the usual one first."""
SAID = {
    "president": "présidents",
    "treasurer": "trésoriers",
    "secretary": "secrétaires",
    "delegate": "délégués",
    "auditor": "auditeurs",
}

MOST_NEAR, NEAR = 3, 55
Kind = str


class Audience(msgspec.Struct, frozen=True):
    """Whom a text is for, within a scope: the ids that each word names, all of which must hold; kept with its broadcast."""

    words: str
    said: str
    scope: int | None
    cooperatives: tuple[int, ...] = ()
    communes: tuple[int, ...] = ()
    filieres: tuple[int, ...] = ()
    roles: tuple[OfficeRole, ...] = ()
    agreed: str | None = None
    """The consent that each number must have given in so many words: without a row it doesn't stand."""

    def meets(self, other: "Audience") -> bool:
        """Tell whether somebody may be in both: of co-operatives, communes and filières a member has one each."""
        mine, theirs = (((one.scope,) if one.scope else one.cooperatives, one.communes, one.filieres) for one in (self, other))
        return not any(here and there and set(here).isdisjoint(there) for here, there in zip(mine, theirs, strict=True))


class UnknownWord(ValueError):
    """A word that names nothing here; `near` are those most like it, or those that always name somebody."""

    def __init__(self, word: str, near: Sequence[str]) -> None:
        super().__init__(word)
        self.word, self.near = word, tuple(near)


class OutOfScope(ValueError):
    """A co-operative that isn't the sender's; its argument is the word."""


class _Named(msgspec.Struct, frozen=True):
    kind: Kind
    id: int
    said: str
    role: OfficeRole | None = None


def read_audience(reader: Connection, typed: str, scope: Scope) -> Audience:
    """Return whom `PECHE+JOAL` means within a scope.

    Raises UnknownWord, or OutOfScope on another co-operative than the scope's.
    """
    words = list(dict.fromkeys(filter(None, map(packed, typed.split("+")))))
    known = _known(reader, words)
    own = reader.scalar(select(Cooperative.code).where(Cooperative.id == scope.cooperative_id)) if not scope.is_federation else None
    meant = {word: _named(reader, word, known, own) for word in words if word not in ALL}
    if not words:
        raise UnknownWord(typed, ("TOUS",))
    for word, one in meant.items():
        if one.kind == "cooperative" and not scope.includes(one.id):
            raise OutOfScope(word)
    named = list(dict.fromkeys(meant.values()))
    said = [one.said for one in named] or ["tous"]
    if own and own not in said:
        said.append(own)

    def ids(kind: Kind) -> tuple[int, ...]:
        return tuple(one.id for one in named if one.kind == kind)

    return Audience(
        words="+".join(words),
        said=", ".join(said),
        scope=scope.cooperative_id,
        cooperatives=ids("cooperative"),
        communes=ids("commune"),
        filieres=ids("filiere"),
        roles=tuple(one.role for one in named if one.role),
    )


def means(reader: Connection, word: str) -> bool:
    """Tell whether a word names somebody without being a co-operative's code, which it then must not become."""
    return packed(word) in ALL or packed(word) in _known(reader, ())


def vocabulary(reader: Connection) -> dict[Kind, list[str]]:
    """Return the words of an audience by kind (`role`, `commune`, `filiere`), one for each that can be named."""
    found: dict[Kind, dict[tuple[str, int], str]] = {}
    for word, one in _known(reader, ()).items():
        found.setdefault(one.kind, {}).setdefault((one.said, one.id), word)
    return {kind: sorted(words.values()) for kind, words in found.items()}


def _named(reader: Connection, word: str, known: dict[str, _Named], own: str | None) -> _Named:
    if word in known:
        return known[word]
    codes = [packed(code) for code in ([own] if own else reader.scalars(select(Cooperative.code)))]
    candidates = [*ALL[:1], *dict.fromkeys(known), *codes]
    near = process.extract(word, candidates, scorer=fuzz.ratio, limit=MOST_NEAR, score_cutoff=NEAR)
    always = [ALL[0], *([packed(own)] if own else [])]
    raise UnknownWord(word, [found for found, _, _ in near] or always)


def _known(reader: Connection, words: Sequence[str]) -> dict[str, _Named]:
    """Return every word that isn't a co-operative's, and those of `words` that are; a co-operative's code goes first."""
    known = {word: _Named("role", 0, SAID[role], role) for role, spelled in ROLES.items() for word in spelled}
    communes = [(row.id, row.name, ()) for row in reader.execute(select(Commune.id, Commune.name))]
    filieres = [(row.id, row.name, (row.code,)) for row in reader.execute(select(Filiere.id, Filiere.name, Filiere.code))]
    known |= _spelled("commune", communes) | _spelled("filiere", filieres)
    codes = select(Cooperative.id, Cooperative.code).where(Cooperative.code.in_(words))
    return known | {packed(row.code): _Named("cooperative", row.id, row.code) for row in reader.execute(codes)}


def _spelled(kind: Kind, named: Iterable[tuple[int, str, Sequence[str]]]) -> dict[str, _Named]:
    """Give each its code, its whole name as one word, and its name's first word where that is one's only."""
    rows = list(named)
    firsts = Counter(packed(name.replace("-", " ").split()[0]) for _, name, _ in rows if name.split())
    known = dict[str, _Named]()
    for row, name, codes in rows:
        first = packed(name.replace("-", " ").split()[0]) if name.split() else ""
        for word in (*([first] if firsts[first] == 1 else []), packed(name), *map(packed, codes)):
            known[word] = _Named(kind, row, name)
    return known
