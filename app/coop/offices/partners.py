"""Training centres and companies under agreement with the federation: the period, whom to call, how many places."""

from datetime import date, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.offices import audit
from app.coop.offices.models import Partner
from app.db.rows import require, store

PartnerKind = Literal["centre", "company"]
MOST_PLACES, LONGEST = 9_999, timedelta(days=3_660)
MOST_SHOWN = 100


class PartnerRefused(ValueError):
    """An agreement can't be so; the argument says why, in French."""


class NewPartner(msgspec.Struct, frozen=True):
    """What an agreement is made with; `phone` is E.164."""

    kind: PartnerKind
    name: str
    contact: str
    from_on: date
    until_on: date
    places: int
    phone: str | None = None


class ShownPartner(msgspec.Struct, frozen=True):
    """A centre or a company with its agreement."""

    id: int
    kind: PartnerKind
    name: str
    contact: str
    phone: str | None
    from_on: date
    until_on: date
    places: int


def add_partner(session: Session, act: Act | None, told: NewPartner) -> Partner:
    """Write down an agreement; an officer's is noted as their act. Raises PartnerRefused."""
    if not 2 <= len(told.name) <= 20 or not 2 <= len(told.contact) <= 40:
        raise PartnerRefused("Un nom de 2 à 20 lettres, un contact de 2 à 40.")
    _check(told.from_on, told.until_on, told.places)
    if session.scalar(select(Partner.id).where(Partner.kind == told.kind, Partner.name == told.name)) is not None:
        raise PartnerRefused("Ce nom a déjà une convention: prolongez-la.")
    row = store(session, Partner(**msgspec.structs.asdict(told)))
    if act is not None:
        audit.note(session, act, "agreement added", f"partner:{row.id}")
    return row


def change_partner(
    session: Session,
    act: Act | None,
    partner_id: int,
    *,
    until_on: date | None = None,
    places: int | None = None,
    contact: str | None = None,
    phone: str | None = None,
) -> Partner:
    """Change an agreement: its last day, its places, whom to call; None leaves one as it is. Raises PartnerRefused."""
    row = _lock(session, partner_id)
    _check(row.from_on, until_on or row.until_on, row.places if places is None else places)
    if contact is not None and not 2 <= len(contact) <= 40:
        raise PartnerRefused("Un contact de 2 à 40 lettres.")
    row.until_on, row.places = until_on or row.until_on, row.places if places is None else places
    row.contact, row.phone = contact or row.contact, phone or row.phone
    if act is not None:
        audit.note(session, act, "agreement changed", f"partner:{row.id}")
    return row


def lock_partner(session: Session, partner_id: int, kind: PartnerKind, day: date) -> Partner:
    """Lock a partner whose agreement holds on a day, so that its places are promised once. Raises PartnerRefused."""
    row = _lock(session, partner_id)
    if row.kind != kind:
        raise PartnerRefused("C'est un centre." if row.kind == "centre" else "C'est une entreprise.")
    if not row.from_on <= day <= row.until_on:
        raise PartnerRefused(f"Convention {row.name}: du {row.from_on:%d/%m/%Y} au {row.until_on:%d/%m/%Y}.")
    return row


def partners(reader: Connection | Session, kind: PartnerKind | None = None, on: date | None = None) -> list[ShownPartner]:
    """Return the partners, of a kind, and whose agreement holds on a day, when these are given."""
    columns = (Partner.id, Partner.kind, Partner.name, Partner.contact, Partner.phone)
    rows: Any = select(*columns, Partner.from_on, Partner.until_on, Partner.places).order_by(Partner.kind, Partner.name)
    if kind is not None:
        rows = rows.where(Partner.kind == kind)
    if on is not None:
        rows = rows.where(Partner.from_on <= on, Partner.until_on >= on)
    return [ShownPartner(*row) for row in reader.execute(rows.limit(MOST_SHOWN))]


def partner_name(reader: Connection | Session, partner_id: int | None) -> str:
    """Return a partner's name; "" for none."""
    return reader.scalar(select(Partner.name).where(Partner.id == partner_id)) or ""


def _lock(session: Session, partner_id: int) -> Partner:
    found = select(Partner).where(Partner.id == partner_id).with_for_update().execution_options(populate_existing=True)
    return require(session.scalar(found), PartnerRefused("Ce partenaire n'a pas de convention."))


def _check(from_on: date, until_on: date, places: int) -> None:
    if not from_on <= until_on <= from_on + LONGEST:
        raise PartnerRefused("Un dernier jour après le premier, dans les 10 ans.")
    if not 0 < places <= MOST_PLACES:
        raise PartnerRefused(f"De 1 à {MOST_PLACES} places.")
