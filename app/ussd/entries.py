"""What was typed, told apart from what was typed before: a hop's identity.

A hop is known by its journey (gateway, its session, the number) and by a *mark* of everything entered so far. Marks are keyed
hashes: what was typed, PINs among it, can't be read back from them, and nothing else of the text is kept.
"""

from collections.abc import Sequence
from enum import Enum
from hashlib import blake2b

import msgspec

MOST_ENTRIES = 255
"""No session of three minutes holds more; a longer text is somebody's noise."""


class Accumulated(msgspec.Struct, frozen=True):
    """All entries since the start, the dial string's first: what gateways send that accumulate (Africa's Talking)."""

    parts: tuple[str, ...]


class Latest(msgspec.Struct, frozen=True):
    """Only the last entry, with its number from the gateway: turn 0 is the dialling, which has no part.

    `dialled` holds the entries of the dial string, on turn 0 only.
    """

    turn: int
    part: str | None = None
    dialled: tuple[str, ...] = ()


class Call(msgspec.Struct, frozen=True):
    """One hop as it reaches the engine: `phone` is E.164 where it could be read, else as given."""

    dialect: str
    session: str
    phone: str
    entries: Accumulated | Latest


class Standing(Enum):
    """How a hop stands to what its session has seen."""

    NEW = "new"
    REPEAT = "repeat"
    SHORTER = "shorter"
    DIVERGING = "diverging"


class TooLong(ValueError):
    """More entries than a session can hold."""


def journey_of(secret: bytes, call: Call) -> str:
    """Return the journey's name, 32 hex digits: one session id from two numbers is two journeys."""
    said = "\0".join((call.dialect, call.session, call.phone))
    return blake2b(said.encode("utf-8", "replace"), key=secret, digest_size=16, person=b"journey").hexdigest()


class Trail:
    """The marks of one hop's entries, and where they stand against a session's."""

    def __init__(self, secret: bytes, entries: Accumulated | Latest, journey: str) -> None:
        """Raise TooLong on more than MOST_ENTRIES entries. The journey is in each mark: the same PIN gives two calls two marks."""
        self._secret, self._journey = secret, journey
        self.parts: tuple[str, ...]
        if isinstance(entries, Accumulated):
            self.parts, self.turn = entries.parts, len(entries.parts)
            if self.turn > MOST_ENTRIES:
                raise TooLong
            self.marks = self._chain(entries.parts)
            self._gapless = True
        else:
            self.parts, self.turn = entries.dialled if entries.part is None else (entries.part,), entries.turn
            self.marks = [self._link(f"{journey}{entries.turn}", "" if entries.part is None else entries.part)]
            self._gapless = False
        self.mark = self.marks[-1]

    @property
    def walkable(self) -> tuple[str, ...]:
        """Return the entries that an unknown session may be walked by: only a whole history or a dial string will do."""
        return self.parts if self._gapless or self.turn == 0 else ()

    def against(self, turn: int, mark: str) -> tuple[Standing, tuple[str, ...]]:
        """Compare with a session that has taken `turn` entries ending in `mark`; return the standing and the new entries."""
        if self.turn < turn:
            return Standing.SHORTER, ()
        if self.turn == turn:
            return (Standing.REPEAT if self.mark == mark else Standing.DIVERGING), ()
        if self._gapless and self.marks[turn] == mark:
            return Standing.NEW, self.parts[turn:]
        if not self._gapless and self.turn == turn + 1:
            return Standing.NEW, self.parts
        return Standing.DIVERGING, ()

    def _chain(self, parts: Sequence[str]) -> list[str]:
        marks = [self._link(self._journey, "")]
        for part in parts:
            marks.append(self._link(marks[-1], part))
        return marks

    def _link(self, before: str, part: str) -> str:
        said = f"{before}\0{part}".encode("utf-8", "surrogatepass")
        return blake2b(said, key=self._secret, digest_size=16).hexdigest()
