"""Offices: who holds which until when; the federation's administrator asks here to give, prolong and end them."""

from datetime import date

import msgspec
from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.coop.enrolment.console import Appointment, FirstUse, OfficeEnd, Prolongation
from app.coop.enrolment.office_list import PAGE, list_offices
from app.coop.rights import ROLES
from app.letters import packed
from app.phones import e164, is_senegalese_mobile
from app.web.console.desk import NotAsked, ask_on_phone, check_seen, furnish
from app.web.console.filters import day
from app.web.console.list_pages import parted
from app.web.console.session import caller, now, reader

offices = Blueprint("offices", __name__, url_prefix="/offices", template_folder="templates")
furnish(offices)
HERE = "offices.index"


@offices.get("")
def index() -> Response:
    """Show who holds which office, in the caller's reach."""
    mark, code = request.args.get("after", ""), packed(request.args.get("cps", "")[:16])
    after = int(mark) if mark.isdecimal() and len(mark) < 16 else 0
    found, more = parted(list_offices(reader(), caller().office.scope, now().date(), code, after), PAGE)
    return Response(
        render_template("console/offices.html", found=found, more=more, cps=code, gives=caller().may("offices"), roles=ROLES)
    )


@offices.post("/give")
def give() -> AnyResponse:
    """Ask that somebody gets an office."""
    role, code = request.form.get("role", ""), request.form.get("cps", "").strip().upper()[:16]
    who, name = request.form.get("who", "").strip()[:24], " ".join(request.form.get("name", "").split())[:40]
    known = next((one for one in ROLES if one == role), None)
    phone = e164(who)
    if known is None or not who:
        raise NotAsked("Choisissez une charge, et dites à qui : une carte ou un numéro.", HERE)
    wanted = Appointment(known, code or None, name=name or None, until_on=_day())
    if is_senegalese_mobile(phone):
        return ask_on_phone(msgspec.structs.replace(wanted, phone=phone), HERE)
    if not code:
        raise NotAsked("Une carte est d'une CPS : donnez son code, ou un numéro de téléphone mobile du Sénégal.", HERE)
    return ask_on_phone(msgspec.structs.replace(wanted, card=who.upper()), HERE)


@offices.post("/<int:office>/prolong")
def prolong(office: int) -> AnyResponse:
    """Ask that an office goes on until a day."""
    found = list_offices(reader(), caller().office.scope, now().date(), only=office)
    if not found:
        raise NotAsked("Cette charge est finie.", HERE)
    until = found[0].until_on
    check_seen(until, "La fin de cette charge", HERE, day(until) if until else "sans fin")
    return ask_on_phone(Prolongation(office, _day()), HERE)


@offices.post("/<int:office>/end")
def end(office: int) -> AnyResponse:
    """Ask that an office ends."""
    return ask_on_phone(OfficeEnd(office), HERE)


@offices.post("/first-use")
def first_use() -> AnyResponse:
    """Ask for another PIN of an officer without a card."""
    phone = e164(request.form.get("phone", "")[:24])
    if not is_senegalese_mobile(phone):
        raise NotAsked("Ce n'est pas un numéro de téléphone mobile du Sénégal.", HERE)
    return ask_on_phone(FirstUse(phone), HERE)


def _day() -> date | None:
    """Read the last day; None where none is given."""
    typed = request.form.get("until", "").strip()
    try:
        last = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise NotAsked("Ce jour n'existe pas.", HERE) from None
    if last is not None and last < now().date():
        raise NotAsked("Ce jour est passé.", HERE)
    return last
