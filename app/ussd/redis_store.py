"""Live sessions in Redis or Valkey: two round trips a hop, one where this process brought the hop before; one more with an effect.

Where the PIN opens a call, there are one or two more.
"""

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha1
from typing import Any

import redis
from hiredis import pack_command

from app import deadline
from app.ussd.ports import NO_COUNTS, StoreDown
from app.ussd.session import RESUME_SECONDS

POINTER = "ussd:current"
COUNTS = "ussd:counts:"
_NOTES = "ussd:r:"
_COUNT_SECONDS = 8 * 86400
# A live session has up to 1 kB, so these take some 4 MB of a process.
_MOST_RECALLED = 4096

# KEYS[1] the session, KEYS[2] the day's counts, KEYS[3] the pointer, KEYS[4] the note, if there is one.
# ARGV[1] what must stand there ("" for nothing), ARGV[2] what is put, ARGV[3] its seconds, ARGV[4] the counts' seconds,
# ARGV[5] what the pointer must say ("" for anything), ARGV[6] the note's words, ARGV[7] its seconds, then the counts: a name and
# what is added to it, each; a name that the day hasn't seen sets when the day's counts go. Returns 1 when it was put, else what
# stands there (false for nothing).
# The pointer is compared before anything is put: what was said from another menu than the current one must not be kept.
# Note and counts go along in the script, so that they are there exactly when the session is.
# EXPIRE has NX, so that a name that comes first in the evening doesn't put the day's end off.
_SWAP = """
local stands = redis.call('GET', KEYS[1])
if (stands or '') ~= ARGV[1] then return stands end
if ARGV[5] ~= '' and redis.call('GET', KEYS[3]) ~= ARGV[5] then return stands end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
if KEYS[4] then redis.call('SET', KEYS[4], ARGV[6], 'EX', ARGV[7]) end
for i = 8, #ARGV, 2 do
  if redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1]) == tonumber(ARGV[i + 1]) then
    redis.call('EXPIRE', KEYS[2], ARGV[4], 'NX')
  end
end
return 1
"""
_SHA = sha1(_SWAP.encode()).hexdigest()  # noqa: S324 - Redis names scripts so


class RedisStore:
    """A Store on one redis-py client, which must have short time-outs and no retries (a retried swap would count twice).

    Commands go straight to a connection that each thread keeps: the client's `execute_command` costs as much again, and so do
    the pool's checks. A connection that was cut while it lay idle shows at the next hop's load, which is tried once more.
    """

    def __init__(self, client: Any) -> None:
        self._pool, self._threads = client.connection_pool, threading.local()
        self._pointer: str | None = None
        self._put: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def load(self, journey: str) -> tuple[bytes | None, str | None]:
        """Return the session and the pointer by one MGET."""
        try:
            try:
                value, pointer = self.command("MGET", f"ussd:s:{journey}", POINTER)
            # A server that is silent would keep the hop waiting as long again.
            except redis.TimeoutError:
                raise
            # Reading twice does no harm. A swap is never sent twice, for the first may have been done.
            except redis.ConnectionError:
                value, pointer = self.command("MGET", f"ussd:s:{journey}", POINTER)
        except redis.RedisError as error:
            raise StoreDown(str(error)) from error
        self._pointer = pointer.decode() if pointer else None
        return value, self._pointer

    def recall(self, journey: str) -> tuple[bytes | None, str | None]:
        """Return what was last put for a session here, of the newest few thousand, and the pointer as it was last read."""
        return self._put.get(journey), self._pointer

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
        """Compare and set by one script call, which carries the counts and the note along."""
        name, words = note or ("", "")
        keys = (f"ussd:s:{journey}", f"{COUNTS}{datetime.now(UTC).date()}", POINTER, *([f"{_NOTES}{name}"] if note else []))
        added = (word for count in counts.items() for word in count)
        given = (len(keys), *keys, old or b"", new, seconds, _COUNT_SECONDS, current or "", words, RESUME_SECONDS, *added)
        try:
            try:
                stands = self.command("EVALSHA", _SHA, *given)
            # A server that was restarted knows no script; EVAL leaves it there for the next EVALSHA.
            except redis.exceptions.NoScriptError:
                stands = self.command("EVAL", _SWAP, *given)
        except redis.RedisError as error:
            raise StoreDown(str(error)) from error
        # What stands comes as bytes: only the script's own 1 is this number.
        if stands != 1:
            return False, stands
        with self._lock:
            self._put.pop(journey, None)  # the newest stand last
            self._put[journey] = new
            if len(self._put) > _MOST_RECALLED:
                del self._put[next(iter(self._put))]
        return True, None

    def noted(self, name: str) -> str | None:
        """Return a note by one GET."""
        try:
            words = self.command("GET", f"{_NOTES}{name}")
        except redis.RedisError as error:
            raise StoreDown(str(error)) from error
        return words.decode() if words else None

    def command(self, *command: Any) -> Any:
        """Send a command and return its answer as it comes; a connection that fails in it closes itself, and opens at the next.

        A hop whose time is up asks no more.
        """
        if deadline.left(1) <= 0:
            raise redis.TimeoutError("the hop's time is up")
        try:
            connection = self._threads.connection
        except AttributeError:
            connection = self._threads.connection = self._pool.make_connection()
        connection.send_packed_command((pack_command(command),))
        return connection.read_response()


def counts_of(client: Any, day: date) -> dict[str, int]:
    """Return a day's counts, `screen|outcome|language` each. Raises redis.RedisError."""
    return {name.decode(): int(count) for name, count in client.hgetall(f"{COUNTS}{day}").items()}
