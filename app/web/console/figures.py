"""The page of figures, and its file: what is published of a month, in a place."""

from flask import Blueprint, Response, render_template, request

from app.coop.kpi import sheets
from app.coop.kpi.queries import Place
from app.sheets import TYPES, table_body
from app.web.console.desk import furnish
from app.web.console.figure_sheet import read_sheet
from app.web.console.session import caller, reader

figures = Blueprint("figures", __name__, url_prefix="/figures", template_folder="templates")
furnish(figures)
MOST_TYPED = 60


@figures.get("")
def index() -> Response:
    """Show a month's figures, or give them as a file."""
    month, code, commune, filiere = (request.args.get(name, "")[:MOST_TYPED] for name in ("month", "cps", "commune", "filiere"))
    sheet = read_sheet(reader(), caller().office, month, Place(code.strip().upper(), commune, filiere))
    if sheet is None:
        return Response(render_template("console/figures_none.html"), 404 if request.args else 200)
    form = request.args.get("format", "")
    if form not in TYPES:
        return Response(render_template("console/figures.html", sheet=sheet))
    rows = list(sheets.rows(sheet.month, sheet.place, sheet.told))
    named = {"Content-Disposition": f'attachment; filename="chiffres-{sheet.month.month}.{form}"'}
    return Response(table_body(rows, sheets.COLUMNS, form, sheets.HEADS), content_type=TYPES[form], headers=named)
