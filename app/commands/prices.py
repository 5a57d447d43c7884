"""`PRIX` says prices; `TARIF` notes one that an officer proposes."""

import re
import unicodedata

from app import units
from app.commands import replies
from app.commands.command import Answer, Command
from app.commands.grammar import TypedCommand, parse
from app.commands.signed import lines_of
from app.coop.access.identity import prices_of
from app.coop.cooperatives.queries import cooperative_by_code
from app.coop.prices import proposals
from app.coop.prices.queries import MeantProduct, find_product, prices_for
from app.coop.products.models import Product
from app.coop.scope import FEDERATION, Scope
from app.letters import plain

_TARIF = re.compile(
    r"([^0-9]+?)(?<! [OIL]) (?:XOF )?([1-9][0-9]{0,2}(?:[ .,]?[0-9]{3})*|[0-9]{1,9}) ?(?:F ?CFA|FRANCS?|FRS?|F|CFA|XOF)?"
    r"(?: (?:PAR |LE |LA |(?<=[A-Z] ))([A-Z]+))?"
)
_GRADED = re.compile(r"(.+?)(?: QUALITE| QUAL)? ([A-C])")
_LONE_LETTER = re.compile(r" [D-Z%€$£]$")
"""A grade that there is not, `thiof D`, or another money."""
_A = re.compile(r"\s([aàÀ])\s+\d")
"""`thiof à 1300` is no grade A, though accents are folded; without its accent it is either."""
_NO_SEPARATORS = str.maketrans("", "", " .,")


def told(command: Command) -> str:
    """Say what is paid to a number's members for all products, or for the one that is named."""
    reader = command.session.connection()
    scope = prices_of(command.holders)
    prices = prices_for(reader, scope, command.now)
    if not prices:
        return replies.NO_PRICE
    own = next((who.cooperative for who in command.holders if who.cooperative_id == scope.cooperative_id), None) or "CPS"
    meant, grade = _graded(command, command.rest) if command.rest else (MeantProduct(None), None)
    # `PRIX`, and below it a name that is no product's: somebody signs.
    signed = meant.product_id is None and parse(lines_of(command.text.strip())[0]) == TypedCommand("PRIX", "")
    if not command.rest or signed:
        place = "fédération" if scope.is_federation else own
        # One SMS holds few prices: those of the co-operative's trade come first. Sorting keeps the order of the others.
        main_first = sorted(prices, key=lambda price: not price.main)
        return replies.price_list([(price.name, price.amount, price.unit) for price in main_first], command.now.date(), place)
    if meant.product_id is None:
        return replies.which_price(meant.near, "PRIX")
    found = [price for price in prices if price.product_id == meant.product_id]
    found = found or [price for price in prices_for(reader, FEDERATION, command.now) if price.product_id == meant.product_id]
    found = ([price for price in found if price.grade == grade] or found[:1]) if grade else found
    if not found:
        return replies.NO_PRICE
    places = dict.fromkeys(own if price.own else "fédération" for price in found)
    graded = [(grade or price.grade, price.amount) for price in found]
    name = found[0].name.removesuffix(f" {found[0].grade}")
    return replies.price_line(name, graded, found[0].unit, max(price.since for price in found).date(), ", ".join(places))


def _graded(command: Command, words: str, scope: Scope = FEDERATION) -> tuple[MeantProduct, str | None]:
    """Return which product is meant, and which grade when one stands behind its name: `THIOF A`, `THIOF QUALITE A`."""
    reader = command.session.connection()
    graded = _GRADED.fullmatch(words)
    found = find_product(reader, graded[1], scope) if graded else MeantProduct(None)
    return (found, graded[2]) if graded and found.product_id else (find_product(reader, words, scope), None)


def propose(command: Command) -> Answer:
    """Note a price that an officer proposes; their PIN publishes it. None for who has no such right."""
    first, _, after = command.rest.partition(" ")
    named = cooperative_by_code(command.session, first)
    office = command.office("price", Scope(named) if named else None)
    if office is None:
        return None
    typed = _TARIF.fullmatch(after if named and office.cooperative_id == named else command.rest)
    if typed is None:
        return replies.HOW_TARIF
    # The folded text has lost the accent that tells the preposition from the grade.
    letter = _A.search(unicodedata.normalize("NFC", command.text))
    words = typed[1].removesuffix(" A") if letter and letter[1] != "a" else typed[1]
    meant, grade = _graded(command, words, office.scope)
    if meant.product_id is None:
        return replies.which_price(meant.near, "TARIF", f"{grade or ''} {typed[2]}".strip())
    if grade == "A" and letter and "QUAL" not in words:
        return replies.at_or_grade(words.removesuffix(" A"), typed[2])
    product, lone = command.session.get_one(Product, meant.product_id), _LONE_LETTER.search(words)
    no_grade = lone is not None and not plain(product.name).endswith(lone[0])
    if no_grade or (typed[3] and not units.is_meant(typed[3], product.unit)):
        return replies.HOW_TARIF
    try:
        amount = int(typed[2].translate(_NO_SEPARATORS))
        made = proposals.propose(command.session, command.act_by(office), meant.product_id, amount, grade=grade)
    except proposals.PriceRefused:
        return replies.HOW_TARIF
    place = command.holders[0].cooperative if office.cooperative_id else None
    name = f"{made.product} {made.grade}" if made.grade else made.product
    return replies.price_noted(name, made.before, made.amount, made.unit, place or "fédération")
