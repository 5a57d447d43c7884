"""Begin a co-operative, give it its products, and change what its statutes set: by whoever runs the service."""

from collections import defaultdict
from datetime import datetime

import msgspec
from rapidfuzz import process
from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop import law
from app.coop.act import Act
from app.coop.audience.words import means
from app.coop.cooperatives.communes import COMMUNES, FILIERES
from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.ideas import rounds
from app.coop.ideas import services as ideas
from app.coop.ideas.models import Idea
from app.coop.ideas.services import IdeaNotOpen
from app.coop.ledger.services import open_accounts
from app.coop.members.models import Member
from app.coop.offices.notices import tell_officers
from app.coop.prices.queries import spelling
from app.coop.products.models import CooperativeProduct, Product, ProductAlias
from app.coop.scope import Scope
from app.coop.till import void_loans
from app.gsm7 import fold, measure

SETTINGS = {
    "solidarity_percent": 50,
    "instalment_percent": 100,
    "price_threshold_percent": 1000,
    "payment_threshold": 999_999_999,
}
"""What a co-operative sets for itself, each with the most that it can be; percents, but `payment_threshold` in XOF."""
DIVISIBLE = ("kg", "l", "t")
"""Units of which less than one is counted."""


class NotFounded(Exception):
    """It can't be so; its words say why, and nothing was changed."""


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


def found(session: Session, code: str, name: str, *, commune: str, filiere: str, form: str, now: datetime) -> None:
    """Write a new co-operative with its control accounts. Raises NotFounded on a code that is taken, an unknown place or trade."""
    code = code.upper()
    if not (code.isascii() and code.isalnum() and 2 <= len(code) <= 16):
        raise NotFounded("a code is 2 to 16 letters and digits")
    if session.scalar(select(Cooperative.id).where(Cooperative.code == code)) is not None:
        raise NotFounded(f"{code} is a co-operative already")
    _places(session)
    if means(session.connection(), code):
        raise NotFounded(f"{code} means a commune, a trade, a role or all to who writes to an audience")
    place = _one(commune, {row.name: row.id for row in session.execute(select(Commune.name, Commune.id))}, "commune")
    trade = _one(filiere.upper(), _trades(session), "filière")
    row = Cooperative(code=code, name=name[:60], commune_id=place, filiere_id=trade, legal_form=form, created_at=now)
    session.add(row)
    session.flush()
    open_accounts(session, row.id, None)


def take_product(
    session: Session, code: str, name: str, *, unit: str | None, divisible: bool, filiere: str | None, aliases: tuple[str, ...]
) -> Slot:
    """Give a product the next free slot of a co-operative, for life; one that it stopped taking comes back under its own.

    A new product needs its unit and trade; `aliases` are other spellings. Raises NotFounded.
    """
    cooperative = _cooperative(session, code)
    product = session.scalar(select(Product).where(func.lower(Product.name) == name.lower()))
    if product is None:
        product = _new_product(session, name, unit, divisible, filiere)
    for alias in {spelling(alias) for alias in aliases} - {""}:
        known = session.get(ProductAlias, alias[:30])
        if known is None:
            session.add(ProductAlias(spelling=alias[:30], product_id=product.id))
        elif known.product_id != product.id:
            raise NotFounded(f"{alias} is a spelling of another product")
    mine = select(CooperativeProduct).where(CooperativeProduct.cooperative_id == cooperative.id)
    row = session.scalar(mine.where(CooperativeProduct.product_id == product.id))
    if row is None:
        last = session.scalar(select(func.max(CooperativeProduct.slot)).where(CooperativeProduct.cooperative_id == cooperative.id))
        after = (last or 0) + 1
        row = CooperativeProduct(cooperative_id=cooperative.id, slot=after if after % 10 != 9 else after + 2, product_id=product.id)
        session.add(row)
    row.active = True
    session.flush()
    return Slot(row.slot, product.name, product.unit, product.divisible, True)


def realise_idea(session: Session, act: Act, idea_id: int, name: str, unit: str) -> Slot:
    """Make a product of a shortlisted idea, with a slot in the co-operative that it comes from, and tell its member.

    Raises IdeaNotOpen, NotFounded.
    """
    rows = select(Idea.cooperative_id, Cooperative.code, Filiere.code.label("trade"))
    rows = rows.join(Cooperative, Cooperative.id == Idea.cooperative_id).join(Filiere, Filiere.id == Cooperative.filiere_id)
    where = session.execute(rows.where(Idea.id == idea_id, Idea.state == "shortlisted")).first()
    if where is None:
        raise IdeaNotOpen(idea_id)
    slot = take_product(session, where.code, name, unit=unit, divisible=unit in DIVISIBLE, filiere=where.trade, aliases=())
    product = session.scalars(select(Product.id).where(Product.name == slot.product)).one()
    row = ideas.accept(session, act, idea_id, product)
    rounds.tell_result(session, act, row.id, row.member_id, row.state)
    return slot


def drop_product(session: Session, code: str, name: str) -> None:
    """Let a co-operative take a product no more; its slot is never another's. Raises NotFounded."""
    cooperative = _cooperative(session, code)
    product = select(Product.id).where(func.lower(Product.name) == name.lower()).scalar_subquery()
    mine = (CooperativeProduct.cooperative_id == cooperative.id) & (CooperativeProduct.product_id == product)
    stopped = update(CooperativeProduct).where(mine, CooperativeProduct.active).values(active=False)
    if session.scalar(stopped.returning(CooperativeProduct.slot)) is None:
        raise NotFounded(f"{cooperative.code} doesn't take {name}")


def change(session: Session, code: str, setting: str, value: int, *, now: datetime) -> None:
    """Change what a co-operative sets for itself, from now on: nothing that was credited moves; its officers are told.

    Raises NotFounded.
    """
    if not 0 <= value <= SETTINGS[setting]:
        raise NotFounded(f"{setting} is a whole number from 0 to {SETTINGS[setting]}")
    _set(session, _cooperative(session, code), setting, value, now)


def describe(
    session: Session, code: str, *, name: str | None = None, commune: str | None = None, filiere: str | None = None, now: datetime
) -> None:
    """Change what a co-operative is known by: what is given. Its officers are told, once, when anything moved.

    Raises NotFounded.
    """
    cooperative = _cooperative(session, code)
    told: dict[str, str | int] = {}
    _places(session)
    if name is not None:
        told["name"] = name.strip()[:60]
        if not told["name"]:
            raise NotFounded("a name has letters")
    if commune is not None:
        places = {row.name: row.id for row in session.execute(select(Commune.name, Commune.id))}
        told["commune_id"] = _one(commune, places, "commune")
    if filiere is not None:
        told["filiere_id"] = _one(filiere.upper(), _trades(session), "filière")
    if all(getattr(cooperative, field) == value for field, value in told.items()):
        return
    session.execute(update(Cooperative).where(Cooperative.id == cooperative.id).values(**told))
    _tell(session, cooperative, f"details:{cooperative.id}:{now.isoformat()}", texts.say("details_changed", day=now), now)


def reform(session: Session, code: str, form: law.Form, *, now: datetime) -> int:
    """Change a co-operative's legal form; return how many loans, not handed over yet, the new one voids: they are let go, and told.

    What is owed stays owed (`void_loans.owed`). The officers are told. Raises NotFounded.
    """
    cooperative = _cooperative(session, code)
    _set(session, cooperative, "legal_form", form, now)
    return void_loans.let_go(session, now, Scope(cooperative.id))


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
    row = reader.execute(rows.where(Cooperative.code == code.upper())).mappings().first()
    if row is None:
        raise NotFounded(f"no co-operative has the code {code}")
    mine = (
        select(CooperativeProduct.slot, Product.name, Product.unit, Product.divisible, CooperativeProduct.active)
        .join(Product, Product.id == CooperativeProduct.product_id)
        .where(CooperativeProduct.cooperative_id == row["id"])
        .order_by(CooperativeProduct.slot)
    )
    return {name: value for name, value in row.items() if name != "id"}, [Slot(*one) for one in reader.execute(mine)]


def _set(session: Session, cooperative: Cooperative, setting: str, value: int | str, now: datetime) -> None:
    before = getattr(cooperative, setting)
    if before == value:
        return
    setattr(cooperative, setting, value)
    session.flush()
    words = texts.say("setting_changed", day=now, setting=setting, before=before, after=value)
    _tell(session, cooperative, f"setting:{cooperative.id}:{setting}:{now.isoformat()}", words, now)


def _tell(session: Session, cooperative: Cooperative, cause: str, words: str, now: datetime) -> None:
    tell_officers(session, Act(0, "cli", cause, now), Scope(cooperative.id), cause, words)


def _cooperative(session: Session, code: str) -> Cooperative:
    row = session.scalar(select(Cooperative).where(Cooperative.code == code.upper()).with_for_update())
    if row is None:
        raise NotFounded(f"no co-operative has the code {code}")
    return row


def _new_product(session: Session, name: str, unit: str | None, divisible: bool, filiere: str | None) -> Product:
    if not unit or not filiere:
        raise NotFounded(f"{name} is new: give --unit and --filiere")
    if len(name) > 20 or len(unit) > 8 or measure(fold(name) + fold(unit)).alphabet != "GSM-7":
        raise NotFounded("a product's name has at most 20 letters, its unit 8")
    _places(session)
    trade = _one(filiere.upper(), _trades(session), "filière")
    product = Product(name=name, unit=unit, divisible=divisible, filiere_id=trade)
    session.add(product)
    session.flush()
    return product


def _places(session: Session) -> None:
    """Write the communes of Mbour and the trades that are not there yet."""
    known = set(session.scalars(select(Commune.name)))
    session.add_all(Commune(name=name) for name in COMMUNES if name not in known)
    trades = set(session.scalars(select(Filiere.code)))
    session.add_all(Filiere(code=code, name=name) for code, name in FILIERES if code not in trades)
    session.flush()


def _trades(session: Session) -> dict[str, int]:
    return {row.code: row.id for row in session.execute(select(Filiere.code, Filiere.id))}


def _one(given: str, known: dict[str, int], what: str) -> int:
    if given in known:
        return known[given]
    likely = process.extractOne(given, list(known), score_cutoff=60)
    raise NotFounded(f"no {what} is called {given}" + (f": {likely[0]}?" if likely else ""))
