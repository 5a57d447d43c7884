"""Co-operatives: a list by pages, and a page each."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.coop.cooperatives.communes import COMMUNES, FILIERES
from app.coop.kpi.definitions import FORMS
from app.web.console.cooperative_file import list_cooperatives, read_cooperative
from app.web.console.desk import furnish
from app.web.console.session import caller, calls, now, reader, say

cooperatives = Blueprint("cooperatives", __name__, url_prefix="/cps", template_folder="templates")
furnish(cooperatives)
MOST_TYPED = 60


@cooperatives.get("")
def index() -> AnyResponse:
    """Show the co-operatives, page by page; an officer of one is led to it."""
    office = caller().office
    if office.cooperative_id is not None:
        return redirect(url_for("cooperatives.file", cooperative=office.cooperative_id), 303)
    typed, mark = request.args.get("q", "").strip()[:MOST_TYPED], request.args.get("after", "")
    after = int(mark) if mark.isdecimal() and len(mark) < 16 else 0
    page = list_cooperatives(reader(), office, now().date(), typed, after, calls=calls())
    return Response(render_template("console/cooperatives.html", page=page, typed=typed, founds=caller().may("offices")))


@cooperatives.get("/<int:cooperative>")
def file(cooperative: int) -> AnyResponse:
    """Show a co-operative: officers, members by state, products, settings, last acts."""
    seen = read_cooperative(reader(), caller().office, cooperative, now().date(), calls=calls())
    if seen is None:
        return say("Cette CPS n'existe pas, ou n'est pas la vôtre.", 404)
    founds, choices = (
        caller().may("offices"),
        {"commune": {one: one for one in COMMUNES}, "filiere": dict(FILIERES), "legal_form": FORMS},
    )
    page = {"seen": seen, "head": seen.head, "founds": founds, "choices": choices, "trades": FILIERES}
    return Response(render_template("console/cooperative.html", **page))
