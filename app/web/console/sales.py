"""The boutique témoin at the console: what is for sale, ordered, due and counted. Goods and money move on the telephone, by PIN."""

from decimal import Decimal
from typing import Any, cast

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app import units
from app.amounts import francs
from app.coop.boutiques import offers, orders, queries, sales
from app.coop.boutiques.console import AskedOffer, AskedPickUp, AskedRefund, AskedSale, AskedSettlement
from app.coop.boutiques.models import Offer, Order
from app.coop.members.names import member_name
from app.digits import is_number, ungrouped
from app.web.console.desk import NotAsked, act_here, ask_on_phone, check_seen, denies, done, furnish
from app.web.console.list_pages import A_PAGE, before, parted
from app.web.console.session import caller, desk, now, reader

boutique = Blueprint("sales", __name__, url_prefix="/boutique", template_folder="templates")
furnish(boutique)
denies(
    boutique,
    "sales.shelf",
    {
        offers.OfferGone: "Cette offre est finie, ou pas de votre CPS. Rien n'est changé.",
        orders.OrderNotOpen: "Déjà remis, payé ou passé, ou pas de votre CPS. Rien n'est changé.",
    },
)
LISTS = {"open": ("reserved",), "due": ("delivered",), "past": ("sold", "refunded", "cancelled", "expired")}
UNKNOWN = "Code inconnu ici, déjà remis, ou passé 48 h. Rien n'est remis."


@boutique.get("")
def shelf() -> Response:
    """List what is for sale in the scope, with a form to find an order by its pick-up code."""
    return _shelf()


@boutique.get("/orders")
def ordered() -> Response:
    """List orders: those that wait (`open`), invoices that are due, or what is over."""
    which = request.args.get("which", "open")
    states = LISTS.get(which, LISTS["open"])
    found = queries.orders_in(reader(), caller().office.scope, states, most=A_PAGE + 1, before=before())
    rows, more = parted(found)
    sells = caller().may("sell")
    page = {"rows": rows, "more": more, "which": which if which in LISTS else "open", "now": now(), "sells": sells}
    return Response(render_template("console/orders.html", **page))


@boutique.get("/counts")
def counted() -> Response:
    """List what was counted at days' ends."""
    found = queries.day_counts(reader(), caller().office.scope, most=A_PAGE + 1, before=before())
    rows, more = parted(found)
    return Response(render_template("console/day_counts.html", rows=rows, more=more))


@boutique.post("/offers/<int:offer>/sell")
def sell(offer: int) -> AnyResponse:
    """Ask that goods of an offer be sold over the counter, or with a buyer's name delivered on invoice."""
    quantity, buyer = ungrouped(request.form.get("units", "")), " ".join(request.form.get("buyer", "").split())[:40]
    found = queries.for_sale(reader(), now(), Offer.id == offer, caller().office.scope.own(Offer.cooperative_id))
    if not found:
        raise offers.OfferGone(offer)
    check_seen(found[0].amount, f"Le prix de l'offre {offer}", "sales.shelf", francs(found[0].amount))
    if not is_number(quantity, 5) or not int(quantity):
        raise NotAsked("Un nombre entier, svp.", "sales.shelf")
    return ask_on_phone(AskedSale(offer, Decimal(quantity), buyer), "sales.shelf")


@boutique.post("/offers")
def put_up() -> AnyResponse:
    """Ask that a part of a lot be put up for sale."""
    given = {name: " ".join(request.form.get(name, "").split()) for name in ("code", "units", "price", "name", "place")}
    given |= {name: ungrouped(given[name]) for name in ("units", "price")}
    if not (is_number(given["units"], 5) and is_number(given["price"], 6) and int(given["units"]) and int(given["price"])):
        raise NotAsked("Combien, et à quel prix : des nombres entiers, svp.", "sales.shelf")
    what = AskedOffer(
        given["code"].upper()[:16], Decimal(given["units"]), int(given["price"]), given["name"][:20], given["place"][:16]
    )
    return ask_on_phone(what, "sales.shelf")


@boutique.post("/pick-up")
def pick_up() -> Response:
    """Show the order of the caller's co-operative that has a pick-up code; nothing is handed over."""
    with desk().database.transaction() as session:
        act = act_here(session, "sell", "console:pick-up")
        try:
            found = sales.find(session, act, "".join(request.form.get("code", "").split())[:12])
        except orders.OrderNotOpen:
            return _shelf(error=UNKNOWN)
        [order] = queries.orders(session, Order.id == found.id)
        whose = member_name(session, order.member_id) if order.member_id else ""
    return Response(render_template("console/pick_up.html", order=order, whose=whose))


@boutique.post("/orders/<int:order>/hand-over")
def hand_over(order: int) -> AnyResponse:
    """Ask that a reserved order be handed over: its code was typed on the page before, and is asked for once more."""
    with desk().database.transaction() as session:
        act = act_here(session, "sell", f"console:order:{order}:hand-over")
        if sales.find(session, act, request.form.get("code", "")[:12]).id != order:
            raise orders.OrderNotOpen(order)
    return ask_on_phone(AskedPickUp(order), "sales.shelf")


@boutique.post("/orders/<int:order>/paid")
def paid(order: int) -> AnyResponse:
    """Ask that an invoice be noted as paid."""
    box = request.form.get("box", "")
    if box not in sales.BOXES:
        return done("En caisse, en banque ou par mobile ? Rien n'est demandé.", "sales.ordered", which="due")
    return ask_on_phone(AskedSettlement(order, cast(Any, box)), "sales.ordered", which="due")


@boutique.post("/orders/<int:order>/refund")
def refund(order: int) -> AnyResponse:
    """Ask that a sale be taken back; another officer decides after that."""
    return ask_on_phone(AskedRefund(order, "restocked" in request.form), "sales.ordered", which="past")


@boutique.post("/offers/<int:offer>/end")
def end(offer: int) -> AnyResponse:
    """Take what is left of an offer down; what is ordered stays."""
    with desk().database.transaction() as session:
        act = act_here(session, "boutiques", f"console:offer:{offer}:end")
        left = offers.take_down(session, act, offer)
    return done(f"Offre {offer} retirée : {units.quantity(left)} {'revient' if left < 2 else 'reviennent'} au lot.", "sales.shelf")


def _shelf(error: str = "") -> Response:
    scope = caller().office.scope
    rows, more = parted(queries.shelf(reader(), scope, now(), most=A_PAGE + 1, before=before()))
    page = {"rows": rows, "more": more, "sells": caller().may("sell"), "ends": caller().may("boutiques")}
    shown = render_template("console/shelf.html", error=error, **page)
    return Response(shown, status=400 if error else 200)
