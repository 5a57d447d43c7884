"""Whose row it is, in a file about members who are in the register: by card, else by name and number; else it is asked."""

from collections.abc import Mapping
from typing import Any

from rapidfuzz import fuzz, process

from app import sheets
from app.coop.imports.forecast import Asked, Question, RowRefused, confirmed, key_of, value
from app.coop.imports.register import LIKE, Places, Register, RegisteredMember, alike, card_key, name_key
from app.sheets import Row

MOST_NAMED = 4


class Holders:
    """Finds the member of each row; a member of whom nothing is known is never made here."""

    def __init__(self, places: Places, answers: Mapping[str, str]) -> None:
        self._places, self._answers = places, answers

    def of(self, row: Row, values: Mapping[str, Any]) -> tuple[int, RegisteredMember]:
        """Return the co-operative and the member of a row. Raises RowRefused, Asked."""
        place = self._places.of(value(values, "cooperative"))
        register = self._places.register(place)
        card, name = value(values, "card"), _name(values)
        if card:
            return place, self._by_card(row, register, card, name, self._places.code(place))
        if not name:
            raise RowRefused("card", "À qui ? Il manque la carte et le nom.")
        return place, self._by_name(row, register, name, _phone(values), self._places.code(place))

    def _by_card(self, row: Row, register: Register, card: str, name: str, code: str) -> RegisteredMember:
        known = register.by_card.get(card_key(card))
        if known is None:
            raise RowRefused("card", f"La carte {card} n'est pas à {code}.")
        if name and not alike(known.name, name):
            says = f"La carte {card} est à « {known.name} ». « {name} » (ligne {row.number}): la même personne ? oui ou non"
            if not confirmed(self._answers, row, key_of("card", card, name, known.name), says):
                raise RowRefused("card", f"La carte {card} est à une autre personne: corrigez la carte, ou laissez-la vide.")
        return known

    def _by_name(self, row: Row, register: Register, name: str, phone: str | None, code: str) -> RegisteredMember:
        same = register.by_name.get(name_key(name), [])
        theirs = [known for known in same if phone and phone in known.places]
        if len(theirs) == 1:
            return theirs[0]
        # A number that isn't theirs speaks for another person of the same name: that is asked.
        if len(same) == 1 and not (phone and same[0].places):
            return same[0]
        likely = theirs or same or [known for known in _alike(register, name) if not phone or phone in known.places]
        if not likely:
            raise RowRefused("name", f"Personne ne s'appelle « {name} » à {code}: importez d'abord les membres.")
        cards = {known.card: known for known in likely[:MOST_NAMED]}
        key = key_of("holder", name_key(name), phone or "", *cards)
        answer = sheets.card(self._answers.get(key))
        meant = next((known for card, known in cards.items() if answer == sheets.Value(card_key(card))), None)
        if meant is None:
            listed = ", ".join(f"{card} « {known.name} »" for card, known in cards.items())
            says = f"« {name} » (ligne {row.number}): quelle carte ? {listed}"
            raise Asked(Question(row.number, key, says, tuple(cards)))
        return meant


def _alike(register: Register, name: str) -> list[RegisteredMember]:
    found = process.extract(name_key(name), register.by_name.keys(), scorer=fuzz.ratio, limit=MOST_NAMED, score_cutoff=LIKE)
    return [known for spelled, _, _ in found for known in register.by_name[spelled]]


def _name(values: Mapping[str, Any]) -> str:
    return " ".join(part for field in ("first", "name") if (part := value(values, field)))


def _phone(values: Mapping[str, Any]) -> str | None:
    read = value(values, "phone")
    return read.number if read and read.kind == "mobile" else None
