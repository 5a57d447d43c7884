"""Leave a co-operative: the member's screens, and the officers' who note, ask of each other, and settle."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts
from app.coop.access.freezes import MoneyFrozen
from app.coop.closing import departures, settlements
from app.coop.handover.services import NotForYourself
from app.coop.ledger.queries import balances_of
from app.coop.members import notices
from app.coop.members.lookup import in_cooperative
from app.coop.members.names import member_name
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Lead
from menus.hop import Hop, Nothing, member_of, officers_act, own_act, reading_office
from menus.member_lookup import PEOPLE, WHY, CardNumber, Named, Typed, act_on, found

menu = Bindings("departures")
Far = Annotated[str, kinds.Kind("words", "28/12/2027")]
WHAT = {"withdrawal": "Départ", "exclusion": "Exclure", "death": "Décès", "reinstatement": "Rouvrir"}
SHORT = {"withdrawal": "départ", "exclusion": "exclu", "death": "décès"}


class DueOn(msgspec.Struct, frozen=True):
    due_on: Far


class Leaving(msgspec.Struct, frozen=True):
    due: Far


class LeaverShown(msgspec.Struct, frozen=True):
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


class LeaverOwed(msgspec.Struct, frozen=True):
    name: Annotated[str, kinds.Kind("name", "m" * 24, private=True)]
    shares: kinds.Amount
    savings: kinds.Amount
    payable: kinds.Amount
    owes: kinds.Amount


class Owing(msgspec.Struct, frozen=True):
    amount: kinds.Price


class DepartureNote(Typed, frozen=True):
    """Which departure is noted of whom: `leave_why` is the number of an exclusion's reason."""

    leave_as: str
    leave_why: int | None = None


class Proven(DepartureNote, frozen=True):
    leaver_paper: str = ""


class Parting(msgspec.Struct, frozen=True):
    departing: LeaverRow


class Settling(Parting, frozen=True):
    heirs_paper: str = ""


NOT_NOTED: Denials = {**PEOPLE, departures.NotPossible: WHY["gone"], departures.StillBusy: WHY["busy"]}
NOT_SETTLED: Denials = {
    **PEOPLE,
    departures.NotPossible: WHY["gone"],
    settlements.TooEarly: lambda early: f"Pas avant le {_far(early.opens.date())}: le membre peut s'y opposer.",
    settlements.StillOpen: WHY["open"],
    settlements.HeirsUnnamed: WHY["open"],
    NotForYourself: WHY["own"],
    MoneyFrozen: WHY["frozen"],
}


@menu.source(leads={"leaving": Leaving})
def leave(hop: Hop, reader: Connection) -> Nothing:
    """Lead elsewhere who is leaving already."""
    found = departures.departure_of(reader, member_of(hop))
    if found:
        raise Lead("leaving", Leaving(_far(found.due)))
    return Nothing()


@menu.effect(ways={departures.NotPossible: "gone"})
def ask_to_leave(hop: Hop, session: Session) -> DueOn:
    """Take the member's notice: the SMS is its written trace."""
    due = departures.ask_to_leave(session, own_act(hop))
    words = texts.say("leaving_noted", day=hop.now, due=due)
    notices.tell_self(session, own_act(hop), f"leave:{hop.operation}", words)
    return DueOn(_far(due))


@menu.effect(ways={departures.NotPossible: "gone"})
def stay(hop: Hop, session: Session) -> Nothing:
    """Take the notice back."""
    departures.stay(session, own_act(hop))
    notices.tell_self(session, own_act(hop), f"stay:{hop.operation}", texts.say("staying", day=hop.now))
    return Nothing()


@menu.source(leads={"why": None})
def leaver(reader: Connection, kept: DepartureNote) -> LeaverShown:
    """Say what will be noted of whom; an exclusion wants a reason first."""
    if kept.leave_as == "exclusion" and kept.leave_why is None:
        raise Lead("why")
    return LeaverShown(WHAT[kept.leave_as], member_name(reader, kept.whom.member_id))


@menu.effect(leads={"not_yours": None}, denies=NOT_NOTED)
def note_departure(hop: Hop, session: Session, kept: Proven) -> Noted:
    """Note a notice on paper; or ask other officers for an exclusion, a death, a reinstatement."""
    act, member, paper = act_on(session, hop, kept.whom), found(session, kept.whom), kept.leaver_paper
    if kept.leave_as == "withdrawal":
        due = departures.note(session, act, member, paper)
        words = texts.say("leaving_noted", day=hop.now, due=due)
        notices.tell_person(session, act, member.person_id, f"leave:{hop.operation}", words)
        return Noted(f"{WHAT[kept.leave_as]} noté, {kept.whom.card}. Tout est à rendre au plus tard le {_far(due)}: choix 4.")
    reason = departures.REASONS[(kept.leave_why or 1) - 1] if kept.leave_as == "exclusion" else ""
    departures.ask(session, act, kept.leave_as, member, paper=paper, reason=reason)
    return Noted(f"{WHAT[kept.leave_as]} {kept.whom.card}: un 2e responsable doit l'approuver (Bureau, 2). Rien n'est changé.")


@menu.rows()
def leavers(hop: Hop, reader: Connection) -> Sequence[LeaverRow]:
    """Give the departures that are open in the officer's scope."""
    office = reading_office(reader, hop, "people")
    found = departures.departures(reader, office.cooperative_id)
    return [LeaverRow(one.id, one.member_id, one.card, SHORT[one.kind], _far(one.due), one.kind == "death") for one in found]


@menu.source(leads={"heirs": None})
def leaver_owed(reader: Connection, kept: Parting) -> LeaverOwed:
    """Say what is owed either way; of a member who died the heirs' paper comes first."""
    member = kept.departing.member_id
    if kept.departing.dead:
        raise Lead("heirs")
    found = balances_of(reader, member)
    return LeaverOwed(member_name(reader, member), found.shares, found.savings, found.payable, found.advance + found.leasing)


@menu.source()
def heirs_owed(reader: Connection, kept: Parting) -> Rest:
    """Say what is left to the heirs, what the member owed taken off."""
    member = kept.departing.member_id
    found = balances_of(reader, member)
    return Rest(member_name(reader, member), found.shares + found.savings + found.payable - found.advance - found.leasing)


@menu.source()
def leaver_named(reader: Connection, kept: Parting) -> Named:
    """Say whose account will be settled."""
    return Named(member_name(reader, kept.departing.member_id))


@menu.effect(
    leads={"not_yours": None, "owing": Owing},
    denies=NOT_SETTLED,
    ways={settlements.Owes: lambda owes: Lead("owing", Owing(owes.amount))},
)
def settle(hop: Hop, session: Session, kept: Settling) -> Noted:
    """Ask that the account be settled, or close it when nothing is owed; the member is told."""
    member = in_cooperative(session, None, kept.departing.card)
    act = officers_act(session, hop, "people", member.cooperative_id)
    done = settlements.ask_settlement(session, act, member, paper=kept.heirs_paper if kept.departing.dead else "")
    if done.amount is None:
        return Noted(f"{kept.departing.card}: rien à payer, le compte est clos.")
    words = texts.say("payout_asked", by=act.office.role, reference=done.reference, day=hop.now)
    notices.tell_person(session, act, member.person_id, f"payout:{done.payout_id}:asked", words)
    to_do = "Deux autres décident (Bureau, 2), puis la caisse remet (Caisse, 5)."
    return Noted(f"{kept.departing.card}: réf {done.reference}. {to_do}")


def _far(day: date) -> str:
    return f"{day:%d/%m/%Y}"
