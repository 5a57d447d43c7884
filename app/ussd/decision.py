"""What a hop is to its session, and what may be said of it: decided from what is known, asking nothing, writing nothing."""

from enum import Enum, IntEnum

from app.ussd.entries import Trail
from app.ussd.ports import Outcome
from app.ussd.session import NEW_CALL_SECONDS, Session

ECHO_SECONDS = 1.0
"""A text that is just the dial string's entries, so soon after the dialling, is the dialling once more: nobody reads so fast."""


class HopKind(Enum):
    """What to do with a hop."""

    BEGIN = "begin"
    """No session, or a new call under an old id: stand on the first screen and walk what may be walked."""
    REPEAT = "repeat"
    SHORTER = "shorter"
    DIVERGED = "diverged"
    WAIT = "wait"
    """Another hop acts on the session."""
    TAKE = "new"


class Certainty(IntEnum):
    """What is known of a hop's act; it only rises."""

    NOTHING = 0
    """Nothing was tried."""
    UNKNOWN = 1
    """Something was tried, here or by another hop, and what came of it couldn't be asked."""
    DONE = 2


class Known:
    """What is known so far of one hop's act: its certainty, and its outcome once it is done, with the words on it.

    `begun` is when its call was dialled, as the store said (Unix seconds, 0 where it didn't): no act of before is this call's.
    """

    def __init__(self) -> None:
        self.begun = 0.0
        self.certainty = Certainty.NOTHING
        self.outcome: Outcome | None = None
        self.words = ""

    def doubt(self) -> None:
        """Note that something may have been done."""
        self.certainty = max(self.certainty, Certainty.UNKNOWN)

    def done(self, outcome: Outcome, words: str) -> None:
        """Note what was done; `words` say it without asking anybody again."""
        self.certainty, self.outcome, self.words = Certainty.DONE, outcome, words


def ending_of(certainty: Certainty, *, outage: bool) -> str:
    """Return which honest ending a failed hop has: a word of the menu's, or `trouble` for the screen that offers the call back."""
    if certainty is Certainty.NOTHING:
        return "nothing" if outage else "trouble"
    return "unsure" if certainty is Certainty.UNKNOWN else "done"


def decide(session: Session | None, trail: Trail, now: float) -> tuple[HopKind, tuple[str, ...]]:
    """Return what a hop is to a session, at an instant in Unix seconds, and which of its entries are new.

    A dialling begins a new call when the one before has ended, was opened by a PIN, or fell silent: gateways use their session
    ids again. A dialling that is only brought once more gets the current screen.
    """
    if session is None:
        return HopKind.BEGIN, ()
    behind, over = trail.turn < session.turn, not session.more or session.proved
    silent = now - session.at > NEW_CALL_SECONDS
    if trail.dials and (not session.more or (behind and (session.proved or silent)) or (session.turn == 0 and silent)):
        return HopKind.BEGIN, ()
    # How a call began that the store lost isn't known: a dial string at its turn may be another call's.
    if trail.redials and trail.turn == session.turn and not session.begun:
        return HopKind.BEGIN, ()
    # A first request may carry text, and nothing of the call before is shown to it: two of three signs tell it from a late hop.
    if behind and over + silent + trail.redials >= 2:
        return HopKind.BEGIN, ()
    if session.claim and trail.turn > session.turn and session.claim.until > now:
        return HopKind.WAIT, ()
    if behind:
        return HopKind.SHORTER, ()
    if trail.turn == session.turn:
        return (HopKind.REPEAT if trail.mark == session.mark else HopKind.DIVERGED), ()
    if not session.more or not trail.follows(session.turn, session.mark):
        return HopKind.DIVERGED, ()
    new = trail.parts[session.turn :] if trail.gapless else trail.parts
    # Some gateways give the dial string's entries with the service code, and from the next hop on again in the text.
    # They were walked at the dialling: only what follows them is new.
    if session.turn == 0 and not session.echoes and (echoed := trail.echoed(session.dialled)):
        rest = new[echoed:]
        # Without any, and later than ECHO_SECONDS, they were typed by hand, and are new.
        if rest or now - session.at < ECHO_SECONDS:
            return (HopKind.TAKE, rest) if rest else (HopKind.REPEAT, ())
    return HopKind.TAKE, new
