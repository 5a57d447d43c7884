"""Bureau 11, 4, 7: the day's end at the boutique témoin."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.coop.boutiques import counts
from app.coop.handover.box import box_of
from app.ussd import kinds
from app.ussd.bindings import Bindings
from menus.boutiques import OfferRow
from menus.hop import Hop, officers_act, reading_office
from menus.sales_desk import ACTING, NOT_SOLD, SoldGoods, offer_units, offers_here

menu = Bindings("counts_desk")
Difference = Annotated[str, kinds.Kind("words", "Livre: 999 999 999 F, compté: 999 999 999 F.")]


class BoxCounted(msgspec.Struct, frozen=True):
    box_counted: int


class ShelfCounted(msgspec.Struct, frozen=True):
    shelf_offer: OfferRow
    shelf_counted: Decimal


class CountDifference(msgspec.Struct, frozen=True):
    difference: Difference


@menu.rows()
def shelf_offers(hop: Hop) -> Sequence[OfferRow]:
    """Give what lies on the shelf, to be counted."""
    return offers_here(hop, "sell")


@menu.source()
def box_difference(hop: Hop, reader: Connection, kept: BoxCounted) -> CountDifference:
    """Say what the books say of the box."""
    books = box_of(reader, reading_office(reader, hop, "sell").scope.cooperative).there
    return CountDifference(f"Livre: {kinds.amount_words(books)}, compté: {kinds.amount_words(kept.box_counted)}.")


@menu.effect(leads=ACTING, denies=NOT_SOLD)
def count_box(hop: Hop, session: Session, kept: BoxCounted) -> SoldGoods:
    """Note what was counted in the box, for another to confirm."""
    counts.ask(session, officers_act(session, hop, "sell"), Decimal(kept.box_counted))
    return SoldGoods("Noté: un autre responsable confirme la différence.")


@menu.answer(refuses={"bad": None})
def shelf_counted(typed: str) -> kinds.Amounted:
    """Read what was counted on a shelf; `0,0` is nothing, for a lone 0 is a key."""
    if typed.strip() in ("0,0", "0.0"):
        return Decimal(0)
    return offer_units(typed)


@menu.source()
def shelf_difference(hop: Hop, kept: ShelfCounted) -> CountDifference:
    """Say what the books say of a shelf."""
    with hop.desk.database.session() as session:
        books = counts.on_shelf(session, kept.shelf_offer.id)
    return CountDifference(f"Livre: {units.quantity(books)}, compté: {units.quantity(kept.shelf_counted)}.")


@menu.effect(leads=ACTING, denies=NOT_SOLD)
def count_shelf(hop: Hop, session: Session, kept: ShelfCounted) -> SoldGoods:
    """Note what was counted on a shelf, for another to confirm."""
    counts.ask(session, officers_act(session, hop, "sell"), kept.shelf_counted, kept.shelf_offer.id)
    return SoldGoods("Noté: un autre responsable confirme la différence.")
