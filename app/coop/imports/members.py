"""A register of members: what each row would do.

Who a row is: the card; else the mark of a row that was taken before; else name and number together; else it is asked. The service
holds what telephones have proved, so the number, the state and the day of leaving in it win over the sheet's, and that is said.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.access.numbers import MOST_PLACES
from app.coop.imports.columns import UNSAID
from app.coop.imports.forecast import Planned, Problem, RowRefused, RowSkipped, confirmed, key_of, value
from app.coop.imports.register import (
    Places,
    Register,
    RegisteredMember,
    alike,
    card_key,
    cards_elsewhere,
    name_key,
    paper_key,
    places_taken,
)
from app.coop.imports.told_profiles import changed, lost, profile_of
from app.coop.scope import Scope
from app.gsm7 import fold, measure
from app.sheets import Row, Telephone

MOST_NAME = 40
NUMBERS = {"phone": "place", "phone2": "place2"}
"""The fields of numbers, and of the place on each."""


class WantedNumber(msgspec.Struct):
    """A number to be given; its place is known after the last row, the `row` that asked for it remembers the one it asked for."""

    phone: str
    place: int | None
    row: int = 0
    asked: int | None = None


class Change(msgspec.Struct):
    """A member to be written: new when `member_id` is None, else what of them changes."""

    cooperative_id: int
    mark: str
    member_id: int | None = None
    name: str | None = None
    card: str | None = None
    numbers: list[WantedNumber] = []
    language: str = "fr"
    person_id: int | None = None
    """An officer's who was no member until now."""
    state: str = "pending"
    joined_on: date | None = None
    left_on: date | None = None
    profile: dict[str, Any] = {}
    other_marks: list[str] = []
    """Those of rows further down that are the same person."""


class RegisterPlan:
    """The plan of a register. `scope` is whose rows may stand in it; a file of the federation names the co-operative in each."""

    def __init__(self, reader: Connection | Session, scope: Scope, answers: Mapping[str, str], now: datetime) -> None:
        self._reader, self._answers, self._today = reader, answers, now.date()
        self._cooperatives = Places(reader, scope)
        self._places: dict[str, list[int | None]] = {}
        self._cards: dict[str, int] = {}
        self._taken: dict[str, list[WantedNumber]] = defaultdict(list)
        self._times: dict[str, int] = defaultdict(int)
        self._rows_of: dict[int, int] = {}
        self._made: dict[str, Change] = {}
        self._notes: list[Problem] = []

    def prepare(self, rows: Sequence[Row]) -> None:
        """Read the places of these rows' numbers, and where their cards are."""
        phones = {phone for row in rows for field in NUMBERS if (phone := _mobile(_read(row, field)))} - self._places.keys()
        self._places |= places_taken(self._reader, phones)
        self._cards |= cards_elsewhere(self._reader, {card for row in rows if (card := _read(row, "card"))})

    def plan(self, row: Row, values: Mapping[str, Any]) -> Planned | None:
        """Say what a row does."""
        place = self._cooperatives.of(value(values, "cooperative"))
        register = self._cooperatives.register(place)
        name = _name(values)
        mark = self._mark(place, name, values)
        change = Change(place, mark, name=name, numbers=_numbers(row, values), profile=profile_of(values))
        change.language = (value(values, "language") or "fr").lower()
        if not 2 <= len(change.language) <= 3 or not change.language.isalpha():
            raise RowRefused("language", "Une langue a 2 ou 3 lettres: fr, wo …")
        if missed := lost(values, change.profile.get("contact")):
            self._kept(row, "phone2", f"{' et '.join(missed)}: un seul autre numéro est gardé, {change.profile['contact']}.")
        known = self._whose(row, register, change, value(values, "card"))
        if known is not None and known.id is None:
            if known.mark in self._made:
                self._made[known.mark].other_marks.append(mark)
            raise RowSkipped(f"la même personne que la ligne {known.row}")
        if known is not None:
            return self._update(row, known, change, values)
        return self._create(row, register, change, values)

    def leave(self, row: Row, values: Mapping[str, Any]) -> None:
        """Know who a row names that isn't taken as it is: another row with this name is asked about."""
        name = _whole_name(values)
        try:
            register = self._cooperatives.register(self._cooperatives.of(value(values, "cooperative")))
        except RowRefused:
            return
        if name:
            places = {one.phone: one.place for one in _numbers(row, values)}
            mark = key_of("left", *(f"{field}={cell.text}" for field, cell in row.cells.items()))
            register.add(RegisteredMember(None, "", name, "pending", None, None, places, {}, mark, row.number))

    def finish(self) -> list[Problem]:
        """Give each who shares a number a place: the one of the sheet where it is free."""
        for phone, wanted in self._taken.items():
            held = self._places.get(phone, [])
            placeless = [one for one in wanted if one.place is None]
            if len(placeless) == 1 and not held and (len(wanted) == 1 or len({one.place for one in wanted}) == len(wanted)):
                wanted = [one for one in wanted if one.place]  # the owner: nobody else has proved the number yet
            free = set(range(1, MOST_PLACES + 1)) - set(held)
            if None in held:
                free.discard(min(free))  # the first one is kept for the owner, as numbers.attach does
            for one in wanted:
                one.place = one.place if one.place in free else None
                free.discard(one.place or 0)
            for one in wanted:
                if one.place is None:
                    one.place = min(free)
                    free.discard(one.place)
            self._say_places(phone, wanted)
        return self._notes

    def _say_places(self, phone: str, wanted: Sequence[WantedNumber]) -> None:
        """Say which number somebody else here has already, and whose place is another than the sheet's."""
        for one in wanted:
            if self._places.get(phone):
                says = f"Le {phone} est déjà à quelqu'un d'autre ici: il est partagé, place {one.place}."
                self._notes.append(Problem(one.row, "phone", "shared", says))
            elif one.asked and one.place != one.asked:
                says = f"La place {one.asked} du {phone} est déjà prise: c'est la {one.place}."
                self._notes.append(Problem(one.row, "place", "shared", says))

    def _mark(self, place: int, name: str, values: Mapping[str, Any]) -> str:
        """Return by what this row is known again; the same words a second time in one file have another."""
        said = [value(values, field) for field in ("order", "phone", "birth", "identity")]
        base = key_of("member", place, name_key(name), *said)
        self._times[base] += 1
        return base if self._times[base] == 1 else key_of(base, self._times[base])

    def _whose(self, row: Row, register: Register, change: Change, card: str | None) -> RegisteredMember | None:
        if card:
            return self._of_card(row, register, change, card)
        if change.mark in register.by_mark:
            return register.by_id[register.by_mark[change.mark]]
        for known in register.by_name.get(name_key(change.name or ""), []):
            papers = {paper_key(paper) for one in (known, change) if (paper := one.profile.get("identity"))}
            # Two identity papers are two people, whatever their names and numbers.
            if len(papers) > 1:
                continue
            if known.id is not None and any(one.phone in known.places for one in change.numbers):
                return known
            if self._is(row, change, known):
                return known
        others = register.likely(change.name or "", change.profile.get("identity"), [one.phone for one in change.numbers])
        return next((known for known in others if self._is(row, change, known)), None)

    def _is(self, row: Row, change: Change, known: RegisteredMember) -> bool:
        whom = known.card or f"la ligne {known.row}"
        says = f"« {change.name} » (ligne {row.number}) et « {known.name} » ({whom}): la même personne ? oui ou non"
        return confirmed(self._answers, row, key_of("person", change.mark, known.card or known.mark), says)

    def _of_card(self, row: Row, register: Register, change: Change, card: str) -> RegisteredMember | None:
        known = register.by_card.get(card_key(card))
        if known is None:
            if card_key(card) in self._cards:
                raise RowRefused("card", f"La carte {card} est d'une autre CPS.")
            change.card = card
            return None
        if known.id is None:
            raise RowRefused("card", f"La carte {card} est déjà à la ligne {known.row}.")
        if not alike(known.name, change.name or ""):
            says = f"La carte {card} est à « {known.name} ». « {change.name} » (ligne {row.number}): la même personne ? oui ou non"
            if not confirmed(self._answers, row, key_of("card", card, change.name, known.name), says):
                raise RowRefused("card", f"La carte {card} est à une autre personne: corrigez la carte, ou laissez-la vide.")
        return known

    def _update(self, row: Row, known: RegisteredMember, change: Change, values: Mapping[str, Any]) -> Planned | None:
        member = known.id or 0
        if (before := self._rows_of.setdefault(member, row.number)) != row.number:
            if value(values, "card") is None:
                raise RowSkipped(f"la même personne que la ligne {before}")
            raise RowRefused("card", f"{known.card} est déjà à la ligne {before}: un seul membre, deux lignes.")
        if known.state == "departed":
            raise RowSkipped(f"{known.card} est parti: rien ne change")
        change.member_id, change.card, change.state = member, None, known.state
        change.profile = changed(known.profile, change.profile)
        if name_key(known.name) == name_key(change.name or ""):
            change.name = None
        joined = value(values, "joined")
        change.joined_on = joined if joined != known.joined_on and known.state == "pending" else None
        for one in change.numbers:
            if one.asked and known.places.get(one.phone, one.asked) != one.asked:
                self._kept(row, "place", f"La place {known.places[one.phone]} qui est en service reste, pas la {one.asked}.")
        change.numbers = [one for one in change.numbers if one.phone not in known.places]
        if change.numbers and (known.places or known.state != "pending"):
            self._kept(row, "phone", "Le numéro qui est en service reste; celui de la feuille n'est pas pris.")
            change.numbers = []
        state = value(values, "state")
        if state not in (None, known.state) and (state, known.state) != ("pending", "active"):
            self._kept(row, "state", "L'état qui est en service reste: il change par un responsable.")
        self._take(change)
        self._say_changed(row, known, change)
        if change.name or change.joined_on or change.numbers or change.profile:
            return Planned(row.number, "update", change)
        return None

    def _say_changed(self, row: Row, known: RegisteredMember, change: Change) -> None:
        """Say what else than before will stand there; what is only added isn't said."""
        told = {"born_on": "naissance", "born_in": "naissance"} | UNSAID
        words = [f"nom (« {known.name} » devient « {change.name} »)"] if change.name else []
        words += ["membre depuis"] if change.joined_on else []
        words += dict.fromkeys(told[field] for field in change.profile if field in told and field in known.profile)
        if words:
            self._notes.append(Problem(row.number, "", "changed", f"{known.card} change: {', '.join(words)}."))

    def _create(self, row: Row, register: Register, change: Change, values: Mapping[str, Any]) -> Planned:
        change.state = value(values, "state") or "pending"
        change.joined_on = value(values, "joined") or self._today
        change.left_on = value(values, "left") if change.state == "departed" else None
        if change.state == "departed" and change.left_on is None:
            raise RowRefused("left", "Parti quand ? Il faut le jour.")
        self._join(register, change)
        self._take(change)
        places = {one.phone: one.place for one in change.numbers}
        planned = RegisteredMember(None, change.card or "", change.name or "", change.state, None, None, places, change.profile)
        register.add(msgspec.structs.replace(planned, mark=change.mark, row=row.number))
        self._made[change.mark] = change
        return Planned(row.number, "create", change)

    @staticmethod
    def _join(register: Register, change: Change) -> None:
        """Find the officer who becomes a member by this row: the number and a like name are theirs."""
        for one in change.numbers:
            officer = register.officers.get(one.phone)
            if officer is not None and change.state == "pending" and alike(officer.name, change.name or ""):
                del register.officers[one.phone]
                change.person_id, change.state = officer.person_id, "active" if officer.has_pin else "pending"
                change.numbers = [other for other in change.numbers if other is not one]
                return

    def _take(self, change: Change) -> None:
        for one in change.numbers:
            if one.phone not in self._places:  # an answer, not the cell, said so
                self._places |= places_taken(self._reader, {one.phone})
            if len(self._places[one.phone]) + len(self._taken[one.phone]) >= MOST_PLACES:
                raise RowRefused("phone", f"{MOST_PLACES} personnes ont déjà ce numéro.")
        for one in change.numbers:
            self._taken[one.phone].append(one)

    def _kept(self, row: Row, column: str, says: str) -> None:
        self._notes.append(Problem(row.number, column, "kept", says))


def _read(row: Row, field: str) -> Any:
    cell = row.cells.get(field)
    return cell.value if cell else None


def _mobile(read: Telephone | None) -> str | None:
    return read.number if read and read.kind == "mobile" else None


def _whole_name(values: Mapping[str, Any]) -> str:
    return " ".join(part for field in ("first", "name") if (part := value(values, field)))


def _name(values: Mapping[str, Any]) -> str:
    name = _whole_name(values)
    if not name:
        raise RowRefused("name", "Il manque le nom.")
    if len(name) > MOST_NAME or measure(fold(name)).alphabet != "GSM-7" or fold(name).count("?") > name.count("?"):
        raise RowRefused("name", f"Le nom a plus de {MOST_NAME} lettres, ou des signes qu'un téléphone ne montre pas.")
    return name


def _numbers(row: Row, values: Mapping[str, Any]) -> list[WantedNumber]:
    """Return a row's own mobile numbers, each once."""
    read = ((_mobile(value(values, field)), int(value(values, place) or 0) or None) for field, place in NUMBERS.items())
    return list({phone: WantedNumber(phone, place, row.number, place) for phone, place in read if phone}.values())
