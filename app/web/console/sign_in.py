"""The way in: a number, then the code that it got by SMS together with the PIN."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.coop.access import sign_in
from app.coop.access.pins import well_formed
from app.digits import is_number
from app.phones import e164, is_senegalese_mobile
from app.web.console.session import browser, desk, in_even_time, keep_browser, let_in, now, page_headers, say, token_fits

open_pages = Blueprint("sign_in", __name__, url_prefix="/sign-in", template_folder="templates")
page_headers(open_pages)
OLD = "Ce formulaire était trop vieux : rien n'est fait. Revenez à la page d'entrée et recommencez."
WRONG = (
    "Le code reçu ou le code secret ne va pas, ou le code reçu a déjà servi. Demandez un autre code, ou réessayez. "
    "Si votre code secret est bloqué, un SMS vous l'a dit."
)
MOST_KNOWN = 5
"""Numbers that a browser is remembered to have signed in on."""


@open_pages.get("")
def number() -> AnyResponse:
    """Ask for the number."""
    held = browser()
    return keep_browser(Response(render_template("console/number.html", phone=held["phone"])), held)


@open_pages.post("")
@in_even_time
def send_code() -> AnyResponse:
    """Send a code when the number is an officer's; the answer is the same when it isn't."""
    held, phone = browser(), e164(request.form.get("phone", "")[:24])
    if not token_fits(held):
        return say(OLD, 400)
    if not is_senegalese_mobile(phone):
        error = "Ce n'est pas un numéro de téléphone mobile du Sénégal."
        return Response(render_template("console/number.html", phone=phone, error=error), status=400)
    sign_in.ask_code(desk(), phone, held["secret"], known=phone in held["known"], now=now())
    return keep_browser(redirect(url_for("sign_in.code"), 303), held | {"phone": phone})


@open_pages.get("/code")
def code() -> AnyResponse:
    """Ask for the code and the PIN."""
    phone = browser()["phone"]
    if not phone:
        return redirect(url_for("sign_in.number"), 303)
    return Response(render_template("console/code.html", phone=phone))


@open_pages.post("/code")
@in_even_time
def check() -> AnyResponse:
    """Let in, or say that something is wrong and not what. What is no code or no PIN counts as no try."""
    held = browser()
    if not token_fits(held) or not held["phone"]:
        return say(OLD, 400)
    typed, pin = request.form.get("code", "").replace(" ", ""), request.form.get("pin", "")
    place, phone = request.form.get("place", "").strip(), held["phone"]
    shaped = is_number(typed, 6, least=6) and well_formed(pin)
    found = shaped and sign_in.sign_in(desk(), phone, held["secret"], code=typed, place=place, pin=pin, now=now())
    if not found:
        return Response(render_template("console/code.html", phone=phone, error=WRONG), status=403)
    let_in(found)
    known = [phone, *(other for other in held["known"] if other != phone)][:MOST_KNOWN]
    return keep_browser(redirect(url_for("console.overview"), 303), held | {"known": known})
