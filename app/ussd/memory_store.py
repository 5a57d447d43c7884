"""A Store in memory: for tests, the proof and drawings; nothing is shared between processes and nothing expires."""

from collections import Counter
from collections.abc import Sequence


class MemoryStore:
    """Sessions in a dict. `pointer` is the current version, `counts` what was counted."""

    def __init__(self) -> None:
        self.sessions: dict[str, bytes] = {}
        self.pointer: str | None = None
        self.counts: Counter[str] = Counter()

    def load(self, journey: str) -> tuple[bytes | None, str | None]:
        """Return the session and the pointer."""
        return self.sessions.get(journey), self.pointer

    def swap(
        self, journey: str, old: bytes | None, new: bytes, *, seconds: int, counts: Sequence[str] = ()
    ) -> tuple[bool, bytes | None]:
        """Compare and set; `seconds` is not kept."""
        del seconds
        stands = self.sessions.get(journey)
        if stands != old:
            return False, stands
        self.sessions[journey] = new
        self.counts.update(counts)
        return True, None
