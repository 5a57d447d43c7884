"""`GET /t/<code>`: a lot's way and who earned what, for a buyer's phone. By link, never by person."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any

import redis
from flask import Blueprint, Response, make_response, render_template, request

from app.coop.chain.story import story_of
from app.db.database import Database

MOST_A_SECOND = 10
_ADDRESSES = 10_000
"""Addresses whose last second a process remembers while Redis is away."""


class Pace:
    """How many requests each address had in the second that runs: in all processes, by Redis; in this one while that is away."""

    def __init__(self, client: Any, most: int = MOST_A_SECOND) -> None:
        self._client, self._most, self._lock = client, most, Lock()
        self._seen: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def allows(self, address: str, now: float) -> bool:
        """Count one request of an address at an instant (UTC, in seconds), and tell whether it is within its pace."""
        key = f"lot:pace:{address}:{int(now)}"
        try:
            with self._client.pipeline(transaction=False) as line:
                count, _ = line.incr(key).expire(key, 2).execute()
        except redis.RedisError:
            count = self._alone(address, int(now))
        return int(count) <= self._most

    def _alone(self, address: str, second: int) -> int:
        with self._lock:
            last, count = self._seen.pop(address, (0, 0))
            count = count + 1 if last == second else 1
            self._seen[address] = second, count
            if len(self._seen) > _ADDRESSES:
                self._seen.popitem(last=False)
            return count


def trace_blueprint(database: Database, client: Any, now: Callable[[], datetime]) -> Blueprint:
    """Serve the pages of lots; an address that asks too fast is told to wait."""
    routes, pace = Blueprint("lot", __name__), Pace(client)

    @routes.get("/t/<code>")
    def page(code: str) -> Response:
        """Tell a public lot's story; of any other code that there is no such page."""
        if not pace.allows(request.remote_addr or "", now().timestamp()):
            return _said("Un instant, puis recommencez.", 429, {"Retry-After": "1"})
        with database.read() as reader:
            story = story_of(reader, code[:20])
        if story is None:
            return _said("Ce code n'est pas connu. Vérifiez-le sur l'étiquette.", 404)
        answer = make_response(render_template("lot.html", story=story))
        answer.headers["Cache-Control"] = "public, max-age=60"
        return _plain(answer)

    return routes


def _said(words: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return _plain(make_response(render_template("lot_unknown.html", words=words), status, headers or {}))


def _plain(answer: Response) -> Response:
    """Let the page load and run nothing, and tell no other site where it was read."""
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
