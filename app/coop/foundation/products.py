"""The products of a co-operative, each under a number for life."""

from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative, Filiere
from app.coop.foundation.places import NotFounded, cooperative_of, trade_id, write_places
from app.coop.foundation.queries import Slot
from app.coop.ideas import rounds
from app.coop.ideas import services as ideas
from app.coop.ideas.models import Idea
from app.coop.ideas.services import IdeaNotOpen
from app.coop.prices.queries import spelling
from app.coop.products.models import CooperativeProduct, Product, ProductAlias
from app.db.rows import require, store
from app.gsm7 import fold, measure
from app.letters import is_name

DIVISIBLE = ("kg", "l", "t")
"""Units of which less than one is counted."""


def short_name(typed: str) -> str | None:
    """Return a product's short name as it is written, of 2 to 20 letters; None for what is none."""
    words = fold(" ".join(typed.split()))
    fits = 2 <= len(words) <= 20 and all(one.isalpha() or one in " '-" for one in words)
    return words[:1].upper() + words[1:] if fits else None


def unit_name(typed: str) -> str | None:
    """Return a unit as it is written, of 8 letters at most; None for what is none."""
    words = fold(typed.strip().lower())
    return words if 1 <= len(words) <= 8 and words.isalpha() else None


def take_product(
    session: Session, code: str, name: str, *, unit: str | None, divisible: bool, filiere: str | None, aliases: tuple[str, ...]
) -> Slot:
    """Give a product the next free slot of a co-operative, for life; one that it stopped taking comes back under its own.

    A new product needs its unit and trade; `aliases` are other spellings. Raises NotFounded.
    """
    cooperative = cooperative_of(session, code)
    product = session.scalar(select(Product).where(Product.id == _known(session, name)))
    if product is None:
        product = _new_product(session, name, unit, divisible, filiere)
    for alias in {spelling(alias) for alias in aliases} - {""}:
        known = session.get(ProductAlias, alias[:30])
        if known is None:
            session.add(ProductAlias(spelling=alias[:30], product_id=product.id))
        elif known.product_id != product.id:
            raise NotFounded(f"{alias[:30]} s'écrit ainsi pour un autre produit")
    mine = select(CooperativeProduct).where(CooperativeProduct.cooperative_id == cooperative.id)
    row = session.scalar(mine.where(CooperativeProduct.product_id == product.id))
    if row is None:
        slot = _free_slot(session, cooperative.id)
        row = CooperativeProduct(cooperative_id=cooperative.id, slot=slot, product_id=product.id)
        session.add(row)
    row.active = True
    session.flush()
    return Slot(row.slot, product.name, product.unit, product.divisible, True)


def planned_slot(reader: Connection | Session, cooperative_id: int, name: str, unit: str) -> Slot:
    """Return what `take_product` would give now, and change nothing. The unit is the product's own where it is known."""
    known = select(Product.id, Product.name, Product.unit, Product.divisible)
    product = reader.execute(known.where(Product.id == _known(reader, name))).first()
    if product is None:
        return Slot(_free_slot(reader, cooperative_id), name, unit, unit in DIVISIBLE, False)
    mine = (CooperativeProduct.cooperative_id == cooperative_id) & (CooperativeProduct.product_id == product.id)
    row = reader.execute(select(CooperativeProduct.slot, CooperativeProduct.active).where(mine)).first()
    slot, active = (row.slot, row.active) if row else (_free_slot(reader, cooperative_id), False)
    return Slot(slot, product.name, product.unit, product.divisible, active)


def realise_idea(session: Session, act: Act, idea_id: int, name: str, unit: str) -> Slot:
    """Make a product of a shortlisted idea, with a slot in the co-operative that it comes from, and tell its member.

    Raises IdeaNotOpen, NotFounded.
    """
    rows = select(Idea.cooperative_id, Cooperative.code, Filiere.code.label("trade"))
    rows = rows.join(Cooperative, Cooperative.id == Idea.cooperative_id).join(Filiere, Filiere.id == Cooperative.filiere_id)
    where = require(session.execute(rows.where(Idea.id == idea_id, Idea.state == "shortlisted")).first(), IdeaNotOpen(idea_id))
    slot = take_product(session, where.code, name, unit=unit, divisible=unit in DIVISIBLE, filiere=where.trade, aliases=())
    product = session.scalars(select(Product.id).where(Product.name == slot.product)).one()
    row = ideas.accept(session, act, idea_id, product)
    rounds.tell_result(session, act, row.id, row.member_id, row.state)
    return slot


def drop_product(session: Session, code: str, name: str) -> None:
    """Let a co-operative take a product no more; its slot is never another's. Raises NotFounded."""
    cooperative = cooperative_of(session, code)
    product = _known(session, name)
    mine = (CooperativeProduct.cooperative_id == cooperative.id) & (CooperativeProduct.product_id == product)
    stopped = update(CooperativeProduct).where(mine, CooperativeProduct.active).values(active=False)
    require(session.scalar(stopped.returning(CooperativeProduct.slot)), NotFounded(f"{cooperative.code} ne prend pas {name[:20]}"))


def _known(reader: Connection | Session, name: str) -> int | None:
    """Return the product that a name means, with or without its accents; None where it is nobody's."""
    ids = {spelling(known): id_ for id_, known in reader.execute(select(Product.id, Product.name))}
    return ids.get(spelling(name))


def _free_slot(reader: Connection | Session, cooperative_id: int) -> int:
    """Return the slot behind the last one: lists number 1 to 8, then 11 to 18."""
    last = reader.scalar(select(func.max(CooperativeProduct.slot)).where(CooperativeProduct.cooperative_id == cooperative_id))
    after = (last or 0) + 1
    # 9 is a key of each list (Suite), and no slot ends in 0.
    return after if after % 10 != 9 else after + 2


def _new_product(session: Session, name: str, unit: str | None, divisible: bool, filiere: str | None) -> Product:
    if not unit or not filiere:
        raise NotFounded(f"{name[:20]} est nouveau: il faut son unité et sa filière")
    if not is_name(name) or len(name) > 20 or len(unit) > 8 or measure(fold(name) + fold(unit)).alphabet != "GSM-7":
        raise NotFounded("le nom d'un produit a des lettres, 20 lettres au plus, son unité 8")
    write_places(session)
    product = Product(name=name, unit=unit, divisible=divisible, filiere_id=trade_id(session, filiere))
    return store(session, product)
