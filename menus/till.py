"""The officers' till: money in, savings out, payouts handed over, corrections."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.coop.closing.handover import PAYOUT
from app.coop.handover.services import hand_over
from app.coop.ledger.queries import balances_of
from app.coop.ledger.services import OWED
from app.coop.members import lookup
from app.coop.members.models import Member
from app.coop.members.names import cards_of, member_name
from app.coop.members.notices import tell_member
from app.coop.production.weighing_lookup import NotThere, member_of_card
from app.coop.subjects import approvals
from app.coop.till import corrections, payouts, takings
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Refused
from menus.cash import handing_act
from menus.hop import Hop, officers_act, who_of
from menus.identity import STATES, unproved
from menus.payments import scope_of
from menus.savings import MONEY, What, read_francs

menu = Bindings("till")
Name = Annotated[str, kinds.Kind("name", "m" * 30, private=True)]
ToWhom = Annotated[str, kinds.Kind("words", "aux héritiers de")]
NOT_AGAIN = "Déjà annulé, ou déjà demandé."
IN = {"savings": "Épargne", "shares": "Parts", "repayment": "Remb. avance", "leasing_repayment": "Loyer", "levy": "Cotisation"}
ACTING = {"not_yours": None}
UNKNOWN = dict.fromkeys(("unknown", "short", "self"))
REPAYMENTS = (3, 4)
"""The choices of what a member brings that repay."""


class TillMember(msgspec.Struct, frozen=True):
    """Whose account it is: no name, for the session keeps it."""

    member_id: int


class TillNamed(msgspec.Struct, frozen=True):
    name: Name


class Payer(msgspec.Struct, frozen=True):
    """Who brings money: of a closed account what isn't owed is not taken."""

    name: Name
    hidden: tuple[int, ...] = ()


class Limit(msgspec.Struct, frozen=True):
    most: kinds.Amount


class NamedFree(msgspec.Struct, frozen=True):
    name: Name
    free: kinds.Amount


class NamedWhat(msgspec.Struct, frozen=True):
    name: Name
    what: kinds.Short


class Handing(msgspec.Struct, frozen=True):
    """A payout as it is handed over; what a member left who died is given to the heirs."""

    id: int
    what: What
    amount: kinds.Amount
    reference: kinds.Reference
    to_whom: ToWhom = "à"


class HandedPayout(msgspec.Struct, frozen=True):
    handed: kinds.Amount
    reference: kinds.Reference


class EntryRow(msgspec.Struct, frozen=True):
    id: int
    day: kinds.Day
    what: kinds.Short
    amount: kinds.Amount


class TillDone(msgspec.Struct, frozen=True):
    till_done: Annotated[str, kinds.Kind("words", "m" * 80)]


class TillClient(msgspec.Struct, frozen=True):
    """Whose account the officer has before them."""

    till: TillMember

    @property
    def member(self) -> int:
        """Return the member."""
        return self.till.member_id


class Sum(TillClient, frozen=True):
    till_amount: int


class Bringing(TillClient, frozen=True):
    till_kind: str


class BroughtMoney(Sum, frozen=True):
    till_kind: str
    till_box: str


class PayoutHandOut(msgspec.Struct, frozen=True):
    hand_out: Handing


class ToReverse(msgspec.Struct, frozen=True):
    reversing: EntryRow


@menu.answer(refuses=UNKNOWN)
def till_card(hop: Hop, typed: str) -> TillMember:
    """Find a member of the officer's co-operative by card, or by a telephone number of their own."""
    with hop.desk.database.read() as reader:
        try:
            member = member_of_card(reader, scope_of(reader, hop), typed)
        except NotThere:
            raise Refused("short" if lookup.too_short(typed) else "unknown") from None
    if member == who_of(hop).member_id:
        raise Refused("self")
    return TillMember(member)


@menu.answer(refuses=UNKNOWN)
def till_hand_card(hop: Hop, typed: str) -> TillMember:
    """Find who is given money by card: also a member whose account is closed to their own acts, and waits to be settled."""
    with hop.desk.database.read() as reader:
        try:
            found = lookup.find(reader, scope_of(reader, hop), typed)
        except lookup.NoCard:
            raise Refused("short" if lookup.too_short(typed) else "unknown") from None
    if found.state == "departed":
        raise Refused("unknown")
    if found.member_id == who_of(hop).member_id:
        raise Refused("self")
    return TillMember(found.member_id)


@menu.answer(refuses=UNKNOWN)
def till_payer(hop: Hop, typed: str) -> TillMember:
    """Find who brings money by card: also a member whose account is closed to their own acts, and who still owes."""
    return till_hand_card(hop, typed)


@menu.answer(refuses={"bad": None, "more": Limit})
def till_sum_in(hop: Hop, typed: str, kept: Bringing) -> kinds.Amount:
    """Read how much is brought: of what is repaid no more than is owed."""
    francs, side = read_francs(typed), takings.INTO[kept.till_kind]
    if side in OWED:
        with hop.desk.database.read() as reader:
            owed: int = getattr(balances_of(reader, kept.member), side)
        if francs > owed:
            raise Refused("more", Limit(owed))
    return francs


@menu.answer(refuses={"bad": None, "more": Limit})
def till_sum_out(hop: Hop, typed: str, kept: TillClient) -> kinds.Amount:
    """Read how much is taken out: no more than is free."""
    francs = read_francs(typed)
    with hop.desk.database.read() as reader:
        free = max(0, payouts.free_savings(reader, kept.member))
    if francs > free:
        raise Refused("more", Limit(free))
    return francs


@menu.answer(refuses={"bad": None})
def till_amount(typed: str) -> kinds.Amount:
    """Read an amount in whole XOF."""
    return read_francs(typed)


@menu.guard(name="till_open", leads=dict.fromkeys(STATES))
def till_open(hop: Hop) -> Divert:
    """Say who opens the list to hand over, whose PIN is asked whether or not they gave it before."""
    return unproved(hop, officer=True)


@menu.source()
def till_whom(hop: Hop, kept: TillClient) -> TillNamed:
    """Say who it is: a slip in the card's number is seen by the name."""
    with hop.desk.database.read() as reader:
        return TillNamed(member_name(reader, kept.member))


@menu.source()
def till_who_pays(hop: Hop, kept: TillClient) -> Payer:
    """Say who it is; one whose account is closed may only repay."""
    with hop.desk.database.read() as reader:
        state = reader.scalar(select(Member.state).where(Member.id == kept.member))
        closed = state not in lookup.BELONGS
        return Payer(member_name(reader, kept.member), tuple(set(range(1, 7)) - set(REPAYMENTS)) if closed else ())


@menu.source()
def till_free(hop: Hop, kept: TillClient) -> NamedFree:
    """Say who it is and what she may take out."""
    with hop.desk.database.read() as reader:
        return NamedFree(member_name(reader, kept.member), max(0, payouts.free_savings(reader, kept.member)))


@menu.source()
def till_in_what(hop: Hop, kept: Bringing) -> NamedWhat:
    """Say what she brings."""
    with hop.desk.database.read() as reader:
        return NamedWhat(member_name(reader, kept.member), IN[kept.till_kind])


@menu.rows()
def payouts_to_hand(hop: Hop, kept: TillClient) -> Sequence[Handing]:
    """Give what officers have approved for this member."""
    with hop.desk.database.read() as reader:
        return [_handing(one) for one in payouts.open_of(reader, kept.member, ("approved",))]


@menu.rows()
def reversible_entries(hop: Hop, kept: TillClient) -> Sequence[EntryRow]:
    """Give the member's last entries that could be reversed."""
    with hop.desk.database.read() as reader:
        found = corrections.reversible(reader, scope_of(reader, hop), kept.member)
    return [EntryRow(one.id, one.on, corrections.reversible_kinds()[one.kind], one.amount) for one in found]


@menu.effect(leads=ACTING, denies=MONEY)
def take_in(hop: Hop, session: Session, kept: BroughtMoney) -> TillDone:
    """Write what a member brought, and tell them."""
    act = officers_act(session, hop, "pay")
    entry = takings.take_in(session, act, kept.member, kept.till_kind, kept.till_amount, box=kept.till_box)
    words = texts.say("till_receipt", entry=entry, day=hop.now, code=hop.desk.service.code)
    tell_member(session, act, kept.member, "receipt", f"till:{entry}", words)
    brought = f"{IN[kept.till_kind]} {kinds.amount_words(kept.till_amount)}"
    return TillDone(f"{brought} de {cards_of(session, [kept.member])[kept.member]}: encaissé, numéro {entry}.")


@menu.effect(leads=ACTING, denies={**MONEY, approvals.AlreadyAsked: "Une cotisation attend déjà."})
def ask_levy(hop: Hop, session: Session, kept: Sum) -> TillDone:
    """Ask that a levy be kept from what is owed to the member."""
    takings.ask_levy(session, officers_act(session, hop, "pay"), kept.member, kept.till_amount)
    return TillDone(f"Demandé: cotisation {kinds.amount_words(kept.till_amount)}. Un autre responsable décide.")


@menu.effect(leads=ACTING, denies=MONEY)
def ask_withdrawal_for(hop: Hop, session: Session, kept: Sum) -> TillDone:
    """Ask for a member's savings; others decide, and the member is told."""
    return ask_payout(hop, session, kept, "withdrawal")


@menu.effect(leads=ACTING | {"shut": None}, denies=MONEY)
def hand_payout(hop: Hop, session: Session, kept: PayoutHandOut) -> HandedPayout:
    """Hand over what was approved, and ask the member to confirm."""
    act = handing_act(session, hop)
    row = hand_over(session, act, PAYOUT, kept.hand_out.id)
    service = hop.desk.service
    words = texts.say("payout_handed", reference=row.reference, day=hop.now, code=service.code, cost=service.cost)
    tell_member(session, act, row.member_id, "security", f"payout:{row.id}:handed", words)
    return HandedPayout(row.amount, row.reference)


@menu.effect(leads=ACTING, denies={corrections.NotReversible: lambda no: f"Impossible: {no}." if str(no) else NOT_AGAIN})
def ask_reversal(hop: Hop, session: Session, kept: ToReverse) -> TillDone:
    """Ask that an entry be reversed."""
    corrections.ask(session, officers_act(session, hop, "pay"), kept.reversing.id)
    what = f"{kept.reversing.what} {kinds.amount_words(kept.reversing.amount)}"
    return TillDone(f"Demandé: annuler {what}. Un autre responsable décide.")


def ask_payout(hop: Hop, session: Session, kept: Sum, kind: str, **more: Any) -> TillDone:
    """Ask for what leaves the till for a member, and tell them; others decide."""
    act = officers_act(session, hop, "pay")
    row = payouts.ask(session, act, kind, kept.member, kept.till_amount, **more)
    words = texts.say("payout_asked", by=act.office.role, reference=row.reference, day=hop.now)
    tell_member(session, act, row.member_id, "security", f"payout:{row.id}:asked", words)
    what = f"{payouts.words_of(row.kind, row.asset)} {kinds.amount_words(row.amount)}"
    return TillDone(f"Demandé: {what}, réf {row.reference}. D'autres décident.")


def _handing(one: payouts.OpenPayout) -> Handing:
    return Handing(
        one.id, payouts.words_of(one.kind, one.asset), one.amount, one.reference, "aux héritiers de" if one.paper else "à"
    )
