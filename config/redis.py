"""Clients of Redis or Valkey: short time-outs, no retries. redis-py retries ten times by default, even after a time-out."""

from typing import Any
from urllib.parse import parse_qsl, unquote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

SENTINEL = "sentinel://"
_ASKED = {"db", "sentinel_username", "sentinel_password", "ssl", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile"}


def connect(url: str, *, connect_seconds: float = 0.3, seconds: float = 0.4) -> Any:
    """Return a client of `redis://…`, `rediss://…` (TLS) or `sentinel://…`; it connects on first use.

    `sentinel://[user:password@]host:port,host:port/name[?…]` may say `sentinel_username`, `sentinel_password` (Sentinel's own),
    `db`, and `ssl=true` with `ssl_ca_certs=FILE` for TLS to both. What is in a URL has its special characters as `%40`.
    The times suit a web request, which has two seconds in all; workers give longer ones. Raises ValueError on what it can't read.
    """
    times: dict[str, Any] = {
        "socket_connect_timeout": connect_seconds,
        "socket_timeout": seconds,
        # What timed out may have been done: a swap that is sent again fails against itself.
        "retry": Retry(NoBackoff(), 0),
    }
    if not url.startswith(SENTINEL):
        return redis.Redis.from_url(url, **times)
    place, _, query = url.removeprefix(SENTINEL).partition("?")
    credentials, _, place = place.rpartition("@")
    hosts, _, name = place.partition("/")
    user, password = (unquote(word) or None for word in credentials.partition(":")[::2])
    asked = _asked(query)
    own = {key: asked.pop(f"sentinel_{key}", None) for key in ("username", "password")}
    tls = {key: asked.pop(key) for key in list(asked) if key.startswith("ssl")}
    if tls and tls.pop("ssl", "true") == "true":
        tls["ssl"] = True
    sentinel: Any = Sentinel(sentinels(hosts), sentinel_kwargs=times | own | tls, **times, **tls)  # type: ignore[no-untyped-call]
    return sentinel.master_for(name or "mymaster", username=user, password=password, db=int(asked.pop("db", "0")))


def _asked(query: str) -> dict[str, Any]:
    asked: dict[str, Any] = dict(parse_qsl(query, strict_parsing=bool(query)))
    unknown = set(asked) - _ASKED
    if unknown:
        raise ValueError(f"{min(unknown)} isn't known behind sentinel://")
    return asked


def sentinels(hosts: str) -> list[tuple[str, int]]:
    """Read `host:port,host:port`; Sentinel's own port by default. Raises ValueError on a port that is no number."""
    pairs = (address.strip().rpartition(":") if ":" in address else (address.strip(), ":", "26379") for address in hosts.split(","))
    return [(host, int(port)) for host, _, port in pairs]
