"""Leave a co-operative: the member's screens, and the officers' who note, ask of each other, and settle."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app.coop import approvals
from app.coop.handover.services import NotForYourself
from app.coop.ledger import settling
from app.coop.ledger.reading import balances_of
from app.coop.members import leaving, notices
from app.coop.members.finding import Found, NoCard, in_cooperative
from app.coop.members.freezes import MoneyFrozen
from app.coop.members.names import member_name
from app.sms import people_texts, texts
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead
from menus.at_hand import Barred, CardNumber, Named, found_of, office_of, refuse, whom_of
from menus.caller import Hop, Nothing, act_by, member_of, own_act, reading_office

menu = Bindings("leaving")
Far = Annotated[str, kinds.Kind("words", "28/12/2027")]
WHAT = {"withdrawal": "Départ", "exclusion": "Exclure", "death": "Décès", "reinstatement": "Rouvrir"}
SHORT = {"withdrawal": "départ", "exclusion": "exclu", "death": "décès"}


class Due(msgspec.Struct, frozen=True):
    due_on: Far


class Leaving(msgspec.Struct, frozen=True):
    due: Far


class Leaver(msgspec.Struct, frozen=True):
    what: kinds.Short
    name: kinds.PersonName


class Noted(msgspec.Struct, frozen=True):
    noted: Annotated[str, kinds.Kind("words", "m" * 100)]


class LeaverRow(msgspec.Struct, frozen=True):
    id: int
    member_id: int
    card: CardNumber
    kind: kinds.Short
    due: Far
    dead: bool = False


class Rest(msgspec.Struct, frozen=True):
    name: Annotated[str, kinds.Kind("name", "m" * 24, private=True)]
    rest: kinds.Amount


class Owed(msgspec.Struct, frozen=True):
    name: Annotated[str, kinds.Kind("name", "m" * 24, private=True)]
    shares: kinds.Amount
    savings: kinds.Amount
    payable: kinds.Amount
    owes: kinds.Amount


class Owing(msgspec.Struct, frozen=True):
    amount: kinds.Price


@menu.source(leads={"leaving": Leaving})
def leave(hop: Hop) -> Nothing:
    """Lead elsewhere who is leaving already."""
    with hop.desk.database.read() as reader:
        found = leaving.departure_of(reader, member_of(hop))
    if found:
        raise Lead("leaving", Leaving(_far(found.due)))
    return Nothing()


@menu.effect(leads={"gone": None})
def ask_to_leave(hop: Hop, session: Session) -> Due:
    """Take the member's notice: the SMS is its written trace."""
    try:
        due = leaving.ask_to_leave(session, own_act(hop))
    except leaving.NotPossible:
        raise Lead("gone") from None
    notices.tell_self(session, own_act(hop), f"leave:{hop.operation}", people_texts.leaving_noted(hop.now, due))
    return Due(_far(due))


@menu.effect(leads={"gone": None})
def stay(hop: Hop, session: Session) -> Nothing:
    """Take the notice back."""
    try:
        leaving.stay(session, own_act(hop))
    except leaving.NotPossible:
        raise Lead("gone") from None
    notices.tell_self(session, own_act(hop), f"stay:{hop.operation}", people_texts.staying(hop.now))
    return Nothing()


@menu.source(leads={"why": None})
def leaver(hop: Hop) -> Leaver:
    """Say what will be noted of whom; an exclusion wants a reason first."""
    kind = str(hop.kept["leave_as"])
    if kind == "exclusion" and "leave_why" not in hop.kept:
        raise Lead("why")
    return Leaver(WHAT[kind], _name(hop, whom_of(hop).member_id))


@menu.effect(leads={"not_yours": None, "barred": Barred})
def note_departure(hop: Hop, session: Session) -> Noted:
    """Note a notice on paper; or ask other officers for an exclusion, a death, a reinstatement."""
    act, member = act_by(office_of(session, hop), hop), found_of(session, hop)
    kind, paper = str(hop.kept["leave_as"]), str(hop.kept["leaver_paper"])
    try:
        if kind == "withdrawal":
            due = leaving.note(session, act, member, paper)
            words = people_texts.leaving_noted(hop.now, due)
            notices.tell_person(session, act, member.person_id, f"leave:{hop.operation}", words)
            return Noted(f"Noté. Tout est à rendre au plus tard le {_far(due)}: 5, puis 4.")
        reason = leaving.REASONS[int(hop.kept["leave_why"]) - 1] if kind == "exclusion" else ""
        leaving.ask(session, act, kind, member, paper=paper, reason=reason)
    except leaving.NotPossible:
        refuse("gone")
    except leaving.StillBusy:
        refuse("busy")
    except approvals.AlreadyAsked:
        refuse("asked")
    return Noted("Noté. Un 2e responsable doit l'approuver: Bureau, 2. Rien n'est changé d'ici là.")


@menu.rows()
def leavers(hop: Hop) -> Sequence[LeaverRow]:
    """Give the departures that are open in the officer's scope."""
    with hop.desk.database.read() as reader:
        office = reading_office(reader, hop, "people")
        found = leaving.departures(reader, office.cooperative_id)
    return [LeaverRow(one.id, one.member_id, one.card, SHORT[one.kind], _far(one.due), one.kind == "death") for one in found]


@menu.source(leads={"heirs": None})
def leaver_owed(hop: Hop) -> Owed:
    """Say what is owed either way; of a member who died the heirs' paper comes first."""
    member = _departing(hop).member_id
    if _departing(hop).dead:
        raise Lead("heirs")
    with hop.desk.database.read() as reader:
        found = balances_of(reader, member)
    return Owed(_name(hop, member), found.shares, found.savings, found.payable, found.advance + found.leasing)


@menu.source()
def heirs_owed(hop: Hop) -> Rest:
    """Say what is left to the heirs, what the member owed taken off."""
    member = _departing(hop).member_id
    with hop.desk.database.read() as reader:
        found = balances_of(reader, member)
    return Rest(_name(hop, member), found.shares + found.savings + found.payable - found.advance - found.leasing)


@menu.source()
def leaver_named(hop: Hop) -> Named:
    """Say whose account will be settled."""
    return Named(_name(hop, _departing(hop).member_id))


@menu.effect(leads={"not_yours": None, "barred": Barred, "owing": Owing})
def settle(hop: Hop, session: Session) -> Noted:
    """Ask that the account be settled, or close it when nothing is owed; the member is told."""
    member = _member(hop, session)
    act = act_by(office_of(session, hop, member.cooperative_id), hop)
    paper = str(hop.kept["heirs_paper"]) if _departing(hop).dead else ""
    try:
        done = settling.ask_settlement(session, act, member, paper=paper)
    except settling.TooEarly as early:
        raise Lead("barred", Barred(f"Pas avant le {_far(early.opens.date())}: le membre peut s'y opposer.")) from None
    except settling.Owes as owes:
        raise Lead("owing", Owing(owes.amount)) from None
    except (settling.StillOpen, settling.HeirsUnnamed):
        refuse("open")
    except NotForYourself:
        refuse("own")
    except MoneyFrozen:
        refuse("frozen")
    except leaving.NotPossible:
        refuse("gone")
    except approvals.AlreadyAsked:
        refuse("asked")
    if done.amount is None:
        return Noted("Rien n'est dû: le compte est clos.")
    words = texts.payout_asked(done.reference, act.office.role, hop.now)
    notices.tell_person(session, own_act(hop), member.person_id, f"payout:{done.payout_id}:asked", words)
    return Noted(f"Noté, réf {done.reference}. Deux autres décident (Bureau, 2), puis la caisse remet (Caisse, 5).")


def _departing(hop: Hop) -> LeaverRow:
    return msgspec.convert(hop.kept["departing"], LeaverRow)


def _member(hop: Hop, session: Session) -> Found:
    try:
        return in_cooperative(session, None, _departing(hop).card)
    except NoCard:
        refuse("gone")


def _name(hop: Hop, member_id: int) -> str:
    with hop.desk.database.read() as reader:
        return member_name(reader, member_id)


def _far(day: date) -> str:
    return f"{day:%d/%m/%Y}"
