"""What is printed, to be downloaded: cards, leaflets, weighing lists, registers, labels. Who printed names is written down."""

import secrets
from collections.abc import Callable

from flask import Blueprint, Response, current_app, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app import documents, texts
from app.coop.act import Act
from app.coop.cooperatives.queries import cooperative_by_code
from app.coop.enrolment.cards import issue_cards
from app.coop.lots.codes import read_code
from app.coop.lots.models import Lot
from app.coop.lots.queries import lots
from app.coop.members import notices
from app.coop.offices import audit
from app.coop.offices.queries import offices_of
from app.coop.production.papers import MOST_AT_ONCE
from app.coop.registers.queries import Seat, seat_of
from app.coop.rights import Right
from app.db.rows import require
from app.digits import is_number
from app.paper import labels
from app.web.console.desk import act_here, denies, furnish
from app.web.console.session import caller, desk, now, reader
from menus.publication import NotPublished

papers = Blueprint("papers", __name__, template_folder="templates")
furnish(papers)

MOST_CARDS = 400
"""Cards of one download: who has one by then isn't in the next."""
RIGHTS: tuple[Right, ...] = ("people", "weigh", "registers", "boutiques")


class NothingPrinted(Exception):
    """There is nothing to print; its words say why, in French."""


denies(
    papers,
    "papers.shelf",
    {
        NothingPrinted: lambda why: f"{why} Rien n'est imprimé.",
        NotPublished: "Aucun menu n'est publié. Rien n'est imprimé.",
    },
)


@papers.get("/papers")
def shelf() -> Response:
    """Show what this officer may print."""
    here = caller().office
    held = [one for one in offices_of(reader(), here.person_id, now().date()) if one.cooperative_id == here.cooperative_id]
    mine = {right for right in RIGHTS if any(one.may(right) for one in held)}
    most = {"cards": MOST_CARDS, "lines": MOST_AT_ONCE, "labels": labels.MOST}
    return Response(render_template("console/papers.html", mine=mine, federation=here.scope.is_federation, most=most))


@papers.get("/papers/menu.pdf")
def menu() -> AnyResponse:
    """Give the leaflet of the menu that is served."""
    return _sent(documents.members_leaflet(reader(), desk().database.service, now()), "menu")


@papers.get("/papers/bureau.pdf")
def bureau() -> AnyResponse:
    """Give the officers' sheet."""
    return _sent(documents.officers_sheet(reader(), desk().database.service, now()), "bureau")


@papers.post("/papers/cards")
def cards() -> AnyResponse:
    """Print cards; those who need a number for their first use get a new one, and each is written down."""

    def draw(session: Session, act: Act, seat: Seat) -> bytes:
        key, asked = current_app.extensions["jappoo"]["desk"].key, request.form
        renew, everybody = "renew" in asked, "everybody" in asked
        how = {"renew": renew, "everybody": everybody}
        issued = issue_cards(session, seat.code, key=key, now=act.now, **how, most=MOST_CARDS, officer=act.person_id) or []
        for one in issued:
            if one.activation:
                audit.note(session, act, "card printed", f"member:{one.member_id}", audit.Of(one.member_id, seat.id))
            if one.activation and renew:
                told = texts.say("card_renewed", day=act.now)
                notices.tell_person(session, act, one.person_id, f"card:{act.operation}:{one.member_id}", told)
        if not issued:
            raise NothingPrinted("Personne n'attend de carte : chacun a son compte, ou un numéro d'activation qui marche.")
        return documents.member_cards(session.connection(), desk().database.service, seat.name, issued, act.now)

    return _printed("people", "cartes", draw)


@papers.post("/papers/weighings")
def weighing_list() -> AnyResponse:
    """Print a weighing list with its receipts; their numbers are reserved."""
    lines = _count("lines", MOST_AT_ONCE)

    def draw(session: Session, act: Act, seat: Seat) -> bytes:
        audit.note(session, act, "weighing paper printed", f"cooperative:{seat.id}", audit.Of(None, seat.id))
        return documents.weighing_sheet(session, desk().database.service, seat, lines, act.now)

    return _printed("weigh", "pesees", draw)


@papers.post("/papers/members")
def members() -> AnyResponse:
    """Print the register of members."""
    return _printed("registers", "membres", lambda session, act, seat: _register(session, act, seat, documents.members_register))


@papers.post("/papers/shares")
def shares() -> AnyResponse:
    """Print the register of shares."""
    return _printed("registers", "parts", lambda session, act, seat: _register(session, act, seat, documents.shares_register))


@papers.post("/papers/labels")
def lot_labels() -> AnyResponse:
    """Print a lot's labels."""
    count, code = _count("count", labels.MOST), read_code(request.form.get("code", "")[:40])
    with desk().database.transaction() as session:
        act = act_here(session, "boutiques", _key())
        found = lots(session, Lot.code == code, act.office.scope.reach(Lot.cooperative_id)) if code else []
        if not found:
            raise NothingPrinted("Aucun lot de ce code ici. Vérifiez-le : L et 9 chiffres.")
        label = documents.lot_label(found[0], desk().database.service.page_of(found[0].code))
        return _sent(labels.draw_sheet(label, count, act.now), found[0].code)


def _printed(right: Right, name: str, draw: Callable[[Session, Act, Seat], bytes]) -> AnyResponse:
    """Draw what one co-operative prints, by the office that may, in one transaction with what is written of it."""
    with desk().database.transaction() as session:
        act = act_here(session, right, _key())
        wanted = require(
            act.office.cooperative_id or cooperative_by_code(session, request.form.get("cooperative", "")[:40]),
            NothingPrinted("Aucune CPS n'a ce code."),
        )
        seat = seat_of(session.connection(), wanted)
        return _sent(draw(session, act, seat), f"{name}-{seat.code}")


def _register(session: Session, act: Act, seat: Seat, drawn: Callable[..., bytes]) -> bytes:
    audit.note(session, act, "register printed", f"cooperative:{seat.id}", audit.Of(None, seat.id))
    return drawn(session.connection(), seat, act.now)


def _count(name: str, most: int) -> int:
    typed = request.form.get(name, "")
    if not is_number(typed, 4) or not 1 <= int(typed) <= most:
        raise NothingPrinted(f"Un nombre de 1 à {most}, s'il vous plaît.")
    return int(typed)


def _key() -> str:
    return f"console:paper:{secrets.token_hex(8)}"


def _sent(body: bytes, name: str) -> AnyResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(body, mimetype="application/pdf", headers=headers)
