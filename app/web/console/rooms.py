"""The rooms of the console, in the order of its navigation: who may enter which."""

from collections.abc import Callable

import msgspec

from app.coop.rights import Right


class Room(msgspec.Struct, frozen=True):
    """A page that the navigation leads to: its title, its endpoint, the right that opens it."""

    title: str
    endpoint: str
    right: Right = "read"

    @property
    def blueprint(self) -> str:
        """Return the set of pages that it begins."""
        return self.endpoint.partition(".")[0]


GROUPS: dict[str, tuple[Room, ...]] = {
    "Aujourd'hui": (
        Room("Ma journée", "console.overview"),
        Room("Demandes", "requests.asked", "console"),
        Room("À approuver", "decisions.approvals"),
        Room("Réclamations", "decisions.contests"),
        Room("Rappels", "correspondence.call_backs", "call_backs"),
        Room("SMS à lire", "correspondence.letters", "call_backs"),
        Room("Diffusions", "broadcasts.sent"),
    ),
    "Membres et CPS": (
        Room("Membres", "members.index"),
        Room("CPS", "cooperatives.index"),
        Room("Charges", "offices.index"),
        Room("Journal", "journal.index"),
        Room("Importer", "imports.index", "people"),
        Room("Papiers", "papers.shelf"),
    ),
    "Argent": (
        Room("Prix", "prices.index"),
        Room("Pesées", "weighings.index"),
        Room("Paiements", "payments.index"),
        Room("Comptes", "ledger.index"),
    ),
    "Boutiques": (
        Room("Idées", "ideas.round_"),
        Room("Machines", "equipment.machines"),
        Room("Techniques", "techniques.index"),
        Room("Lots", "lots.stock"),
        Room("Boutique témoin", "sales.shelf"),
    ),
    "Formation, entraide": (
        Room("Formations", "trainings.courses"),
        Room("Emplois", "trainings.jobs"),
        Room("Entraide", "solidarity.funds"),
    ),
    "Chiffres": (Room("Chiffres", "figures.index", "figures"),),
    "Mon accès": (Room("Mon accès", "access.mine", "console"),),
}
"""By what somebody sits down for."""
BESIDE = {"foundation": "cooperatives"}
"""Sets of pages without a room of their own, and beside which they stand."""
ROOMS = tuple(room for group in GROUPS.values() for room in group)


def groups_of(may: Callable[[Right], bool]) -> dict[str, list[Room]]:
    """Return the rooms that somebody may enter, by their groups."""
    found = {title: [room for room in group if may(room.right)] for title, group in GROUPS.items()}
    return {title: group for title, group in found.items() if group}


def first_room(may: Callable[[Right], bool]) -> str:
    """Return the endpoint of the room where somebody begins: the first page, or the figures where that is all they may read."""
    rooms = [room for group in groups_of(may).values() for room in group]
    return next((room.endpoint for room in rooms if room.right in ("read", "figures")), rooms[0].endpoint)
