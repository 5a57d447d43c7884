"""The officers' till: who it is about, money in, corrections."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import texts
from app.coop.ledger.queries import balances_of
from app.coop.ledger.services import OWED
from app.coop.members import lookup
from app.coop.members.models import Member
from app.coop.members.names import cards_of, member_name
from app.coop.members.notices import tell_member
from app.coop.production.weighing_lookup import NotThere, member_of_card
from app.coop.subjects import approvals
from app.coop.till import corrections, takings
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, officers_act, who_of
from menus.money import MONEY, read_francs
from menus.payments import scope_of

menu = Bindings("till")
Name = Annotated[str, kinds.Kind("name", "m" * 30, private=True)]
NOT_AGAIN = "Déjà annulé, ou déjà demandé."
IN = {"savings": "Épargne", "shares": "Parts", "repayment": "Remb. avance", "leasing_repayment": "Loyer", "levy": "Cotisation"}
ACTING = {"not_yours": None}
UNKNOWN = dict.fromkeys(("no_account", "short", "self"))
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


class NamedWhat(msgspec.Struct, frozen=True):
    name: Name
    what: kinds.Short


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


class ToReverse(msgspec.Struct, frozen=True):
    reversing: EntryRow


@menu.answer(refuses=UNKNOWN)
def till_card(hop: Hop, reader: Connection, typed: str) -> TillMember:
    """Find a member of the officer's co-operative by card, or by a telephone number of their own."""
    try:
        member = member_of_card(reader, scope_of(reader, hop), typed)
    except NotThere:
        raise Refused("short" if lookup.too_short(typed) else "no_account") from None
    if member == who_of(hop).member_id:
        raise Refused("self")
    return TillMember(member)


@menu.answer(name="till_payer", refuses=UNKNOWN)
@menu.answer(refuses=UNKNOWN)
def till_hand_card(hop: Hop, reader: Connection, typed: str) -> TillMember:
    """Find who is given money, or brings it, by card: also a member whose account is closed to their own acts."""
    try:
        found = lookup.find(reader, scope_of(reader, hop), typed)
    except lookup.NoCard:
        raise Refused("short" if lookup.too_short(typed) else "no_account") from None
    if found.state == "departed":
        raise Refused("no_account")
    if found.member_id == who_of(hop).member_id:
        raise Refused("self")
    return TillMember(found.member_id)


@menu.answer(refuses={"francs": None, "more": Limit})
def till_sum_in(reader: Connection, typed: str, kept: Bringing) -> kinds.Amount:
    """Read how much is brought: of what is repaid no more than is owed."""
    francs, side = read_francs(typed), takings.INTO[kept.till_kind]
    if side in OWED:
        owed: int = getattr(balances_of(reader, kept.member), side)
        if francs > owed:
            raise Refused("more", Limit(owed))
    return francs


@menu.answer(refuses={"francs": None})
def till_amount(typed: str) -> kinds.Amount:
    """Read an amount in whole XOF."""
    return read_francs(typed)


@menu.source()
def till_whom(reader: Connection, kept: TillClient) -> TillNamed:
    """Say who it is: a slip in the card's number is seen by the name."""
    return TillNamed(member_name(reader, kept.member))


@menu.source()
def till_who_pays(reader: Connection, kept: TillClient) -> Payer:
    """Say who it is; one whose account is closed may only repay."""
    state = reader.scalar(select(Member.state).where(Member.id == kept.member))
    closed = state not in lookup.BELONGS
    return Payer(member_name(reader, kept.member), tuple(set(range(1, 7)) - set(REPAYMENTS)) if closed else ())


@menu.source()
def till_in_what(reader: Connection, kept: Bringing) -> NamedWhat:
    """Say what she brings."""
    return NamedWhat(member_name(reader, kept.member), IN[kept.till_kind])


@menu.rows()
def reversible_entries(hop: Hop, reader: Connection, kept: TillClient) -> Sequence[EntryRow]:
    """Give the member's last entries that could be reversed."""
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


@menu.effect(leads=ACTING, denies={corrections.NotReversible: lambda no: f"Impossible: {no}." if str(no) else NOT_AGAIN})
def ask_reversal(hop: Hop, session: Session, kept: ToReverse) -> TillDone:
    """Ask that an entry be reversed."""
    corrections.ask(session, officers_act(session, hop, "pay"), kept.reversing.id)
    what = f"{kept.reversing.what} {kinds.amount_words(kept.reversing.amount)}"
    return TillDone(f"Demandé: annuler {what}. Un autre responsable décide.")
