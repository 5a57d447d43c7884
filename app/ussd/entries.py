"""What was typed, told apart from what was typed before: a hop's identity.

A hop is known by its journey (gateway, its session, the number) and by a *mark* of everything typed so far. Marks are keyed
hashes: what was typed, PINs among it, can't be read back from them, and nothing else of the text is kept.
"""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

MOST_ENTRIES = 255
"""No session of three minutes holds more; a longer text is somebody's noise."""


class Accumulated(msgspec.Struct, frozen=True):
    """All entries since the start: what gateways send that accumulate (Africa's Talking).

    `dialled` are the entries that the service code carries besides: on each request, only on the first, or again in the text.
    """

    parts: tuple[str, ...]
    dialled: tuple[str, ...] = ()

    @property
    def typed(self) -> bool:
        """Tell whether anything was typed since the dialling."""
        return bool(self.parts)


class Latest(msgspec.Struct, frozen=True):
    """Only the last entry, with its number from the gateway: turn 0 is the dialling, which has no part.

    `dialled` holds the entries of the dial string, on turn 0 only.
    """

    turn: int
    part: str | None = None
    dialled: tuple[str, ...] = ()

    @property
    def typed(self) -> bool:
        """Tell whether anything was typed since the dialling."""
        return self.turn > 0


class Call(msgspec.Struct, frozen=True):
    """One hop as it reaches the engine: `phone` is E.164 where it could be read, else as given."""

    dialect: str
    session: str
    phone: str
    entries: Accumulated | Latest


class TooLong(ValueError):
    """More entries than a session can hold."""


def journey_of(secret: bytes, call: Call) -> str:
    """Return the journey's name, 32 hex digits: one session id from two numbers is two journeys."""
    # No gateway gives us a NUL (see `NEVER_TYPED`), so no two calls join to the same words.
    said = "\0".join((call.dialect, call.session, call.phone))
    # `person` keeps the names of journeys apart from the marks, which have the same key.
    return blake2b(said.encode("utf-8", "replace"), key=secret, digest_size=16, person=b"journey").hexdigest()


class Trail:
    """The marks of one hop's entries. `gapless` says that the gateway sends all of them each time; `dials` that there are none."""

    def __init__(self, secret: bytes, entries: Accumulated | Latest, journey: str) -> None:
        """Raise TooLong on more than MOST_ENTRIES entries. The journey is in each mark: the same PIN gives two calls two marks.

        Marks are of the text alone: a service code that carries its entries only once must not make two hops of one.
        """
        self._secret, self._journey = secret, journey
        self.dialled = entries.dialled
        self.parts: tuple[str, ...]
        if isinstance(entries, Accumulated):
            self.parts, self.turn, self.gapless = entries.parts, len(entries.parts), True
            if self.turn + len(self.dialled) > MOST_ENTRIES:
                raise TooLong
            self.marks = self._chain(entries.parts)
        else:
            # The turn is in the mark: the same entry on two screens must make two marks.
            self.parts, self.turn, self.gapless = () if entries.part is None else (entries.part,), entries.turn, False
            self.marks = [self._link(f"{journey}{entries.turn}", entries.part or "")]
        self.mark = self.marks[-1]

    @property
    def dials(self) -> bool:
        """Tell whether this is a dialling: nothing was typed yet."""
        return self.turn == 0

    @property
    def redials(self) -> bool:
        """Tell whether the text is only what was dialled behind the code."""
        return self.gapless and bool(self.dialled) and self.parts == self.dialled

    @property
    def begins(self) -> bool:
        """Tell whether this can be a call's first request: a dialling, with what was dialled behind the code or without."""
        return self.dials or self.redials

    @property
    def echoes(self) -> bool:
        """Tell whether the text begins with the dial string's entries."""
        return self.gapless and bool(self.dialled) and self.parts[: len(self.dialled)] == self.dialled

    @property
    def dial_mark(self) -> tuple[int, str] | None:
        """Return how many entries were dialled behind the code, and the mark that they have where a text repeats them."""
        return (len(self.dialled), self._chain(self.dialled)[-1]) if self.gapless and self.dialled else None

    def echoed(self, dialled: tuple[int, str] | None) -> int:
        """Return how many entries of the text are the dial string's, by this request's code or by what the first one dialled."""
        if self.echoes or not dialled:
            return len(self.dialled) if self.echoes else 0
        count, mark = dialled
        return count if self.gapless and self.turn >= count and self.marks[count] == mark else 0

    @property
    def walkable(self) -> tuple[str, ...]:
        """Return the entries that an unknown session may be walked by: only a whole history or a dial string will do."""
        if not self.gapless:
            return self.dialled
        return self.parts if self.echoes else self.dialled + self.parts

    def follows(self, turn: int, mark: str) -> bool:
        """Tell whether this hop comes after a session's `turn` entries that end in `mark`."""
        # The last entry alone says nothing of those before it: only the count tells that none is missing.
        return self.marks[turn] == mark if self.gapless else self.turn == turn + 1

    def history(self, before: str) -> str:
        """Return the hash of all entries of a call whose gateway sends only the last; "" where the mark is one already."""
        return "" if self.gapless else self._link(before, self.mark)

    def _chain(self, parts: Sequence[str]) -> list[str]:
        marks = [self._link(self._journey, "")]
        for part in parts:
            marks.append(self._link(marks[-1], part))
        return marks

    def _link(self, before: str, part: str) -> str:
        said = f"{before}\0{part}".encode("utf-8", "surrogatepass")
        return blake2b(said, key=self._secret, digest_size=16).hexdigest()
