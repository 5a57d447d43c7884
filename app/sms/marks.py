"""What of a claim was handed to the provider, marked in Redis before each request: without a mark it surely never left.

A claim's key says `open` and the store's epoch, then the ids of the messages that were handed over. The sweeper shuts it and
reads it in one step: who comes later, however long it slept, hands nothing over any more.

A missing mark says something only while the key is there, in the epoch that it was opened in. An emptied store and an evicted
or expired key leave none; a restart and a failover, which may bring back a key without its last marks, change the epoch. Then,
and while Redis is out of reach, everything of the claim counts as handed over. It is not promised that what is marked was sent.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import redis
import structlog

from app.gateways.sms import NotSent

log = structlog.get_logger("sms")
KEY = "sms:handed:"
MARKED = "m"
"""What the name of a claim begins with whose key was made; other names are hexadecimal."""
KEPT_SECONDS = 1800
"""A key lasts longer than any lease; when the sweeper comes later still, all is in doubt."""

# The epoch: this process of the server and its line of replication, so that neither a restart from a snapshot nor the promotion
# of a replica (also there and back) passes for the same store.
_EPOCH = """
local told = redis.call('INFO', 'server') .. redis.call('INFO', 'replication')
local epoch = string.match(told, 'run_id:(%x+)') .. string.match(told, 'master_replid:(%x+)')
"""

# KEYS[1] the claim; ARGV[1] the seconds that it is kept.
_OPEN = f"{_EPOCH} redis.call('SET', KEYS[1], 'open ' .. epoch, 'EX', ARGV[1])"

# KEYS the claims, one a request; ARGV the ids of each request. Returns 1 for each that may leave: none whose claim was opened in
# another store, for the sweeper may still see that one (a primary that was cut off), without the mark.
# Look and mark are one script: the sweeper's shutting falls before both or behind both.
_HAND = f"""{_EPOCH}
local may = {{}}
for n, key in ipairs(KEYS) do
  may[n] = 0
  if redis.call('GETRANGE', key, 0, 4 + #epoch) == 'open ' .. epoch then
    redis.call('APPEND', key, ARGV[n])
    may[n] = 1
  end
end
return may
"""

# KEYS the claims. Shuts each and returns its ids, or false where nothing can be told.
# `shut ` takes the place of `open ` letter for letter: the ids and the seconds of the key stay. No key is made anew.
_SHUT = f"""{_EPOCH}
local found = {{}}
for n, key in ipairs(KEYS) do
  local held = redis.call('GET', key)
  found[n] = false
  if held then
    redis.call('SETRANGE', key, 0, 'shut ')
    if string.sub(held, 6, 5 + #epoch) == epoch then found[n] = string.sub(held, 6 + #epoch) end
  end
end
return found
"""


class NotMarked(NotSent):
    """The request didn't leave, for it couldn't be marked: its claim is shut or forgotten, or Redis is out of reach."""


class Marks:
    """The marks of all workers. Each act is one round trip to Redis."""

    def __init__(self, client: Any) -> None:
        self._open, self._hand, self._shut = (client.register_script(script) for script in (_OPEN, _HAND, _SHUT))

    def open(self) -> str:
        """Return a name for a claim. While Redis takes no writes it is one without marks: what is lost of it is in doubt."""
        name = secrets.token_hex(8)
        try:
            self._open(keys=[f"{KEY}{MARKED}{name}"], args=[KEPT_SECONDS])
        except redis.RedisError as fault:
            log.warning("what leaves can't be marked", fault=type(fault).__name__)
            return name  # another name than the key's: the write may have been done all the same
        return MARKED + name

    def hand(self, requests: Sequence[tuple[str, Iterable[int]]]) -> list[bool]:
        """Mark requests (claim, ids) as handed over; tell which may leave: those that are marked, or have no marks."""
        marked = [(claim, ids) for claim, ids in requests if claim.startswith(MARKED)]
        if not marked:
            return [True] * len(requests)
        keys, ids = [KEY + claim for claim, _ in marked], ["".join(f",{one}" for one in some) for _, some in marked]
        try:
            may = iter(self._hand(keys=keys, args=ids))
        except redis.RedisError as fault:
            log.warning("what would leave can't be marked, and waits", fault=type(fault).__name__)
            may = iter([0] * len(marked))
        return [not claim.startswith(MARKED) or bool(next(may)) for claim, _ in requests]

    def shut(self, claims: Sequence[str]) -> dict[str, set[int]]:
        """Shut claims whose lease is over; return the ids that were handed over, for each claim of which that is known."""
        marked = [claim for claim in claims if claim.startswith(MARKED)]
        if not marked:
            return {}
        try:
            found = self._shut(keys=[KEY + claim for claim in marked])
        except redis.RedisError as fault:
            log.warning("marks can't be read: what was lost is in doubt", fault=type(fault).__name__)
            return {}
        return {
            claim: {int(number) for number in re.findall(rb"\d+", _bytes(ids))}
            for claim, ids in zip(marked, found, strict=True)
            if ids is not None
        }


def _bytes(ids: bytes | str) -> bytes:
    return ids.encode() if isinstance(ids, str) else ids
