"""Two officers and a signed receipt, where a member has no telephone to confirm with."""

import msgspec
from sqlalchemy.orm import Session

from app.coop.ledger import signing
from app.coop.ledger.payouts import NotForYourself
from app.coop.members.notices import tell_member
from app.coop.payments import handing
from app.coop.production.brought import NotThere
from app.digits import is_number
from app.sms import payment_texts as texts
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.caller import Hop, officers_act
from menus.paying import scope_of

menu = Bindings("receipts")


class ToSign(msgspec.Struct, frozen=True):
    id: int
    reference: kinds.Reference


class Signed(msgspec.Struct, frozen=True):
    signed: kinds.Phrase


@menu.answer(refuses={"unknown": None})
def sign_reference(hop: Hop, typed: str) -> ToSign:
    """Read the reference of a payment that was handed over."""
    with hop.desk.database.read() as reader:
        try:
            return ToSign(handing.handed_by_reference(reader, scope_of(reader, hop), typed), typed)
        except NotThere:
            raise Refused("unknown") from None


@menu.answer(refuses={"bad": None})
def sign_number(typed: str) -> kinds.Short:
    """Read the number printed on the receipt."""
    if not is_number(typed):
        raise Refused("bad")
    return typed


@menu.effect(leads={"gone": None, "same": None, "other": None, "yourself": None, "not_yours": None})
def sign_receipt(hop: Hop, session: Session) -> Signed:
    """Give one officer's word that the receipt is signed; with the second one's it is paid, and the member is told."""
    act, signature = officers_act(session, hop, "pay"), str(hop.kept["signature"])
    try:
        paid = handing.sign(session, act, hop.kept["sign"]["id"], signature)
    except handing.PaymentNotOpen:
        raise Lead("gone") from None
    except NotForYourself:
        raise Lead("yourself") from None
    except signing.SameOfficer:
        raise Lead("same") from None
    except signing.OtherSignature:
        raise Lead("other") from None
    if paid is None:
        return Signed("Noté. Un 2e responsable tape le même numéro.")
    words = texts.receipt_signed(paid.reference, signature, hop.now)
    tell_member(session, act, paid.member_id, "receipt", f"payment:{paid.id}:signed", words)
    return Signed("C'est payé: deux responsables ont signé.")
