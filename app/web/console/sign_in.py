"""The way in: a number, the code that it got by SMS, then a number confirmed on the phone or an authenticator's code."""

from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.clock import DAKAR
from app.coop.access import sign_in
from app.digits import is_number
from app.phones import e164, is_senegalese_mobile
from app.web.console.browsers import family_of, short_address
from app.web.console.session import browser, desk, in_even_time, keep_browser, let_in, now, page_headers, say, token_fits

open_pages = Blueprint("sign_in", __name__, url_prefix="/sign-in", template_folder="templates")
page_headers(open_pages)
OLD = "Ce formulaire était trop vieux : rien n'est fait. Revenez à la page d'entrée et recommencez."
WRONG_CODE = "Ce code ne va pas : regardez le dernier SMS, et le chiffre de place si le numéro sert à plusieurs."
WRONG_SECOND = "Ce code ne va pas, ou il a déjà servi. Attendez le suivant, ou confirmez le nombre au téléphone."
NOT_YET = "Le nombre n'est pas encore confirmé au téléphone."
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
    again = sign_in.ask_code(desk(), phone, _browser(held["secret"]), known=phone in held["known"], now=now())
    held = held | {"phone": phone, "again": again.timestamp() if again else 0}
    return keep_browser(redirect(url_for("sign_in.code"), 303), held)


@open_pages.get("/code")
def code() -> AnyResponse:
    """Ask for the code."""
    held = browser()
    return _code_page(held) if held["phone"] else redirect(url_for("sign_in.number"), 303)


@open_pages.post("/code")
@in_even_time
def check() -> AnyResponse:
    """Take the code; what is no code counts as no try."""
    held = browser()
    if not token_fits(held) or not held["phone"]:
        return say(OLD, 400)
    typed, place = request.form.get("code", "").replace(" ", ""), request.form.get("place", "").strip()
    shaped = is_number(typed, 6, least=6)
    asking = _browser(held["secret"])
    if not (shaped and sign_in.type_code(desk(), held["phone"], asking, code=typed, place=place, now=now())):
        return _code_page(held, WRONG_CODE)
    return redirect(url_for("sign_in.second"), 303)


@open_pages.get("/second")
def second() -> AnyResponse:
    """Show the number to confirm on the phone, and ask for an authenticator's code where there is one."""
    return _second_page(browser())


@open_pages.post("/second")
@in_even_time
def come_in() -> AnyResponse:
    """Let in, or say what is still missing."""
    held = browser()
    if not token_fits(held) or not held["phone"]:
        return say(OLD, 400)
    typed = request.form.get("code", "").replace(" ", "") or None
    if typed is not None and not is_number(typed, 6, least=6):
        return _second_page(held, WRONG_SECOND)
    found = sign_in.enter(desk(), held["phone"], _browser(held["secret"]), now=now(), code=typed)
    if found is None:
        return _second_page(held, WRONG_SECOND if typed else NOT_YET)
    let_in(found)
    known = [held["phone"], *(other for other in held["known"] if other != held["phone"])][:MOST_KNOWN]
    return keep_browser(redirect(url_for("console.overview"), 303), held | {"known": known})


def _code_page(held: dict[str, object], error: str = "") -> Response:
    again = datetime.fromtimestamp(float(str(held.get("again", 0))), DAKAR)
    again_at = f"{again:%H:%M}" if again > now() else ""
    page = render_template("console/code.html", phone=held["phone"], error=error, again=again_at)
    return Response(page, status=403 if error else 200)


def _second_page(held: dict[str, object], error: str = "") -> AnyResponse:
    step = sign_in.second_step(desk(), str(held["phone"]), _browser(str(held["secret"])), now=now())
    if step is None:
        return redirect(url_for("sign_in.code" if held["phone"] else "sign_in.number"), 303)
    page = render_template("console/second.html", step=step, dial=desk().database.service.code, error=error)
    return Response(page, status=403 if error else 200)


def _browser(secret: str) -> sign_in.Browser:
    return sign_in.Browser(secret, family_of(request.user_agent.string), short_address(request.remote_addr))
