"""The console's pages and acts, all behind the guard. What an act says afterwards is shown once, by the overview."""

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.coop.access import sign_in
from app.coop.act import Act
from app.coop.broadcasts import stops
from app.coop.correspondence import inbox
from app.coop.offices.queries import office_for
from app.coop.rights import NotYours, Right
from app.web.console import filters
from app.web.console.overview import look
from app.web.console.session import caller, desk, guard, now, page_headers, say, terms

pages = Blueprint("console", __name__, template_folder="templates", static_folder="static", static_url_path="/console/static")
page_headers(pages)
guard(pages)
filters.register(pages)


@pages.get("/")
def overview() -> Response:
    """Show how things stand in the officer's scope."""
    at = now()
    seen = look(desk().database, caller().office, at, terms())
    said, most, code = session.pop("said", None), inbox.MOST_CHARACTERS, desk().database.service.code
    return Response(render_template("console/overview.html", seen=seen, now=at, said=said, code=code, most=most))


@pages.post("/letters/<int:letter>/answer")
def answer(letter: int) -> AnyResponse:
    """Answer an SMS that no command understood, or close it without an answer."""
    with desk().database.transaction() as transaction:
        act = _act(transaction, "call_backs", f"console:letter:{letter}")
        if "dismiss" in request.form:
            inbox.dismiss(transaction, act, letter)
            return _done("Message classé sans réponse.")
        parts = inbox.answer(transaction, act, letter, request.form.get("words", ""))
    return _done(f"Réponse envoyée, en {parts} SMS.")


@pages.post("/broadcasts/<int:broadcast>/stop")
def stop(broadcast: int) -> AnyResponse:
    """Stop a broadcast of the scope, as ANNULER does."""
    with desk().database.transaction() as transaction:
        left = stops.stop(transaction, _act(transaction, "stop", f"console:stop:{broadcast}"), broadcast)
    if left is None:
        return _done(f"La diffusion {broadcast} n'est plus en cours.")
    return _done(f"Diffusion {broadcast} arrêtée. Partis avant l'arrêt : {left}.")


@pages.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the session."""
    with desk().database.transaction() as transaction:
        sign_in.sign_out(transaction, caller(), now=now())
    session.clear()
    return redirect(url_for("sign_in.number"), 303)


@pages.errorhandler(NotYours)
def not_yours(fault: NotYours) -> Response:
    """Say that another office is needed."""
    del fault
    return say("Votre charge ne permet pas cela. Rien n'est fait.", 403)


@pages.errorhandler(inbox.LetterClosed)
def gone(fault: inbox.LetterClosed) -> AnyResponse:
    """Say that another officer was quicker."""
    del fault
    return _done("Ce message a déjà sa réponse, ou n'est pas à vous. Rien n'est envoyé.")


@pages.errorhandler(inbox.ReplyTooLong)
def too_long(fault: inbox.ReplyTooLong) -> AnyResponse:
    """Say how long an answer may be."""
    del fault
    return _done(f"Une réponse a de 1 à {inbox.MOST_CHARACTERS} signes. Rien n'est envoyé.")


def _act(transaction: Session, right: Right, operation: str) -> Act:
    """Return what the caller does by the office that has a right, in the scope that the page shows. Raises NotYours."""
    here, at = caller(), now()
    office = office_for(transaction, here.person_id, right, at.date(), scope=here.office.scope)
    return Act(office.person_id, "web", operation, at, by=office)


def _done(said: str) -> AnyResponse:
    session["said"] = said
    return redirect(url_for("console.overview"), 303)
