"""Members: found by name, number or card; one file each. Who opens a file is written down."""

import re

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.coop.members.looks import note_look
from app.coop.members.search import MemberPage, members_of, search
from app.web.console.desk import furnish
from app.web.console.list_pages import mark
from app.web.console.member_file import find_head, read_file
from app.web.console.session import caller, calls, desk, now, reader, say

members = Blueprint("members", __name__, url_prefix="/members", template_folder="templates")
furnish(members)
MOST_TYPED = 60


@members.get("")
def index() -> Response:
    """Show the members who were searched for; of a co-operative all of them, page by page."""
    office, typed, after = caller().office, request.args.get("q", "").strip()[:MOST_TYPED], _after()
    cooperative = office.cooperative_id or mark("cps") or 0
    if typed:
        page = search(reader(), office.scope, typed, after)
    elif cooperative:
        page = members_of(reader(), cooperative, after[1] if after else 0)
    else:
        page = MemberPage([])
    return Response(render_template("console/members.html", page=page, typed=typed, cps=cooperative))


@members.get("/<int:member>")
def file(member: int) -> AnyResponse:
    """Show a member's file, and write down who looked."""
    office = caller().office
    with desk().database.transaction() as transaction:
        head = find_head(transaction, office, member)
        if head is None:
            return say("Ce membre n'existe pas, ou n'est pas de votre CPS.", 404)
        note_look(transaction, office, member, now())
    seen = read_file(reader(), head, request.args.get("before", ""), calls=calls(), letters=caller().may("call_backs"))
    return Response(render_template("console/member.html", seen=seen, head=head))


def _after() -> tuple[str, int] | None:
    key, mark = request.args.get("key", ""), request.args.get("after", "")
    return (key, int(mark)) if re.fullmatch("[a-z0-9 ]{0,80}", key) and re.fullmatch("[0-9]{1,15}", mark) else None
