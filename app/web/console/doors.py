"""Who may see the console: the session, its form token, the office that is asked for again at each request."""

import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import structlog
from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.coop.members.signing_in import Caller, Desk, caller_of
from app.sms.broadcasts.timing import Terms

log = structlog.get_logger("console")

IDLE = timedelta(minutes=30)
BROWSER, BROWSER_LIVES = "jappoo_browser", timedelta(days=180)
"""What a browser keeps before anybody is signed in, under `/sign-in` only: a visit from elsewhere, which comes without the
session's strict cookie, must not replace that."""
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def lend(app: Flask, desk: Desk, terms: Terms, now: Callable[[], datetime]) -> None:
    """Lend the pages the desk, what broadcasts are bound to, and the clock."""
    app.extensions["console"] = desk, terms, now


def desk() -> Desk:
    """Return what signing in needs, and the database."""
    return cast(Desk, current_app.extensions["console"][0])


def terms() -> Terms:
    """Return what broadcasts are bound to."""
    return cast(Terms, current_app.extensions["console"][1])


def now() -> datetime:
    """Return the time."""
    at: datetime = current_app.extensions["console"][2]()
    return at


def page_headers(routes: Blueprint) -> None:
    """Give every page of a blueprint its headers, and a fault its words; no copy of a page is kept."""

    @routes.after_request
    def headers(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        if request.endpoint != f"{routes.name}.static":
            answer.headers["Cache-Control"] = "no-store"
        return answer

    @routes.errorhandler(Exception)
    def fault(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException):
            return error
        log.error("a page failed", endpoint=request.endpoint, exc_info=error)
        return say("La console ne répond pas maintenant. Regardez ce qui est noté avant de recommencer.", 503)


def say(words: str, status: int) -> Response:
    """Return a page of one sentence."""
    return Response(render_template("console/said.html", words=words), status=status)


def guard(routes: Blueprint) -> None:
    """Show this blueprint's pages only to who is signed in and in office now; no form does anything without the session's token."""

    @routes.before_request
    def enter() -> AnyResponse | None:
        if request.endpoint == f"{routes.name}.static":
            return None
        held: dict[str, Any] = session.get("held", {})
        awake = bool(held) and datetime.fromtimestamp(held["seen"], UTC) > now() - IDLE
        found = _caller(held["sign_in"]) if awake else None
        if found is None:
            session.clear()
            return redirect(url_for("sign_in.number"), 303)
        if request.method not in ("GET", "HEAD") and not _same(request.form.get("token"), held["token"]):
            return say("Ce formulaire était trop vieux : rien n'est fait. Revenez à la console et recommencez.", 400)
        g.caller, g.token = found, held["token"]
        session["held"] = held | {"seen": int(now().timestamp())}
        return None


def caller() -> Caller:
    """Return who is signed in; only behind `guard`."""
    return cast(Caller, g.caller)


def let_in(found: Caller) -> None:
    """Begin a session, which forgets everything that was there before."""
    session.clear()
    session["held"] = {"sign_in": found.sign_in, "seen": int(now().timestamp()), "token": secrets.token_urlsafe(24)}


def browser() -> dict[str, Any]:
    """Return what this browser holds: its secret, its form token, the number it asked for, those it has signed in on."""
    try:
        held: dict[str, Any] = _signer().loads(request.cookies.get(BROWSER, ""))
    except BadSignature:
        held = {"secret": secrets.token_urlsafe(24), "token": secrets.token_urlsafe(24), "phone": "", "known": []}
    g.token = held["token"]
    return held


def keep_browser(answer: AnyResponse, held: dict[str, Any]) -> AnyResponse:
    """Have the browser keep what it holds."""
    answer.set_cookie(
        BROWSER,
        _signer().dumps(held),
        max_age=BROWSER_LIVES,
        path=url_for("sign_in.number"),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )
    return answer


def token_fits(held: dict[str, Any]) -> bool:
    """Tell whether a form on the way in carries this browser's token."""
    return _same(request.form.get("token"), held["token"])


def _caller(sign_in: int) -> Caller | None:
    with desk().database.read() as reader:
        return caller_of(reader, sign_in, now())


def _same(given: str | None, wanted: str) -> bool:
    return hmac.compare_digest((given or "").encode("utf-8", "replace"), wanted.encode())


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="console browser")
