"""The word on what was handed over: its member's, or two officers' and a signed receipt where there is no telephone."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts
from app.coop.handover.kinds import handover_kinds
from app.coop.handover.queries import HandedOver, handed_by_reference
from app.coop.handover.queries import to_confirm as handed_to
from app.coop.handover.services import HandoverNotOpen, confirm, sign
from app.coop.members.notices import answer, tell_member
from app.db.rows import require
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, member_of, officers_act, own_act, who_of
from menus.money import MONEY
from menus.payments import scope_of
from menus.payouts import What

menu = Bindings("receipts")
Signature = Annotated[str, kinds.Kind("words", "9" * 10)]
OFFICES = {"treasurer": "la trésorerie", "president": "la présidence", "secretary": "le secrétariat"}


class ToConfirm(msgspec.Struct, frozen=True):
    """What was handed over and waits for her word; `id` tells it from the others on the screen, `about` is its row's id."""

    id: int
    about: int
    kind: str
    reference: kinds.Reference
    amount: kinds.Amount
    office: kinds.Short
    day: kinds.Day


class Received(msgspec.Struct, frozen=True):
    received: ToConfirm


class ReceivedDone(msgspec.Struct, frozen=True):
    amount: kinds.Amount
    reference: kinds.Reference


class ToSign(msgspec.Struct, frozen=True):
    kind: str
    id: int
    what: What
    amount: kinds.Amount
    reference: kinds.Reference


class Receipt(msgspec.Struct, frozen=True):
    sign: ToSign
    signature: str


class Signed(msgspec.Struct, frozen=True):
    signed: kinds.Phrase


@menu.rows()
def to_confirm(hop: Hop, reader: Connection) -> Sequence[ToConfirm]:
    """Give what was handed over and is not confirmed."""
    found = handed_to(reader, member_of(hop))
    names = list(handover_kinds())
    return [
        ToConfirm(one.id * len(names) + names.index(one.kind), one.id, one.kind, one.reference, one.amount, _by(one), one.on)
        for one in found
    ]


@menu.effect(ways={HandoverNotOpen: "gone"})
def confirm_payment(hop: Hop, session: Session, kept: Received) -> ReceivedDone:
    """Note the member's word that the money came: it is paid."""
    meant, act = kept.received, own_act(hop)
    paid = confirm(session, act, handover_kinds()[meant.kind], meant.about)
    if meant.kind == "payment" or paid.kind != "settlement":  # with that the account is closed, and its own SMS says so
        service = hop.desk.service
        words = texts.say("payment_receipt", reference=paid.reference, day=hop.now, code=service.code, cost=service.cost)
        answer(session, act, "receipt", f"{meant.kind}:{paid.id}:paid", words, who_of(hop).cooperative_id)
    return ReceivedDone(meant.amount, meant.reference)


@menu.answer(refuses={"unknown": None})
def sign_reference(hop: Hop, reader: Connection, typed: str) -> ToSign:
    """Find what was handed over by its reference."""
    found = require(handed_by_reference(reader, scope_of(reader, hop), typed.strip()), Refused("unknown"))
    return ToSign(found.kind, found.id, found.what, found.amount, found.reference)


@menu.answer(refuses={"paper": None})
def sign_number(typed: str) -> Signature:
    """Read the number printed on the receipt."""
    if not is_number(typed):
        raise Refused("paper")
    return typed


@menu.effect(leads={"not_yours": None}, denies=MONEY)
def sign_receipt(hop: Hop, session: Session, kept: Receipt) -> Signed:
    """Give one officer's word that the receipt is signed; with the second one's it is paid, and the member is told."""
    act, meant, signature = officers_act(session, hop, "pay"), kept.sign, kept.signature
    paid = sign(session, act, handover_kinds()[meant.kind], meant.id, signature)
    if paid is None:
        return Signed("Noté. Un 2e responsable tape le même numéro.")
    service, reference = hop.desk.service, paid.reference
    words = texts.say("receipt_signed", reference=reference, signature=signature, day=hop.now, code=service.code, cost=service.cost)
    tell_member(session, act, paid.member_id, "receipt", f"{meant.kind}:{paid.id}:signed", words)
    return Signed("C'est payé: deux responsables ont signé.")


def _by(one: HandedOver) -> str:
    return "la caisse" if one.kind == "payout" else OFFICES.get(one.role or "", "mobile money")
