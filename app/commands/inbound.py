"""An incoming SMS: written at once, once an id; worked on soon after, its act and its answer in one transaction."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import msgspec
import phonenumbers
import structlog
from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.commands import allowance, broadcasts, handlers, replies, weighings
from app.commands.command import Answer, Command, SmsReading
from app.commands.grammar import LONGEST, NEED_WHAT_FOLLOWS, TypedCommand, order_in, parse
from app.commands.typed_lines import cut
from app.coop.access.identity import Who, cooperative_of, who_holds
from app.coop.act import Act
from app.coop.correspondence import inbox as letters
from app.coop.members import notices
from app.db.database import Database, is_outage
from app.db.rows import total
from app.gateways.callbacks import IncomingSms
from app.gsm7 import fold, septets
from app.phones import e164
from app.sms import inbox, outbox, pieces, refusals
from app.sms.broadcasts.terms import Terms
from app.sms.models import Inbound
from app.sms.policy import prepare
from app.sms.reports import clean

log = structlog.get_logger("sms")
PROVIDER = "africastalking"
LONGEST_ID = 48
Do = Callable[[str, Command], Answer]
SHORTEST = 6
"""Digits that a person's number has at least: services' numbers are shorter."""
SAME_WITHIN, MOST_SAME = timedelta(minutes=10), 2
"""The same words that mean nothing to us, from one number, are answered twice: two machines would else talk all night."""
MOST_TRIES = 3
FEWEST_NAMED, MOST_NAMED = 10, 24
"""Letters of a second order that an answer names."""
GREETED_WITHIN = timedelta(hours=1)
"""Greetings and thanks of a number are answered once in this time."""
ONCE_WITHIN = timedelta(seconds=30)
ACTS = (
    *("PROD", "NON", "CONTESTER", "IDEE", "SOUTENIR", "ACHAT", "INSCRIRE", "PRESENT"),
    *("DIFF", "URGENT", "ANNULER", "VALIDER", "TARIF", "REPONDRE"),
)
"""Words that act, but `OUI`, whose code knows its first answer."""


class Clerk(msgspec.Struct, frozen=True):
    """What answering needs: database, key, our own short code, what broadcasts are bound to, our own name."""

    database: Database
    key: bytes
    short_code: str | None
    terms: Terms
    sender_id: str | None = None

    @property
    def own(self) -> tuple[str, ...]:
        """Return the numbers and names that our own messages come from: they are never answered."""
        return tuple(filter(None, (self.short_code, self.sender_id)))


def take(database: Database, sms: IncomingSms, now: datetime) -> None:
    """Write an SMS as it came, to be worked on soon: all that a webhook does. The same id again changes nothing."""
    order = parse(sms.text[:LONGEST])
    text = sms.text if order.word in NEED_WHAT_FOLLOWS else inbox.as_kept(sms.text)
    with database.transaction() as session:
        if inbox.keep(
            session, PROVIDER, sms.id, sender=sms.sender, to=sms.to, text=text, state="new", word=order.word or None, now=now
        ):
            outbox.touch(session, inbox.QUEUE)


def work(clerk: Clerk, now: datetime) -> bool:
    """Do what the oldest SMS that waits asks for, and put the answer in the outbox.

    False when none waits, or another worker is at it. What goes wrong in doing it is said to the sender and kept in its row.
    An outage is raised, for the SMS to be worked on again; one that fails so again and again, with the database there, lets the
    others pass and is given up.
    """
    with clerk.database.read() as reader:
        waiting = inbox.oldest(reader)
    if waiting is None:
        return False
    fault: Exception = RuntimeError("it was tried too often")
    # An act of another channel may take the same unique key at that
    # moment. The second try finds it and gives its answer.
    for _ in range(2 if waiting.tries < MOST_TRIES else 0):
        try:
            return _attempt(clerk, waiting.id, now, handlers.answer)
        except IntegrityError as collision:
            fault = collision
        except Exception as other:
            if is_outage(other):
                with clerk.database.transaction() as session:
                    # What was done is rolled back, so that the try is counted in a
                    # transaction of its own. It puts this SMS behind the others.
                    inbox.tried(session, waiting.id)
                raise
            fault = other
            break
    log.error("an SMS can't be handled; it is kept", exc_info=fault)
    try:
        return _attempt(clerk, waiting.id, now, _apologise)
    except Exception as worse:
        if is_outage(worse):
            raise
        log.exception("nor can its sender be told; the others must not wait for it")
        # Left as new it would be the oldest again, and block all that came after it.
        return _attempt(clerk, waiting.id, now, None)


def _attempt(clerk: Clerk, waiting: int, now: datetime, do: Do | None) -> bool:
    with clerk.database.transaction() as session:
        sms = inbox.claim(session, waiting)
        if sms is not None and do is not None:
            _answer(session, clerk, sms, now, do)
        elif sms is not None:
            inbox.settle(sms, "failed", reason="it can't be handled")
        return sms is not None


def _answer(session: Session, clerk: Clerk, sms: Inbound, now: datetime, do: Do) -> None:
    if _said_before(session, sms, now):
        return
    begun = pieces.begun(session, sms)
    if begun is not None and _says_yes(session, clerk, sms):
        begun = None
    if begun is None and not pieces.gather(session, sms):
        return
    # A text without a command is a letter. What comes behind its full first
    # piece is the rest of it, whatever word it begins with.
    if begun is not None and not begun.head.word and begun.head.closed_at is None:
        pieces.append(begun.head, sms, begun.whole)
        return
    whole = begun.whole if begun is not None else sms.text
    order = parse(whole[:LONGEST])
    why = _machine(sms.sender, clerk.own) or _loops(session, sms, order.word)
    if why:
        inbox.settle(sms, "ignored", reason=why)
        return
    row = sms
    if begun is not None and begun.head.word:
        # What was ordered is ordered anew, whole: a third piece must find all that came before it.
        pieces.append(begun.head, sms, begun.whole)
        row = begun.head
    unclear = row.reason == inbox.IN_PIECES and pieces.is_unclear(session, row)
    if order.word and unclear:
        do = _apologise
    # Numbers abroad are kept of some members, yet none of them says who somebody is.
    known = who_holds(session.connection(), sms.sender) if sms.sender.startswith("+221") else ()
    holders = tuple(who for who in known if not who.proof_wanted)  # a SIM that has changed hands is nobody's
    command = Command(
        session,
        sms.sender,
        order.word,
        holders,
        order.rest,
        operation_of(sms.provider_id),
        now,
        sms.received_at,
        whole,
        clerk.key,
        clerk.terms,
        beside=order.beside,
    )
    if begun is not None and (begun.late or unclear) and order.word == "VALIDER":
        weighings.undo_lines(command, [operation_of(one.provider_id) for one in (row, *pieces.joined(session, row))])
    day = clerk.terms.day_of(now)
    if not allowance.open_to(command, day):
        _answer_no_more(command, clerk, sms, do)
        return
    reading = SmsReading("failed") if do is _apologise else handlers.reading_of(command)
    inbox.settle(row, reading.state, whose=cooperative_of(holders))
    if reading.state == "greeted" and _greeted(session, sms):
        return
    words = do(order.word, msgspec.structs.replace(command, reading=reading))
    if reading.state == "unparsed":
        letters.tell(session, command.own_act(), holders)
        words = words or replies.NOT_UNDERSTOOD
    elif words is None:
        inbox.settle(row, "refused", whose=row.cooperative_id)
        log.warning("an officer's command from somebody who isn't one", word=order.word)
    # Who isn't an officer gets a member's help: not even a refusal tells them that the command exists.
    filled = replies.fill(words or replies.HELP, clerk.database.service)
    filled += _not_done(order, 160 - septets(fold(filled)))
    allowance.note(command, day, _put_answer(session, sms, filled, holders, now))


def _says_yes(session: Session, clerk: Clerk, sms: Inbound) -> bool:
    """Tell whether an SMS has a code of its sender's: they have read the estimate, so that it is no piece of what it is of."""
    order = parse(sms.text[:LONGEST])
    return order.word == "OUI" and broadcasts.names_code(session, clerk.key, sms.sender, order.rest)


def _not_done(order: TypedCommand, room: int) -> str:
    """Return the words on a second order in the same SMS, which was not done, in so many septets at best; "" without one."""
    left = order_in(order.beside) or (order_in(order.rest) if order.word not in ("", "EMPLOI", *ACTS) else "")
    most = max(FEWEST_NAMED, min(MOST_NAMED, room - len(replies.NOT_DONE.replace("{line}", ""))))
    return replies.NOT_DONE.replace("{line}", cut(left, most)) if left else ""


def _answer_no_more(command: Command, clerk: Clerk, sms: Inbound, do: Do) -> None:
    """Do in silence what must be done, keep the rest, and say once that a number has had its answers of the day."""
    whose, day = cooperative_of(command.holders), clerk.terms.day_of(command.now)
    if command.word in allowance.STILL_DONE:
        inbox.settle(sms, "failed" if do is _apologise else "handled", reason="answers of the day are spent", whose=whose)
        do(command.word, msgspec.structs.replace(command, answered=False))
    else:
        inbox.settle(sms, "ignored", reason="answers of the day are spent", whose=whose)
    words = allowance.last_words(command, day)
    if words:
        filled = replies.fill(words, clerk.database.service)
        allowance.note(command, day, _put_answer(command.session, sms, filled, command.holders, command.now))


def _put_answer(session: Session, sms: Inbound, words: str, holders: Sequence[Who], now: datetime) -> int:
    """Put an answer in the outbox and return its parts."""
    # On a shared number nobody knows which of its holders wrote, so that the answer is filed under none of them.
    who = holders[0] if len(holders) == 1 else None
    act = Act(0, "sms", operation_of(sms.provider_id), now, trace=f"sms-{clean(sms.provider_id, 40)}")
    whose = {"person_id": who.person_id, "cooperative_id": who.cooperative_id} if who else {}
    notices.tell_number(session, act, sms.sender, "answer", act.operation, words, **whose)
    return prepare(words).parts


def _said_before(session: Session, sms: Inbound, now: datetime) -> bool:
    """Answer an order that the gateway brings a second time under another id as the first one was, and do nothing.

    It is the same when the sender's last SMS had the same text, was an order that acts and came less than ONCE_WITHIN before.
    """
    mine = select(Inbound).where(Inbound.sender == sms.sender, Inbound.id < sms.id)
    last = session.scalar(mine.order_by(Inbound.id.desc()).limit(1))
    if last is None or last.word not in ACTS or last.state not in ("handled", "unparsed", "repeated"):
        return False
    # What was worked on has its codes starred. Both texts are compared as
    # kept, or an order with a code would never be the same.
    if last.received_at < sms.received_at - ONCE_WITHIN or inbox.as_kept(last.text) != inbox.as_kept(sms.text):
        return False
    words = outbox.sent_for(session, operation_of(last.provider_id))
    if words is None:
        return False
    inbox.settle(sms, "repeated", reason=f"as {last.id}", whose=last.cooperative_id)
    _put_answer(session, sms, words, (), now)
    return True


def operation_of(sms_id: str) -> str:
    """Return the key of what an SMS does: its gateway's id, or that id's hash when it would not fit."""
    if len(sms_id) > LONGEST_ID or not sms_id.isprintable():
        # An operation's key has 80 characters in the database, and a gateway's id any number.
        sms_id = hashlib.blake2b(sms_id.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"sms:{PROVIDER}:{sms_id}"


def _apologise(word: str, command: Command) -> str:
    del word, command
    return replies.FAILED


def _machine(sender: str, own: Collection[str]) -> str | None:
    """Return why a sender is no person: our own number, a name, a short number; None when it is one."""
    # Our short code may come back in any spelling, and two services that answer each other never end.
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


def _greeted(session: Session, sms: Inbound) -> bool:
    since = sms.received_at - GREETED_WITHIN
    earlier = (Inbound.sender == sms.sender) & (Inbound.received_at > since) & (Inbound.id < sms.id)
    return session.scalar(select(exists().where(earlier, Inbound.state == "greeted"))) or False


def _loops(session: Session, sms: Inbound, word: str) -> str | None:
    """Return why an SMS is taken for a machine's answer to ours: the same words that mean nothing, a third time."""
    if word:
        return None
    since = sms.received_at - SAME_WITHIN
    earlier = (Inbound.sender == sms.sender) & (Inbound.received_at > since) & (Inbound.id < sms.id)
    same = select(func.count()).select_from(Inbound).where(earlier, Inbound.text == sms.text)
    return "same text again" if total(session, same) >= MOST_SAME else None
