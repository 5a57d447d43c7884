"""The co-operative's box: what lies in it, and cash that comes in or goes to the bank."""

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.handover import box as boxes
from app.ussd import kinds
from app.ussd.bindings import Bindings
from menus.hop import Hop, officers_act
from menus.money import MONEY
from menus.payments import scope_of
from menus.till import TillDone

menu = Bindings("box")
WAYS = {
    "sale": ("Entrée d'une vente", "sale", False),
    "bank": ("Entrée de la banque", "bank", False),
    "count": ("Entrée après comptage", "count", False),
    "out": ("Sortie vers la banque", "bank", True),
}


class BoxShown(msgspec.Struct, frozen=True):
    there: kinds.Amount
    promised: kinds.Amount
    free: kinds.Amount


class BoxWhat(msgspec.Struct, frozen=True):
    what: kinds.Phrase


class Way(msgspec.Struct, frozen=True):
    box_way: str


class Move(Way, frozen=True):
    till_amount: int


@menu.source()
def box(hop: Hop, reader: Connection) -> BoxShown:
    """Say what lies in the box, and what of it is promised."""
    found = boxes.box_of(reader, scope_of(reader, hop))
    return BoxShown(found.there, found.promised, found.free)


@menu.source()
def box_what(kept: Way) -> BoxWhat:
    """Say whether cash comes or goes, and where from."""
    return BoxWhat(WAYS[kept.box_way][0])


@menu.effect(leads={"not_yours": None}, denies=MONEY)
def move_box(hop: Hop, session: Session, kept: Move) -> TillDone:
    """Note the cash that came or went."""
    (what, source, out), act = WAYS[kept.box_way], officers_act(session, hop, "pay")
    boxes.put_in(session, act, act.office.scope.cooperative, source, kept.till_amount, out=out)
    return TillDone(f"{what}: {kinds.amount_words(kept.till_amount)} noté.")
