"""Approvals and contests, to be read: a word is given on the telephone, under the PIN."""

from flask import Blueprint, Response, render_template, request

from app.web.console.decision_file import PAGE, open_approvals, open_contests
from app.web.console.desk import furnish
from app.web.console.session import caller, desk, now, reader
from menus.contests import SUBJECTS

decisions = Blueprint("decisions", __name__, template_folder="templates")
furnish(decisions)


@decisions.get("/approvals")
def approvals() -> Response:
    """Show what waits for several officers: since when, who gave their word, whose is missing."""
    found = open_approvals(reader(), caller().office, now(), _after(), aid=caller().may("approve"))
    return _page("console/approvals.html", found)


@decisions.get("/contests")
def contests() -> Response:
    """Show what members contest and nobody has answered."""
    found = open_contests(reader(), caller().office, now().date(), _after())
    return _page("console/contests.html", found)


def _page(template: str, found: list) -> Response:  # type: ignore[type-arg]
    code = desk().database.service.code
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return Response(render_template(template, found=found[:PAGE], after=more, now=now(), code=code, subjects=SUBJECTS))


def _after() -> int:
    mark = request.args.get("after", "")
    return int(mark) if mark.isdecimal() and len(mark) < 16 else 0
