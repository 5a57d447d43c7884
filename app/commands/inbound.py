"""An incoming SMS: once an id, its act and its answer in one transaction."""

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import msgspec
import phonenumbers
import structlog
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.commands import handlers, replies
from app.commands.asking import Ask
from app.commands.grammar import OFFICERS, parse
from app.coop.members.identity import cooperative_of, who_holds
from app.db.database import Database, is_outage
from app.gateways.callbacks import IncomingSms
from app.gateways.ussd import e164
from app.sms import inbox, outbox, refusals
from app.sms.broadcasts.timing import Terms
from app.sms.models import Inbound
from app.sms.reports import clean

log = structlog.get_logger("sms")
PROVIDER = "africastalking"
LONGEST_ID = 48
Do = Callable[[str, Ask], str]
SHORTEST = 6
"""Digits that a person's number has at least: services' numbers are shorter."""
SAME_WITHIN, MOST_SAME = timedelta(minutes=10), 2
"""The same words that mean nothing to us, from one number, are answered twice: two machines would else talk all night."""


class Clerk(msgspec.Struct, frozen=True):
    """What answering needs: database, key, the string to dial, what it costs, what a part costs, our own short code, what
    broadcasts are bound to, our own name."""

    database: Database
    key: bytes
    code: str
    cost: str
    part_price: int
    short_code: str | None
    terms: Terms
    sender_id: str | None = None

    @property
    def own(self) -> tuple[str, ...]:
        """Return the numbers and names that our own messages come from: they are never answered."""
        return tuple(filter(None, (self.short_code, self.sender_id)))


def receive(clerk: Clerk, sms: IncomingSms, now: datetime) -> None:
    """Do what an SMS asks for and put the answer in the outbox; the same id again changes nothing.

    What goes wrong in doing it is said to the sender and kept as a row; only an outage is raised, for the gateway to repeat it.
    """
    for _ in range(2):
        try:
            _attempt(clerk, sms, now, handlers.answer)
        except IntegrityError as collision:
            fault: Exception = collision
        except Exception as other:
            if is_outage(other):
                raise
            fault = other
            break
        else:
            return
    log.error("an SMS can't be handled; it is kept", exc_info=fault)
    _attempt(clerk, sms, now, _apologise)


def _attempt(clerk: Clerk, sms: IncomingSms, now: datetime, do: Do) -> None:
    with clerk.database.transaction() as session:
        _receive(session, clerk, sms, now, do)


def _receive(session: Session, clerk: Clerk, sms: IncomingSms, now: datetime, do: Do) -> None:
    order = parse(sms.text[:500])
    why = _machine(sms.sender, clerk.own) or _loops(session, sms, order.word, now)
    known = who_holds(session.connection(), sms.sender) if sms.sender.startswith("+221") and not why else ()
    holders = tuple(who for who in known if not who.proof_wanted)  # a SIM that has changed hands is nobody's
    state = "ignored" if why else "failed" if do is _apologise else "handled" if order.word else "unparsed"
    kept = inbox.keep(
        session,
        PROVIDER,
        sms.id,
        sender=sms.sender,
        to=sms.to,
        text=sms.text,
        state=state,
        word=order.word or None,
        now=now,
        reason=why,
        cooperative_id=cooperative_of(holders),
    )
    if not kept or why:
        return
    cause = operation_of(sms.id)
    ask = Ask(
        session,
        sms.sender,
        order.word,
        holders,
        order.rest,
        cause,
        now,
        clerk.code,
        sms.text,
        clerk.key,
        clerk.terms,
        clerk.part_price,
    )
    words = do(order.word, ask)
    if order.word in OFFICERS and words == replies.HELP:
        inbox.mark(session, PROVIDER, sms.id, "refused")
        log.warning("an officer's command from somebody who isn't one", word=order.word)
    filled = words.replace("{cost}", clerk.cost).replace("{code}", clerk.code).replace("{balance}", f"{clerk.code.rstrip('#')}*1#")
    who = holders[0] if len(holders) == 1 else None
    outbox.put(
        session,
        to=sms.sender,
        text=filled,
        purpose="answer",
        cause=cause,
        now=now,
        part_price=clerk.part_price,
        person_id=who.person_id if who else None,
        cooperative_id=who.cooperative_id if who else None,
        trace=f"sms-{clean(sms.id, 40)}",
    )


def operation_of(sms_id: str) -> str:
    """Return the key of what an SMS does: its gateway's id, or that id's hash when it would not fit."""
    if len(sms_id) > LONGEST_ID or not sms_id.isprintable():
        sms_id = hashlib.blake2b(sms_id.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"sms:{PROVIDER}:{sms_id}"


def _apologise(word: str, ask: Ask) -> str:
    del word, ask
    return replies.FAILED


def _machine(sender: str, own: Collection[str]) -> str | None:
    """Return why a sender is no person: our own number, a name, a short number; None when it is one."""
    if sender in own or e164(sender) in {e164(number) for number in own}:
        return "our own number"
    if any(character.isalpha() for character in sender):
        return "a name, not a number"
    if sum(character.isdigit() for character in sender) < SHORTEST:
        return "a short number"
    try:
        number = phonenumbers.parse(sender, None)
    except phonenumbers.NumberParseException:
        return "not a person's number"
    return None if refusals.PERSON.fullmatch(sender) and phonenumbers.is_possible_number(number) else "not a person's number"


def _loops(session: Session, sms: IncomingSms, word: str, now: datetime) -> str | None:
    """Return why an SMS is taken for a machine's answer to ours: the same words that mean nothing, a third time."""
    if word:
        return None
    reader: Connection = session.connection()
    same = (
        select(func.count())
        .select_from(Inbound)
        .where(
            Inbound.sender == sms.sender,
            Inbound.received_at > now - SAME_WITHIN,
            Inbound.text == inbox.as_kept(sms.text),
        )
    )
    return "same text again" if (reader.scalar(same) or 0) >= MOST_SAME else None
