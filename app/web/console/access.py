"""My access: for whom I act, where I am signed in, and the application that opens the console instead of a number on the phone."""

import io

import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from app.coop.access import authenticators, sign_in_sessions
from app.coop.console_requests.authenticator import AuthenticatorOn
from app.coop.cooperatives.models import Cooperative
from app.coop.offices import audit
from app.coop.rights import NotYours
from app.db.rows import require
from app.digits import is_number
from app.web.console.desk import act_here, ask_on_phone, done, furnish
from app.web.console.session import act_for, caller, desk, now, reader

access_pages = Blueprint("access", __name__, url_prefix="/access", template_folder="templates")
furnish(access_pages)
HERE = "access.mine"


@access_pages.get("")
def mine() -> Response:
    """Show my sign-ins, and my authenticator's QR code until it is on."""
    person, seal = caller().person_id, desk().seal
    found = sign_in_sessions.sign_ins_of(reader(), person, now())
    on = authenticators.is_on(reader(), person)
    begun = authenticators.address_of(reader(), person, caller().place, seal=seal)
    drawn = _drawn(begun[1]) if begun else ""
    secret = begun[0] if begun else ""
    page = render_template("console/access.html", found=found, on=on, drawn=drawn, secret=secret, here=caller().sign_in)
    return Response(page)


@access_pages.get("/scope")
def scopes() -> Response:
    """Ask for whom the officer acts here: a co-operative, or the federation."""
    held = caller().offices
    named = select(Cooperative.id, Cooperative.name).where(Cooperative.id.in_([office.cooperative_id for office in held]))
    names = {row.id: row.name for row in reader().execute(named)}
    found = [
        (scope, names.get(scope.cooperative_id or 0, "Fédération"), [office.role for office in held if office.scope == scope])
        for scope in caller().scopes
    ]
    return Response(render_template("console/scopes.html", found=found))


@access_pages.post("/scope")
def choose() -> AnyResponse:
    """Act for a scope from now on. Raises NotYours for one in which the officer has no office."""
    wanted = request.form.get("scope")
    scope = next((one for one in caller().scopes if str(one.cooperative_id or "") == wanted), None)
    act_for(require(scope, NotYours("console")))
    return redirect(url_for("console.overview"), 303)


@access_pages.post("/<int:sign_in>/end")
def end(sign_in: int) -> AnyResponse:
    """End one of my sign-ins."""
    with desk().database.transaction() as transaction:
        act = act_here(transaction, "console", f"console:end:{sign_in}")
        ended = sign_in_sessions.sign_out(transaction, act, sign_in)
    return done("Cette entrée est fermée." if ended else "Cette entrée n'est plus ouverte.", HERE)


@access_pages.post("/end-others")
def end_others() -> AnyResponse:
    """End all my sign-ins but this one."""
    with desk().database.transaction() as transaction:
        act = act_here(transaction, "console", f"console:end-others:{caller().sign_in}")
        ended = sign_in_sessions.sign_out(transaction, act, but=caller().sign_in)
    return done(f"Entrées fermées : {ended}.", HERE)


@access_pages.post("/authenticator")
def begin() -> AnyResponse:
    """Prepare an authenticator, which opens nothing yet."""
    with desk().database.transaction() as transaction:
        authenticators.begin(transaction, caller().person_id, seal=desk().seal, now=now())
    return done("Application préparée : lisez l'image avec elle, puis tapez le code qu'elle montre.", HERE)


@access_pages.post("/authenticator/try")
def prove() -> AnyResponse:
    """Take its first code, and ask for the PIN on the phone."""
    typed = request.form.get("code", "").replace(" ", "")
    begun = None
    if is_number(typed, 6, least=6):
        with desk().database.transaction() as transaction:
            begun = authenticators.prove(transaction, caller().person_id, typed, seal=desk().seal, now=now())
    if begun is None:
        return done("Ce code ne va pas, ou il a déjà servi. Attendez le suivant.", HERE)
    return ask_on_phone(AuthenticatorOn(begun), HERE)


@access_pages.post("/authenticator/remove")
def remove() -> AnyResponse:
    """Take my authenticator away: the number on the phone is left."""
    with desk().database.transaction() as transaction:
        act = act_here(transaction, "console", f"console:authenticator:{caller().sign_in}")
        if authenticators.remove(transaction, act.person_id):
            audit.note(transaction, act, "authenticator off", f"person:{act.person_id}")
    return done("L'application n'ouvre plus rien.", HERE)


def _drawn(address: str) -> Markup:
    """Draw a QR code as an inline picture: no file of it is served or kept."""
    picture = io.BytesIO()
    code = segno.make(address, error="m")
    code.save(picture, kind="svg", xmldecl=False, svgns=False, title="QR de l'application", omitsize=True, border=4)
    return Markup(picture.getvalue().decode())  # noqa: S704 - it is drawn here, of our own address
