"""Weighing lists: those that nobody confirmed yet, and what was weighed."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, render_template, request

from app.web.console.desk import furnish
from app.web.console.list_pages import mark
from app.web.console.session import caller, reader
from app.web.console.weighing_file import PAGE, Mark, ShownWeighing, open_lists, weighings_of

weighings = Blueprint("weighings", __name__, url_prefix="/weighings", template_folder="templates")
furnish(weighings)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@weighings.get("")
def index() -> Response:
    """Show open lists in reach, and a co-operative's weighings: the officer's own, or the one that is asked for."""
    office = caller().office
    wanted = office.cooperative_id or mark("cps") or 0
    skip = mark("skip") or 0
    lists = open_lists(reader(), office, skip)
    found = weighings_of(reader(), wanted, _mark()) if wanted else []
    more = _marked(found[PAGE - 1]) if len(found) > PAGE else None
    after = skip + PAGE if len(lists) > PAGE else None
    page = {"lists": lists[:PAGE], "after": after, "found": found[:PAGE], "more": more, "cps": wanted}
    return Response(render_template("console/weighings.html", **page))


def _marked(one: ShownWeighing) -> str:
    return f"{(one.weighed_at - EPOCH) // timedelta(microseconds=1)}-{one.id}"


def _mark() -> Mark | None:
    at, _, last = request.args.get("before", "").partition("-")
    if not (at.isdecimal() and last.isdecimal() and len(at) < 17 and len(last) < 16):
        return None
    return EPOCH + timedelta(microseconds=int(at)), int(last)
