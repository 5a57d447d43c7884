"""Clients of Redis or Valkey: short time-outs, no retries. redis-py retries ten times by default, even after a time-out."""

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel


def connect(url: str, *, connect_seconds: float = 0.3, seconds: float = 0.4) -> Any:
    """Return a client of `redis://…`, or of `sentinel://host:port,host:port/name`; it connects on first use."""
    times: dict[str, Any] = {
        "socket_connect_timeout": connect_seconds,
        "socket_timeout": seconds,
        "retry": Retry(NoBackoff(), 0),
    }
    if url.startswith("sentinel://"):
        hosts, _, name = url.removeprefix("sentinel://").partition("/")
        addresses = [(host, int(port or 26379)) for host, _, port in (address.partition(":") for address in hosts.split(","))]
        sentinel = Sentinel(  # type: ignore[no-untyped-call]
            addresses, sentinel_kwargs=times, **times
        )
        return sentinel.master_for(name or "mymaster")  # type: ignore[no-untyped-call]
    return redis.Redis.from_url(url, **times)
