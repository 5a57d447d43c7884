"""A Store in memory: for tests, the proof and drawings; nothing is shared between processes and nothing expires."""

from collections import Counter
from collections.abc import Mapping

from app.ussd.ports import NO_COUNTS


class MemoryStore:
    """Sessions in a dict. `pointer` is the current version, `counts` what was counted, `notes` the words by their name."""

    def __init__(self) -> None:
        self.sessions: dict[str, bytes] = {}
        self.pointer: str | None = None
        self.counts: Counter[str] = Counter()
        self.notes: dict[str, str] = {}

    def load(self, journey: str) -> tuple[bytes | None, str | None]:
        """Return the session and the pointer."""
        return self.sessions.get(journey), self.pointer

    def recall(self, journey: str) -> tuple[bytes | None, str | None]:
        """Recall nothing: what is asked costs nothing here."""
        del journey
        return None, None

    def swap(
        self,
        journey: str,
        old: bytes | None,
        new: bytes,
        *,
        seconds: int,
        counts: Mapping[str, int] = NO_COUNTS,
        note: tuple[str, str] | None = None,
        current: str | None = None,
    ) -> tuple[bool, bytes | None]:
        """Compare and set; `seconds` is not kept."""
        del seconds
        stands = self.sessions.get(journey)
        if stands != old or current not in (None, self.pointer):
            return False, stands
        self.sessions[journey] = new
        self.counts.update(counts)
        if note:
            self.notes[note[0]] = note[1]
        return True, None

    def noted(self, name: str) -> str | None:
        """Return the words last noted under a name."""
        return self.notes.get(name)
