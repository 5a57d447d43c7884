"""A lot's way, as anybody reads it on a telephone."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import once, units
from app.coop.chain import story
from app.coop.chain.earnings import kilos
from app.coop.chain.family import Family, family_of
from app.coop.lots import queries
from app.coop.lots.codes import read_code
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, Nothing, PrivateWords, Words, member_of, own_act
from menus.production_desk import Code

menu = Bindings("chain")


class OwnLot(msgspec.Struct, frozen=True):
    id: int
    product: kinds.ProductName
    day: kinds.Day
    code: Code


class OfCode(msgspec.Struct, frozen=True):
    lot_code: str


class OfOwnLot(msgspec.Struct, frozen=True):
    own_lot: OwnLot


@menu.answer(refuses={"unknown": None})
def lot_code(reader: Connection, typed: str) -> Code:
    """Read a public lot's code: an unknown and a private one look alike."""
    code = read_code(typed)
    family = _family(reader, code) if code else None
    if family is None or not family.target.public:
        raise Refused("unknown")
    return family.target.code


@menu.source()
def lot_story(reader: Connection, kept: OfCode) -> Words:
    """Tell a lot's way, and who earned what."""
    family = _family(reader, kept.lot_code)
    return Words(story.in_words(story.tell(family)) if family and family.target.public else "Code inconnu.")


@menu.rows()
def own_lots(hop: Hop, reader: Connection) -> Sequence[OwnLot]:
    """Give the lots that the member's deliveries went into."""
    return [OwnLot(one.id, one.product, one.made_on, one.code) for one in queries.lots_of_member(reader, member_of(hop))]


@menu.source()
def own_lot(hop: Hop, reader: Connection, kept: OfOwnLot) -> PrivateWords:
    """Say how much of a lot is the member's, and what became of it."""
    family = _family(reader, kept.own_lot.code)
    if family is None:
        return PrivateWords("Code inconnu.")
    mine, lot = kilos(family).get(member_of(hop), 0), family.target
    said = f"De vous: {units.count(Decimal(mine) / 1000, lot.unit if lot.made_grams is None else 'kg')}."
    return PrivateWords(f"{said}\n{story.in_words(story.tell(family))}" if lot.public else said)


@menu.effect()
def agree_lot(hop: Hop, session: Session, kept: OfOwnLot) -> Nothing:
    """Note the member's word that francs may be shown."""
    story.agree(session, kept.own_lot.id, own_act(hop).member, hop.now)
    return Nothing()


def _family(reader: Connection, code: str) -> Family | None:
    return once.ask(("family", code), lambda: family_of(reader, code))
