"""What of a co-operative goes out into files, in the words of the columns that come in.

PINs, consents and trusted numbers never do. Each is the rows' columns and a stream of rows, by card or by day.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, case, func, select
from sqlalchemy.orm import aliased

from app.coop.cooperatives.models import Cooperative
from app.coop.imports.columns import UNSAID
from app.coop.imports.models import MemberProfile
from app.coop.imports.register import PROFILE
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.members.models import Member, Number, Person
from app.coop.openings.models import PastDelivery
from app.coop.prices.models import PriceRow
from app.coop.production.models import Declaration, Weighing
from app.coop.products.models import Product
from app.coop.scope import Scope
from app.coop.subject import declared

Export = tuple[tuple[str, ...], Iterator[Sequence[Any]]]
STATES = {"pending": "membre", "active": "membre", "blocked": "bloqué", "departed": "parti"}
"""A member is one whether their account was opened by telephone or not: the PIN doesn't leave, so neither does that."""
ACCOUNTS = {"shares": "Parts", "savings": "Épargne", "payable": "À payer", "advance": "Avance", "leasing": "Crédit-bail"}
OWED = ("advance", "leasing")
AT_ONCE = 1000


def members(reader: Connection, scope: Scope, now: datetime) -> Export:
    """Return the members, with the numbers of their own."""
    del now
    one, other, any_ = aliased(Number), aliased(Number), aliased(Number)
    own = (any_.person_id == Member.person_id) & any_.trusted.is_(False)
    first = select(func.min(any_.id)).where(own).correlate(Member).scalar_subquery()
    second = select(func.min(any_.id)).where(own, any_.id > one.id).correlate(Member, one).scalar_subquery()
    rows = (
        select(Cooperative.code, Member.card, Person.name, one.phone, one.place)
        .add_columns(other.phone.label("phone2"), other.place.label("place2"), Person.language)
        .add_columns(Member.joined_on, Member.state, Member.left_on, *(getattr(MemberProfile, field) for field in PROFILE))
        .join(Person, Person.id == Member.person_id)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .outerjoin(one, one.id == first)
        .outerjoin(other, other.id == second)
        .outerjoin(MemberProfile, MemberProfile.member_id == Member.id)
        .where(scope.reach(Member.cooperative_id))
        .order_by(Cooperative.code, Member.card)
    )
    columns = (
        *("CPS", "Carte", "Nom", "Téléphone", "Place", "Téléphone 2", "Place 2", "Langue", "Membre depuis", "État", "Parti le"),
        *("Sexe", "Né(e) le", "Adresse", "N° CNI", "Parts souscrites", "Parts libérées", "Autre numéro", "Pas dit"),
    )
    return columns, (_member(row) for row in _streamed(reader, rows))


def balances(reader: Connection, scope: Scope, now: datetime) -> Export:
    """Return what members' accounts hold, in XOF, from the member's side: advance and lease are owed."""
    rows = (
        select(Cooperative.code, Member.card, Person.name, *(_balance(kind) for kind in ACCOUNTS))
        .select_from(Member)
        .join(Person, Person.id == Member.person_id)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .outerjoin(Account, Account.member_id == Member.id)
        .where(scope.reach(Member.cooperative_id))
        .group_by(Cooperative.code, Member.card, Person.name)
        .order_by(Cooperative.code, Member.card)
    )
    columns = ("CPS", "Carte", "Nom", *ACCOUNTS.values(), "Arrêté le")
    return columns, ((*row[:3], *map(int, row[3:]), now.date()) for row in _streamed(reader, rows))


def prices(reader: Connection, scope: Scope, now: datetime) -> Export:
    """Return all prices there were, each from its instant on; of the federation's the CPS is empty."""
    del now
    rows = (
        select(Cooperative.code, Product.name, PriceRow.grade, PriceRow.unit, PriceRow.amount, PriceRow.from_at)
        .join(Product, Product.id == PriceRow.product_id)
        .outerjoin(Cooperative, Cooperative.id == PriceRow.cooperative_id)
        .where(scope.reach(PriceRow.cooperative_id))
        .order_by(PriceRow.from_at, PriceRow.id)
    )
    return ("CPS", "Produit", "Qualité", "Unité", "Prix", "Depuis"), (tuple(row) for row in _streamed(reader, rows))


def deliveries(reader: Connection, scope: Scope, now: datetime) -> Export:
    """Return what was weighed and credited, and the deliveries of before: by day, and within it in one order everywhere."""
    del now
    rows = (
        select(Cooperative.code, Member.card, Person.name, Weighing.weighed_at, Product.name, Weighing.weight, Product.unit)
        .add_columns(Weighing.grade, Weighing.price, Weighing.gross, Weighing.share, Weighing.repaid, Declaration.reference)
        .join(Member, Member.id == Weighing.member_id)
        .join(Person, Person.id == Member.person_id)
        .join(Cooperative, Cooperative.id == Weighing.cooperative_id)
        .join(Product, Product.id == Weighing.product_id)
        .join(Declaration, Declaration.id == Weighing.declaration_id)
        .where(scope.reach(Weighing.cooperative_id), Weighing.state == "credited")
        .order_by(Weighing.weighed_at)
    )
    past = (
        select(Cooperative.code, Member.card, Person.name, PastDelivery.day, Product.name, PastDelivery.quantity, PastDelivery.unit)
        .add_columns(PastDelivery.grade, PastDelivery.price, PastDelivery.gross, PastDelivery.share, PastDelivery.repaid)
        .add_columns(PastDelivery.reference)
        .join(Member, Member.id == PastDelivery.member_id)
        .join(Person, Person.id == Member.person_id)
        .join(Cooperative, Cooperative.id == PastDelivery.cooperative_id)
        .join(Product, Product.id == PastDelivery.product_id)
        .where(scope.reach(PastDelivery.cooperative_id))
        .order_by(PastDelivery.day)
    )
    columns = (
        *("N°", "CPS", "Carte", "Nom", "Jour", "Produit", "Quantité", "Unité", "Qualité"),
        *("Prix", "Montant", "Solidarité", "Remboursé", "Référence"),
    )
    here = ((*row[:3], row[3].date(), *row[4:]) for row in _streamed(reader, rows))
    both = _within_days(_streamed(reader, past)), _within_days(here)
    return columns, ((str(number), *row) for number, row in enumerate(merge(*both, key=_delivered), 1))


def movements(reader: Connection, scope: Scope, now: datetime) -> Export:
    """Return each posting on members' accounts, in XOF: the amounts of an account add up to its balance, as it goes out too."""
    del now
    amount = case((Account.kind.in_(OWED), Posting.amount), else_=-Posting.amount)
    words = {kind: word for subject in declared() for kind, word in subject.movements.items()}
    rows = (
        select(Cooperative.code, Member.card, JournalEntry.id, JournalEntry.at, JournalEntry.kind, Account.kind, amount)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .join(Member, Member.id == Account.member_id)
        .join(Cooperative, Cooperative.id == Account.cooperative_id)
        .where(scope.reach(Account.cooperative_id))
        .order_by(Posting.id)
    )
    columns = ("CPS", "Carte", "Écriture", "Jour", "Mouvement", "Compte", "Montant")
    return columns, (
        (code, card, entry, at.date(), words.get(kind, kind), ACCOUNTS.get(account, account), int(amount))
        for code, card, entry, at, kind, account, amount in _streamed(reader, rows)
    )


EXPORTS: dict[str, Callable[[Connection, Scope, datetime], Export]] = {
    "members": members,
    "balances": balances,
    "prices": prices,
    "deliveries": deliveries,
    "movements": movements,
}
"""By the word of the command; what goes to the ministry is in `kpi/ministry.py`."""


def _balance(kind: str) -> Any:
    return func.abs(func.coalesce(func.sum(Account.balance).filter(Account.kind == kind), 0))


def _member(row: Any) -> Sequence[Any]:
    profile = dict(zip(PROFILE, row[11:], strict=True))
    unsaid = ", ".join(UNSAID[field] for field in (profile["unsaid"] or "").split(",") if field in UNSAID)
    birth = profile["born_on"] or (str(profile["born_in"]) if profile["born_in"] else None)
    place, place2 = (str(place) if place else None for place in (row.place, row.place2))
    return (
        *(row.code, row.card, row.name, row.phone, place, row.phone2, place2, row.language),
        *(row.joined_on, STATES[row.state], row.left_on, profile["sex"], birth, profile["address"], profile["identity"]),
        *(profile["shares_subscribed"], profile["shares_paid"], profile["contact"], unsaid),
    )


def _within_days(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    return (row for _, mine in groupby(rows, key=itemgetter(3)) for row in sorted(map(tuple, mine), key=_delivered))


def _delivered(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return a delivery's place in the file: what it says, for ids differ from service to service."""
    return (row[3], *("" if cell is None else str(cell) for cell in row))


def _streamed(reader: Connection, rows: Any) -> Iterator[Any]:
    return iter(reader.execution_options(yield_per=AT_ONCE).execute(rows))
