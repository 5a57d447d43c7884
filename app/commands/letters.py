"""`REPONDRE <number> <text>`: an officer's answer to a letter, read back to her own number, and sent by its `OUI <code>`."""

import re
import unicodedata

from sqlalchemy import select

from app.commands import broadcast_replies, replies
from app.commands.asking import Ask
from app.commands.weighing import officer_of
from app.coop.broadcasting import misses
from app.coop.broadcasting.estimating import MOST_OPEN, SHORT, code_of, digest
from app.coop.members import inbox
from app.coop.members.offices import Office
from app.db.operations import once
from app.sms.broadcasts.rounds import CODE_LASTS
from app.sms.models import ReplyDraft

READY = '{phone} lira: "{words}" ({parts} SMS). Envoyer: {how} (15 min). {cost}.'
_TYPED = re.compile(r"\W*[^\W\d]+\W*([0-9]{1,9})\W*\s(.*\S)\s*", re.DOTALL)


def number_in(ask: Ask) -> int | None:
    """Return the letter's number that was typed."""
    typed = _typed(ask)
    return int(typed[1]) if typed else None


def office_of(ask: Ask, letter: int | None) -> Office | None:
    """Return the sender's office in the scope of a letter, if they hold one there; else the widest."""
    scope = inbox.scope_of(ask.session, letter) if letter else None
    named = officer_of(ask.session, ask.holders, "call_backs", ask.now, scope) if scope else None
    return named or officer_of(ask.session, ask.holders, "call_backs", ask.now)


def draft(ask: Ask, office: Office) -> str:
    """Say to whom an answer would go, as it would be read, and the code that sends it; nothing is sent."""
    typed = _typed(ask)
    if typed is None:
        return replies.HOW_REPLY
    number, words = int(typed[1]), typed[2]
    found = inbox.unread(ask.session, office.cooperative_id, letter=number)
    if not found:
        return replies.REPLY_GONE.replace("{number}", typed[1])
    try:
        whole, parts = inbox.as_sent(ask.session, office.cooperative_id, words)
    except inbox.TooLong:
        return replies.REPLY_LONG.replace("{most}", str(inbox.MOST_CHARACTERS))
    code = code_of(ask.key, ask.operation, SHORT)
    marked = digest(ask.key, ask.phone, f"reply:{code}")
    ask.session.add(ReplyDraft(sender=ask.phone, letter_id=number, words=words, code_digest=marked, at=ask.now))
    dead = not ask.answered or misses.dead_until(ask.session, ask.phone, ask.now)
    how = broadcast_replies.BY_PIN_REPLY if dead else f"OUI {code}"
    ready = READY.replace("{phone}", found[0].phone.removeprefix("+221")).replace("{parts}", str(parts))
    return ready.replace("{how}", how).replace("{words}", replies.quoted(whole))


def confirm(ask: Ask, code: str) -> str | None:
    """Send the answer that a code was given for, once; None when it is the code of none of the sender's last ones."""
    newest = select(ReplyDraft).where(ReplyDraft.sender == ask.phone).order_by(ReplyDraft.id.desc()).limit(MOST_OPEN)
    marked = digest(ask.key, ask.phone, f"reply:{code}")
    meant = next((one for one in ask.session.scalars(newest) if one.code_digest == marked), None)
    if meant is None:
        return None
    if meant.at <= ask.now - CODE_LASTS:
        return replies.REPLY_DIED
    office = office_of(ask, meant.letter_id)
    if office is None:
        return replies.HELP
    draft_id, number = meant.id, meant.letter_id

    def send() -> dict[str, str]:
        how = {"channel": "sms", "operation": ask.operation, "now": ask.now}
        parts = inbox.answer(ask.session, office, number, meant.words, **how)  # type: ignore[arg-type]
        left, _ = inbox.how_many(ask.session, office.cooperative_id)
        words = replies.REPLIED.replace("{number}", str(number)).replace("{parts}", str(parts))
        return {"said": words.replace("{left}", str(left))}

    try:
        with ask.session.begin_nested():
            about = {"draft": draft_id}
            done = once(ask.session, f"reply:{draft_id}", "reply", about, send, person_id=office.person_id, now=ask.now)
    except inbox.Gone:
        return replies.REPLY_GONE.replace("{number}", str(number))
    except inbox.TooLong:
        return replies.REPLY_LONG.replace("{most}", str(inbox.MOST_CHARACTERS))
    return str(done["said"])


def _typed(ask: Ask) -> re.Match[str] | None:
    return _TYPED.fullmatch(unicodedata.normalize("NFC", ask.text))
