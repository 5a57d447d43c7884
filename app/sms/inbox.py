"""What came in: a row for each message, and for each body that can't be read. Written at once, worked on soon after."""

import hashlib
import re
from datetime import datetime

import msgspec
import structlog
from sqlalchemy import Connection, exists, select, update
from sqlalchemy.orm import Session

from app.db.upsert import upsert
from app.sms.models import Inbound

QUEUE = "incoming"
IN_PIECES = "came in pieces"
"""The reason of a message whose text was made whole."""
MOST_CHARACTERS = 2000
_NAMES_A_CODE = re.compile(r"code|kod|secret|passe?word|passe|mdp|solde|(?<![a-z])pin(?![a-z])", re.IGNORECASE)
# Four to six digits, in groups or not, that are no part of a longer figure: of a telephone number, of `1 500 000`.
_CODE = re.compile(r"(?<!\d)(?<!\d )(?:\d(?: ?\d){3,5}|\d[-.,/]\d[-.,/]\d[-.,/]\d)(?!(?: |[-.,/])?\d)")
_SAID_WITH_IT = (
    r"(?:bonjour|bonsoir|salut|salam|allo|voici|voil[aà]|c|est|le|mon|ma|moi|je|tu|suis|mien|merci|svp|stp|s|il|vous|pla[iî]t|jappoo"
    r"|mot|de|secret|passe|num[eé]ro|num|n|no|chiffres?|ok|essai|test)"
)
_LONE_CODE = re.compile(
    rf"(?:\W|_)*(?:{_SAID_WITH_IT}(?:\W|_)+)*(?:(?:code|pin|mdp|kod)(?:\W|_)*)?"
    rf"(?:{_SAID_WITH_IT}(?:\W|_)+)*\d(?:[ \u00a0\u202f.,/-]?\d){{3}}(?:\W|_)*(?:{_SAID_WITH_IT}(?:(?:\W|_)+|$))*",
    re.IGNORECASE,
)
# In a body as it came a blank is `+` or `%20`, and digits behind `%` write a letter.
_DIGITS_ALONE = re.compile(r"(?<![\dA-F%])\d(?:(?:\+|%20)?\d){3}(?!(?:\+|%20)?\d)", re.IGNORECASE)
_UNSEEN = dict.fromkeys({*range(32), *range(127, 160)} - {9, 10, 13})
STAR = "*"
log = structlog.get_logger("sms")


class WaitingSms(msgspec.Struct, frozen=True):
    """A message that is to be worked on, and how often an outage cut that."""

    id: int
    tries: int


def keep(
    session: Session,
    provider: str,
    provider_id: str,
    *,
    sender: str,
    to: str,
    text: str,
    state: str,
    word: str | None,
    now: datetime,
) -> bool:
    """Write a message that came in; False when it was here before: the same id from the same sender with the same text.

    Another one under an id that is known has that id with a mark behind it: some gateways count on from one again.
    """
    own_id, sender, text = _plain(provider_id, 80), _plain(sender, 20), _plain(text, MOST_CHARACTERS)
    values = {"provider": provider, "sender": sender, "text": text, "recipient": _plain(to, 20), "received_at": now}
    values |= {"state": state, "word": word}
    mark = hashlib.blake2b(f"{sender}\n{as_kept(text)}".encode(), digest_size=6).hexdigest()
    # 66 characters of the id, a tilde and twelve digits have room in the column's 80.
    for one in (own_id, f"{own_id[:66]}~{mark}"):
        # The unique key decides: the gateway may bring one SMS twice at once.
        new = upsert(session, Inbound).values(**values, provider_id=one).on_conflict_do_nothing().returning(Inbound.id)
        if session.scalar(new) is not None:
            return True
        known = session.scalars(select(Inbound).where(Inbound.provider == provider, Inbound.provider_id == one)).one()
        if known.sender == sender and _same_text(known, text):
            return False
        log.warning("another SMS under an id that is known; both are worked on", provider=provider)
    return False


def _same_text(known: Inbound, text: str) -> bool:
    before, now = as_kept(known.text), as_kept(text)
    return before == now or (known.reason == IN_PIECES and before.startswith(now))


def _plain(text: str, most: int) -> str:
    """Return a text without what nobody sees and PostgreSQL or a terminal can't bear, cut to its column."""
    return text.translate(_UNSEEN)[:most]


def as_kept(text: str) -> str:
    """Return a text as its row has it: what looks like a code is starred, where it stands alone or the text speaks of one."""
    if _LONE_CODE.fullmatch(text[:120]):
        text = re.sub(r"(?<=\d)[ \u00a0\u202f.,/-](?=\d)", "", text)
        text = re.sub(r"\d", STAR, text)
    elif _NAMES_A_CODE.search(text):
        text = _CODE.sub(lambda found: STAR * sum(letter.isdigit() for letter in found[0]), text)
    return _plain(text, MOST_CHARACTERS)


def holds_code(text: str) -> bool:
    """Tell whether a text had something starred as it was kept."""
    return 4 * STAR in text


def is_code_alone(text: str) -> bool:
    """Tell whether a text as it was kept says nothing but a code."""
    return holds_code(text) and _LONE_CODE.fullmatch(text.replace(STAR, "0")[:120]) is not None


def oldest(reader: Connection) -> WaitingSms | None:
    """Return which message is to be worked on next: the oldest, but those that were tried in vain come last."""
    new = select(Inbound.id, Inbound.tries).where(Inbound.state == "new").order_by(Inbound.tries, Inbound.id).limit(1)
    found = reader.execute(new).one_or_none()
    return found and WaitingSms(*found)


def claim(session: Session, waiting: int) -> Inbound | None:
    """Return a message for this transaction to work on; None when another has it or has done it."""
    # A row that another worker holds is left to it, and none behind it is taken: STOP and START keep their order.
    mine = select(Inbound).where(Inbound.id == waiting, Inbound.state == "new").with_for_update(skip_locked=True)
    return session.scalar(mine)


def settle(message: Inbound, state: str, *, reason: str | None = None, whose: int | None = None) -> None:
    """Say what became of a message, why it isn't answered if so, and whose officers read it; a code in it is starred now."""
    message.state, message.reason = state, reason or message.reason
    message.cooperative_id, message.text = whose, as_kept(message.text)


def tried(session: Session, waiting: int) -> None:
    """Note that an outage cut the work on a message."""
    session.execute(update(Inbound).where(Inbound.id == waiting).values(tries=Inbound.tries + 1))


def waits(session: Session) -> bool:
    """Tell whether messages are to be worked on."""
    return session.scalar(select(exists().where(Inbound.state == "new"))) or False


def keep_unreadable(session: Session, provider: str, provider_id: str, body: str, *, now: datetime) -> bool:
    """Write a body that can't be read, for the operator, four lone digits starred; the same one again is not written."""
    starred = _DIGITS_ALONE.sub(4 * STAR, as_kept(body))
    return keep(session, provider, provider_id, sender="?", to="", text=starred, state="unreadable", word=None, now=now)
