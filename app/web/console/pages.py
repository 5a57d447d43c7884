"""The console's first page: what waits in the officer's scope."""

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.coop.access import sign_in_sessions
from app.coop.act import Act
from app.coop.broadcasts import stops
from app.coop.rights import NotYours
from app.web.console import filters
from app.web.console.desk import act_here, done, furnish, quicker
from app.web.console.overview import look, waiting_places
from app.web.console.session import caller, desk, now, reader, store, terms

pages = Blueprint("console", __name__, template_folder="templates", static_folder="static", static_url_path="/console/static")
furnish(pages)
filters.register(pages)
PLACES = 50


@pages.get("/")
def overview() -> Response:
    """Show how things stand in the officer's scope."""
    at = now()
    seen = look(desk().database, store(), caller().office, at, terms())
    return Response(render_template("console/overview.html", seen=seen, now=at, code=desk().database.service.code))


@pages.get("/waiting")
def places() -> AnyResponse:
    """Show where call-backs or letters wait, page by page: for the federation."""
    if not caller().office.scope.is_federation:
        raise NotYours("read")
    mark = request.args.get("after", "")
    after = int(mark) if mark.isdecimal() and len(mark) < 7 else 0
    found = waiting_places(reader(), now(), PLACES + 1, after)
    seen, more = {"places": found[:PLACES]}, after + PLACES if len(found) > PLACES else None
    return Response(render_template("console/places_page.html", seen=seen, now=now(), after=more))


@pages.post("/broadcasts/<int:broadcast>/stop")
def stop(broadcast: int) -> AnyResponse:
    """Stop a broadcast of the scope, as ANNULER does."""
    with desk().database.transaction() as transaction:
        left = stops.stop(transaction, act_here(transaction, "stop", f"console:stop:{broadcast}"), broadcast)
    if left is None:
        return done(f"La diffusion {broadcast} n'est plus en cours.{quicker()}", "broadcasts.one", broadcast=broadcast)
    return done(f"Diffusion {broadcast} arrêtée. Partis avant l'arrêt : {left}.", "broadcasts.one", broadcast=broadcast)


@pages.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the session."""
    with desk().database.transaction() as transaction:
        act = Act(caller().person_id, "web", f"console sign-out:{caller().sign_in}", now(), by=caller().office)
        sign_in_sessions.sign_out(transaction, act, caller().sign_in)
    session.clear()
    return redirect(url_for("sign_in.number"), 303)
