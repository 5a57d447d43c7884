"""An incoming SMS: once an id, its act and its answer in one transaction."""

from datetime import datetime, timedelta

import msgspec
import phonenumbers
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.commands import handlers
from app.commands.grammar import parse
from app.coop.members.identity import who_holds
from app.db.database import Database
from app.gateways.callbacks import IncomingSms
from app.sms import inbox, outbox
from app.sms.models import Inbound

PROVIDER = "africastalking"
SAME_WITHIN, MOST_SAME = timedelta(minutes=10), 2
"""The same words that mean nothing to us, from one number, are answered twice: two machines would else talk all night."""


class Clerk(msgspec.Struct, frozen=True):
    """What answering needs: database, key, the string to dial, what it costs, what a part costs, our own short code."""

    database: Database
    key: bytes
    code: str
    cost: str
    part_price: int
    short_code: str | None


def receive(clerk: Clerk, sms: IncomingSms, now: datetime) -> None:
    """Do what an SMS asks for and put the answer in the outbox; the same id again changes nothing."""
    for last in (False, True):
        try:
            with clerk.database.transaction() as session:
                _receive(session, clerk, sms, now)
            return
        except IntegrityError:
            if last:
                raise


def _receive(session: Session, clerk: Clerk, sms: IncomingSms, now: datetime) -> None:
    order = parse(sms.text[:500])
    state = "handled" if order.word else "unparsed"
    answerable = _is_a_persons(sms.sender, clerk.short_code) and not _loops(session, sms, order.word, now)
    kept = inbox.keep(
        session,
        PROVIDER,
        sms.id,
        sender=sms.sender,
        to=sms.to,
        text=sms.text,
        state=state if answerable else "ignored",
        word=order.word or None,
        now=now,
    )
    if not kept or not answerable:
        return
    holders = who_holds(session.connection(), sms.sender) if sms.sender.startswith("+221") else ()
    ask = handlers.Ask(session, sms.sender, holders, order.rest, f"sms:{PROVIDER}:{sms.id}", now, clerk.code)
    words = handlers.answer(order.word, ask)
    filled = words.replace("{cost}", clerk.cost).replace("{code}", clerk.code).replace("{balance}", f"{clerk.code.rstrip('#')}*1#")
    who = holders[0] if len(holders) == 1 else None
    outbox.put(
        session,
        to=sms.sender,
        text=filled,
        purpose="answer",
        cause=f"sms:{PROVIDER}:{sms.id}",
        now=now,
        part_price=clerk.part_price,
        person_id=who.person_id if who else None,
        cooperative_id=who.cooperative_id if who else None,
        trace=f"sms-{sms.id[:40]}",
    )


def _is_a_persons(sender: str, short_code: str | None) -> bool:
    """Tell a person's number from a machine's: no letters, no short code, not our own."""
    try:
        number = phonenumbers.parse(sender, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number) and sender != short_code


def _loops(session: Session, sms: IncomingSms, word: str, now: datetime) -> bool:
    if word:
        return False
    reader: Connection = session.connection()
    same = (
        select(func.count())
        .select_from(Inbound)
        .where(
            Inbound.sender == sms.sender, Inbound.received_at > now - SAME_WITHIN, Inbound.text == sms.text[: inbox.MOST_CHARACTERS]
        )
    )
    return (reader.scalar(same) or 0) >= MOST_SAME
