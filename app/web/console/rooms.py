"""The rooms of the console, in the order of its navigation: who may enter which."""

import msgspec

from app.coop.rights import Office, Right


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
    Room("Chiffres", "figures.index"),
    Room("Papiers", "papers.shelf"),
    Room("Mon accès", "access.mine", "console"),
)


def rooms_of(office: Office) -> list[Room]:
    """Return the rooms that an office may enter."""
    return [room for room in ROOMS if office.may(room.right)]
