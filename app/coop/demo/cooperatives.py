"""Co-operatives to try it with, and what they take: products with their spellings and prices, slots, control accounts."""

from sqlalchemy import Connection, insert

from app.coop.cooperatives.communes import COMMUNES, FILIERES
from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.demo.catalogue import PRODUCTS, SLOTS
from app.coop.demo.plan import CONTROLS, FORMS, Plan
from app.coop.ledger.models import Account
from app.coop.prices.models import PriceRow
from app.coop.products.models import CooperativeProduct, Product, ProductAlias


def seed_catalogue(to: Connection, plan: Plan) -> None:
    to.execute(insert(Commune), [{"id": i, "name": name} for i, name in enumerate(COMMUNES, 1)])
    to.execute(insert(Filiere), [{"id": i, "code": code, "name": name} for i, (code, name) in enumerate(FILIERES, 1)])
    rows = [
        {"id": i, "name": name, "unit": unit, "divisible": divisible, "filiere_id": trade}
        for i, (name, unit, divisible, trade, _, _) in enumerate(PRODUCTS, 1)
    ]
    to.execute(insert(Product), rows)
    spellings = [{"spelling": spelling, "product_id": i} for i, row in enumerate(PRODUCTS, 1) for spelling in row[5]]
    to.execute(insert(ProductAlias), spellings)
    prices = [
        {"product_id": i, "cooperative_id": None, "grade": None, "unit": row[1], "amount": row[4], "from_at": plan.registered}
        for i, row in enumerate(PRODUCTS, 1)
    ]
    to.execute(insert(PriceRow), prices)


def seed_cooperatives(to: Connection, plan: Plan) -> None:
    rows = [
        {
            "id": n,
            "code": f"CPS{n}",
            "name": f"CPS {COMMUNES[(n - 1) % len(COMMUNES)]} {n}",
            "commune_id": (n - 1) % len(COMMUNES) + 1,
            "filiere_id": (n - 1) % len(FILIERES) + 1,
            "legal_form": FORMS[(n - 1) % len(FORMS)],
            "created_at": plan.registered,
        }
        for n in range(1, plan.count + 1)
    ]
    to.execute(insert(Cooperative), rows)
    slots = [
        {"cooperative_id": n, "slot": slot, "product_id": product, "active": True}
        for n in range(1, plan.count + 1)
        for product, slot in enumerate(SLOTS, 1)
    ]
    to.execute(insert(CooperativeProduct), slots)
    controls = [
        {"id": len(CONTROLS) * (n - 1) + at, "cooperative_id": n, "member_id": None, "kind": kind, "balance": 0}
        for n in range(1, plan.count + 1)
        for at, kind in enumerate(CONTROLS, 1)
    ]
    to.execute(insert(Account), controls)
