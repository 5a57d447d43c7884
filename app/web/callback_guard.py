"""Who may come in: the gateways' token, their networks, the size of a body."""

import hmac
import ipaddress
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from app.web.missing_pages import page_for
from config.wsgi import MOST_BYTES

log = structlog.get_logger("web")

FORMS = {"hubtel": "application/json"}
"""What a dialect's calls are written in, by the first piece of its routes, where that is no HTML form."""
_OF_PROXIES = "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"
HTML_FORM = "application/x-www-form-urlencoded"


def guard_callbacks(app: Flask, tokens: Sequence[str], networks: Sequence[Any]) -> None:
    """Refuse a wrong token or a strange network with 404, a body that is too big or no form with 400, before any route."""
    expected = [token.encode() for token in tokens]

    @app.before_request
    def check() -> Response | None:
        given = (request.view_args or {}).get("token")
        if given is None:
            return None
        # 404 for both, as for a page that isn't there: who tries tokens learns nothing of the route.
        if not _one_of(expected, str(given).encode("utf-8", "replace")) or not _from(networks):
            abort(404)
        length = request.content_length
        if length is None or length > MOST_BYTES:
            return _refused("the body passes 64 kB, or doesn't say its length")
        form = FORMS.get(request.path.split("/", 2)[1], HTML_FORM)
        # The header as it stands goes first: reading it by its grammar is wanted only where it says more.
        if length and request.environ.get("CONTENT_TYPE") != form and request.mimetype != form:
            return _refused("the body is not a form")
        return None


def body() -> bytes:
    """Return the body of a request that the guard let in: it is whole before a thread has it (see `config.wsgi`)."""
    found: bytes = request.environ["wsgi.input"].read(max(0, int(request.environ["CONTENT_LENGTH"])))
    return found


def answer_faults(app: Flask) -> None:
    """Turn a fault on any other route into one line and 503, which makes a gateway bring it again; never a 500, never a trace.

    Who reads pages gets one where there is none, or none of that kind.
    """

    @app.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            code = error.code or 404
            return page_for(error) or Response(f"{error.name}\n", status=code, content_type="text/plain; charset=utf-8")
        log.error("a request failed", endpoint=request.endpoint, exc_info=error)
        return Response("out of order, try again\n", status=503, content_type="text/plain; charset=utf-8")


def behind_proxies(app: Flask, count: int) -> None:
    """Believe as many proxies as there are about who calls."""
    if count:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]


def local_or_bearer(token: str | None, *, behind_proxy: bool) -> Callable[[], bool]:
    """Return a check: the bearer token when there is one, else that the caller is this machine, and brings nobody's request."""

    def allowed() -> bool:
        if token:
            return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
        # A proxy on this machine calls from 127.0.0.1, too, for whoever called it.
        passed_on = behind_proxy or any(name in request.headers for name in _OF_PROXIES)
        return not passed_on and request.remote_addr in ("127.0.0.1", "::1")

    return allowed


def _one_of(expected: Sequence[bytes], given: bytes) -> bool:
    # In the same time however many letters are right.
    return any(hmac.compare_digest(given, one) for one in expected)


def _from(networks: Sequence[Any]) -> bool:
    if not networks:
        return True
    try:
        caller = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(caller in network for network in networks)


def _refused(why: str) -> Response:
    return Response(f"{why}\n", status=400, content_type="text/plain; charset=utf-8")
