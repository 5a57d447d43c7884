"""How fast messages leave: parts a second over all workers of all machines, counted in Redis by its own clock."""

import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec
import redis
import structlog

log = structlog.get_logger("sms")
KEY = "sms:rate"
LOCAL_SHARE = 8
"""While Redis is away each worker keeps to this share of the rate by itself: right for as many workers as this, or fewer."""
SLOWEST = 0.1
"""The least share of the rate that a provider's 429s slow us to."""

# KEYS[1] a hash: `at` the instant up to which the rate is spoken for, `share` of the rate as of `slowed`, `seen` when it was
# last written; microseconds. ARGV[1]: microseconds back to full speed. A clock that was set back (another server's, after a
# failover) begins anew.
_BEGIN = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local had = redis.call('HMGET', KEYS[1], 'at', 'share', 'slowed', 'seen')
if had[4] and now < tonumber(had[4]) then
  redis.call('DEL', KEYS[1])
  had = {}
end
local share = 1
if had[2] then share = math.min(1, had[2] + (now - had[3]) / ARGV[1]) end
"""

# ARGV: further parts; parts a second; seconds' parts that may be spoken for with these; longest wait; the most parts waited for.
# Returns the microseconds to wait (with nothing reserved: -1 less those to come back after), and the thousandths of the
# rate that we may use now.
# What was not used is kept for one second; a key that is new has nothing kept.
# After ten idle minutes the key may go: the speed is back by then, and nothing is kept.
_TAKE = f"""{_BEGIN}
local each = 1000000 / (ARGV[3] * share)
local from = math.max(tonumber(had[1] or now), now - 1000000)
local leaves = from + math.min(ARGV[2], ARGV[6]) * each
local late = leaves - now - ARGV[4] * 1000000 / share
if ARGV[4] == '0' then
  late = from - now
  if late <= 0 and leaves - now > tonumber(ARGV[5]) then late = leaves - now end
end
if late > 0 then return {{-1 - math.ceil(late), math.floor(share * 1000)}} end
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', from + ARGV[2] * each), 'seen', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], 600000)
return {{math.max(0, math.ceil(leaves - now)), math.floor(share * 1000)}}
"""

# ARGV: further the least share. Halves the speed, once a second.
# Requests that were under way together may all come back with 429: together they count as one.
_SLOW = f"""{_BEGIN}
if had[3] and now - had[3] < 1000000 then return 0 end
local at = string.format('%.0f', math.max(tonumber(had[1] or now), now))
local instant = string.format('%.0f', now)
redis.call('HSET', KEYS[1], 'at', at, 'seen', instant, 'share', math.max(tonumber(ARGV[2]), share / 2), 'slowed', instant)
redis.call('PEXPIRE', KEYS[1], 600000)
return 1
"""

_SECOND = 1_000_000
_RECOVERY = 60 * _SECOND


class RateSlot(msgspec.Struct, frozen=True):
    """`reserved`: the parts may leave after `wait` seconds; else nothing is reserved, and one asks again after them."""

    reserved: bool
    wait: float


class Rate:
    """A token bucket for all workers.

    One request at a time waits with its parts reserved, so that no token is lost while it sleeps; the others ask again. What is
    idle is kept for a second: over any time at most one second's parts more than the rate leave, and up to two more by
    `overdraw`, by which codes and urgent alerts pass those who wait. `slow` is for a provider's 429: half the speed, and back
    to all of it within a minute. While Redis is away each process keeps to an eighth of the rate by itself.
    """

    def __init__(self, client: Any, parts_a_second: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.second = self._full = parts_a_second
        """The parts of one second at the speed that we may go now: the most that one request should take."""
        self._take, self._slow = client.register_script(_TAKE), client.register_script(_SLOW)
        self._clock, self._lock, self._alone_till = clock, threading.Lock(), clock()

    def take(self, parts: int, *, overdraw: bool = False, patience: float = 1.5) -> RateSlot:
        """Reserve parts, or say when to ask again, also when the wait were longer than `patience`, in seconds.

        A long message waits for no more than one second's parts, so that it leaves at any rate; those after it wait for the rest.
        """
        asked = [_RECOVERY, parts, self._full, 2 if overdraw else 0, int(patience * _SECOND), self.second]
        try:
            wait, thousandths = self._take(keys=[KEY], args=asked)
        except redis.RedisError as fault:
            log.warning("the rate is kept by this worker alone", fault=type(fault).__name__)
            return self._alone(parts, patience)
        self.second = max(1, self._full * thousandths // 1000)
        if wait < 0:
            return RateSlot(False, (-1 - wait) / _SECOND)
        # Who overdraws leaves at once; what it takes is waited for by those behind it.
        return RateSlot(True, 0.0 if overdraw else wait / _SECOND)

    def slow(self) -> None:
        """Halve the speed for a while, at most once a second."""
        try:
            if self._slow(keys=[KEY], args=[_RECOVERY, SLOWEST]):
                log.warning("the provider says that it is too much; half the speed")
        # Without Redis there is no shared speed to halve: each worker keeps to its eighth.
        except redis.RedisError:
            return

    def _alone(self, parts: int, patience: float) -> RateSlot:
        with self._lock:
            now, self.second = self._clock(), max(1, self._full // LOCAL_SHARE)
            since = max(self._alone_till, now)
            wait = since + min(parts, self.second) / self.second - now
            if wait > patience:
                return RateSlot(False, wait)
            self._alone_till = since + parts / self.second
            return RateSlot(True, wait)
