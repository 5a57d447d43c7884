"""What leaves for a member, whatever its kind: asked for, taken back by its member, handed over by an officer."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts
from app.coop.closing.handover import PAYOUT
from app.coop.handover.services import hand_over
from app.coop.members.notices import answer, tell_member
from app.coop.till import payouts
from app.coop.till.models import Payout
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead
from menus.cash import handing_act
from menus.hop import Hop, Nothing, member_of, officers_act, own_act, who_of
from menus.money import MONEY
from menus.till import ACTING, Sum, TillClient, TillDone

menu = Bindings("payouts")
What = Annotated[str, kinds.Kind("words", "m" * 32)]
ToWhom = Annotated[str, kinds.Kind("words", "aux héritiers de")]
STANDING = {
    "asked": "vos responsables décident.",
    "approved": "accepté, passez à la caisse sous 14 jours.",
    "contested": "votre réclamation attend.",
}


class Out(msgspec.Struct, frozen=True):
    """A payout on its way, as its member sees it."""

    id: int
    what: What
    amount: kinds.Amount
    reference: kinds.Reference
    standing: kinds.Phrase


class AskedPayout(msgspec.Struct, frozen=True):
    amount: kinds.Amount
    reference: kinds.Reference


class TakenBackPayout(msgspec.Struct, frozen=True):
    """A payout that its member takes back."""

    out: Out


class Handing(msgspec.Struct, frozen=True):
    """A payout as it is handed over; what a member left who died is given to the heirs."""

    id: int
    what: What
    amount: kinds.Amount
    reference: kinds.Reference
    to_whom: ToWhom


class PayoutHandOut(msgspec.Struct, frozen=True):
    hand_out: Handing


class HandedPayout(msgspec.Struct, frozen=True):
    handed: kinds.Amount
    reference: kinds.Reference


def check_none_open(reader: Connection, hop: Hop, kind: str, *others: str) -> None:
    """Lead who is on the line to what was handed over to them, of a kind or `others`; then to what of the kind is asked for."""
    found = payouts.open_of(reader, member_of(hop))
    if any(one.state == "handed" and not one.contested and one.kind in (kind, *others) for one in found):
        raise Lead("handed")
    for one in found:
        if one.kind == kind:
            standing = STANDING["contested" if one.contested else one.state]
            raise Lead("out", Out(one.id, payouts.words_of(one.kind, one.asset), one.amount, one.reference, standing))


@menu.effect(denies=MONEY)
def cancel_payout(hop: Hop, session: Session, kept: TakenBackPayout) -> Nothing:
    """Take back what was asked for."""
    act, out = own_act(hop), kept.out
    payouts.cancel(session, act, out.id)
    words = texts.say("payout_cancelled", reference=out.reference, day=hop.now)
    answer(session, act, "receipt", f"payout:{out.id}:cancelled", words, who_of(hop).cooperative_id)
    return Nothing()


def ask_payout(hop: Hop, session: Session, kept: Sum, kind: str, **more: Any) -> TillDone:
    """Ask as an officer for what leaves the till for a member, and tell them; others decide."""
    act = officers_act(session, hop, "pay")
    row = payouts.ask(session, act, kind, kept.member, kept.till_amount, **more)
    words = texts.say("payout_asked", by=act.office.role, reference=row.reference, day=hop.now)
    tell_member(session, act, row.member_id, "security", f"payout:{row.id}:asked", words)
    what = f"{payouts.words_of(row.kind, row.asset)} {kinds.amount_words(row.amount)}"
    return TillDone(f"Demandé: {what}, réf {row.reference}. D'autres décident.")


@menu.rows()
def payouts_to_hand(reader: Connection, kept: TillClient) -> Sequence[Handing]:
    """Give what officers have approved for this member."""
    return [
        Handing(one.id, payouts.words_of(one.kind, one.asset), one.amount, one.reference, "aux héritiers de" if one.paper else "à")
        for one in payouts.open_of(reader, kept.member, (Payout.HELD,))
    ]


@menu.effect(leads=ACTING | {"shut": None}, denies=MONEY)
def hand_payout(hop: Hop, session: Session, kept: PayoutHandOut) -> HandedPayout:
    """Hand over what was approved, and ask the member to confirm."""
    act = handing_act(session, hop)
    row = hand_over(session, act, PAYOUT, kept.hand_out.id)
    service = hop.desk.service
    words = texts.say("payout_handed", reference=row.reference, day=hop.now, code=service.code, cost=service.cost)
    tell_member(session, act, row.member_id, "security", f"payout:{row.id}:handed", words)
    return HandedPayout(row.amount, row.reference)
