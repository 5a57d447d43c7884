"""Co-operatives as commands and the console show them."""

from collections import defaultdict

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.foundation.places import NotFounded
from app.coop.foundation.services import SETTINGS
from app.coop.members.models import Member
from app.coop.products.models import CooperativeProduct, Product
from app.db.rows import require


class Slot(msgspec.Struct, frozen=True):
    """A product of a co-operative under its number for life."""

    slot: int
    product: str
    unit: str
    divisible: bool
    active: bool


class ListedCooperative(msgspec.Struct, frozen=True):
    """A co-operative among all, with how many of its members have an account, and how many haven't opened theirs yet."""

    code: str
    name: str
    commune: str
    filiere: str
    legal_form: str
    active: int
    pending: int


def listed(reader: Connection | Session) -> list[ListedCooperative]:
    """Return all co-operatives by code. Two SELECTs, one over all members."""
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for cooperative, state, count in reader.execute(
        select(Member.cooperative_id, Member.state, func.count()).group_by(Member.cooperative_id, Member.state)
    ):
        counted[cooperative][state] = count
    told = (Cooperative.id, Cooperative.code, Cooperative.name, Commune.name.label("commune"), Filiere.code.label("filiere"))
    rows = select(*told, Cooperative.legal_form).join(Commune).join(Filiere).order_by(Cooperative.code)
    found = []
    for row in reader.execute(rows):
        mine = counted[row.id]
        found.append(ListedCooperative(*row[1:], active=mine.get("active", 0), pending=mine.get("pending", 0)))
    return found


def shown(reader: Connection | Session, code: str) -> tuple[dict[str, object], list[Slot]]:
    """Return what a co-operative is and sets, and its products by slot. Raises NotFounded."""
    columns = (Cooperative.id, Cooperative.code, Cooperative.name, Commune.name.label("commune"), Filiere.code.label("filiere"))
    settings = [getattr(Cooperative, name) for name in SETTINGS]
    rows = select(*columns, Cooperative.legal_form, *settings).join(Commune).join(Filiere)
    row = require(
        reader.execute(rows.where(Cooperative.code == code.upper())).mappings().first(),
        NotFounded(f"aucune CPS n'a le code {code[:16]}"),
    )
    mine = (
        select(CooperativeProduct.slot, Product.name, Product.unit, Product.divisible, CooperativeProduct.active)
        .join(Product, Product.id == CooperativeProduct.product_id)
        .where(CooperativeProduct.cooperative_id == row["id"])
        .order_by(CooperativeProduct.slot)
    )
    return {name: value for name, value in row.items() if name != "id"}, [Slot(*one) for one in reader.execute(mine)]
