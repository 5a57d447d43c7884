"""Advances and leases, asked for by officers; what is to be repaid of them, and who is late."""

from datetime import date
from typing import Annotated

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.clock import DAKAR
from app.coop import law
from app.coop.members.models import Member
from app.coop.members.names import member_name
from app.coop.till import payouts, schedule
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, PrivateWords, member_of, reading_office
from menus.money import MONEY
from menus.payouts import ask_payout
from menus.till import ACTING, Name, Sum, TillClient, TillDone, TillNamed

menu = Bindings("loans")


Plan = Annotated[str, kinds.Kind("words", "24 x 99 999 999 F")]


Asset = Annotated[str, kinds.Kind("words", "m" * 20)]


MOST_LATE = 20


class NamedPlan(msgspec.Struct, frozen=True):
    name: Name
    plan: Plan


class Loan(Sum, frozen=True):
    till_times: int


class Lease(Loan, frozen=True):
    till_asset: str


@menu.answer(refuses={"months": None, "few": None})
def till_times(typed: str, kept: Sum) -> kinds.Count:
    """Read a number of monthly instalments, of a franc at least."""
    if not (is_number(typed, 2) and 1 <= int(typed) <= schedule.MOST_INSTALMENTS):
        raise Refused("months")
    if int(typed) > kept.till_amount:
        raise Refused("few")
    return int(typed)


@menu.answer(refuses={"bad": None})
def till_asset(typed: str) -> Asset:
    """Read what is leased."""
    words = " ".join(typed.split())
    if not (1 <= len(words) <= 20 and all(one.isalnum() or one in " -'." for one in words)):
        raise Refused("bad")
    return words


@menu.source(denies=MONEY)
def till_advance_whom(hop: Hop, reader: Connection, kept: TillClient) -> TillNamed:
    """Say to whom an advance would go, or that the law forbids it, before anything more is asked."""
    return _borrower(reader, hop, kept, "advance")


@menu.source(denies=MONEY)
def till_lease_whom(hop: Hop, reader: Connection, kept: TillClient) -> TillNamed:
    """Say to whom a lease would go, or that the law forbids it."""
    return _borrower(reader, hop, kept, "leasing")


@menu.source()
def till_plan(reader: Connection, kept: Loan) -> NamedPlan:
    """Say what she will repay a month, the largest instalment."""
    most = schedule.split(kept.till_amount, kept.till_times)[0]
    return NamedPlan(member_name(reader, kept.member), f"{kept.till_times} x {kinds.amount_words(most)}")


@menu.source()
def till_late(hop: Hop, reader: Connection) -> PrivateWords:
    """Give who is late with what they repay, the latest first."""
    found = schedule.standings(reader, _today(hop), reading_office(reader, hop, "pay").scope)
    late = [one for one in found if one.late][:MOST_LATE]
    cards = select(Member.id, Member.card).where(Member.id.in_([one.member_id for one in late]))
    card_of = {row.id: row.card for row in reader.execute(cards)}
    return PrivateWords("\n".join(f"{card_of[one.member_id]} {_words(one)}" for one in late) or "Personne n'est en retard.")


@menu.source()
def instalments(hop: Hop, reader: Connection) -> PrivateWords:
    """Say what she is to repay: owed, late, and what comes next."""
    found = schedule.standings(reader, _today(hop), member_of(hop))
    return PrivateWords("\n".join(_words(one) for one in found) or "Aucune échéance.")


@menu.effect(leads=ACTING, denies=MONEY)
def ask_advance_for(hop: Hop, session: Session, kept: Loan) -> TillDone:
    """Ask for an advance; others decide."""
    return ask_payout(hop, session, kept, "advance", instalments=kept.till_times)


@menu.effect(leads=ACTING, denies=MONEY)
def ask_lease_for(hop: Hop, session: Session, kept: Lease) -> TillDone:
    """Ask for a lease; others decide."""
    return ask_payout(hop, session, kept, "leasing", instalments=kept.till_times, asset=kept.till_asset)


def _borrower(reader: Connection, hop: Hop, kept: TillClient, kind: str) -> TillNamed:
    law.check(reader, kind, kept.member, _today(hop))
    return TillNamed(member_name(reader, kept.member))


def _words(one: schedule.LoanStanding) -> str:
    late = f", en retard {kinds.amount_words(one.late)}" if one.late else ""
    ahead = f", le {one.next_on:%d/%m} {kinds.amount_words(one.next_amount)}" if one.next_on else ""
    return f"{payouts.KINDS[one.kind].words}: reste {kinds.amount_words(one.owed)}{late}{ahead}"


def _today(hop: Hop) -> date:
    return hop.now.astimezone(DAKAR).date()
