"""The members of a co-operative as a file's rows are held against them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import msgspec
from rapidfuzz import fuzz
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.imports.forecast import RowRefused
from app.coop.imports.models import ImportMark, MemberProfile
from app.coop.members.models import CardAlias, Member, Number, Person
from app.coop.offices.models import Role
from app.coop.scope import Scope
from app.letters import packed, plain

PROFILE = ("sex", "born_on", "born_in", "address", "identity", "contact", "shares_subscribed", "shares_paid", "unsaid")
_TITLES = {"MME", "MLLE", "MR", "MADAME", "MADEMOISELLE", "MONSIEUR"}
LIKE = 80
"""Likeness (0–100) from which two spellings are taken for one name."""


class RegisteredMember(msgspec.Struct, frozen=True):
    """A member as they stand, or (`id` None) as an earlier `row` of the same file says they will; `mark` tells which."""

    id: int | None
    card: str
    name: str
    state: str
    joined_on: date | None
    left_on: date | None
    places: Mapping[str, int | None]
    """On each of the numbers of theirs; None on one that is theirs alone."""
    profile: dict[str, Any]
    mark: str = ""
    row: int = 0


class Places:
    """The co-operatives that a file's rows may be of, and their registers. `scope` is whose file it is."""

    def __init__(self, reader: Connection | Session, scope: Scope) -> None:
        rows = reader.execute(select(Cooperative.code, Cooperative.id, Cooperative.legal_form)).all()
        self._ids = {code: place for code, place, _ in rows}
        self._rows = {place: (code, form) for code, place, form in rows}
        self._reader, self._scope, self._registers = reader, scope, dict[int, Register]()

    def of(self, code: str | None) -> int:
        """Return the co-operative that a row names, or whose file it is. Raises RowRefused."""
        if code is None:
            if self._scope.is_federation:
                raise RowRefused("cooperative", "De quelle CPS ? Nommez-la avec --cooperative ou dans une colonne « CPS ».")
            return self._scope.cooperative
        place = self._ids.get(code.upper())
        if place is None:
            raise RowRefused("cooperative", f"La CPS {code} n'est pas connue ici.")
        if not self._scope.includes(place):
            raise RowRefused("cooperative", f"Cette ligne est de {code}.")
        return place

    def code(self, place: int) -> str:
        """Return a co-operative's code."""
        return self._rows[place][0]

    def form(self, place: int) -> str:
        """Return a co-operative's legal form."""
        return self._rows[place][1]

    def register(self, place: int) -> "Register":
        """Return a co-operative's members, read the first time that they are asked for."""
        if place not in self._registers:
            self._registers[place] = Register(self._reader, place)
        return self._registers[place]


class KnownOfficer(msgspec.Struct, frozen=True):
    """An officer of a co-operative who came before its members: the register makes them one."""

    phone: str
    person_id: int
    name: str
    has_pin: bool


class Register:
    """A co-operative's members by card, by mark and by name."""

    def __init__(self, reader: Connection | Session, cooperative_id: int) -> None:
        places: dict[int, dict[str, int | None]] = defaultdict(dict)
        mine = select(Member.person_id).where(Member.cooperative_id == cooperative_id)
        numbers = select(Number.person_id, Number.phone, Number.place).where(Number.person_id.in_(mine)).order_by(Number.id)
        for person, phone, place in reader.execute(numbers):
            places[person][phone] = place
        rows = (
            select(Member.id, Member.person_id, Member.card, Person.name, Member.state, Member.joined_on, Member.left_on)
            .add_columns(*(getattr(MemberProfile, name) for name in PROFILE))
            .join(Person, Person.id == Member.person_id)
            .outerjoin(MemberProfile, MemberProfile.member_id == Member.id)
            .where(Member.cooperative_id == cooperative_id)
        )
        self.by_id: dict[int, RegisteredMember] = {}
        self.by_card: dict[str, RegisteredMember] = {}
        self.by_name: dict[str, list[RegisteredMember]] = defaultdict(list)
        self._by_number: dict[str, list[RegisteredMember]] = defaultdict(list)
        self._by_identity: dict[str, list[RegisteredMember]] = defaultdict(list)
        for member, person, card, name, state, joined, left, *profile in reader.execute(rows):
            told = {field: value for field, value in zip(PROFILE, profile, strict=True) if value is not None}
            self.add(RegisteredMember(member, card, name, state, joined, left, places.get(person, {}), told))
        marks = select(ImportMark.mark, ImportMark.member_id).where(ImportMark.cooperative_id == cooperative_id)
        self.by_mark = {mark: member for mark, member in reader.execute(marks)}  # noqa: C416 - a Row is not a pair to mypy
        officers = select(Number.phone, Person.id, Person.name, Person.pin_hash.is_not(None))
        officers = officers.join(Person, Person.id == Number.person_id).join(Role, Role.person_id == Person.id)
        officers = officers.outerjoin(Member, Member.person_id == Person.id)
        theirs = (Role.cooperative_id == cooperative_id) & Member.id.is_(None) & ~Number.trusted
        self.officers = {row.phone: KnownOfficer(*row) for row in reader.execute(officers.where(theirs))}
        aliases = select(CardAlias.card, CardAlias.member_id).where(CardAlias.member_id.in_(self._ids(cooperative_id)))
        for card, member in reader.execute(aliases):
            self.by_card[card_key(card)] = self.by_id[member]

    def add(self, known: RegisteredMember) -> None:
        """Add a member, or a row of the file that will be one."""
        if known.id is not None:
            self.by_id[known.id] = known
        if known.card:
            self.by_card[card_key(known.card)] = known
        if known.state != "departed":
            self.by_name[name_key(known.name)].append(known)
            for phone in known.places:
                self._by_number[phone].append(known)
            if identity := known.profile.get("identity"):
                self._by_identity[paper_key(identity)].append(known)

    def likely(self, name: str, identity: str | None, phones: Collection[str]) -> list[RegisteredMember]:
        """Return who has another name, and may be the same: by the identity paper, or by a number and a like name."""
        papers = self._by_identity.get(paper_key(identity), []) if identity else []
        sharing = [known for phone in phones for known in self._by_number.get(phone, ())]
        like = [known for known in sharing if alike(known.name, name) or abbreviates(known.name, name)]
        others = {known.mark or known.id: known for known in [*papers, *like] if name_key(known.name) != name_key(name)}
        return list(others.values())

    @staticmethod
    def _ids(cooperative_id: int) -> Any:
        return select(Member.id).where(Member.cooperative_id == cooperative_id)


def name_key(name: str) -> str:
    """Return what two spellings of a name have in common: plain letters, whichever name comes first, without `Mme`."""
    words = "".join(letter if letter.isalnum() else " " for letter in plain(name)).split()
    # An M before two names is no initial.
    named = [word for at, word in enumerate(words) if word not in _TITLES and not (word == "M" and at == 0 and len(words) > 2)]
    return " ".join(sorted(named or words))


def card_key(card: str) -> str:
    """Return a card with all its zeros: an old one has five digits, and readers give seven."""
    return f"C{card[1:]:0>7}"


def paper_key(identity: str) -> str:
    """Return the number of an identity paper as it is compared: a spreadsheet drops its first zeros."""
    return packed(identity).lstrip("0")


def alike(one: str, other: str) -> bool:
    """Tell whether two names may be one, spelled otherwise."""
    return fuzz.ratio(name_key(one), name_key(other)) >= LIKE


def abbreviates(one: str, other: str) -> bool:
    """Tell whether two names differ by initials only, or one leaves out a name that the other has."""
    words, others = name_key(one).split(), name_key(other).split()
    if len(words) != len(others):
        return min(len(words), len(others)) > 1 and (set(words) <= set(others) or set(others) <= set(words))
    pairs = list(zip(words, others, strict=False))
    whole = set(words) & set(others)
    short = all(a == b or (1 in (len(a), len(b)) and a[0] == b[0]) for a, b in pairs)
    return bool(whole) and short


def places_taken(reader: Connection | Session, phones: Collection[str]) -> dict[str, list[int | None]]:
    """Return the places of those who have these numbers; None of who has one alone."""
    found: dict[str, list[int | None]] = {phone: [] for phone in phones}
    rows = select(Number.phone, Number.place).where(Number.phone.in_(found)).order_by(Number.id)
    for phone, place in reader.execute(rows):
        found[phone].append(place)
    return found


def cards_elsewhere(reader: Connection | Session, cards: Collection[str]) -> dict[str, int]:
    """Return in which co-operative these cards are, of those that are anywhere."""
    spelled = {card_key(card) for card in cards} | {f"C{int(card[1:]):05d}" for card in cards if card[1:].isdecimal()}
    rows = select(Member.card, Member.cooperative_id).where(Member.card.in_(spelled))
    return {card_key(card): place for card, place in reader.execute(rows)}
