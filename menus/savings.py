"""Savings that leave: asked for by their member, or by an officer for them."""

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.access.freezes import check_money
from app.coop.members.names import member_name
from app.coop.till import payouts
from app.coop.till.withdrawals import free_savings
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, member_of, own_act
from menus.money import MONEY, read_francs
from menus.payouts import AskedPayout, Out, ask_payout, check_none_open
from menus.till import ACTING, Limit, Name, Sum, TillClient, TillDone

menu = Bindings("savings")


class Free(msgspec.Struct, frozen=True):
    free: kinds.Amount


class NamedFree(Free, frozen=True):
    name: Name


class PayoutWish(msgspec.Struct, frozen=True):
    withdraw_amount: int


@menu.source(leads={"handed": None, "out": Out}, denies=MONEY)
def withdrawable(hop: Hop, reader: Connection) -> Free:
    """Say what may be asked for; what was handed over comes first, then what is asked for already, and money that rests."""
    check_none_open(reader, hop, "withdrawal", *payouts.KINDS)
    check_money(reader, member_of(hop), hop.now)
    return Free(_free(reader, member_of(hop)))


@menu.answer(refuses={"francs": None, "much": None})
def withdraw_amount(hop: Hop, reader: Connection, typed: str) -> kinds.Amount:
    """Read how much, no more than nothing else holds."""
    francs = read_francs(typed)
    if francs > free_savings(reader, member_of(hop)):
        raise Refused("much")
    return francs


@menu.effect(denies=MONEY)
def ask_withdrawal(hop: Hop, session: Session, kept: PayoutWish) -> AskedPayout:
    """Ask for savings: several officers decide."""
    asked = payouts.ask(session, own_act(hop), "withdrawal", member_of(hop), kept.withdraw_amount)
    return AskedPayout(kept.withdraw_amount, asked.reference)


@menu.source()
def till_free(reader: Connection, kept: TillClient) -> NamedFree:
    """Say who it is and what she may take out."""
    return NamedFree(_free(reader, kept.member), member_name(reader, kept.member))


@menu.answer(refuses={"francs": None, "more": Limit})
def till_sum_out(reader: Connection, typed: str, kept: TillClient) -> kinds.Amount:
    """Read how much is taken out: no more than is free."""
    francs, free = read_francs(typed), _free(reader, kept.member)
    if francs > free:
        raise Refused("more", Limit(free))
    return francs


@menu.effect(leads=ACTING, denies=MONEY)
def ask_withdrawal_for(hop: Hop, session: Session, kept: Sum) -> TillDone:
    """Ask for a member's savings; others decide, and the member is told."""
    return ask_payout(hop, session, kept, "withdrawal")


def _free(reader: Connection, member_id: int) -> int:
    return max(0, free_savings(reader, member_id))
