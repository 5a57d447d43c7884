"""Give one's word on what waits for several officers."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import units
from app.coop.broadcasts import confirmations
from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.queries import Balances, balances_of
from app.coop.members.names import card_and_name, member_name, names_of, person_name
from app.coop.offices.queries import offices_of
from app.coop.rights import OfficeRole
from app.coop.subjects import approvals
from app.db.rows import require
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead
from menus.call_backs import age_words
from menus.hop import Hop, officers_act, reading_office, who_of

menu = Bindings("approvals")
Whom = Annotated[str, kinds.Kind("name", "m" * 28, private=True)]
Francs = Annotated[str, kinds.Kind("francs", "-999 999 999 F", private=True)]
"""An amount, or nothing where none is at stake."""


OFFICES: dict[OfficeRole, str] = {
    "president": ", présidence",
    "treasurer": ", trésorerie",
    "secretary": ", secrétariat",
    "delegate": ", délégation",
    "auditor": ", contrôle",
    "administrator": ", fédération",
    "ministry": ", ministère",
}
BROADCASTS = 0
"""The row behind which the officer's estimates are: no approval has this id."""


class Waiting(msgspec.Struct, frozen=True):
    id: int
    age: Annotated[str, kinds.Kind("words", "59 min")]
    what: kinds.Phrase
    amount: Francs
    whose: Annotated[str, kinds.Kind("name", "m" * 20, private=True)] = ""


STANDING = "Épargne {}, doit {}, la CPS doit {}"


class Shown(msgspec.Struct, frozen=True):
    what: kinds.Phrase
    amount: Francs
    whom: Whom
    asker: Whom
    office: kinds.Short
    standing: Annotated[str, kinds.Kind("words", STANDING.format(*["999 999 999 F"] * 3) + ", parts 999 999 999 F", private=True)]


class Verdict(msgspec.Struct, frozen=True):
    act: Annotated[str, kinds.Kind("words", "Approuver")]
    whose: Annotated[str, kinds.Kind("name", ", " + "m" * 12, private=True)]


class PickedApproval(msgspec.Struct, frozen=True):
    approval: Waiting


class Word(PickedApproval, frozen=True):
    """An officer's word on it, `oui` or `non`."""

    verdict: str


class Decided(msgspec.Struct, frozen=True):
    decided: Annotated[str, kinds.Kind("words", "m" * 112)]


@menu.rows()
def approvals_waiting(hop: Hop, reader: Connection) -> Sequence[Waiting]:
    """Give what waits for this officer, oldest first, behind one line for estimates of broadcasts that wait for their sender."""
    found = approvals.waiting_for(reader, reading_office(reader, hop, "approve"), hop.now)
    names = names_of(reader, [one.member_id for one in found if one.member_id])
    mine = confirmations.waiting_for_pin(reader, who_of(hop).person_id, hop.phone, hop.now)
    rows = [Waiting(BROADCASTS, age_words(hop.now - mine[0].at), "Diffusions: vos devis", "")] if mine else []
    return rows + [
        Waiting(one.id, age_words(hop.now - one.asked_at), one.words, _francs(one.amount), names.get(one.member_id or 0, ""))
        for one in found
    ]


@menu.source(leads={"gone": None, "broadcasts": None})
def approval_shown(hop: Hop, reader: Connection, kept: PickedApproval) -> Shown:
    """Say what it is, whom it concerns, how they stand, and who asked by which office: names, for the PIN is behind us."""
    if kept.approval.id == BROADCASTS:
        raise Lead("broadcasts")
    found = approvals.waiting_for(reader, reading_office(reader, hop, "approve"), hop.now)
    one = require(next((one for one in found if one.id == kept.approval.id), None), Lead("gone"))
    place = select(Cooperative.code, Cooperative.name).where(Cooperative.id == one.cooperative_id)
    whom = card_and_name(reader, one.member_id) if one.member_id else reader.execute(place).first()
    asker, office = person_name(reader, one.asked_by) if one.asked_by else "par fichier", _office(reader, one, hop)
    standing = _standing(reader, one)
    return Shown(one.words, _francs(one.amount), " ".join(whom) if whom else "Fédération", asker, office, standing)


@menu.source()
def approval_verdict(reader: Connection, kept: Word) -> Verdict:
    """Say which of the two the PIN will confirm, and for whom."""
    found = select(approvals.Approval.member_id).where(approvals.Approval.id == kept.approval.id)
    name = member_name(reader, reader.scalar(found) or 0)
    return Verdict("Approuver" if kept.verdict == "oui" else "Refuser", f", {name}" if name else "")


@menu.effect(leads={"not_yours": None}, ways={approvals.ApprovalClosed: "gone"}, denies={approvals.Impossible: str})
def decide_approval(hop: Hop, session: Session, kept: Word) -> Decided:
    """Give the officer's word; the last one needed acts."""
    act = officers_act(session, hop, "approve")
    done = approvals.decide(session, act, kept.approval.id, approved=kept.verdict == "oui")
    if done.why:
        return Decided(f"Impossible: {done.why}. Rien n'est changé.")
    what = f"{kept.approval.what} {kept.approval.amount}".strip()
    ends = {"approved": f"Approuvé, c'est fait: {what}.", "refused": f"Refusé: {what}. Rien n'est changé."}
    return Decided(ends.get(done.state, f"Noté: {what}. Il manque encore {units.count(done.missing, 'accord')}."))


def _standing(reader: Connection, one: approvals.WaitingApproval) -> str:
    """Say what a member has and owes, where money of theirs is at stake; of a paper book what it comes to."""
    paper = one.kind == "opening"
    if paper:
        said = reader.scalar(select(approvals.Approval.details).where(approvals.Approval.id == one.id)) or {}
        held = Balances(**said["totals"])
    elif one.member_id and one.amount:
        held = balances_of(reader, one.member_id)
    else:
        return ""
    words = STANDING.format(*map(kinds.amount_words, (held.savings, held.owed, held.payable)))
    return f"{words}, parts {kinds.amount_words(held.shares)}" if paper else words


def _office(reader: Connection, one: approvals.WaitingApproval, hop: Hop) -> str:
    """Return the office by which it was asked, "" for the member's own word."""
    held = offices_of(reader, one.asked_by or 0, hop.now.date())
    return next((OFFICES[office.role] for office in held if office.scope.includes(one.cooperative_id)), "")


def _francs(amount: int | None) -> str:
    return "" if amount is None else kinds.amount_words(amount)
