"""The books, to be read by account and day; an entry's reversal is asked here and confirmed on the telephone."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from app.clock import DAKAR
from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.journal import PAGE, Mark, ReadEntry, entries_of
from app.coop.till.console import Reversal
from app.coop.till.corrections import reversible_kinds
from app.web.console.desk import ask_on_phone, furnish
from app.web.console.list_pages import day as day_asked
from app.web.console.list_pages import mark
from app.web.console.session import caller, now, reader

ledger = Blueprint("ledger", __name__, url_prefix="/ledger", template_folder="templates")
furnish(ledger)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ACCOUNTS = {
    "cash": "Caisse",
    "bank": "Banque",
    "mobile": "Téléphone",
    "handed_over": "Remis, sans la parole du membre",
    "purchases": "Achats",
    "sales": "Ventes",
    "solidarity": "Solidarité",
    "receivable": "À recevoir",
    "equipment": "Matériel",
    "hire": "Locations",
    "deposits": "Cautions",
    "differences": "Différences",
    "shelf": "Marchandises perdues",
    "opening": "Repris du cahier",
    "payable": "Dû aux membres",
    "savings": "Épargne",
    "shares": "Parts",
    "advance": "Avances",
    "leasing": "Crédit-bail",
}
"""The accounts by which a day is read, as officers call them."""


@ledger.get("")
def index() -> Response:
    """Show a day's entries of a co-operative: the officer's own, or the one that is asked for."""
    office, today = caller().office, now().astimezone(DAKAR).date()
    wanted = office.cooperative_id or mark("cps") or 0
    day, account = min(day_asked("day") or today, today), request.args.get("account", "")
    account = account if account in ACCOUNTS else ""
    place = reader().scalar(select(Cooperative.name).where(Cooperative.id == wanted))
    found = entries_of(reader(), wanted, day, account, _mark(), all_names=caller().may("approve")) if place else []
    shown = {"found": found[:PAGE], "more": _marked(found[PAGE - 1]) if len(found) > PAGE else None, "place": place, "cps": wanted}
    around = {"before": day - timedelta(days=1), "behind": day + timedelta(days=1) if day < today else None}
    kinds = reversible_kinds() if caller().may("pay") else {}
    page = render_template("console/ledger.html", day=day, account=account, accounts=ACCOUNTS, kinds=kinds, **shown, **around)
    return Response(page)


@ledger.post("/<int:entry>/reverse")
def reverse(entry: int) -> AnyResponse:
    """Ask that an entry be undone by its opposite: confirmed by PIN on the phone, then decided by another officer."""
    return ask_on_phone(Reversal(entry), "ledger.index", day=request.form.get("day"))


def _marked(one: ReadEntry) -> str:
    return f"{(one.at - EPOCH) // timedelta(microseconds=1)}-{one.id}"


def _mark() -> Mark | None:
    at, _, last = request.args.get("after", "").partition("-")
    # No more digits than an instant and an id have: an address with more would be an error of the database, not a page.
    if not (at.isdecimal() and last.isdecimal() and len(at) < 17 and len(last) < 16):
        return None
    return EPOCH + timedelta(microseconds=int(at)), int(last)
