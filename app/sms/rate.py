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

# KEYS[1] a hash: `at` the instant up to which the rate is spoken for, `share` of the rate as of `slowed`; microseconds.
# ARGV: parts; parts a second; seconds' parts that may be spoken for already; microseconds back to full speed; longest wait.
# Returns the microseconds to wait (with nothing reserved: -1 less those to come back after), and the thousandths of the
# rate that we may use now.
# What was not used is kept for one second; a key that is new has nothing kept.
_TAKE = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local had = redis.call('HMGET', KEYS[1], 'at', 'share', 'slowed')
local share = 1
if had[2] then share = math.min(1, had[2] + (now - had[3]) / ARGV[4]) end
local from = math.max(tonumber(had[1] or now), now - 1000000)
local late = from - now - ARGV[3] * 1000000 / share
if late > 0 then return {-1 - math.ceil(late), math.floor(share * 1000)} end
local till = from + ARGV[1] * 1000000 / (ARGV[2] * share)
if ARGV[3] == '0' and till - now > tonumber(ARGV[5]) then return {-1 - math.ceil(till - now), math.floor(share * 1000)} end
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', till))
redis.call('PEXPIRE', KEYS[1], 600000)
return {math.max(0, math.ceil(till - now)), math.floor(share * 1000)}
"""

# KEYS and microseconds as above. ARGV: microseconds to full speed; the least share. Halves the speed, once a second.
_SLOW = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local had = redis.call('HMGET', KEYS[1], 'at', 'share', 'slowed')
if had[3] and now - had[3] < 1000000 then return 0 end
local share = 1
if had[2] then share = math.min(1, had[2] + (now - had[3]) / ARGV[1]) end
redis.call('HSET', KEYS[1], 'share', math.max(tonumber(ARGV[2]), share / 2), 'slowed', string.format('%.0f', now))
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', math.max(tonumber(had[1] or now), now)))
redis.call('PEXPIRE', KEYS[1], 600000)
return 1
"""

_SECOND = 1_000_000
_RECOVERY = 60 * _SECOND


class Turn(msgspec.Struct, frozen=True):
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

    def take(self, parts: int, *, overdraw: bool = False, patience: float = 1.5) -> Turn:
        """Reserve parts, or say when to ask again, also when the wait were longer than `patience`, in seconds.

        More than one second's parts count as one second's: a long message leaves at any rate.
        """
        parts = min(parts, self.second)
        try:
            wait, thousandths = self._take(
                keys=[KEY], args=[parts, self._full, 2 if overdraw else 0, _RECOVERY, int(patience * _SECOND)]
            )
        except redis.RedisError as fault:
            log.warning("the rate is kept by this worker alone", fault=type(fault).__name__)
            return self._alone(parts)
        self.second = max(1, self._full * thousandths // 1000)
        if wait < 0:
            return Turn(False, (-1 - wait) / _SECOND)
        return Turn(True, 0.0 if overdraw else wait / _SECOND)

    def slow(self) -> None:
        """Halve the speed for a while, at most once a second."""
        try:
            if self._slow(keys=[KEY], args=[_RECOVERY, SLOWEST]):
                log.warning("the provider says that it is too much; half the speed")
        except redis.RedisError:
            return

    def _alone(self, parts: int) -> Turn:
        with self._lock:
            now, self.second = self._clock(), max(1, self._full // LOCAL_SHARE)
            self._alone_till = max(self._alone_till, now) + parts / self.second
            return Turn(True, self._alone_till - now)
