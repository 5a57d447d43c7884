"""The console's first page: what waits in the officer's scope."""

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.coop.access import sign_in_sessions
from app.coop.act import Act
from app.coop.broadcasts import stops
from app.coop.correspondence import inbox
from app.web.console import filters
from app.web.console.desk import act_here, done, furnish
from app.web.console.overview import look
from app.web.console.session import caller, desk, now, terms

pages = Blueprint("console", __name__, template_folder="templates", static_folder="static", static_url_path="/console/static")
furnish(pages)
filters.register(pages)


@pages.get("/")
def overview() -> Response:
    """Show how things stand in the officer's scope."""
    at = now()
    seen = look(desk().database, caller().office, at, terms())
    most, code = inbox.MOST_CHARACTERS, desk().database.service.code
    return Response(render_template("console/overview.html", seen=seen, now=at, code=code, most=most))


@pages.post("/letters/<int:letter>/answer")
def answer(letter: int) -> AnyResponse:
    """Answer an SMS that no command understood, or close it without an answer."""
    with desk().database.transaction() as transaction:
        act = act_here(transaction, "call_backs", f"console:letter:{letter}")
        if "dismiss" in request.form:
            inbox.dismiss(transaction, act, letter)
            return done("Message classé sans réponse.")
        parts = inbox.answer(transaction, act, letter, request.form.get("words", ""))
    return done(f"Réponse envoyée, en {parts} SMS.")


@pages.post("/broadcasts/<int:broadcast>/stop")
def stop(broadcast: int) -> AnyResponse:
    """Stop a broadcast of the scope, as ANNULER does."""
    with desk().database.transaction() as transaction:
        left = stops.stop(transaction, act_here(transaction, "stop", f"console:stop:{broadcast}"), broadcast)
    if left is None:
        return done(f"La diffusion {broadcast} n'est plus en cours.", "broadcasts.one", broadcast=broadcast)
    return done(f"Diffusion {broadcast} arrêtée. Partis avant l'arrêt : {left}.", "broadcasts.one", broadcast=broadcast)


@pages.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the session."""
    with desk().database.transaction() as transaction:
        act = Act(caller().person_id, "web", f"console sign-out:{caller().sign_in}", now(), by=caller().office)
        sign_in_sessions.sign_out(transaction, act, caller().sign_in)
    session.clear()
    return redirect(url_for("sign_in.number"), 303)


@pages.errorhandler(inbox.LetterClosed)
def gone(fault: inbox.LetterClosed) -> AnyResponse:
    """Say that another officer was quicker."""
    del fault
    return done("Ce message a déjà sa réponse, ou n'est pas à vous. Rien n'est envoyé.")


@pages.errorhandler(inbox.ReplyTooLong)
def too_long(fault: inbox.ReplyTooLong) -> AnyResponse:
    """Say how long an answer may be."""
    del fault
    return done(f"Une réponse a de 1 à {inbox.MOST_CHARACTERS} signes. Rien n'est envoyé.")
