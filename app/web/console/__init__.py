"""The administrators' console: tables and forms for officers who are signed in. Server-rendered, without JavaScript."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from app.coop.members.signing_in import Desk
from app.sms.broadcasts.timing import Terms
from app.web.console.doors import lend
from app.web.console.pages import pages
from app.web.console.sign_in import open_pages


def add_console(app: Flask, desk: Desk, terms: Terms, now: Callable[[], datetime], *, secret: str, secure: bool) -> None:
    """Serve `/` and `/sign-in`; `secure` keeps the cookies off plain HTTP."""
    app.secret_key = secret
    app.config.update(
        SESSION_COOKIE_NAME="jappoo_console",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=secure,
    )
    lend(app, desk, terms, now)
    for routes in (open_pages, pages):
        app.register_blueprint(routes)
