"""Techniques at the console: as members read them, and asked to be written down."""

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.coop.cooperatives.communes import FILIERES
from app.coop.techniques import queries
from app.coop.techniques.console import AskedTechnique
from app.coop.techniques.models import Technique
from app.coop.techniques.services import MOST_STEPS
from app.db.pages import beyond
from app.digits import is_number
from app.gsm7 import fold
from app.web.console.desk import NotAsked, ask_on_phone, furnish
from app.web.console.list_pages import A_PAGE, mark, parted
from app.web.console.session import caller, reader

techniques = Blueprint("techniques", __name__, url_prefix="/techniques", template_folder="templates")
furnish(techniques)


@techniques.get("")
def index() -> Response:
    """List the techniques with their how-to."""
    found = queries.techniques(reader(), beyond(mark("after"), Technique.id), most=A_PAGE + 1)
    rows, more = parted(found)
    page = {"rows": rows, "more": more, "decides": caller().may("boutiques"), "filieres": FILIERES, "most": MOST_STEPS}
    return Response(render_template("console/techniques.html", **page))


@techniques.post("")
def ask() -> AnyResponse:
    """Ask that a technique be written down."""
    name = fold(" ".join(request.form.get("name", "").split()))
    steps = fold("\n".join(" ".join(line.split()) for line in request.form.get("steps", "").strip().splitlines()))
    yields = [request.form.get(end, "").strip() for end in ("low", "high")]
    if not (2 <= len(name) <= 20 and 10 <= len(steps) <= MOST_STEPS):
        raise NotAsked(f"Un nom de 2 à 20 lettres, et comment faire en 10 à {MOST_STEPS} lettres, svp.", "techniques.index")
    if any(yields) and not (all(is_number(end, 3) for end in yields) and 1 <= int(yields[0]) <= int(yields[1]) <= 100):
        raise NotAsked("Un rendement de 1 à 100 %, le plus bas d'abord, ou aucun, svp.", "techniques.index")
    usual = (int(yields[0]), int(yields[1])) if any(yields) else None
    return ask_on_phone(AskedTechnique(name, steps, request.form.get("filiere", "")[:10], usual), "techniques.index")
