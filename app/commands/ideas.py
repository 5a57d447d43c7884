"""`IDEE <text>` and `SOUTENIR <n>`: an idea for the boutique source, and a voice that a PIN has yet to see."""

import re
import unicodedata

from app import texts
from app.commands import replies
from app.commands.command import Command
from app.commands.courtesies import as_said
from app.coop.access.identity import Who
from app.coop.ideas import services, voices
from app.digits import is_number
from app.public_words import BadWords, read_public

_SAID = re.compile(r".*?\bid[ée]e?s?\b(.*)", re.DOTALL | re.IGNORECASE)


def propose(command: Command) -> str:
    """Write the idea down, for an officer to read."""
    who = _who(command)
    if isinstance(who, str):
        return who
    try:
        said = _SAID.match(as_said(unicodedata.normalize("NFC", command.text)))
        words = read_public(said[1] if said else "")
        row, _ = services.propose(command.session, command.own_act(who), words)
    except BadWords as bad:
        return replies.HOW_IDEA.replace("{why}", str(bad))
    except services.TooManyIdeas:
        return replies.IDEAS_WAIT
    except services.NoMembersIdea:
        return replies.JOIN
    return texts.say("idea_noted", number=str(row.id), day=row.proposed_at)


def support(command: Command) -> str:
    """Give the idea the member's voice of this round."""
    who = _who(command)
    if isinstance(who, str):
        return who
    if not is_number(command.rest, 6):
        return replies.HOW_SUPPORT
    idea = int(command.rest)
    try:
        found = voices.support(command.session, command.own_act(who), idea, by_pin=False)
    except services.IdeaNotOpen:
        return replies.NO_IDEA
    except services.NoMembersIdea:
        return replies.JOIN
    except voices.IdeaScored:
        return replies.SCORED_IDEA
    except voices.VoiceByPin as given:
        return replies.VOICE_GIVEN.replace("{idea}", str(given.idea_id))
    counted = replies.SUPPORTED if found.by_sms else replies.SUPPORTED_BEFORE
    counted = replies.VOICE_MOVED if found.moved_from else counted
    said = {"idea": idea, "by_pin": found.by_pin, "by_sms": found.by_sms, "moved_from": found.moved_from}
    for name, value in said.items():
        counted = counted.replace(f"{{{name}}}", str(value))
    return counted


def _who(command: Command) -> Who | str:
    """Return the one active member who holds the number; a string is the answer when there isn't one."""
    active = [who for who in command.holders if who.state == "active" and who.member_id]
    if not active:
        return replies.JOIN
    return active[0] if len(command.holders) == 1 else replies.SHARED
