"""The list of weighings: its lines, the last one taken back, the total, the PIN that credits it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, NoReturn

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts, units
from app.clock import DAKAR
from app.coop.ledger.queries import Deductions
from app.coop.ledger.services import AccountFull
from app.coop.members import notices
from app.coop.members.names import member_name
from app.coop.production import weighings
from app.coop.production.lines import Line, counted, creditable, totals
from app.db.operations import last_outcome
from app.service import Service
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.hop import Hop, officers_act, who_of
from menus.production import Goods
from menus.statement import sum_of

menu = Bindings("weighing_list")
SAID_FOR = timedelta(hours=1)
"""How long an empty list says that it was credited: the answer may have been lost."""


Left = Annotated[str, kinds.Kind("words", " 250 sans prix. 250 de plus de 99 999 999 F: à annuler. 250 après.")]
"""What of a list isn't credited with it, and why."""


Lines = Annotated[str, kinds.Kind("words", "999 pesées")]
Refusals = Annotated[str, kinds.Kind("words", " 999 refusées.")]


class Total(msgspec.Struct, frozen=True):
    """What of a list is credited, and how many lines are refused with it."""

    lines: Lines
    refused: Refusals
    weights: kinds.Phrase
    francs: kinds.Amount
    unpriced: Left
    worth: int
    upto: int


class Undone(msgspec.Struct, frozen=True):
    id: int
    reference: kinds.Reference
    goods: Goods
    member_id: int


class UndoneName(msgspec.Struct, frozen=True):
    name: Annotated[str, kinds.Kind("name", "m" * 10, private=True)]


class UndoneLine(msgspec.Struct, frozen=True):
    undone: kinds.Reference


class LineRow(msgspec.Struct, frozen=True):
    """An open line; `mark` is its grade, or why it is refused."""

    id: int
    reference: kinds.Reference
    goods: Goods
    mark: kinds.Short
    member_id: int


class CreditedCount(msgspec.Struct, frozen=True):
    credited: kinds.Count
    lines: Lines
    francs: kinds.Amount
    refused: Refusals


class Last(msgspec.Struct, frozen=True):
    undo: Undone


class Whole(msgspec.Struct, frozen=True):
    finish: Total


@menu.source()
def undone_name(reader: Connection, kept: Last) -> UndoneName:
    """Say whose line is taken back."""
    return UndoneName(member_name(reader, kept.undo.member_id))


@menu.effect(leads={"not_yours": None}, ways={weighings.ListChanged: "changed"})
def undo_last(hop: Hop, session: Session, kept: Last) -> UndoneLine:
    """Take the line shown back."""
    weighings.undo(session, officers_act(session, hop, "weigh"), kept.undo.id)
    return UndoneLine(kept.undo.reference)


@menu.rows()
def list_lines(hop: Hop, reader: Connection) -> Sequence[LineRow]:
    """Give the open lines, all of them, the last first."""
    lines = weighings.open_list(reader, who_of(hop).person_id)
    return [LineRow(one.id, one.reference, _goods(one), one.reason or one.grade or "", one.member_id) for one in reversed(lines)]


@menu.effect(leads={"not_yours": None}, ways={weighings.ListChanged: "changed", AccountFull: "owed"})
def confirm_list(hop: Hop, session: Session, kept: Whole) -> CreditedCount:
    """Credit the list as it was shown, and tell each member."""
    act, total = officers_act(session, hop, "weigh"), kept.finish
    told = weighings.confirm(session, act, upto=total.upto, francs=total.worth)
    for one in told:
        line = one.line
        if one.phone is None:
            continue
        whose = {"person_id": one.person_id, "cooperative_id": act.office.cooperative_id}
        notices.tell_number(
            session, act, one.phone, "receipt", f"weighing:{line.id}", _receipt(line, one.shared, hop.desk.service), **whose
        )
    weighed, refused = counted([one.line for one in told])
    return CreditedCount(weighed, units.count(weighed, "pesée"), total.worth, _refused(refused))


def _receipt(line: Line, shared: Deductions | None, service: Service) -> texts.Said:
    """Say what was weighed, with XOF only for who allowed it, or why nothing was taken."""
    reference, day, goods = line.reference, line.weighed_at, _goods(line)
    if line.reason:
        return texts.say("refusal_receipt", reference=reference, goods=goods, day=day, reason=line.reason)
    if shared is None:
        return texts.say("weighing_receipt", reference=reference, goods=goods, day=day, code=service.code, cost=service.cost)
    return texts.say(
        "weighing_receipt_amount", reference=reference, goods=goods, day=day, amounts=sum_of(shared), code=service.code
    )


def about_the_list(hop: Hop, typed: str) -> NoReturn:
    """Lead to the list's total, or with 2 to taking its last line back; refuses an `empty` one."""
    with hop.desk.read() as reader:
        lines = weighings.open_list(reader, who_of(hop).person_id)
    if not lines:
        raise Refused("empty")
    last = lines[-1]
    if typed == "2":
        raise Lead("undo", Undone(last.id, last.reference, _goods(last), last.member_id))
    ready = creditable(lines)
    worth = sum(one.gross for one in ready)
    weighed, refused = counted(ready)
    left = _left(lines, len(ready))
    raise Lead("finish", Total(units.count(weighed, "pesée"), _refused(refused), totals(ready) or "0", worth, left, worth, last.id))


def _goods(line: Line) -> str:
    return units.count_of(line.weight, line.unit, line.product)


def _refused(number: int) -> str:
    return f" {units.count(number, 'refusée')}." if number else ""


def _left(lines: Sequence[Line], credited: int) -> str:
    unpriced = sum(one.price is None and one.reason is None for one in lines)
    dear = sum(one.price is not None and not one.ready for one in lines)
    later = len(lines) - credited - unpriced - dear
    why = ((unpriced, "sans prix"), (dear, "de plus de 99 999 999 F: à annuler"), (later, "après"))
    return "".join(f" {number} {words}." for number, words in why if number)


def empty_words(reader: Connection, hop: Hop) -> str:
    """Say that the list is empty, and whether it is so because it was credited a moment ago."""
    done = last_outcome(reader, who_of(hop).person_id, "confirm_list", hop.now - SAID_FOR)
    if done is None:
        return "Liste vide."
    outcome, at = done
    return f"Liste vide. {units.count(outcome['values']['credited'], 'créditée')} à {at.astimezone(DAKAR):%H:%M}."
