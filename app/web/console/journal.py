"""The journal of officers' acts: who did what, where, by which channel and when."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, render_template, request

from app.clock import DAKAR
from app.coop.offices.acts import journal as acts
from app.letters import packed
from app.web.console.desk import furnish
from app.web.console.list_pages import before, mark, parted
from app.web.console.list_pages import day as day_asked
from app.web.console.session import caller, reader

journal = Blueprint("journal", __name__, url_prefix="/journal", template_folder="templates")
furnish(journal)


@journal.get("")
def index() -> Response:
    """Show the acts of the scope, newest first; of one co-operative, one officer, or from the end of a day back."""
    code, officer = packed(request.args.get("cps", "")[:16]), mark("officer")
    day = day_asked("day")
    until = datetime(day.year, day.month, day.day, tzinfo=DAKAR) + timedelta(days=1) if day else None
    found, more = parted(acts(reader(), caller().office.scope, code=code, officer=officer, until=until, before=before()))
    asked = {"cps": code or None, "officer": officer, "day": day}
    return Response(render_template("console/journal.html", found=found, more=more, asked=asked))
