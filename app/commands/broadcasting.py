"""`DIFF`, `URGENT`, `OUI`, `ETAT`, `ANNULER`, `MEMBRE`: broadcasts by SMS. Anybody but an officer gets a member's help."""

import re
from datetime import timedelta

import phonenumbers
from sqlalchemy import select, update

from app.commands import broadcast_replies as said
from app.commands import letters, replies
from app.commands.asking import Ask
from app.commands.drafts import BadTime, Incomplete, read_draft
from app.commands.weighing import officer_of
from app.coop.audience.words import OutOfScope, UnknownWord
from app.coop.broadcasting import confirming, misses, stopping
from app.coop.broadcasting.estimating import MOST_PARTS, Draft, Nobody, NotThen, TooLong, TooSlow, Unwritable, estimate
from app.coop.members import audit, consent
from app.coop.members.identity import who_holds
from app.coop.members.models import Member
from app.coop.members.offices import NotYours, Office, Right
from app.db.operations import once
from app.service import service_of
from app.sms.broadcasts import budget, progress
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.rounds import CODE_LASTS

_PHONE = re.compile(r"\+?[0-9][0-9 .-]{6,18}")


def officer(ask: Ask, right: Right) -> Office | None:
    """Return the widest office with a right of the one officer whose own number it is; None when none or several have it."""
    return officer_of(ask.session, ask.holders, right, ask.now)


def draft(ask: Ask) -> str:
    """Answer `DIFF` and `URGENT` with an estimate; nothing is sent."""
    office = officer(ask, "broadcast")
    if office is None:
        return replies.HELP
    word = "URGENT" if ask.word == "URGENT" else "DIFF"
    try:
        wanted = read_draft(ask.text, ask.received, ask.terms.zone)
    except Incomplete:
        return said.HOW.replace("{word}", word)
    except BadTime:
        return said.HOW_TIME
    if wanted.urgent and wanted.wanted_at is not None:
        return said.NOT_LATER
    return _estimate(ask, office, wanted)


def confirm(ask: Ask) -> str:
    """Answer `OUI <code>`: order the broadcast or send the letter's answer, once; the same code again gets the first answer.

    The try is counted before the code is compared, over all that waits for one.
    """
    office = officer(ask, "broadcast")
    if office is None and officer(ask, "call_backs") is None:
        return replies.HELP
    typed = re.search(r"\d{4,}", ask.rest.replace(" ", ""))
    if typed is None:
        return said.HOW_YES
    if not misses.count(ask.session, ask.phone, ask.now):
        until = misses.dead_until(ask.session, ask.phone, ask.now)
        return said.ended(until or ask.now, ask.terms, ask.now)
    try:
        words = _ordered(ask, office, typed[0]) if office else None
        words = words or letters.confirm(ask, typed[0])
    except NotYours:
        words = replies.HELP
    if words is None:
        until = misses.wrong(ask.session, ask.phone, ask.now)
        return said.ended(until, ask.terms, ask.now) if until else said.WRONG_CODE
    misses.take_back(ask.session, ask.phone)
    return words


def _ordered(ask: Ask, office: Office, code: str) -> str | None:
    """Order the broadcast with a code; None when no broadcast of the sender has it. Raises NotYours."""
    try:
        broadcast = confirming.find(ask.session, ask.phone, code, ask.key, now=ask.now)
        office = confirming.office_of(ask.session, broadcast, office.person_id, ask.now)
    except confirming.WrongCode:
        return None
    except confirming.TooOld as old:
        first = said.REPLACED if old.broadcast.by_pin else said.DIED
        return _estimate(ask, office, _draft_of(old.broadcast), first=first)
    return _confirm(ask, office, broadcast)


def _confirm(ask: Ask, office: Office, broadcast: Broadcast) -> str:
    def order() -> dict[str, str]:
        how = {"channel": "sms", "operation": ask.operation, "terms": ask.terms, "now": ask.now}
        confirming.confirm(ask.session, broadcast, office, **how)  # type: ignore[arg-type]
        return {"said": said.confirmed(broadcast, ask.terms, ask.now)}

    try:
        with ask.session.begin_nested():
            key, about = f"broadcast:{broadcast.id}", {"broadcast": broadcast.id}
            done = once(ask.session, key, "broadcast", about, order, person_id=office.person_id, now=ask.now)
    except confirming.FreshNumber:
        return said.FRESH
    except confirming.LeftAlready:
        return _estimate(ask, office, _draft_of(broadcast))
    except budget.OverBudget as over:
        return said.over_budget(over.francs, over.wanted)
    except Nobody as none:
        return said.nobody(none.audience.said, none.reach)
    except TooSlow as slow:
        return said.too_slow(_minutes(slow.takes))
    return str(done["said"])


def state(ask: Ask) -> str:
    """Answer `ETAT [n]`: the figures of a broadcast of the officer's scope, the newest one without a number."""
    office = officer(ask, "read")
    if office is None:
        return replies.HELP
    broadcast = _meant(ask, office)
    if broadcast is None:
        return _none(ask)
    cause = progress.cause_of(broadcast.id)
    _, resting = progress.held_among(ask.session, [cause], ask.now)
    return said.standing(broadcast, progress.count(ask.session, broadcast.id), ask.terms, ask.now, resting.get(cause))


def stop(ask: Ask) -> str:
    """Answer `ANNULER [n]`: nothing claimed from now on leaves.

    Without a number the sender's open estimate, if that was her last; else the newest under way.
    """
    office = officer(ask, "stop")
    if office is None:
        return replies.HELP
    broadcast = _meant(ask, office)
    if not _digits(ask.rest) and _drop_estimate(ask):
        under_way = broadcast is not None and broadcast.state in progress.UNDER_WAY
        return said.DROPPED + (said.GOES_ON.replace("{id}", str(broadcast.id)) if broadcast and under_way else "")
    if broadcast is None:
        return _none(ask)
    left = stopping.stop(ask.session, office, broadcast.id, channel="sms", operation=ask.operation, now=ask.now)
    if left is None:
        gone = progress.count(ask.session, broadcast.id).gone
        words = said.OVER.replace("{state}", said.STATES[broadcast.state])
    else:
        gone, words = left, said.STOPPED
    return words.replace("{id}", str(broadcast.id)).replace("{left}", str(gone)).replace("{all}", str(broadcast.recipients))


def member(ask: Ask) -> str:
    """Answer `MEMBRE <phone>`: card, state and consents of the members of the officer's scope who hold a number; no name."""
    office = officer(ask, "read")
    if office is None:
        return replies.HELP
    phone = _phone(ask.rest)
    if phone is None:
        return said.HOW_MEMBER
    reader = ask.session.connection()
    holders = {who.member_id: who for who in who_holds(reader, phone) if office.cooperative_id in (None, who.cooperative_id)}
    cards = ask.session.execute(select(Member.id, Member.card).where(Member.id.in_([one for one in holders if one]))).all()
    if not cards:
        return said.NO_MEMBER
    wants = {purpose: consent.allows(reader, phone, purpose) for purpose in ("broadcasts", "urgent")}
    lines = []
    for member_id, card in cards:
        who = holders[member_id]
        lines.append(said.member(card, who.cooperative or "", who.state, shared=who.shared, **wants))
        audit.record(
            ask.session,
            office,
            "look up",
            about=f"member:{member_id}",
            channel="sms",
            operation=ask.operation,
            now=ask.now,
            cooperative_id=who.cooperative_id,
            member_id=member_id,
        )
    return f"Jappoo: {'; '.join(lines)}."


def _estimate(ask: Ask, office: Office, wanted: Draft, *, first: str = "") -> str:
    """Return an estimate's words, with others first, or why there is none."""
    by_pin = not ask.answered or misses.dead_until(ask.session, ask.phone, ask.now) is not None
    how = {"sender": ask.phone, "operation": ask.operation, "key": ask.key, "terms": ask.terms, "now": ask.now, "by_pin": by_pin}
    try:
        made = estimate(ask.session, office, wanted, **how)  # type: ignore[arg-type]
    except UnknownWord as unknown:
        near = f" Plutôt {' ou '.join(unknown.near)} ?" if unknown.near else ""
        return said.UNKNOWN.replace("{word}", replies.quoted(unknown.word[:20])).replace("{near}", near)
    except OutOfScope as outside:
        return said.OTHERS.replace("{word}", replies.quoted(str(outside)))
    except TooLong as long:
        return said.TOO_LONG.replace("{parts}", str(long.args[0])).replace("{most}", str(MOST_PARTS))
    except Unwritable as outside:
        return replies.quoted(said.unwritable(outside.args, service_of(ask.session).cost))
    except NotThen:
        return said.NOT_THEN
    except Nobody as none:
        return said.nobody(none.audience.said, none.reach)
    except TooSlow as slow:
        return said.too_slow(_minutes(slow.takes))
    return first + said.estimated(made, ask.terms, ask.now)


def _draft_of(broadcast: Broadcast) -> Draft:
    """Return the draft that a broadcast was estimated from."""
    return Draft(str(broadcast.audience["words"]), broadcast.typed, broadcast.purpose == "urgent", broadcast.wanted_at)


def _meant(ask: Ask, office: Office) -> Broadcast | None:
    """Return the confirmed broadcast of the scope that a number means; without one the newest, those under way first."""
    mine = select(Broadcast).where(Broadcast.confirmed_at.is_not(None))
    if office.cooperative_id is not None:
        mine = mine.where(Broadcast.cooperative_id == office.cooperative_id)
    wanted = _digits(ask.rest)
    if wanted:
        mine = mine.where(Broadcast.id == int(wanted[:12]))
    elif office.cooperative_id is None:
        mine = mine.where(Broadcast.cooperative_id.is_(None) | (Broadcast.person_id == office.person_id))
    first = Broadcast.state.in_(progress.UNDER_WAY).desc()
    return ask.session.scalar(mine.order_by(first, Broadcast.confirmed_at.desc(), Broadcast.id.desc()).limit(1))


def _drop_estimate(ask: Ask) -> bool:
    """Bury the sender's newest estimate, if it is open; tell whether it was."""
    since = ask.now - CODE_LASTS
    newest = select(Broadcast.id).where(Broadcast.sender == ask.phone).order_by(Broadcast.id.desc()).limit(1).scalar_subquery()
    open_one = (Broadcast.id == newest) & (Broadcast.state == "estimated") & (Broadcast.estimated_at > since)
    return bool(ask.session.scalar(update(Broadcast).where(open_one).values(state="dead").returning(Broadcast.id)))


def _none(ask: Ask) -> str:
    number = _digits(ask.rest)
    return said.NO_SUCH.replace("{which} ", f"{number} " if number else "")


def _digits(rest: str) -> str:
    found = re.search(r"\d+", rest)
    return found[0] if found else ""


def _minutes(takes: timedelta) -> int:
    return -(-int(takes.total_seconds()) // 60)


def _phone(rest: str) -> str | None:
    """Return a number as it is kept, from `77 123 45 67`, `+221771234567` or `00221…`."""
    if not _PHONE.fullmatch(rest):
        return None
    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", re.sub(r"[ .-]", "", rest)), "SN")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
