"""Bureau 12, 5: the federation's agreements with training centres and companies."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.coop.act import Act
from app.coop.offices import partners as agreements
from app.coop.rights import Office
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Lead, Refused
from menus.hop import Hop, Nothing, officers_act, reading_office
from menus.training_words import WrittenDay, read_coming_day, read_day, read_words

menu = Bindings("partners_desk")
PartnerSays = Annotated[
    str, kinds.Kind("words", "m" * 20 + ": " + "m" * 40 + " 771234567, 9999 places du 30/11/2026 au 30/11/2026")
]
Places = Annotated[int, kinds.Kind("count", "9999")]
NOT_WRITTEN: Denials = {agreements.PartnerRefused: lambda refused: str(refused)}


class PartnerRow(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName
    until: WrittenDay


class OfPartner(msgspec.Struct, frozen=True):
    partner: PartnerRow


class OtherEnd(OfPartner, frozen=True):
    partner_until: str


class OtherPlaces(OfPartner, frozen=True):
    partner_places: int


class NewPartnerTyped(msgspec.Struct, frozen=True):
    partner_kind: Literal["centre", "company"]
    partner_name: str
    partner_contact: str
    partner_until: str
    partner_places: int


class PartnerShown(msgspec.Struct, frozen=True):
    partner_says: PartnerSays


class AddedPartner(msgspec.Struct, frozen=True):
    partner_number: kinds.Reference


def federations_office(reader: Connection | Session, hop: Hop) -> Office:
    """Return the federation's office by which agreements and PF2E courses are read; leads to `not_yours` from any other."""
    office = reading_office(reader, hop, "training")
    if not office.scope.is_federation:
        raise Lead("not_yours")
    return office


def federations_act(session: Session, hop: Hop) -> Act:
    """Return what the federation's officer does; leads to `not_yours` from any other office."""
    act = officers_act(session, hop, "training")
    if not act.office.scope.is_federation:
        raise Lead("not_yours")
    return act


def partner_rows(hop: Hop, kind: agreements.PartnerKind | None = None, on: date | None = None) -> list[PartnerRow]:
    """Give the partners, to officers of the federation."""
    with hop.desk.read() as reader:
        if not reading_office(reader, hop, "training").scope.is_federation:
            return []
        return [PartnerRow(one.id, one.name, f"{one.until_on:%d/%m/%Y}") for one in agreements.partners(reader, kind, on)]


@menu.source(leads={"not_yours": None})
def partners_desk(hop: Hop, reader: Connection) -> Nothing:
    """Let the federation's officers pass."""
    federations_office(reader, hop)
    return Nothing()


@menu.rows()
def partners(hop: Hop) -> Sequence[PartnerRow]:
    """Give all agreements."""
    return partner_rows(hop)


@menu.source(leads={"not_yours": None})
def partner_shown(hop: Hop, reader: Connection, kept: OfPartner) -> PartnerShown:
    """Say who answers there, for how many places, in which period."""
    federations_office(reader, hop)
    one = next(one for one in agreements.partners(reader) if one.id == kept.partner.id)
    contact = f"{one.contact} {(one.phone or '').removeprefix('+221')}".strip()
    period = f"du {one.from_on:%d/%m/%Y} au {one.until_on:%d/%m/%Y}"
    return PartnerShown(f"{one.name}: {contact}, {units.count(one.places, 'place')} {period}")


@menu.answer(refuses={"bad": None})
def partner_name(typed: str) -> kinds.ProductName:
    """Read a partner's name."""
    return read_words(typed, 2, 20)


@menu.answer(secret=True, refuses={"bad": None})
def partner_contact(typed: str) -> kinds.PersonName:
    """Read whom to call there."""
    return read_words(typed, 2, 40)


@menu.answer(refuses={"bad": None})
def partner_until(hop: Hop, typed: str) -> WrittenDay:
    """Read an agreement's last day."""
    return read_coming_day(typed, hop.now.date(), timedelta(days=3_650))


@menu.answer(refuses={"bad": None})
def partner_places(typed: str) -> Places:
    """Read how many places."""
    if not is_number(typed, 4) or not 0 < int(typed) <= agreements.MOST_PLACES:
        raise Refused("bad")
    return int(typed)


@menu.effect(leads={"not_yours": None}, denies=NOT_WRITTEN)
def add_partner(hop: Hop, session: Session, kept: NewPartnerTyped) -> AddedPartner:
    """Write down an agreement that begins today."""
    told = agreements.NewPartner(
        kept.partner_kind,
        kept.partner_name,
        kept.partner_contact,
        hop.now.date(),
        read_day(kept.partner_until),
        kept.partner_places,
    )
    return AddedPartner(str(agreements.add_partner(session, federations_act(session, hop), told).id))


@menu.effect(leads={"not_yours": None}, denies=NOT_WRITTEN)
def prolong_partner(hop: Hop, session: Session, kept: OtherEnd) -> Nothing:
    """Give an agreement another last day."""
    agreements.change_partner(session, federations_act(session, hop), kept.partner.id, until_on=read_day(kept.partner_until))
    return Nothing()


@menu.effect(leads={"not_yours": None}, denies=NOT_WRITTEN)
def set_partner_places(hop: Hop, session: Session, kept: OtherPlaces) -> Nothing:
    """Give an agreement other places."""
    agreements.change_partner(session, federations_act(session, hop), kept.partner.id, places=kept.partner_places)
    return Nothing()
