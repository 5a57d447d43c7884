"""`REPONDRE <number> <text>`: an officer's answer to a letter, read back to her own number, and sent by its `OUI <code>`."""

import re
import unicodedata

from sqlalchemy import select

from app import phones
from app.commands import broadcast_replies, replies
from app.commands.command import Command
from app.commands.courtesies import as_said
from app.coop.broadcasts import misses
from app.coop.broadcasts.estimates import MOST_OPEN, SHORT, code_of, digest
from app.coop.correspondence import inbox
from app.coop.rights import NotYours, Office
from app.db.operations import once
from app.db.rows import require
from app.sms.broadcasts.rounds import CODE_LASTS
from app.sms.models import ReplyDraft

READY = '{phone} lira: "{words}" ({parts} SMS). Envoyer: {how} (15 min). {cost}.'
_TYPED = re.compile(
    r"(?:(?:(?!r[ée]pondre).)*\W)?r[ée]pondre\W*(?:(?:au|le|message|num[ée]ro|no|n)\b\W*)*([0-9]{1,9})\W*\s(.*\S)\s*",
    re.DOTALL | re.IGNORECASE,
)


def number_in(command: Command) -> int | None:
    """Return the letter's number that was typed."""
    typed = _typed(command)
    return int(typed[1]) if typed else None


def office_of(command: Command, letter: int | None) -> Office | None:
    """Return the sender's office in the scope of a letter, if they hold one there; else the widest."""
    scope = inbox.scope_of(command.session, letter) if letter else None
    return command.office("call_backs", scope)


def draft(command: Command, office: Office) -> str:
    """Say to whom an answer would go, as it would be read, and the code that sends it; nothing is sent."""
    typed = _typed(command)
    if typed is None:
        return replies.HOW_REPLY
    number, words = int(typed[1]), typed[2]
    found = inbox.unread(command.session, office.cooperative_id, letter=number)
    if not found:
        return replies.REPLY_GONE.replace("{number}", typed[1])
    try:
        whole, parts = inbox.as_sent(command.session, office.cooperative_id, words)
    except inbox.ReplyTooLong:
        return replies.REPLY_LONG.replace("{most}", str(inbox.MOST_CHARACTERS))
    code = code_of(command.key, command.operation, SHORT)
    marked = digest(command.key, command.phone, f"reply:{code}")
    command.session.add(ReplyDraft(sender=command.phone, letter_id=number, words=words, code_digest=marked, at=command.now))
    dead = not command.answered or misses.dead_until(command.session, command.phone, command.now)
    how = broadcast_replies.BY_PIN_REPLY if dead else f"OUI {code}"
    ready = READY.replace("{phone}", phones.write(found[0].phone)).replace("{parts}", str(parts))
    return ready.replace("{how}", how).replace("{words}", replies.quoted(whole))


def confirm(command: Command, code: str) -> str | None:
    """Send the answer that a code was given for, once; None when it is the code of none of the sender's last ones.

    Raises NotYours.
    """
    # A code has few digits: the more drafts it were compared with, the more guesses would be right.
    newest = select(ReplyDraft).where(ReplyDraft.sender == command.phone).order_by(ReplyDraft.id.desc()).limit(MOST_OPEN)
    marked = digest(command.key, command.phone, f"reply:{code}")
    meant = next((one for one in command.session.scalars(newest) if one.code_digest == marked), None)
    if meant is None:
        return None
    if meant.at <= command.now - CODE_LASTS:
        return replies.REPLY_DIED
    office = require(office_of(command, meant.letter_id), NotYours("call_backs"))
    draft_id, number = meant.id, meant.letter_id

    def send() -> dict[str, str]:
        parts = inbox.answer(command.session, command.act_by(office), number, meant.words)
        left, _ = inbox.how_many(command.session, office.cooperative_id)
        words = replies.REPLIED.replace("{number}", str(number)).replace("{parts}", str(parts))
        return {"said": words.replace("{left}", str(left))}

    try:
        # A refusal takes back what the answer began. The sender is told of it in the same transaction.
        with command.session.begin_nested():
            about = {"draft": draft_id}
            done = once(command.session, f"reply:{draft_id}", "reply", about, send, person_id=office.person_id, now=command.now)
    except inbox.LetterClosed:
        return replies.REPLY_GONE.replace("{number}", str(number))
    except inbox.ReplyTooLong:
        return replies.REPLY_LONG.replace("{most}", str(inbox.MOST_CHARACTERS))
    return str(done["said"])


def _typed(command: Command) -> re.Match[str] | None:
    return _TYPED.fullmatch(as_said(unicodedata.normalize("NFC", command.text)))
