"""`GET /t/<code>`: a lot's way and who earned what, for a buyer's phone. By link, never by person."""

from collections import OrderedDict
from threading import Lock
from time import monotonic

from flask import Blueprint, Response, make_response, render_template, request

from app.coop.chain.story import story_of
from app.db.database import Database

MOST_A_SECOND = 10
_ADDRESSES = 10_000
"""Addresses whose last second a process remembers."""


class Pace:
    """How many requests each address had in the second that runs; a process's own count."""

    def __init__(self, most: int = MOST_A_SECOND) -> None:
        self._most, self._lock = most, Lock()
        self._seen: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def allows(self, address: str, now: float) -> bool:
        """Count one request of an address, and tell whether it is within its pace."""
        with self._lock:
            second, count = self._seen.pop(address, (0, 0))
            count = count + 1 if second == int(now) else 1
            self._seen[address] = int(now), count
            if len(self._seen) > _ADDRESSES:
                self._seen.popitem(last=False)
            return count <= self._most


def trace_blueprint(database: Database) -> Blueprint:
    """Serve the pages of lots; an address that asks too fast is told to wait."""
    routes, pace = Blueprint("lot", __name__), Pace()

    @routes.get("/t/<code>")
    def page(code: str) -> Response:
        """Tell a public lot's story; of any other code that there is no such page."""
        if not pace.allows(request.remote_addr or "", monotonic()):
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
