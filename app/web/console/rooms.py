"""The rooms of the console, in the order of its navigation: who may enter which."""

from collections.abc import Callable

import msgspec

from app.coop.rights import Right


class Room(msgspec.Struct, frozen=True):
    """A page that the navigation leads to: its title, its endpoint, the right that opens it."""

    title: str
    endpoint: str
    right: Right = "read"


ROOMS: tuple[Room, ...] = (
    Room("Ma journée", "console.overview"),
    Room("Demandes", "requests.asked", "console"),
    Room("Membres", "members.index"),
    Room("CPS", "cooperatives.index"),
    Room("Prix", "prices.index"),
    Room("Pesées", "weighings.index"),
    Room("Paiements", "payments.index"),
    Room("Comptes", "ledger.index"),
    Room("Importer", "imports.index", "people"),
    Room("À approuver", "decisions.approvals"),
    Room("Réclamations", "decisions.contests"),
    Room("Rappels", "correspondence.call_backs", "call_backs"),
    Room("SMS à lire", "correspondence.letters", "call_backs"),
    Room("Diffusions", "broadcasts.sent"),
    Room("Idées", "ideas.round_"),
    Room("Machines", "equipment.machines"),
    Room("Lots", "lots.stock"),
    Room("Boutique témoin", "sales.shelf"),
    Room("Formations", "trainings.courses"),
    Room("Emplois", "trainings.jobs"),
    Room("Entraide", "solidarity.funds"),
    Room("Chiffres", "figures.index", "figures"),
    Room("Papiers", "papers.shelf"),
    Room("Charges", "offices.index"),
    Room("Mon accès", "access.mine", "console"),
)


def rooms_of(may: Callable[[Right], bool]) -> list[Room]:
    """Return the rooms that somebody may enter."""
    return [room for room in ROOMS if may(room.right)]


def first_room(may: Callable[[Right], bool]) -> str:
    """Return the endpoint of the room where somebody begins: the first page, or the figures where that is all they may read."""
    rooms = rooms_of(may)
    return next((room.endpoint for room in rooms if room.right in ("read", "figures")), rooms[0].endpoint)
