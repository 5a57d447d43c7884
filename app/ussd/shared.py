"""What is the same for many who ask within a second: kept by each process, and by no store that others could write to."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any

SECONDS = 1.0
"""How old a price may be that a screen shows."""
_MOST = 4096


class Shared:
    """Answers by what they are of, as they were at most SECONDS ago."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[datetime, Any]] = {}

    def get(self, of: Hashable, now: datetime, ask: Callable[[], Any]) -> Any:
        """Return what `ask` gave not long before `now`, or ask; raises what it raises, and keeps nothing then."""
        kept = self._kept.get(of)
        # Not of the future: after the clock was set back an answer would be kept for as long.
        if kept and timedelta(0) <= now - kept[0] < timedelta(seconds=SECONDS):
            return kept[1]
        given = ask()
        if len(self._kept) >= _MOST:
            # All at once: within a second each of them would be too old anyway.
            self._kept.clear()
        self._kept[of] = (now, given)
        return given
