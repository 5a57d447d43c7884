"""The administrators' console: tables and forms for officers who are signed in. Server-rendered, without JavaScript."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.routing import IntegerConverter

from app.coop.access.sign_in import SignInServices
from app.sms.broadcasts.terms import Terms
from app.web.console.access import access_pages
from app.web.console.broadcasts import broadcasts
from app.web.console.cooperatives import cooperatives
from app.web.console.correspondence import correspondence
from app.web.console.decisions import decisions
from app.web.console.equipment import equipment
from app.web.console.figures import figures
from app.web.console.foundation import routes as foundation
from app.web.console.ideas import ideas
from app.web.console.imports import imports
from app.web.console.journal import journal
from app.web.console.ledger import ledger
from app.web.console.lots import lots
from app.web.console.members import members
from app.web.console.offices import offices
from app.web.console.pages import pages
from app.web.console.papers import papers
from app.web.console.payments import payments
from app.web.console.prices import prices
from app.web.console.requests import request_pages
from app.web.console.sales import boutique
from app.web.console.session import lend
from app.web.console.sign_in import open_pages
from app.web.console.solidarity import solidarity
from app.web.console.techniques import techniques
from app.web.console.trainings import trainings
from app.web.console.weighings import weighings


class Sessions(SecureCookieSessionInterface):
    """Flask's own, but a request without a cookie has none to verify: else every hop would make ready to check signatures."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the cookie's session, or an empty one."""
        return super().open_session(app, request) if "HTTP_COOKIE" in request.environ else self.session_class()


class Ids(IntegerConverter):
    """An id in an address: one with more digits than any has is no page, and no error of the database."""

    regex = "[0-9]{1,15}"


def add_console(
    app: Flask,
    desk: SignInServices,
    terms: Terms,
    now: Callable[[], datetime],
    store: Any,
    *,
    orders: bytes,
    secrets: Sequence[str],
    secure: bool,
) -> None:
    """Serve `/` and `/sign-in`, counting sign-ins by address in `store`; the first of `secrets` signs cookies, all are read.

    `orders` is the key of broadcasts' codes; `secure` keeps the cookies off plain HTTP.
    """
    app.secret_key, *older = secrets
    app.session_interface = Sessions()
    app.url_map.converters["int"] = Ids
    app.config.update(
        SECRET_KEY_FALLBACKS=older,
        SESSION_COOKIE_NAME="jappoo_console",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=secure,
    )
    lend(app, desk, terms, now, store, orders)
    for routes in (
        access_pages,
        boutique,
        broadcasts,
        cooperatives,
        correspondence,
        figures,
        foundation,
        equipment,
        ideas,
        imports,
        journal,
        ledger,
        lots,
        members,
        offices,
        open_pages,
        pages,
        papers,
        payments,
        prices,
        request_pages,
        solidarity,
        techniques,
        trainings,
        decisions,
        weighings,
    ):  # fmt: skip
        app.register_blueprint(routes)
