"""Loans that the law voids: what was not handed over is let go and told, what is owed stays owed and is listed."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import texts
from app.coop import law
from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.models import Account
from app.coop.ledger.services import OWED
from app.coop.members.models import Member
from app.coop.members.notices import tell_first
from app.coop.scope import FEDERATION, Scope
from app.coop.till import payouts
from app.coop.till.models import HELD, Payout
from app.db.rows import each


class VoidLoan(msgspec.Struct, frozen=True):
    """What a member owes that the co-operative might not lend today, in XOF, and the article that says so."""

    cooperative: str
    card: str
    kind: str
    amount: int
    article: str


def let_go(session: Session, now: datetime, scope: Scope = FEDERATION) -> int:
    """Cancel what the law voids and nobody handed over, in a scope; tell member and asker. Return how many.

    An office taken or a form changed since it was asked makes it so. Twice changes nothing.
    """
    found = session.execute(
        select(Payout.id, Payout.kind, Cooperative.legal_form, Member.person_id)
        .join(Member, Member.id == Payout.member_id)
        .join(Cooperative, Cooperative.id == Payout.cooperative_id)
        .where(scope.reach(Payout.cooperative_id), Payout.state.in_(HELD), law.forbidden(Payout.kind, now.date()))
        .order_by(Payout.id)
    ).all()
    gone: list[int] = []

    def let_go_one(row: Any) -> None:
        for payout in payouts.let_go(session, now, Payout.id == row.id):
            article = law.rule_of(row.kind, row.legal_form).article
            words = texts.say("loan_let_go", reference=payout.reference, article=article)
            both = {row.person_id, payout.asked_by}
            tell_first(session, Act.by_clock("void loans", now), both, "security", f"payout:{row.id}:void", words)
            gone.append(row.id)

    each(session, "a loan that the law voids", [(row.id, row) for row in found], let_go_one)
    return len(gone)


def owed(reader: Connection | Session, today: date, scope: Scope = FEDERATION) -> list[VoidLoan]:
    """Return what is owed that the law would not let these co-operatives lend today, by co-operative and card."""
    rows = reader.execute(
        select(Cooperative.code, Cooperative.legal_form, Member.card, Account.kind, Account.balance)
        .join(Member, Member.id == Account.member_id)
        .join(Cooperative, Cooperative.id == Account.cooperative_id)
        .where(scope.reach(Account.cooperative_id), Account.kind.in_(OWED), Account.balance > 0, law.forbidden(Account.kind, today))
        .order_by(Cooperative.id, Member.card, Account.kind)
    )
    return [VoidLoan(row.code, row.card, row.kind, row.balance, law.rule_of(row.kind, row.legal_form).article) for row in rows]
