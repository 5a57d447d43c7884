"""Prices: those in force, what they were, and a new one, which is asked here and confirmed on the telephone."""

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.amounts import francs
from app.coop.prices.console import AskedPrice
from app.coop.prices.history import past_prices
from app.coop.prices.proposals import MOST, PricedProduct, priced_products
from app.coop.prices.queries import price_at, prices_for
from app.coop.production.weighings import GRADES
from app.digits import is_number, ungrouped
from app.web.console.desk import ask_on_phone, check_seen, done, furnish
from app.web.console.list_pages import A_PAGE, before, parted
from app.web.console.session import caller, now, reader, say

prices = Blueprint("prices", __name__, url_prefix="/prices", template_folder="templates")
furnish(prices)


@prices.get("")
def index() -> Response:
    """Show the prices in force in the officer's scope."""
    office = caller().office
    found = prices_for(reader(), office.scope, now())
    return Response(render_template("console/prices.html", found=found))


@prices.get("/<int:product>")
def one(product: int) -> AnyResponse:
    """Show what a product cost until now."""
    office = caller().office
    meant = _product(priced_products(reader(), office.scope), product)
    if meant is None:
        return say("Ce produit n'existe pas, ou votre CPS ne le prend pas.", 404)
    past, more = parted(past_prices(reader(), office.scope, product, most=A_PAGE + 1, before=before()))
    today = price_at(reader(), [(office.scope, product, None, now())])[0]
    shown = {"past": past, "more": more, "today": today, "prices": caller().may("price"), "grades": GRADES}
    return Response(render_template("console/price.html", product=meant, **shown))


@prices.post("/<int:product>/ask")
def ask(product: int) -> AnyResponse:
    """Ask for another price; it is published once its officer's PIN has confirmed it on the phone."""
    office, typed = caller().office, ungrouped(request.form.get("amount", ""))
    grade = request.form.get("grade", "").strip().upper() or None
    meant = _product(priced_products(reader(), office.scope), product)
    today = price_at(reader(), [(office.scope, product, None, now())])[0]
    if meant is None:
        return say("Ce produit n'existe pas, ou votre CPS ne le prend pas.", 404)
    if not is_number(typed, 6) or not 0 < int(typed) <= MOST:
        return done(f"Un prix est un nombre entier de francs, de 1 à {MOST}. Rien n'est demandé.", "prices.one", product=product)
    if grade not in (None, *GRADES):
        return done(f"Une qualité est {', '.join(GRADES[:-1])} ou {GRADES[-1]}. Rien n'est demandé.", "prices.one", product=product)
    check_seen(today, "Le prix", "prices.one", "aucun" if today is None else francs(today), product=product)
    return ask_on_phone(AskedPrice(product, int(typed), grade), "prices.one", product=product)


def _product(products: list[PricedProduct], wanted: int) -> PricedProduct | None:
    return next((one for one in products if one.id == wanted), None)
