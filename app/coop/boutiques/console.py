"""What is asked of the boutique témoin at the console: goods handed over, an invoice paid, a sale taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import units
from app.amounts import francs
from app.coop import approvals, law
from app.coop.act import Act
from app.coop.boutiques import queries, sales
from app.coop.boutiques.models import Order
from app.coop.boutiques.orders import OrderNotOpen
from app.coop.console_requests.kinds import RequestDone, RequestKind, Why
from app.coop.members.names import member_name
from app.coop.scope import Scope

LONGEST_NAME = 20
PAID = {"cash": "en espèces", "account": "sur son compte", "invoice": "sur facture"}
BOXES = {"cash": "en caisse", "bank": "en banque", "mobile": "par mobile"}
DENIES: dict[type[Exception], Why] = {
    OrderNotOpen: "déjà remis, payé ou passé",
    sales.OwnSale: "pas pour vous-même: un autre responsable",
    sales.AccountShort: lambda short: f"la CPS ne lui doit que {francs(short.free)}",
    law.Unlawful: lambda no: str(no),
    approvals.AlreadyAsked: "déjà demandé: un autre décide",
}


class AskedPickUp(msgspec.Struct, frozen=True):
    """A reserved order that should be handed over; its code was said."""

    order_id: int


class AskedSettlement(msgspec.Struct, frozen=True):
    """An invoice that was paid, and into which box."""

    order_id: int
    box: Literal["cash", "bank", "mobile"]


class AskedRefund(msgspec.Struct, frozen=True):
    """A sale that should be taken back; `restocked` when its goods are good."""

    order_id: int
    restocked: bool


def open_in(reader: Connection | Session, scope: Scope, order_id: int, *states: str) -> queries.ShownOrder:
    """Return a co-operative's own order in one of these states. Raises OrderNotOpen."""
    found = queries.orders(reader, Order.id == order_id, Order.state.in_(states), scope.own(Order.cooperative_id))
    if not found:
        raise OrderNotOpen(order_id)
    return found[0]


def _say_pick_up(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedPickUp) -> str:
    del now
    one = open_in(reader, scope, wanted.order_id, "reserved")
    whose = f" à {member_name(reader, one.member_id)[:LONGEST_NAME]}" if one.member_id else ""
    return f"remettre {units.count_of(one.quantity, one.unit, one.name)}{whose}, {francs(one.amount)} {PAID[one.way]}."


def _hand_over(session: Session, act: Act, wanted: AskedPickUp) -> RequestDone:
    row = sales.hand_over(session, act, wanted.order_id)
    return RequestDone(f"Remis: {francs(row.amount)} {PAID[row.way]}.")


def _say_settlement(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedSettlement) -> str:
    del now
    one = open_in(reader, scope, wanted.order_id, "delivered")
    return f"facture {one.invoice} payée, {(one.buyer or '')[:24]}: {francs(one.amount)} {BOXES[wanted.box]}."


def _settle(session: Session, act: Act, wanted: AskedSettlement) -> RequestDone:
    row = sales.settle(session, act, wanted.order_id, wanted.box)
    return RequestDone(f"Facture {row.invoice} payée: {francs(row.amount)}.")


def _say_refund(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedRefund) -> str:
    del now
    one = open_in(reader, scope, wanted.order_id, "sold", "delivered")
    goods = "remis en rayon" if wanted.restocked else "à jeter"
    return f"rembourser {units.count_of(one.quantity, one.unit, one.name)}, {francs(one.amount)}, {goods}."


def _refund(session: Session, act: Act, wanted: AskedRefund) -> RequestDone:
    sales.ask_refund(session, act, wanted.order_id, restocked=wanted.restocked)
    return RequestDone("Demandé: un 2e responsable décide, puis vous rendez l'argent.")


def _whose(reader: Connection | Session, wanted: AskedPickUp | AskedSettlement | AskedRefund) -> int | None:
    return reader.scalar(select(Order.member_id).where(Order.id == wanted.order_id))


def _kind(
    name: str, title: str, arguments: type[msgspec.Struct], say: Callable[..., str], do: Callable[..., RequestDone]
) -> RequestKind:
    return RequestKind(name=name, title=title, right="sell", arguments=arguments, say=say, do=do, concerns=_whose, denies=DENIES)


KINDS = (
    _kind("pick_up", "Remettre", AskedPickUp, _say_pick_up, _hand_over),
    _kind("invoice_paid", "Facture", AskedSettlement, _say_settlement, _settle),
    _kind("refund", "Rembourser", AskedRefund, _say_refund, _refund),
)
