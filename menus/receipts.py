"""Two officers and a signed receipt, where a member has no telephone to confirm with."""

from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts
from app.coop.handover.kinds import handover_kinds
from app.coop.handover.queries import handed_by_reference
from app.coop.handover.services import sign
from app.coop.members.notices import tell_member
from app.db.rows import require
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, officers_act
from menus.money import MONEY
from menus.payments import scope_of
from menus.payouts import What

menu = Bindings("receipts")
Signature = Annotated[str, kinds.Kind("words", "9" * 10)]


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
