"""Change a price: proposed, confirmed by the proposer's PIN, approved by other officers when it moves far; then published.

A published price is a new row from its instant on: nothing is edited.
"""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.orm import Session

from app.amounts import francs
from app.coop import approvals
from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.offices import audit
from app.coop.prices.models import PriceProposal, PriceRow
from app.coop.prices.queries import federations_slot, price_at
from app.coop.products.models import CooperativeProduct, Product
from app.coop.rights import Office
from app.coop.scope import Scope
from app.db.rows import require, store

MOST = 999_999
"""The dearest unit, in XOF: no crate or sack costs a million, and a slip of a digit does."""
FEDERATION_THRESHOLD = 20
"""Per cent by which a price of the federation may move without a second officer."""
LIVES = timedelta(hours=72)
"""After this a proposal that its officer hasn't confirmed is dead."""
STEPS = timedelta(hours=24)
"""Within this, small changes count together: one officer doesn't go far in many steps."""


class Proposal(msgspec.Struct, frozen=True):
    """A price that somebody wants, in XOF a unit; `before` is the one in force, None without one."""

    id: int
    product: str
    unit: str
    grade: str | None
    before: int | None
    amount: int


class PriceRefused(Exception):
    """The amount is no price, or the product isn't this scope's."""


class ProposalClosed(Exception):
    """The proposal was decided, is dead, or isn't for this officer to decide."""


_TOLD = select(
    PriceProposal.id, Product.name, PriceProposal.unit, PriceProposal.grade, PriceProposal.before, PriceProposal.amount
).join(Product, Product.id == PriceProposal.product_id)


class PricedProduct(msgspec.Struct, frozen=True):
    """A product whose price a scope sets, by its `slot` for life; the federation's stand in the order in which they came."""

    id: int
    name: str
    unit: str
    slot: int


def priced_products(reader: Connection, scope: Scope) -> list[PricedProduct]:
    """Return what a co-operative takes, or for the federation all products."""
    if scope.is_federation:
        every = reader.execute(select(Product.id, Product.name, Product.unit).order_by(Product.id))
        return [PricedProduct(row.id, row.name, row.unit, federations_slot(at)) for at, row in enumerate(every)]
    rows = select(Product.id, Product.name, Product.unit, CooperativeProduct.slot)
    taken = (CooperativeProduct.product_id == Product.id) & scope.own(CooperativeProduct.cooperative_id)
    rows = rows.join(CooperativeProduct, taken).where(CooperativeProduct.active).order_by(CooperativeProduct.slot)
    return [PricedProduct(row.id, row.name, row.unit, row.slot) for row in reader.execute(rows)]


def propose(session: Session, act: Act, product_id: int, amount: int, *, grade: str | None) -> Proposal:
    """Note a price; nothing is published. The same operation again gives the first proposal. Raises PriceRefused."""
    known = session.execute(_TOLD.where(PriceProposal.operation == act.operation)).first()
    if known is not None:
        return Proposal(*known)
    unit = {one.id: one.unit for one in priced_products(session.connection(), act.office.scope)}.get(product_id)
    if unit is None or not 0 < amount <= MOST:
        raise PriceRefused
    row = PriceProposal(
        product_id=product_id,
        cooperative_id=act.office.cooperative_id,
        grade=grade,
        unit=unit,
        before=price_at(session, [(act.office.scope, product_id, grade, act.now)])[0],
        amount=amount,
        state="proposed",
        proposed_by=act.person_id,
        proposed_at=act.now,
        channel=act.channel,
        operation=act.operation,
    )
    store(session, row)
    audit.note(session, act, "price proposed", f"price:{row.id}")
    return Proposal(*session.execute(_TOLD.where(PriceProposal.id == row.id)).one())


def bring(session: Session, act: Act, scope: Scope, product_id: int, unit: str, amount: int, *, grade: str | None) -> int | None:
    """Take a price from a file, proposed by nobody: published from now on, and its row's id returned; or None, where it waits.

    It waits for an officer's word as it would for a second one: where it moves far, or there is none to hold it against.
    """
    row = PriceProposal(
        product_id=product_id,
        cooperative_id=scope.cooperative_id,
        grade=grade,
        unit=unit,
        before=price_at(session, [(scope, product_id, grade, act.now)])[0],
        amount=amount,
        state="proposed",
        proposed_by=None,
        proposed_at=act.now,
        channel=act.channel,
        operation=act.operation,
    )
    store(session, row)
    if is_far(session, scope, product_id, grade, amount, act.now):
        row.state = "waiting"
        _ask(session, act, row, row.before)
        return None
    return _publish(session, act, row)


def is_far(reader: Connection | Session, scope: Scope, product_id: int, grade: str | None, amount: int, now: datetime) -> bool:
    """Tell whether a price needs other officers' word: it moves far from the one in force or of STEPS ago, or there is none."""
    percent = _threshold(reader, scope.cooperative_id)
    price, *earlier = _lately(reader, scope, product_id, grade, now)
    return price is None or any(moves_far(one, amount, percent) for one in (price, *earlier))


def confirm(session: Session, act: Act, proposal_id: int) -> bool:
    """Confirm one's own proposal; return whether it is published, or waits for a second officer. Raises ProposalClosed.

    A first price is held against the federation's; where there is none a second officer always decides.
    """
    mine = (PriceProposal.proposed_by == act.person_id) & (PriceProposal.state == "proposed")
    row = _taken(session, act.office, proposal_id, mine, act.now)
    scope = Scope(row.cooperative_id)
    if is_far(session, scope, row.product_id, row.grade, row.amount, act.now):
        row.state = "waiting"
        audit.note(session, act, "price confirmed", f"price:{row.id}")
        _ask(session, act, row, price_at(session, [(scope, row.product_id, row.grade, act.now)])[0])
        return False
    _publish(session, act, row)
    return True


def approved(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Publish what other officers approved, in the name of the last of them."""
    row = session.get_one(PriceProposal, approval.subject_id, with_for_update=True)
    if row.state != "waiting":
        raise approvals.Impossible("le prix a changé depuis")
    row.decided_by = act.person_id
    _publish(session, act, row)


def refused(session: Session, approval: approvals.Approval, now: datetime) -> None:
    """Note that a price won't come: refused, or dead."""
    row = session.get_one(PriceProposal, approval.subject_id, with_for_update=True)
    row.state, row.decided_by, row.decided_at = "refused", approval.decided_by, now
    session.flush()


def mine_to_confirm(reader: Connection, office: Office, now: datetime) -> list[Proposal]:
    """Return what this officer proposed by SMS and hasn't confirmed."""
    return _listed(reader, office, (PriceProposal.proposed_by == office.person_id) & (PriceProposal.state == "proposed"), now)


def moves_far(before: int | None, amount: int, percent: int) -> bool:
    """Tell whether a price moves by more than so many per cent from one that there was."""
    # Multiplied, not divided: no rounding decides whether others are asked.
    return before is not None and abs(amount - before) * 100 > percent * before


def _lately(reader: Connection | Session, scope: Scope, product_id: int, grade: str | None, now: datetime) -> list[int | None]:
    """Return the price in force, then the one that was STEPS ago, or when several officers last decided it if that is later."""
    same = (PriceProposal.product_id == product_id) & scope.own(PriceProposal.cooperative_id) & _of(grade)
    decided = select(func.max(PriceProposal.decided_at)).where(same, PriceProposal.decided_by.is_not(None))
    last = reader.scalar(decided.where(PriceProposal.state == "published"))
    # What several officers have decided isn't one officer's step: the way is counted from their price on.
    since = max(now - STEPS, last) if last else now - STEPS
    return price_at(reader, [(scope, product_id, grade, at) for at in (now, since)])


def _threshold(reader: Connection | Session, cooperative_id: int | None) -> int:
    percent = reader.scalar(select(Cooperative.price_threshold_percent).where(Cooperative.id == cooperative_id))
    return FEDERATION_THRESHOLD if percent is None else percent


def _in(row: PriceProposal) -> ColumnElement[bool]:
    return Scope(row.cooperative_id).own(PriceProposal.cooperative_id)


def _of(grade: str | None) -> ColumnElement[bool]:
    return PriceProposal.grade.is_(None) if grade is None else PriceProposal.grade == grade


def _open_to(office: Office, now: datetime) -> ColumnElement[bool]:
    return office.scope.own(PriceProposal.cooperative_id) & (PriceProposal.proposed_at > now - LIVES)


def _listed(reader: Connection, office: Office, which: ColumnElement[bool], now: datetime) -> list[Proposal]:
    return [Proposal(*row) for row in reader.execute(_TOLD.where(which, _open_to(office, now)).order_by(PriceProposal.id).limit(8))]


def _taken(session: Session, office: Office, proposal_id: int, which: ColumnElement[bool], now: datetime) -> PriceProposal:
    wanted = select(PriceProposal).where(PriceProposal.id == proposal_id, which, _open_to(office, now))
    return require(session.scalar(wanted.with_for_update()), ProposalClosed())


def _ask(session: Session, act: Act, row: PriceProposal, before: int | None) -> None:
    product = session.scalar(select(Product.name).where(Product.id == row.product_id))
    than = "premier prix" if before is None else f"avant {francs(before)}"
    approvals.ask(
        session,
        act,
        "price",
        " ".join(part for part in ("Prix", product, row.grade) if part) + f" ({than})",
        subject="price",
        subject_id=row.id,
        cooperative_id=row.cooperative_id,
        amount=row.amount,
    )


def _publish(session: Session, act: Act, row: PriceProposal) -> int:
    row.state, row.decided_at = "published", act.now
    price = PriceRow(
        product_id=row.product_id,
        cooperative_id=row.cooperative_id,
        grade=row.grade,
        unit=row.unit,
        amount=row.amount,
        from_at=act.now,
        published_by=act.person_id or None,
    )
    session.add(price)
    # what was proposed of the same price before this one can't come after it any more
    older = (PriceProposal.product_id == row.product_id) & (PriceProposal.id < row.id)
    same = older & PriceProposal.state.in_(("proposed", "waiting")) & _in(row) & _of(row.grade)
    overtaken = session.execute(select(PriceProposal.id, PriceProposal.proposed_by).where(same)).all()
    for why, theirs in (("un autre prix est publié depuis", True), (None, False)):  # who overtakes their own knows it
        dropped = [proposal for proposal, by in overtaken if (by != row.proposed_by) is theirs]
        approvals.drop(session, "price", dropped, act.now, why)
    session.execute(update(PriceProposal).where(same).values(state="overtaken", decided_at=act.now))
    if act.by is not None:  # what a file brought is an operator's act, written down with the import
        audit.note(session, act, "price published", f"price:{row.id}")
    session.flush()
    return price.id
