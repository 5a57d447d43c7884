"""Weigh: what lies on the scales, its weight and grade, or why nothing is taken; also from a paper, late."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.clock import DAKAR
from app.coop.members.names import member_name
from app.coop.production import declarations, papers, weighing_lookup, weighings
from app.coop.production.quantities import BadQuantity
from app.coop.references import valid
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused, Ways
from menus.hop import Hop, Nothing, officers_act, reading_office, who_of
from menus.production import Goods, Unclear, Units, read_quantity
from menus.weighing_entry import Brought, WeighedCard, drop, go_on, keep, read_line
from menus.weighing_list import Total, Undone, about_the_list, empty_words

menu = Bindings("weighings")
PaperNumber = Annotated[str, kinds.Kind("words", "9" * 10)]
LATE = timedelta(days=60)
"""How old a weighing on paper may be."""


class Progress(msgspec.Struct, frozen=True):
    progress: kinds.Phrase


class WeighedName(msgspec.Struct, frozen=True):
    """Whose line it is, and what the scales count in."""

    name: kinds.PersonName
    units: Units


class Check(msgspec.Struct, frozen=True):
    """A line as it waits for its grade: whose it is stands there, for the call may have been cut since."""

    warning: kinds.Short
    whose: Annotated[str, kinds.Kind("name", "réf 999999 " + "m" * 10, private=True)]
    goods: Goods


class Unnoted(msgspec.Struct, frozen=True):
    """Which line isn't noted."""

    whose: Annotated[str, kinds.Kind("name", "réf 999999 " + "m" * 10, private=True)]


class Begun(msgspec.Struct, frozen=True):
    """What of a line the way has kept, if anything."""

    line: Brought | None = None
    check: Brought | None = None


class OnPaper(msgspec.Struct, frozen=True):
    paper: str
    paper_on: date


class Carded(msgspec.Struct, frozen=True):
    card: WeighedCard


class WeighingLine(msgspec.Struct, frozen=True):
    """A line whose weight is asked for."""

    line: Brought


class Weighed(msgspec.Struct, frozen=True):
    """A line that has its weight."""

    check: Brought

    @property
    def weight(self) -> Decimal:
        """Return what the scales say, in the product's unit."""
        return self.check.weight or Decimal(0)


class Graded(Weighed, frozen=True):
    grade: str


class Refusal(Weighed, frozen=True):
    reason: str


NOT_NOTED: Ways = {
    weighings.OwnCatch: "own",
    weighing_lookup.AlreadyWeighed: "taken",
    weighing_lookup.NotThere: "taken",
    weighings.PaperKnown: "paper_known",
    weighings.ListFull: "full",
    weighings.LineTooDear: "much",
    declarations.NotActive: "inactive",
    declarations.ProductGone: "inactive",
}
LINE = dict.fromkeys(("unknown", "short", "weighed", "empty", "bad")) | {"unclear": Unclear}
PAPER_LINE = LINE | dict.fromkeys(("later",))


@menu.source(leads={"line": Brought, "check": Brought})
def weighing_list(hop: Hop, reader: Connection, kept: Begun) -> Progress:
    """Say where the list stands: what a dropped session left is still there, half a line too."""
    number, last = weighings.last_line(reader, who_of(hop).person_id)
    half = None if kept.line or kept.check else weighings.half_line(reader, who_of(hop).person_id, hop.now)
    line = msgspec.convert(half, Brought) if half else None
    going = line and weighings.can_note(reader, who_of(hop).person_id, line.member_id, line.declaration_id, line.paper)
    if line and going:
        go_on(line)
    if last is None:
        return Progress(empty_words(reader, hop))
    what = f" refusée: {last.reason}" if last.reason else f": {units.count(last.weight, last.unit)}"
    return Progress(f"{units.count(number, 'notée')}, réf {last.reference}{what}.")


@menu.answer(leads={"finish": Total, "undo": Undone, "paper": None, "card": WeighedCard, "check": Brought}, refuses=LINE, acts=True)
def line(hop: Hop, typed: str) -> Brought:
    """Read a reference or a card number, also with what follows: its weight, or its product's slot and weight.

    1, 2 and 3 lead elsewhere.
    """
    if typed in ("1", "2"):
        about_the_list(hop, typed)
    if typed == "3":
        raise Lead("paper")
    return read_line(hop, typed, None, None)


@menu.answer(leads={"card": WeighedCard, "check": Brought}, refuses=PAPER_LINE, acts=True)
def paper_line(hop: Hop, typed: str, kept: OnPaper) -> Brought:
    """Read a reference or a card number from a paper."""
    return read_line(hop, typed, kept.paper, kept.paper_on)


@menu.rows()
def brought_products(hop: Hop, reader: Connection, kept: Carded) -> Sequence[Brought]:
    """Give what the co-operative takes, by slot, for the card typed."""
    card = kept.card
    found = declarations.products_of(reader, reading_office(reader, hop, "weigh").scope.cooperative)
    return [
        Brought(row.id, row.slot, row.name, row.unit, row.divisible, card.member_id, paper=card.paper, on=card.on) for row in found
    ]


@menu.source()
def brought_by(reader: Connection, kept: WeighingLine) -> WeighedName:
    """Say whose it is: a slip in a reference is seen by the name."""
    return WeighedName(member_name(reader, kept.line.member_id), units.of_many(kept.line.unit))


@menu.answer(leads={"line": Brought, "check": Brought}, refuses=PAPER_LINE | dict.fromkeys(("amount", "whole")), acts=True)
def weight(hop: Hop, typed: str, kept: WeighingLine) -> Brought:
    """Read a weight in the product's unit; a reference instead begins another line."""
    line = kept.line
    if valid(typed.partition(" ")[0]):
        go_on(read_line(hop, typed, line.paper, line.on))
    try:
        if is_number(typed, least=2) and typed.startswith("0"):  # the next one's card
            raise BadQuantity
        return keep(hop, msgspec.structs.replace(line, weight=read_quantity(typed, line.divisible, line.unit)))
    except BadQuantity:
        raise Refused("amount" if line.divisible else "whole") from None


@menu.source()
def weight_check(hop: Hop, reader: Connection, kept: Weighed) -> Check:
    """Say whose it is, and warn when declared and weighed differ by half."""
    goods = units.count_of(kept.weight, kept.check.unit, kept.check.product)
    found = _delivered(reader, kept.check, hop.now)
    declared, whose = found.declared, _named(reader, found)
    if declared is not None and weighings.far_off(declared, kept.weight):
        return Check(f"Déclaré {units.quantity(declared)} ! ", whose, goods)
    return Check("", whose, goods)


@menu.source()
def line_unnoted(hop: Hop, reader: Connection, kept: Weighed) -> Unnoted:
    """Say which line isn't noted."""
    return Unnoted(_whose(reader, kept.check, hop.now))


@menu.answer(leads={"refuse": None, "dropped": None}, refuses={"unknown": None, "first": None}, acts=True)
def grade(hop: Hop, typed: str) -> str:
    """Read a grade by its number; 4 refuses what was brought, 5 drops the line. Another reference or card has to wait."""
    if typed == "4":
        raise Lead("refuse")
    if typed == "5":
        drop(hop)
        raise Lead("dropped")
    if is_number(typed.upper().partition(" ")[0].removeprefix("C"), least=3):
        raise Refused("first")
    return _one_of(weighings.GRADES, typed)


@menu.answer(refuses={"unknown": None})
def reason(typed: str) -> str:
    """Read why nothing is taken."""
    return _one_of(weighings.REASONS, typed)


@menu.effect(leads={"not_yours": None}, ways=NOT_NOTED, notes=True)
def note_line(hop: Hop, session: Session, kept: Graded) -> Nothing:
    """Note a line of the open list."""
    return _note(hop, session, kept, grade=kept.grade, reason=None)


@menu.effect(leads={"not_yours": None}, ways=NOT_NOTED, notes=True)
def note_refusal(hop: Hop, session: Session, kept: Refusal) -> Nothing:
    """Note that nothing is taken, and why."""
    return _note(hop, session, kept, grade=None, reason=kept.reason)


@menu.answer(refuses={"paper": None})
def paper_number(typed: str) -> PaperNumber:
    """Read the number printed on a paper."""
    if not is_number(typed):
        raise Refused("paper")
    return typed


@menu.answer(refuses={"paper": None, "mistyped": None})
def weighing_paper(hop: Hop, reader: Connection, typed: str) -> PaperNumber:
    """Read the number of a weighing on paper: one of a booklet, or one that was printed here for the co-operative."""
    number = paper_number(typed)
    if papers.mistyped(reader, reading_office(reader, hop, "weigh").scope.cooperative, number):
        raise Refused("mistyped")
    return number


@menu.answer(refuses={"bad": None})
def paper_day(hop: Hop, typed: str) -> kinds.Day:
    """Read the day of a weighing on paper, `2311` or `23/11`: the last one of that name."""
    digits = typed.replace("/", "")
    today = hop.now.astimezone(DAKAR).date()
    for year in (today.year, today.year - 1):
        try:
            day = date(year, int(digits[2:]), int(digits[:2])) if is_number(digits, 4, least=4) else None
        except ValueError:
            continue
        if day and today - LATE <= day <= today:
            return day
    raise Refused("bad")


def _note(hop: Hop, session: Session, kept: Weighed, *, grade: str | None, reason: str | None) -> Nothing:
    line = kept.check
    weighings.note(
        session,
        officers_act(session, hop, "weigh"),
        _delivered(session, line, hop.now),
        weight=kept.weight,
        grade=grade,
        reason=reason,
        weighed_at=_weighed_at(line, hop.now),
        paper=line.paper,
    )
    return Nothing()


def _whose(reader: Connection, line: Brought, now: datetime) -> str:
    try:
        return _named(reader, _delivered(reader, line, now))
    except weighing_lookup.NotThere:  # a product that the co-operative takes no more
        return member_name(reader, line.member_id)


def _named(reader: Connection, found: weighing_lookup.Delivered) -> str:
    name = member_name(reader, found.member_id)
    return f"réf {found.reference} {name}" if found.reference else name


def _delivered(reader: Connection | Session, line: Brought, now: datetime) -> weighing_lookup.Delivered:
    """Find the declaration that a line is of; a paper's is none that was made after its day."""
    if line.declaration_id is None:
        return weighing_lookup.by_product(reader, line.member_id, line.id, _weighed_at(line, now))
    return weighing_lookup.Delivered(
        line.member_id, line.id, line.product, line.unit, line.divisible, line.declaration_id, line.reference, line.declared
    )


def _weighed_at(line: Brought, now: datetime) -> datetime:
    """Return the instant of a weighing; of a paper's, the end of its day in Dakar."""
    return now if line.on is None else min(now, datetime.combine(line.on, time(23, 59, 59), DAKAR))


def _one_of(words: Sequence[str], typed: str) -> str:
    if is_number(typed, 1) and 1 <= int(typed) <= len(words):  # `001` is a card
        return words[int(typed) - 1]
    raise Refused("unknown")
