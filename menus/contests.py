"""What a member contests: money that hasn't come, something wrong; their own contests, read again and taken back."""

from collections.abc import Sequence
from typing import Annotated, get_args

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts, units
from app.clock import DAKAR
from app.coop.contests import own, services
from app.coop.handover.kinds import handover_kinds
from app.coop.handover.services import HandoverNotOpen
from app.coop.members.notices import answer
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Ways
from menus.hop import Hop, PrivateWords, member_of, own_act, who_of
from menus.receipts import Received

menu = Bindings("contests")
SUBJECTS = {"payment": "Paiement", "weighing": "Pesée", "price": "Prix", "payout": "Caisse", "opening": "Solde repris"}
Figure = Annotated[str, kinds.Kind("words", "m" * 20, private=True)]


class ContestableRow(msgspec.Struct, frozen=True):
    """One thing that may be contested; `id` tells it from the others on the screen, `about` is its row's id."""

    id: int
    about: int
    subject: str
    reference: kinds.Reference
    what: kinds.Short
    day: kinds.Day
    figure: Figure


class OpenedContest(msgspec.Struct, frozen=True):
    number: kinds.Reference
    answer_by: kinds.Day


class OwnRow(msgspec.Struct, frozen=True):
    id: int
    number: kinds.Reference
    what: kinds.Short
    reference: kinds.Reference
    figure: Figure
    day: kinds.Day
    answer_by: kinds.Day
    standing: kinds.Short
    state: str
    money: bool
    note: str


class OwnClaim(msgspec.Struct, frozen=True):
    own: OwnRow


class ContestTakenBack(msgspec.Struct, frozen=True):
    number: kinds.Reference


class Disputed(msgspec.Struct, frozen=True):
    contested: ContestableRow


TOO_LATE: Ways = {services.TooLate: "gone"}


@menu.effect(ways=TOO_LATE)
def contest_payment(hop: Hop, session: Session, kept: Received) -> OpenedContest:
    """Note the member's word that no money came: it stays on its way in the books until an officer answers."""
    received = kept.received
    return _open(hop, session, msgspec.convert(received.kind, services.Subject), received.about, received.reference)


@menu.rows()
def contestable(hop: Hop, reader: Connection) -> Sequence[ContestableRow]:
    """Give what the member may contest now, the newest first."""
    found = services.contestable(reader, member_of(hop), hop.now)
    places = get_args(services.Subject)
    return [
        ContestableRow(
            # Rows of several tables have the same ids: with the table's place in it each has a number of its own.
            one.id * len(places) + places.index(one.subject),
            one.id,
            one.subject,
            one.reference,
            SUBJECTS[one.subject],
            one.at.astimezone(DAKAR).date(),
            _figure(one),
        )
        for one in found
    ]


@menu.effect(ways=TOO_LATE)
def contest(hop: Hop, session: Session, kept: Disputed) -> OpenedContest:
    """Open a contest, once for what it is about."""
    what = kept.contested
    return _open(hop, session, msgspec.convert(what.subject, services.Subject), what.about, what.reference)


STANDS = {"open": "en cours", "upheld": "acceptée", "dismissed": "refusée", "withdrawn": "retirée par vous"}


@menu.rows()
def own_contests(hop: Hop, reader: Connection) -> Sequence[OwnRow]:
    """Give the member's own contests, the newest first; one SELECT."""
    found = own.contests_of(reader, member_of(hop))
    return [_own_row(one) for one in found]


@menu.source(leads={"money": None, "open": None})
def own_contest(kept: OwnClaim) -> PrivateWords:
    """Say how a contest ended; lead on while it is open."""
    row = kept.own
    if row.state == "open":
        raise Lead("money" if row.money else "open")
    ended = f": {row.note}" if row.note else ""
    return PrivateWords(f"{row.what} {row.figure}, réf {row.reference}, réclamation {row.number}: {row.standing}{ended}.")


@menu.effect(ways={own.OwnContestClosed: "gone", HandoverNotOpen: "gone"})
def take_back_contest(hop: Hop, session: Session, kept: OwnClaim) -> ContestTakenBack:
    """Take one's contest back; what was handed over is paid by this word."""
    act = own_act(hop)
    row = own.take_back(session, act, kept.own.id)
    words = texts.say("contest_taken_back", number=row.number, reference=row.reference, day=hop.now)
    answer(session, act, "receipt", f"contest:{row.id}:taken back", words, who_of(hop).cooperative_id)
    return ContestTakenBack(row.number)


def _own_row(one: own.OwnContest) -> OwnRow:
    day, standing, note = one.opened_at.astimezone(DAKAR).date(), STANDS[one.state], one.note or ""
    told = (one.number, SUBJECTS[one.subject], one.reference, _figure(one), day, one.answer_by, standing)
    return OwnRow(one.id, *told, one.state, one.subject in handover_kinds(), note)


def _figure(one: services.Contestable | own.OwnContest) -> str:
    if one.subject == "weighing" and one.quantity is not None:
        return units.count(one.quantity, one.unit or "")
    return kinds.amount_words(one.amount or 0)


def _open(hop: Hop, session: Session, subject: services.Subject, about: int, reference: str) -> OpenedContest:
    act = own_act(hop)
    made = services.open_contest(session, act, subject, about)
    if not made.known:
        words = texts.say("contest_opened", number=made.number, reference=reference, due=made.answer_by)
        answer(session, act, "receipt", f"contest:{made.id}", words, who_of(hop).cooperative_id)
    return OpenedContest(made.number, made.answer_by)
