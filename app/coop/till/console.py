"""The reversal of an entry, asked at the console; another officer decides it, as always."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.amounts import francs
from app.coop.act import Act
from app.coop.console_requests.kinds import RequestDone, RequestKind
from app.coop.ledger.models import JournalEntry
from app.coop.members.names import card_and_name
from app.coop.scope import Scope
from app.coop.till import corrections


class Reversal(msgspec.Struct, frozen=True):
    """An entry of a member's that should be undone by its opposite."""

    entry_id: int


def _say(reader: Connection | Session, scope: Scope, now: datetime, wanted: Reversal) -> str:
    del now
    member = reader.scalar(
        select(JournalEntry.member_id).where(JournalEntry.id == wanted.entry_id, scope.own(JournalEntry.cooperative_id))
    )
    found = corrections.reversible(reader, scope.cooperative, member, wanted.entry_id) if member else []
    if not member or not found:
        raise corrections.NotReversible("déjà annulé, ou pas d'ici")
    card, name = card_and_name(reader, member)
    what = corrections.reversible_kinds()[found[0].kind]
    return f"annuler {what} {francs(found[0].amount)} du {found[0].on:%d/%m/%Y}, {card} {name}."


def _whose(reader: Connection | Session, wanted: Reversal) -> int | None:
    return reader.scalar(select(JournalEntry.member_id).where(JournalEntry.id == wanted.entry_id))


def _do(session: Session, act: Act, wanted: Reversal) -> RequestDone:
    corrections.ask(session, act, wanted.entry_id)
    return RequestDone("Noté: un 2e responsable doit l'approuver.")


KIND = RequestKind(
    name="reversal",
    title="Annulation",
    right="pay",
    arguments=Reversal,
    say=_say,
    do=_do,
    concerns=_whose,
    denies={corrections.NotReversible: lambda no: str(no) or "déjà demandé, ou pas d'ici"},
)
