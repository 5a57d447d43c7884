"""A new co-operative with its first officers, its products, what it is and sets: asked here, done on the telephone by PIN."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.coop import foundation
from app.coop.cooperatives.communes import COMMUNES, FILIERES
from app.coop.cooperatives.queries import code_of
from app.coop.enrolment.console import Appointment
from app.coop.foundation.console import (
    AskedCooperative,
    AskedProduct,
    AskedProductEnd,
    AskedSetting,
    Setting,
    figure,
    setting_words,
)
from app.coop.kpi.definitions import FORMS
from app.coop.rights import OfficeRole
from app.digits import ungrouped
from app.phones import e164, is_senegalese_mobile
from app.web.console.desk import NotAsked, ask_on_phone, check_seen, furnish
from app.web.console.session import caller, reader, say

routes = Blueprint("foundation", __name__, url_prefix="/cps", template_folder="templates")
furnish(routes)
OFFICERS: tuple[OfficeRole, ...] = ("president", "treasurer", "secretary")
NAMES: dict[Setting, int] = {"name": 60, "commune": 20, "filiere": 10, "legal_form": 7}
"""What is told in words, and how long it may be."""
PLACES = {"communes": COMMUNES, "filieres": FILIERES, "forms": FORMS}


@routes.get("/new")
def new() -> Response:
    """Ask for what a co-operative begins with."""
    return Response(render_template("console/cooperative_new.html", officers=OFFICERS, **PLACES))


@routes.post("/new")
def found() -> AnyResponse:
    """Ask for a co-operative, and an office for each of its first officers."""
    code = _typed("code", 16).upper()
    asked = AskedCooperative(code, _typed("name", 60), _typed("commune", 20), _typed("filiere", 10), _typed("form", 7))
    if not (code and asked.name and asked.commune in COMMUNES and asked.filiere in dict(FILIERES) and asked.form in FORMS):
        raise NotAsked("Il faut un code, un nom, une commune, une filière et une forme.", "foundation.new")
    officers = [found for role in OFFICERS if (found := _officer(code, role)) is not None]
    return ask_on_phone(asked, "cooperatives.index", *officers)


@routes.get("/<int:cooperative>/product")
def product(cooperative: int) -> AnyResponse:
    """Say which number a product would have, and change nothing: it has it for life."""
    found, given = _code(cooperative), {name: request.args.get(name, "").strip() for name in ("name", "unit", "filiere", "aliases")}
    if found is None:
        return say("Cette CPS n'existe pas.", 404)
    wanted = _product(found, given | {"divisible": request.args.get("divisible", "")}, cooperative)
    slot = foundation.planned_slot(reader(), cooperative, wanted.name, wanted.unit)
    shown = {"cooperative": cooperative, "wanted": wanted, "slot": slot, "aliases": given["aliases"]}
    return Response(render_template("console/cooperative_product.html", **shown))


@routes.post("/<int:cooperative>/product")
def take(cooperative: int) -> AnyResponse:
    """Ask that a product gets the number that was shown."""
    found = _code(cooperative)
    if found is None:
        return say("Cette CPS n'existe pas.", 404)
    wanted = _product(found, request.form, cooperative)
    slot = foundation.planned_slot(reader(), cooperative, wanted.name, wanted.unit)
    check_seen(slot.slot, f"Le numéro de {slot.product}", "cooperatives.file", cooperative=cooperative)
    return ask_on_phone(wanted, "cooperatives.file", cooperative=cooperative)


@routes.post("/<int:cooperative>/product/end")
def end(cooperative: int) -> AnyResponse:
    """Ask that a product be taken no more."""
    found = _code(cooperative)
    if found is None:
        return say("Cette CPS n'existe pas.", 404)
    return ask_on_phone(AskedProductEnd(found, _typed("name", 20)), "cooperatives.file", cooperative=cooperative)


@routes.post("/<int:cooperative>/set")
def change(cooperative: int) -> AnyResponse:
    """Ask that what a co-operative is or sets be another."""
    found, value = _code(cooperative), _typed("value", 60)
    setting: Any = request.form.get("setting", "")
    value = value if setting in NAMES else ungrouped(value)
    if found is None:
        return say("Cette CPS n'existe pas.", 404)
    if setting not in setting_words() or not value or (setting not in NAMES and not value.isdecimal()):
        raise NotAsked("Dites la nouvelle valeur : un nombre entier, ou des mots.", "cooperatives.file", cooperative=cooperative)
    told, _ = foundation.shown(reader(), found)
    what = setting_words()[setting].capitalize()
    check_seen(told[setting], what, "cooperatives.file", figure(told[setting]), cooperative=cooperative)
    if value == str(told[setting]):
        raise NotAsked(f"{what} : c'est déjà {figure(value)}.", "cooperatives.file", cooperative=cooperative)
    return ask_on_phone(AskedSetting(found, setting, value), "cooperatives.file", cooperative=cooperative)


def _code(cooperative: int) -> str | None:
    return code_of(reader(), caller().office.scope, cooperative)


def _product(code: str, given: Any, cooperative: int) -> AskedProduct:
    name, unit = " ".join(given["name"].split())[:20], given.get("unit", "").strip()[:8]
    if not name:
        raise NotAsked("Dites le nom du produit.", "cooperatives.file", cooperative=cooperative)
    aliases = tuple(one.strip()[:30] for one in given.get("aliases", "").split(",") if one.strip())
    return AskedProduct(code, name, unit, given.get("filiere", "")[:10], bool(given.get("divisible")), aliases[:10])


def _officer(code: str, role: OfficeRole) -> Appointment | None:
    """Return a first officer; None where nobody is named."""
    name, phone = _typed(f"{role}-name", 40), _typed(f"{role}-phone", 24)
    if not name and not phone:
        return None
    if not name or not is_senegalese_mobile(e164(phone)):
        raise NotAsked("D'un responsable il faut le nom et un numéro de téléphone mobile du Sénégal.", "foundation.new")
    return Appointment(role, code, phone=e164(phone), name=name)


def _typed(name: str, most: int) -> str:
    return " ".join(request.form.get(name, "").split())[:most]
