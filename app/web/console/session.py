"""Who may see the console: the session, its form token, the office that is asked for again at each request."""

import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, cast

import redis
import structlog
from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Connection
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.coop.access.sign_in import SignedIn, SignInServices, caller_of
from app.coop.scope import Scope
from app.sms.broadcasts.terms import Terms
from app.web.console.rooms import first_room
from app.web.console.route_rights import right_of
from app.web.missing_pages import OTHERWISE, page_for

log = structlog.get_logger("console")

IDLE = timedelta(minutes=30)
BROWSER, BROWSER_LIVES = "jappoo_browser", timedelta(days=180)
"""What a browser keeps before anybody is signed in, under `/sign-in` only: a visit from elsewhere, which comes without the
session's strict cookie, must not replace that."""
MOST_FORMS, FORMS_SECONDS = 60, 600
"""Forms that one address may send to `/sign-in` within a time; a whole office may share an address."""
STEP_SECONDS = 0.1
CHOOSING = ("access.scopes", "access.choose", "console.sign_out")
"""What is open to an officer of several scopes before they have chosen one."""
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def lend(app: Flask, desk: SignInServices, terms: Terms, now: Callable[[], datetime], store: Any, orders: bytes) -> None:
    """Lend the pages the desk, what broadcasts are bound to, the clock, Redis, and the key of broadcasts' codes."""
    app.extensions["console"] = desk, terms, now, store, orders


def desk() -> SignInServices:
    """Return what signing in needs, and the database."""
    return cast(SignInServices, current_app.extensions["console"][0])


def reader() -> Connection:
    """Return what a page reads with, for single SELECTs: opened where it is first asked for, given back when the request ends."""
    if "reading" not in g:
        g.reading = ExitStack()
        g.reader = g.reading.enter_context(desk().database.read())
    return cast(Connection, g.reader)


def terms() -> Terms:
    """Return what broadcasts are bound to."""
    return cast(Terms, current_app.extensions["console"][1])


def now() -> datetime:
    """Return the time."""
    at: datetime = current_app.extensions["console"][2]()
    return at


def store() -> Any:
    """Return Redis."""
    return current_app.extensions["console"][3]


def order_key() -> bytes:
    """Return the key that makes and checks broadcasts' codes, the same as for those by SMS."""
    return cast(bytes, current_app.extensions["console"][4])


def calls() -> bool:
    """Tell whether the caller may call officers and members: then numbers are shown to them, else their last digits."""
    return caller().may("call_backs") or caller().may("people")


def too_many() -> bool:
    """Count a form that this address sends on its way in; tell whether it has sent MOST_FORMS before. Without Redis none is."""
    key = f"console:forms:{_network(request.remote_addr)}"
    try:
        # Only the first form begins the time: an office that goes on
        # trying would else push the end of it before itself.
        count, _ = store().pipeline().incr(key).expire(key, FORMS_SECONDS, nx=True).execute()
    except redis.RedisError:
        return False
    return int(count) > MOST_FORMS


def in_even_time(page: Callable[[], AnyResponse]) -> Callable[[], AnyResponse]:
    """Answer a form on the way in at the next full step of STEP_SECONDS, so that its time doesn't tell whose number it was."""

    @wraps(page)
    def answer() -> AnyResponse:
        if too_many():
            return say("Trop de demandes depuis cette connexion. Rien n'est fait. Revenez dans dix minutes.", 429)
        started = time.monotonic()
        try:
            return page()
        finally:
            time.sleep(STEP_SECONDS - (time.monotonic() - started) % STEP_SECONDS)

    return answer


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

    @routes.teardown_request
    def give_back(fault: BaseException | None) -> None:
        del fault
        if "reading" in g:
            g.pop("reading").close()

    @routes.errorhandler(Exception)
    def fault(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException):
            return page_for(error) or error
        log.error("a page failed", endpoint=request.endpoint, exc_info=error)
        return say("La console ne répond pas maintenant. Regardez ce qui est noté avant de recommencer.", 503)


def say(words: str, status: int) -> Response:
    """Return a page of one sentence."""
    return Response(render_template("console/said.html", words=words), status=status)


def guard(routes: Blueprint) -> None:
    """Show this blueprint's pages only to who is signed in, in office now and has the route's right; no form does anything without
    the session's token."""

    @routes.before_request
    def enter() -> AnyResponse | None:
        if request.endpoint == f"{routes.name}.static":
            return None
        held: dict[str, Any] = session.get("held", {})
        awake = bool(held) and datetime.fromtimestamp(held["seen"], UTC) > now() - IDLE
        found = _caller(held) if awake else None
        if found is None:
            session.clear()
            return redirect(url_for("sign_in.number"), 303)
        if request.method not in ("GET", "HEAD") and not _same(request.form.get("token"), held["token"]):
            return say("Ce formulaire était trop vieux : rien n'est fait. Revenez à la console et recommencez.", 400)
        # PostgreSQL takes no NUL in a text, and nobody types one.
        if any("\0" in f"{name}{typed}" for name, typed in request.form.items(multi=True)):
            return say(OTHERWISE, 400)
        g.caller, g.place, g.token = found, found.place, held["token"]
        session["held"] = held | {"seen": int(now().timestamp())}
        if (unchosen := _settle(found)) is not None:
            return unchosen
        if not found.may(right_of(request.endpoint or "")):
            # Signing in leads there, also an officer who may see other rooms only.
            if request.endpoint == "console.overview":
                return redirect(url_for(first_room(found.may)), 303)
            return say("Votre charge ne permet pas cela. Rien n'est fait.", 403)
        return None


def caller() -> SignedIn:
    """Return who is signed in; only behind `guard`."""
    return cast(SignedIn, g.caller)


def act_for(scope: Scope | None) -> None:
    """Have the session act for a scope, or for none yet. A form that was opened for another is too old by that."""
    chosen = {} if scope is None else {"scope": scope.cooperative_id}
    kept = {name: known for name, known in session["held"].items() if name != "scope"}
    session["held"] = kept | {"token": secrets.token_urlsafe(24)} | chosen


def let_in(found: SignedIn) -> None:
    """Begin a session, which forgets everything that was there before."""
    session.clear()
    session["held"] = {"sign_in": found.sign_in, "seen": int(now().timestamp()), "token": secrets.token_urlsafe(24)}


def browser() -> dict[str, Any]:
    """Return what this browser holds: its secret, its form token, the number it asked for, those it has signed in on, and from
    when on it may ask for another code (epoch seconds, 0: now)."""
    try:
        held: dict[str, Any] = _signer().loads(request.cookies.get(BROWSER, ""))
    except BadSignature:
        held = {"secret": secrets.token_urlsafe(24), "token": secrets.token_urlsafe(24), "phone": "", "known": [], "again": 0}
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


def _caller(held: dict[str, Any]) -> SignedIn | None:
    return caller_of(reader(), held["sign_in"], now(), Scope(held["scope"]) if "scope" in held else None)


def _settle(found: SignedIn) -> AnyResponse | None:
    """Keep the scope of an officer of one; lead who has several, or none any more where they acted, to the choice."""
    held, scope = session["held"], found.office.scope
    if "scope" not in held and len(found.scopes) == 1:
        session["held"] = held | {"scope": scope.cooperative_id}
    elif "scope" in held and Scope(held["scope"]) != scope:
        # Nothing goes on by itself in the other scope: a form that is open may be meant for this one.
        act_for(None)
        session["said"] = "Votre charge a pris fin là où vous étiez. Rien n'est fait."
        return redirect(url_for("access.scopes"), 303)
    elif "scope" not in held and request.endpoint not in CHOOSING:
        return redirect(url_for("access.scopes"), 303)
    return None


def _same(given: str | None, wanted: str) -> bool:
    return hmac.compare_digest((given or "").encode("utf-8", "replace"), wanted.encode())


def _signer() -> URLSafeSerializer:
    keys = [*reversed(current_app.config["SECRET_KEY_FALLBACKS"]), current_app.secret_key]  # the last one signs
    return URLSafeSerializer(keys, salt="console browser")


def _network(address: str | None) -> str:
    """Return an address as it is counted: of IPv6 the first 64 bits, which one subscriber has for himself."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
