"""Clients of Redis or Valkey: short time-outs, no retries. redis-py retries ten times by default, even after a time-out."""

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel


def connect(url: str, *, connect_seconds: float = 0.3, seconds: float = 0.4) -> Any:
    """Return a client of `redis://…`, or of `sentinel://[:password@]host:port,host:port/name`; it connects on first use.

    The times suit a web request, which has two seconds in all; workers give longer ones. Raises ValueError on any
    other scheme.
    """
    times: dict[str, Any] = {
        "socket_connect_timeout": connect_seconds,
        "socket_timeout": seconds,
        "retry": Retry(NoBackoff(), 0),
    }
    if not url.startswith("sentinel://"):
        return redis.Redis.from_url(url, **times)
    credentials, _, place = url.removeprefix("sentinel://").rpartition("@")
    hosts, _, name = place.partition("/")
    user, _, password = credentials.partition(":")
    sentinel: Any = Sentinel(sentinels(hosts), sentinel_kwargs=times, **times)  # type: ignore[no-untyped-call]
    return sentinel.master_for(name or "mymaster", username=user or None, password=password or None)


def sentinels(hosts: str) -> list[tuple[str, int]]:
    """Read `host:port,host:port`; Sentinel's own port by default. Raises ValueError on a port that is no number."""
    pairs = (address.strip().rpartition(":") if ":" in address else (address.strip(), ":", "26379") for address in hosts.split(","))
    return [(host, int(port)) for host, _, port in pairs]
