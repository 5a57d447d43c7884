"""Lots at the console: what is in stock, the way of a lot, drawn, and whom a recall concerns."""

from flask import Blueprint, Response, render_template, request
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.chain.earnings import earned
from app.coop.chain.family import Family, family_of
from app.coop.chain.recall import concerned
from app.coop.chain.story import tell
from app.coop.lots import queries
from app.coop.members.names import cards_of
from app.coop.offices import audit
from app.coop.rights import NotYours
from app.db.rows import require
from app.web.console.desk import act_here, furnish
from app.web.console.list_pages import A_PAGE, before, parted
from app.web.console.lot_diagram import draw
from app.web.console.member_file import masked
from app.web.console.session import caller, calls, desk, reader

lots = Blueprint("lots", __name__, url_prefix="/lots", template_folder="templates")
furnish(lots)


@lots.get("")
def stock() -> Response:
    """List the scope's lots: those with something left, or all."""
    used_up = "all" in request.args
    found = queries.lots_in(reader(), caller().office.scope, used_up=used_up, most=A_PAGE + 1, before=before())
    rows, more = parted(found)
    return Response(render_template("console/lots.html", rows=rows, more=more, used_up=used_up))


@lots.get("/<int:lot>")
def one(lot: int) -> Response:
    """Draw a lot's way, with the table behind it."""
    family = _family(reader(), lot)
    story, drawing = tell(family), draw(family, earned(family))
    return Response(render_template("console/lot.html", lot=family.target, story=story, drawing=drawing))


@lots.post("/<int:lot>/recall")
def recall(lot: int) -> Response:
    """List whom a recall concerns, with their numbers; who looked is written down."""
    with desk().database.transaction() as session:
        act = act_here(session, "read", f"console:recall:{lot}")
        family = _family(session, lot)
        people = concerned(session, family)
        cards = cards_of(session, {one.member_id for one in people if one.member_id})
        audit.note(session, act, "recall list read", f"lot:{lot}")
    return Response(
        render_template("console/recall.html", lot=family.target, people=people, cards=cards, calls=calls(), masked=masked)
    )


def _family(reader: Connection | Session, lot: int) -> Family:
    return require(family_of(reader, queries.code_of(reader, caller().office.scope, lot)), NotYours("read"))
