"""What failed today, counted in Redis for all processes. A count that can't be written waits in its process, and fails nothing."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import redis

from config.logs import dropped

KEY = "failed:"
_SECONDS = 8 * 86_400
_untold: Counter[str] = Counter()
_lines_told = 0


def count(what: str, times: int = 1) -> None:
    """Count a failure in this process."""
    _untold[what] += times


def tell(client: Any) -> None:
    """Put what this process has counted since the last time into Redis, and its log's lines that were dropped."""
    global _lines_told
    lines = dropped()
    _untold["log"] += lines - _lines_told
    _lines_told = lines
    for what in [what for what, times in _untold.items() if times]:
        # Taken out before it is told: what another thread counts meanwhile is a count of its own.
        times = _untold.pop(what, 0)
        try:
            with client.pipeline() as both:  # one transaction: else what was counted before its end failed is counted twice
                both.hincrby(_today(), what, times).expire(_today(), _SECONDS).execute()
        except redis.RedisError:
            _untold[what] += times
            return


def told(client: Any) -> dict[str, int]:
    """Return what failed today in all processes that told. Raises redis.RedisError."""
    return {what.decode(): int(times) for what, times in client.hgetall(_today()).items()}


def _today() -> str:
    return f"{KEY}{datetime.now(UTC):%Y-%m-%d}"
