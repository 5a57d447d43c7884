"""Aid of the solidarity fund, as its members ask and its officers decide."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts, units
from app.coop.members.lookup import NoCard, find, too_short
from app.coop.members.notices import answer
from app.coop.scope import Scope
from app.coop.solidarity import aids, fund
from app.coop.subjects import approvals
from app.coop.till.solidarity_fund import fund_of
from app.db.rows import require
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Lead, Refused
from menus.approvals import Decided
from menus.hop import Hop, Nothing, PrivateWords, officers_act, own_act, reading_office, who_of
from menus.money import MONEY
from menus.payouts import AskedPayout, Out, check_none_open

menu = Bindings("solidarity")
Urgent = Annotated[str, kinds.Kind("words", "URGENT ")]
WhyAsked = Annotated[str, kinds.Kind("words", "production perdue")]
REASONS = {"death": "un décès", "illness": "une maladie", "catch": "production perdue", "other": "autre"}

NOT_ASKED: Denials = {
    **MONEY,
    aids.AidTooMuch: lambda much: f"Au plus {kinds.amount_words(much.most)}.",
    aids.AidTooOften: lambda often: f"Déjà {units.count(often.args[0], 'aide')} en un an.",
    aids.AidNotGiven: "La caisse de votre CPS n'aide pas pour cela.",
    aids.RelativeNoOfficer: "Ce n'est pas un responsable qui décide.",
}


class AidLimit(msgspec.Struct, frozen=True):
    most: kinds.Amount


class RelativeFound(msgspec.Struct, frozen=True):
    person_id: int


class AidWish(msgspec.Struct, frozen=True):
    aid_reason: str
    aid_amount: int
    aid_relative: RelativeFound | None = None


class AidRow(msgspec.Struct, frozen=True):
    """An aid as the session keeps it. No name and no reason: they are read when shown."""

    id: int
    urgent: Urgent
    amount: kinds.Amount
    reference: kinds.Reference


class OfAid(msgspec.Struct, frozen=True):
    aid_to_decide: AidRow


class RefusedAid(OfAid, frozen=True):
    refused_why: str


class ShownAid(msgspec.Struct, frozen=True):
    name: kinds.PersonName
    why_asked: WhyAsked


@menu.source(leads={"out": Out, "handed": None})
def aid_asked(hop: Hop, reader: Connection) -> Nothing:
    """Show what is asked for already instead; what was handed over comes first."""
    check_none_open(reader, hop, "aid")
    return Nothing()


@menu.source()
def aid_terms(hop: Hop) -> AidLimit:
    """Say how much the co-operative gives at a time."""
    with hop.desk.database.session() as session:
        return AidLimit(fund.rules_of(session, Scope(who_of(hop).cooperative_id).cooperative).most)


@menu.answer(refuses=dict.fromkeys(("unknown", "short")))
def aid_relative(hop: Hop, typed: str) -> RelativeFound:
    """Find an officer by their card or telephone."""
    place = Scope(who_of(hop).cooperative_id).cooperative
    with hop.desk.database.session() as session:
        try:
            found = find(session, place, typed)
            return RelativeFound(aids.relative_of(session, own_act(hop), place, found.person_id))
        except (NoCard, aids.RelativeNoOfficer):
            raise Refused("short" if too_short(typed) else "unknown") from None


@menu.effect(denies=NOT_ASKED, untold=("aid_reason", "aid_relative"))
def ask_aid(hop: Hop, session: Session, kept: AidWish) -> AskedPayout:
    """Ask for aid, with an SMS that doesn't say why."""
    act, relative = own_act(hop), kept.aid_relative.person_id if kept.aid_relative else None
    row = aids.ask(session, act, kept.aid_reason, kept.aid_amount, relative_id=relative)
    words = texts.say("aid_asked", day=hop.now, reference=row.reference)
    answer(session, act, "receipt", f"aid:{row.id}:asked", words, row.cooperative_id)
    return AskedPayout(row.amount, row.reference)


@menu.source()
def fund_told(hop: Hop, reader: Connection) -> PrivateWords:
    """Say what members may know: the last month that was told."""
    found = fund.last_report(reader, Scope(who_of(hop).cooperative_id).cooperative)
    if found is None:
        return PrivateWords("Pas encore de compte rendu. Il vient une fois par mois, à partir de 5 aides.")
    return PrivateWords(
        f"Caisse de solidarité, avant le {found.until:%d/%m/%Y}: entré {kinds.amount_words(found.came_in)}, "
        f"{units.count(found.aids, 'aide')} pour {kinds.amount_words(found.went_out)}, reste {kinds.amount_words(found.left)}."
    )


@menu.rows()
def aids_to_decide(hop: Hop) -> Sequence[AidRow]:
    """Give what waits for this officer's word, the urgent ones first."""
    with hop.desk.database.session() as session:
        found = aids.to_decide(session, reading_office(session, hop, "approve"), hop.now)
    return [AidRow(one.approval_id, "URGENT " * one.urgent, one.amount, one.reference) for one in found]


@menu.source(leads={"gone": None})
def aid_shown(hop: Hop, kept: OfAid) -> ShownAid:
    """Say who asks and why, to who may decide on it."""
    with hop.desk.database.session() as session:
        found = aids.to_decide(session, reading_office(session, hop, "approve"), hop.now)
    one = require(next((one for one in found if one.approval_id == kept.aid_to_decide.id), None), Lead("gone"))
    return ShownAid(one.name, REASONS.get(one.reason or "", "effacé"))


@menu.effect(leads={"not_yours": None}, ways={approvals.ApprovalClosed: "gone"}, denies={approvals.Impossible: str})
def accept_aid(hop: Hop, session: Session, kept: OfAid) -> Decided:
    """Give the officer's word; the last one needed promises it."""
    done = approvals.decide(session, officers_act(session, hop, "approve"), kept.aid_to_decide.id, approved=True)
    if done.state == "approved":
        return Decided(f"Accepté: {_aid(kept)}. À remettre à la caisse (Bureau 3, 4).")
    return Decided(f"Noté: {_aid(kept)}. Il manque encore {units.count(done.missing, 'accord')}.")


@menu.effect(leads={"not_yours": None}, ways={approvals.ApprovalClosed: "gone"})
def refuse_aid(hop: Hop, session: Session, kept: RefusedAid) -> Decided:
    """Refuse it, with the reason that the member reads."""
    aids.refuse(session, officers_act(session, hop, "approve"), kept.aid_to_decide.id, kept.refused_why)
    return Decided(f"Refusé: {_aid(kept)}. La personne lit pourquoi par SMS.")


@menu.source()
def fund_now(hop: Hop, reader: Connection) -> PrivateWords:
    """Say what the fund holds now: to who decides."""
    place = reading_office(reader, hop, "approve").cooperative_id
    found = fund_of(reader, place) if place else None
    if found is None:
        return PrivateWords("La fédération n'a pas de caisse à elle.")
    return PrivateWords(
        f"Dans la caisse {kinds.amount_words(found.balance)}, promis {kinds.amount_words(found.promised)}, "
        f"libre {kinds.amount_words(max(0, found.free))}. Pour les membres: une fois par mois seulement."
    )


def _aid(kept: OfAid) -> str:
    return f"{kinds.amount_words(kept.aid_to_decide.amount)}, réf {kept.aid_to_decide.reference}"
