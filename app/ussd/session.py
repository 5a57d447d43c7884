"""A live session: one small JSON value, never holding a PIN or anything typed on a secret screen."""

from typing import Any

import msgspec

from app.ussd.carried import DONE

LIVE_SECONDS = 480
"""How long a session that waits for an entry is kept: the operators' 180 s and five minutes more."""

ENDED_SECONDS = 300
"""How long an ended session can still repeat its last answer."""

CLAIM_SECONDS = 2.0
"""How long one hop may hold the turn; after that another may take it, since effects happen once in any case."""

RESUME_SECONDS = 300
"""How long after its last hop a call that was cut is offered to be gone on with."""


class Claim(msgspec.Struct, frozen=True):
    """Who acts now: the mark of the hop, and until when (Unix seconds)."""

    mark: str
    until: float


NEW_CALL_SECONDS = 10
"""A dialling that comes so long after a call's last hop is no repeat of that call's: its gateway uses the session id again."""


class Step(msgspec.Struct, array_like=True):
    """A screen on the way here, with what was kept on it, gone when somebody comes back to it, and what led on from it.

    `page` is the page from which somebody went on.
    """

    screen: str
    kept: dict[str, Any] = {}
    led: dict[str, Any] = {}
    page: int = 0


class Offer(msgspec.Struct, frozen=True):
    """Where an earlier call was cut."""

    steps: list[Step]


class Session(msgspec.Struct, omit_defaults=True):
    """What the engine knows between two hops.

    `at` is when the last hop was saved, `begun` when it was dialled, 0 where that isn't known (Unix seconds); `history` a keyed
    hash of all entries, where a gateway sends only the last. `steps` are the way back, the last of them the screen shown; `said`
    and `more` are the last answer; `shown` the ids of the rows on the page shown, or 1 where it says what confirms; `wanted` the
    screen that a guard holds back, with the number of steps it was asked from; `caller` the kind of caller that the number was
    when the session began; `echoes` tells that the gateway repeats the dial string's entries in its text, `dialled` how
    many there were, with their mark; `opened` is the name,
    known since the PIN, under which its person's next call finds it; `offer` what of the call before may be gone on with, until
    this one goes another way; `told` the screen that an act led to and the words to stand above it, until it is shown; `cut`
    tells that a notice left no room for all of the page.
    """

    menu: str
    turn: int
    mark: str
    steps: list[Step]
    at: float = 0
    begun: float = 0
    history: str = ""
    said: str = ""
    more: bool = True
    page: int = 0
    who: dict[str, Any] | None = None
    proved: bool = False
    wanted: tuple[str, int] | None = None
    shown: list[int] = []
    language: str = "fr"
    caller: str = ""
    echoes: bool = False
    dialled: tuple[int, str] | None = None
    opened: str = ""
    offer: Offer | None = None
    told: tuple[str, str] | None = None
    cut: bool = False
    claim: Claim | None = None

    @property
    def screen(self) -> str:
        """Return the name of the screen that it stands on."""
        return self.steps[-1].screen

    @property
    def kept(self) -> dict[str, Any]:
        """Return what was kept on the way here."""
        return {name: value for step in self.steps for name, value in (step.kept | step.led).items()}

    @property
    def values(self) -> dict[str, Any]:
        """Return what may be shown: what was kept, and what an act gave under its own names."""
        kept = self.kept
        return {**kept, **kept.get(DONE, {})}

    @property
    def seconds(self) -> int:
        """Return how long the store should keep this session."""
        return LIVE_SECONDS if self.more else ENDED_SECONDS


_decoder = msgspec.json.Decoder(Session)
_encoder = msgspec.json.Encoder()


def read(value: bytes) -> Session | None:
    """Return the session, or None when the value is not one: what can't be read is as good as lost."""
    try:
        return _decoder.decode(value)
    except msgspec.DecodeError:
        return None


def write(session: Session) -> bytes:
    """Return the session's one JSON value."""
    return _encoder.encode(session)


def counts_of(session: Session, screen: str, event: str, asked: str, now: float) -> dict[str, int]:
    """Return what a turn adds to the day's counts: the screen shown; the one `asked` on as answered, after so many milliseconds."""
    counts = {f"{screen}|{event}|{session.language}": 1}
    if asked and event != "refused":
        counts |= {f"{asked}|answered|{session.language}": 1}
        counts |= {f"{asked}|ms|{session.language}": max(0, round(1000 * (now - session.at)))}
    return counts
