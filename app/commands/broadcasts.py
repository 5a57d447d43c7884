"""`DIFF`, `URGENT`, `OUI`, `ETAT`, `ANNULER`: broadcasts by SMS. Anybody but an officer gets a member's help."""

import re

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from app.commands import broadcast_replies as said
from app.commands import letters, replies
from app.commands.command import Answer, Command
from app.commands.drafts import BadTime, Incomplete, day_meant, read_draft, time_meant
from app.commands.grammar import fold_words
from app.coop.act import Act
from app.coop.audience.words import ALL, OutOfScope, UnknownWord, read_audience
from app.coop.broadcasts import confirmations, misses, stops
from app.coop.broadcasts.estimates import Draft, digest, estimate
from app.coop.rights import NotYours, Office
from app.db.operations import once
from app.digits import is_number
from app.service import service_of
from app.sms.broadcasts import progress
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.rounds import CODE_LASTS
from app.sms.broadcasts.terms import Terms

_CODE = re.compile(r"\D*([0-9]{4,6}|[0-9]{2,3}(?:[ -][0-9]{2,3}){1,2}|[0-9](?: [0-9]){3,5})\D*")
"""The only number of a text; people type it in groups, `48 21`."""
_NOT_YET = re.compile(r"\b(?:NON|NE|PAS|ANNUL\w*|ATTEN\w*|STOP|DEMAIN|SAUF|MAIS)\b|@")
"""What takes a yes back. What has left can't be called back."""


def draft(command: Command) -> Answer:
    """Answer `DIFF` and `URGENT` with an estimate; nothing is sent."""
    office = command.office("broadcast")
    if office is None:
        return None
    word = "URGENT" if command.word == "URGENT" else "DIFF"
    try:
        wanted = read_draft(command.text, command.received, command.terms.zone)
    except Incomplete:
        return said.HOW.replace("{word}", word)
    except BadTime:
        return said.HOW_TIME
    if wanted.urgent and wanted.wanted_at is not None:
        return said.NOT_LATER
    return _estimate(command, office, wanted)


def confirm(command: Command) -> Answer:
    """Answer `OUI <code>`: order the broadcast or send the letter's answer, once; the same code again gets the first answer.

    The try is counted before the code is compared, over all that waits for one.
    """
    office = command.office("broadcast")
    if office is None and command.office("call_backs") is None:
        return None
    typed = _CODE.fullmatch(command.rest)
    if typed is None or _NOT_YET.search(command.rest):
        return said.HOW_YES
    code = re.sub("[ -]", "", typed[1])
    if not misses.count(command.session, command.phone, command.now):
        until = misses.dead_until(command.session, command.phone, command.now)
        return said.ended(until or command.now, command.terms, command.now)
    try:
        words = _ordered(command, office, code) if office else None
        words = words or letters.confirm(command, code)
    # The code was right, and so no guess: only the right to use it is gone.
    except NotYours:
        misses.take_back(command.session, command.phone)
        return None
    if words is None:
        until = misses.wrong(command.session, command.phone, command.now)
        return said.ended(until, command.terms, command.now) if until else said.WRONG_CODE
    misses.take_back(command.session, command.phone)
    return words


def _ordered(command: Command, office: Office, code: str) -> str | None:
    """Order the broadcast with a code; None when no broadcast of the sender has it. Raises NotYours."""
    try:
        broadcast = confirmations.find(command.session, command.phone, code, command.key, now=command.now)
        office = confirmations.office_of(command.session, broadcast, office.person_id, command.now.date())
    except confirmations.WrongBroadcastCode:
        return None
    except confirmations.TooOld as old:
        # A dead estimate that isn't old was called off or replaced: nobody wants it made anew.
        if old.broadcast.state == "dead" and old.broadcast.estimated_at > command.now - CODE_LASTS:
            return said.TAKEN_OVER if confirmations.taken_over(command.session, old.broadcast) else said.CALLED_OFF
        first = said.REPLACED if old.broadcast.by_pin else said.DIED
        return _estimate(command, office, _draft_of(old.broadcast), first=first)
    return _confirm(command, office, broadcast)


def _confirm(command: Command, office: Office, broadcast: Broadcast) -> str:
    try:
        return ordered(command.session, command.act_by(office), broadcast, command.terms)
    except confirmations.LeftAlready:
        return _estimate(command, office, _draft_of(broadcast))
    except said.REFUSALS as fault:
        return said.refused(fault, command.terms, service_of(command.session).cost)


def ordered(session: Session, act: Act, broadcast: Broadcast, terms: Terms) -> str:
    """Order a broadcast, once by whatever channel, and return what was said to that. Raises as `confirmations.confirm`."""

    def order() -> dict[str, str]:
        confirmations.confirm(session, act, broadcast, terms)
        return {"said": said.confirmed(broadcast, terms, act.now)}

    # A refusal takes back what the order began, while the miss that was
    # counted and the answer stay in the outer transaction.
    with session.begin_nested():
        # The key is the broadcast, not the SMS: the same order by USSD, or the code sent again, gets the first answer.
        key, about = f"broadcast:{broadcast.id}", {"broadcast": broadcast.id}
        done = once(session, key, "broadcast", about, order, person_id=act.person_id, now=act.now)
    return str(done["said"])


def state(command: Command) -> Answer:
    """Answer `ETAT [n]`: the figures of a broadcast of the officer's scope, the newest one without a number."""
    office = command.office("read")
    if office is None:
        return None
    broadcast = _meant(command, office)
    if broadcast is None:
        return _none(command)
    cause = progress.cause_of(broadcast.id)
    _, resting = progress.held_among(command.session, [cause], command.now)
    return said.standing(broadcast, progress.count(command.session, broadcast.id), command.terms, command.now, resting.get(cause))


def stop(command: Command) -> Answer:
    """Answer `ANNULER [n]`: nothing claimed from now on leaves. In a hurry people type the code of `OUI` for the number.

    Without either the sender's open estimate, if that was her last; else the newest under way.
    """
    office = command.office("stop")
    if office is None:
        return None
    broadcast = _meant(command, office)
    typed = _digits(command.rest)
    if (broadcast is None or not typed) and _drop_estimate(command, typed):
        under_way = broadcast is not None and broadcast.state in progress.UNDER_WAY
        return said.DROPPED + (said.GOES_ON.replace("{id}", str(broadcast.order)) if broadcast and under_way else "")
    if broadcast is None:
        return _none(command)
    left = stops.stop(command.session, command.act_by(office), broadcast.id)
    if left is None:
        gone = progress.count(command.session, broadcast.id).gone
        words = said.OVER.replace("{state}", said.STATES[broadcast.state])
    else:
        gone, words = left, said.STOPPED
    return words.replace("{id}", str(broadcast.order)).replace("{left}", str(gone)).replace("{all}", str(broadcast.recipients))


def _estimate(command: Command, office: Office, wanted: Draft, *, first: str = "") -> str:
    """Return an estimate's words, with others first, or why there is none."""
    # No code by SMS for who gets no answers today, or whose codes are dead: the PIN confirms it.
    by_pin = not command.answered or misses.dead_until(command.session, command.phone, command.now) is not None
    act = command.act_by(office)
    try:
        made = estimate(command.session, act, wanted, key=command.key, terms=command.terms, by_pin=by_pin)
    except said.REFUSALS as fault:
        return said.refused(fault, command.terms, service_of(command.session).cost)
    return first + _perhaps(command, office, wanted) + said.estimated(made, command.terms, command.now)


def _perhaps(command: Command, office: Office, wanted: Draft) -> str:
    """Ask about what may have been meant as audience or as the hour: `DIFF PECHE JOAL …`, `DIFF TOUS Pesée @18:30`."""
    words = [word for word in wanted.text.split() if fold_words(word) not in ("", "ET")]
    word = words[0].strip(" ,.:;!") if words else ""
    now, zone = command.received, command.terms.zone
    if wanted.wanted_at:
        at = day_meant(word, wanted.wanted_at, now, zone)
    else:
        at = None if wanted.urgent else time_meant(wanted.text, now, zone)
    if at:
        return said.PERHAPS_TIME.replace("{word}", replies.quoted(at[:20]))
    try:
        meant = read_audience(command.session.connection(), word, office.scope)
    except (UnknownWord, OutOfScope):
        return ""
    return said.PERHAPS_AUDIENCE.replace("{words}", f"{wanted.audience}+{word}".upper()[:40]) if meant.words not in ALL else ""


def _draft_of(broadcast: Broadcast) -> Draft:
    """Return the draft that a broadcast was estimated from."""
    audience = broadcast.audience
    urgent, agreed = broadcast.purpose == "urgent", audience.get("agreed")
    return Draft(str(audience["words"]), broadcast.typed, urgent, broadcast.wanted_at, agreed)


def _meant(command: Command, office: Office) -> Broadcast | None:
    """Return the confirmed broadcast of the scope that a number means, or the sender's own by its code.

    Without either the newest, those under way first.
    """
    mine = select(Broadcast).where(Broadcast.confirmed_at.is_not(None))
    mine = mine.where(office.scope.reach(Broadcast.cooperative_id))
    wanted = _digits(command.rest)
    # `l2` may be 12, and what is meant by it mustn't be guessed.
    if wanted and not is_number(wanted, len(wanted)):
        return None
    if wanted:
        number = int(wanted[:9])
        numbered = (Broadcast.number == number) | (Broadcast.number.is_(None) & (Broadcast.id == number))
        mine = mine.where(numbered | _has_code(command.key, command.phone, wanted)).order_by(numbered.desc())
    elif office.scope.is_federation:
        # A federation's officer who names none doesn't stop the newest of some co-operative by that.
        mine = mine.where(Broadcast.cooperative_id.is_(None) | (Broadcast.person_id == office.person_id))
    first = Broadcast.state.in_(progress.UNDER_WAY).desc()
    return command.session.scalar(mine.order_by(first, Broadcast.confirmed_at.desc(), Broadcast.id.desc()).limit(1))


def _has_code(key: bytes, phone: str, code: str) -> ColumnElement[bool]:
    return (Broadcast.sender == phone) & (Broadcast.code_digest == digest(key, phone, code))


def names_code(session: Session, key: bytes, phone: str, rest: str) -> bool:
    """Tell whether a code of `OUI` was typed, of whatever became of the sender's broadcasts."""
    return session.scalar(select(exists().where(_has_code(key, phone, _digits(rest))))) or False


def _drop_estimate(command: Command, code: str) -> bool:
    """Bury the sender's estimate with a code, or without one their newest, if it is open; tell whether it was."""
    since = command.now - CODE_LASTS
    newest = select(Broadcast.id).where(Broadcast.sender == command.phone).order_by(Broadcast.id.desc()).limit(1).scalar_subquery()
    meant = _has_code(command.key, command.phone, code) if code else Broadcast.id == newest
    open_one = meant & (Broadcast.state == "estimated") & (Broadcast.estimated_at > since)
    return bool(command.session.scalar(update(Broadcast).where(open_one).values(state="dead").returning(Broadcast.id)))


def _none(command: Command) -> str:
    number = _digits(command.rest)
    return said.NO_SUCH.replace("{which} ", f"{number} " if number else "")


def _digits(rest: str) -> str:
    """Return what has a digit in it, as typed; "" without."""
    found = re.search(r"\S*\d\S*", rest)
    return found[0][:9] if found else ""
