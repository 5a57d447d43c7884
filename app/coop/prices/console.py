"""A price that is asked at the console: proposed and confirmed in one by the officer's PIN."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.amounts import francs
from app.coop.act import Act
from app.coop.console_requests.kinds import RequestDone, RequestKind
from app.coop.prices import proposals
from app.coop.prices.queries import price_at
from app.coop.products.models import Product
from app.coop.scope import Scope


class AskedPrice(msgspec.Struct, frozen=True):
    """A price in XOF a unit of a product, of one grade or (None) all, in the scope of who asks."""

    product_id: int
    amount: int
    grade: str | None = None


def _say(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedPrice) -> str:
    name, unit = reader.execute(select(Product.name, Product.unit).where(Product.id == wanted.product_id)).one()
    before = price_at(reader, [(scope, wanted.product_id, wanted.grade, now)])[0]
    grade = f" qualité {wanted.grade}" if wanted.grade else ""
    than = "premier prix" if before is None else f"avant {francs(before)}"
    return f"prix {name}{grade}: {francs(wanted.amount)} par {unit}, {than}."


def _do(session: Session, act: Act, wanted: AskedPrice) -> RequestDone:
    made = proposals.propose(session, act, wanted.product_id, wanted.amount, grade=wanted.grade)
    published = proposals.confirm(session, act, made.id)
    return RequestDone("Prix publié. Il vaut dès maintenant." if published else "Noté: un 2e responsable doit l'approuver.")


KIND = RequestKind(
    name="price",
    title="Prix",
    right="price",
    arguments=AskedPrice,
    say=_say,
    do=_do,
    denies={
        proposals.PriceRefused: "ce prix ou ce produit n'est pas d'ici",
        proposals.ProposalClosed: "le prix a changé depuis",
    },
)
