"""A lot's way, as anybody reads it on a telephone."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.coop.chain import story
from app.coop.chain.earnings import kilos
from app.coop.chain.family import family_of
from app.coop.lots import queries
from app.coop.lots.codes import read_code
from app.db.rows import require
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
    found = require(story.story_of(reader, typed), Refused("unknown"))
    return found.code


@menu.source()
def lot_story(reader: Connection, kept: OfCode) -> Words:
    """Tell a lot's way, and who earned what."""
    found = story.story_of(reader, kept.lot_code)
    return Words(story.in_words(found) if found else "Code inconnu.")


@menu.rows()
def own_lots(hop: Hop, reader: Connection) -> Sequence[OwnLot]:
    """Give the lots that the member's deliveries went into."""
    return [OwnLot(one.id, one.product, one.made_on, one.code) for one in queries.lots_of_member(reader, member_of(hop))]


@menu.source()
def own_lot(hop: Hop, reader: Connection, kept: OfOwnLot) -> PrivateWords:
    """Say how much of a lot is the member's, and what became of it."""
    family = family_of(reader, read_code(kept.own_lot.code) or "")
    found = story.story_of(reader, kept.own_lot.code)
    mine = kilos(family).get(member_of(hop), 0) if family else 0
    unit = "kg" if family and family.target.made_grams is not None else family.target.unit if family else ""
    said = f"De vous: {units.count(Decimal(mine) / 1000, unit)}."
    return PrivateWords(f"{said}\n{story.in_words(found)}" if found else said)


@menu.effect()
def agree_lot(hop: Hop, session: Session, kept: OfOwnLot) -> Nothing:
    """Note the member's word that francs may be shown."""
    story.agree(session, kept.own_lot.id, own_act(hop).member, hop.now)
    return Nothing()
