"""Roles, acts and scopes: the one table that the Bureau, commands by SMS, the console and the command line read.

`docs/roles.md` and the officers' page "Qui peut quoi" are written from it (`jappoo admin roles`).
"""

from typing import Literal

import msgspec

from app.coop.scope import Scope

OfficeRole = Literal[
    "president", "treasurer", "secretary", "delegate", "auditor", "administrator", "ministry", "centre", "entreprise",
]  # fmt: skip
Right = Literal[
    "weigh", "price", "approve", "pay", "people", "call_backs", "assist", "broadcast", "stop", "read",
    "boutiques", "score", "sell", "training", "courses", "payment_files", "registers", "console", "offices", "figures",
]  # fmt: skip
ROLES: tuple[OfficeRole, ...] = ("president", "treasurer", "secretary", "delegate", "auditor", "administrator", "ministry")
REPRESENTATIVES: tuple[OfficeRole, ...] = ("centre", "entreprise")
FEDERATIONS: tuple[OfficeRole, ...] = ("administrator", "auditor", "ministry")
"""Offices that the federation has; of these a co-operative has an auditor alone."""


class RightHolders(msgspec.Struct, frozen=True):
    """Who may do a thing, as officers say it: an office of a co-operative in it, one of the federation where `federation` says so.

    What the federation may do it does in every co-operative, but prices, which it sets for itself.
    """

    right: Right
    does: str
    roles: tuple[OfficeRole, ...]
    federation: bool = True


TABLE = (
    RightHolders("weigh", "Peser", ("secretary", "delegate", "president"), federation=False),
    RightHolders("price", "Prix", ("secretary", "treasurer", "president", "administrator")),
    RightHolders("approve", "Approuver, entraide, réclamations", ("secretary", "treasurer", "president", "administrator")),
    RightHolders("pay", "Payer, caisse, correction", ("treasurer", "president"), federation=False),
    RightHolders("payment_files", "Fichiers de l'opérateur de paiement", ("treasurer", "president", "administrator")),
    RightHolders("people", "Membres, départs, imports", ("secretary", "president", "administrator")),
    RightHolders("call_backs", "Rappels, messages des membres", ("secretary", "delegate", "president", "administrator")),
    RightHolders("assist", "Pour un membre", ("secretary", "delegate", "president", "administrator")),
    RightHolders("broadcast", "Diffusions", ("secretary", "treasurer", "president", "administrator")),
    RightHolders("stop", "Arrêter une diffusion", ("secretary", "treasurer", "president", "delegate", "administrator")),
    RightHolders("read", "Lire", ("president", "treasurer", "secretary", "delegate", "auditor", "administrator")),
    RightHolders("boutiques", "Boutiques", ("president", "treasurer", "secretary", "delegate", "administrator")),
    RightHolders("sell", "Vendre à la boutique témoin", ("secretary", "treasurer", "president", "delegate"), federation=False),
    RightHolders("score", "Noter une idée", ("president", "administrator")),
    RightHolders("training", "Formations, emplois", ("president", "secretary", "delegate", "administrator")),
    RightHolders("courses", "Inscrits, emplois", ("president", "secretary", "delegate", "administrator", *REPRESENTATIVES)),
    RightHolders("registers", "Imprimer les registres", ("president", "treasurer", "secretary", "auditor", "administrator")),
    RightHolders("console", "Entrer à la console, confirmer ses demandes", ROLES),
    RightHolders("offices", "Charges et nouvelle CPS", ("administrator",)),
    RightHolders("figures", "Chiffres", ROLES),
)
"""Each right with the offices that have it.

Who weighs doesn't pay, but for the president of a small co-operative. The auditor reads all but members' messages and cases of aid,
and does nothing. The ministry sees figures alone: no person, no money, nothing of the Bureau but the way into the console.
"""
MAY = {row.right: row.roles for row in TABLE}
FEDERATION = tuple(row.right for row in TABLE if row.federation)
PARTNERS: tuple[Right, ...] = ("courses",)
"""What a centre or a company under agreement may do, for its own courses and jobs."""


class Office(msgspec.Struct, frozen=True):
    """An office in its term: of a co-operative, or with None of the federation; or of a partner under agreement."""

    person_id: int
    role: OfficeRole
    cooperative_id: int | None
    partner_id: int | None = None

    @property
    def scope(self) -> Scope:
        """Return where it holds."""
        return Scope(self.cooperative_id, self.partner_id)

    def may(self, right: Right, cooperative_id: int | None = None) -> bool:
        """Tell whether this office has a right, in a co-operative when one is given."""
        if self.role not in MAY[right] or (self.scope.is_federation and right not in FEDERATION):
            return False
        if self.partner_id is not None and right not in PARTNERS:
            return False
        return cooperative_id is None or self.scope.includes(cooperative_id)


class NotYours(Exception):
    """No office of this person has that right there."""
