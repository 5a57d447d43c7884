"""The member's statement: what moved each balance, and the lines of what was delivered."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection

from app import texts, units
from app.amounts import francs, number
from app.coop.ledger.queries import Deductions, Movement, deductions_of, movements_of
from app.coop.production import assisted_acts
from app.coop.production.statement import BroughtProduce, brought_by, brought_in
from app.coop.subjects import SUBJECTS
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead
from menus.hop import Hop, PrivateWords, member_of
from menus.production import BroughtRow

menu = Bindings("statement")
MOVEMENTS = {kind: words for subject in SUBJECTS for kind, words in subject.movements.items()}
BALANCES = {
    "payable": "La CPS vous doit",
    "advance": "Vous devez",
    "leasing": "Vous devez",
    "savings": "Épargne",
    "shares": "Parts",
}
"""Each account as a member reads its balance."""
KEPT_BACK = {"advance": "Avance rendue", "leasing": "Loyer rendu"}
"""What a delivery, or its correction, does to what is owed."""
SAID = {"declared": "à peser", "weighed": "pesé", "noted": "pesé", "credited": "crédité", "refused": "refusé"}
What = Annotated[str, kinds.Kind("words", "m" * 16)]
Line = Annotated[str, kinds.Kind("words", f"30/11/22 {'m' * 16} -999 999 999 F", private=True)]
LISTED = 24
"""Movements of one list; older ones are behind its last line."""


class MovementRow(msgspec.Struct, frozen=True):
    """A movement, or with none the way to `older` ones than the last of this list."""

    id: int
    line: Line
    movement: Movement | None = None
    older: Movement | None = None


class By(msgspec.Struct, frozen=True):
    by: kinds.Phrase


class Fetched(msgspec.Struct, frozen=True):
    brought: BroughtRow


class Opened(msgspec.Struct, frozen=True):
    moved: MovementRow


class Older(msgspec.Struct, frozen=True):
    """Behind which movement a list goes on."""

    than: Movement


class Turned(msgspec.Struct, frozen=True):
    older: Older


@menu.rows()
def movements(hop: Hop) -> Sequence[MovementRow]:
    """Give what moved the member's balances last, the newest first; one SELECT."""
    return _listed(hop, None)


@menu.rows()
def older_movements(hop: Hop, kept: Turned) -> Sequence[MovementRow]:
    """Give the movements behind those of the list before; one SELECT."""
    return _listed(hop, kept.older.than)


def _listed(hop: Hop, before: Movement | None) -> Sequence[MovementRow]:
    with hop.desk.read() as reader:
        found = movements_of(reader, member_of(hop), LISTED + 1, before)
    rows = [MovementRow(one.id, _line(one, hop.now.year), one) for one in found[:LISTED]]
    return rows if len(found) <= LISTED else [*rows, MovementRow(0, "Plus anciens", older=found[LISTED - 1])]


def _line(one: Movement, year: int) -> str:
    return f"{one.on:{'%d/%m' if one.on.year == year else '%d/%m/%y'}} {what_moved(one)} {kinds.amount_words(one.amount)}"


@menu.source(leads={"older": Older})
def movement(reader: Connection, kept: Opened) -> PrivateWords:
    """Open a movement on its lines, which add up to it, and say which balance it moved; lead on to older ones."""
    if kept.moved.older:
        raise Lead("older", Older(kept.moved.older))
    moved = kept.moved.movement
    if moved is None:
        return PrivateWords("")
    shared, brought = deductions_of(reader, moved.entry_id), brought_in(reader, moved.of)
    lines = list(lines_of(shared, brought)) if shared.gross else []
    head = f"{moved.on:%d/%m/%Y} {what_moved(moved)}"
    return PrivateWords("\n".join((head, *lines, f"{BALANCES[moved.account]}: {'+' * (moved.amount > 0)}{francs(moved.amount)}")))


@menu.rows()
def brought(hop: Hop, reader: Connection) -> Sequence[BroughtRow]:
    """Give what the member declared, and what became of it, the newest first; one SELECT."""
    found = brought_by(reader, member_of(hop))
    return [_brought_row(one) for one in found]


def _brought_row(one: BroughtProduce) -> BroughtRow:
    goods = units.count_of(one.quantity, one.unit, one.product)
    counted = units.count(one.quantity if one.weight is None or one.reason else one.weight, one.unit)  # what counts: the scales'
    return BroughtRow(one.id, one.reference, goods, counted, one.product, one.declared_at.date(), SAID[one.state], one.channel)


@menu.source(leads={"weighed": PrivateWords})
def brought_view(hop: Hop, reader: Connection, kept: Fetched) -> By:
    """Say who typed what waits for the scales; lead on to what they said of it."""
    row = kept.brought
    found = next((one for one in brought_by(reader, member_of(hop)) if one.id == row.id), None)
    by = assisted_acts.typed_by(reader, [row.id]).get(row.id) if row.channel == "bureau" else None
    if found and found.state != "declared":
        raise Lead("weighed", PrivateWords(weighed_words(found)))
    return By(f" Noté par {texts.words('by')[by]}." if by else "")


def weighed_words(one: BroughtProduce) -> str:
    """Say what the scales said of a declaration, or why nothing was taken."""
    head = f"Réf {one.reference}: {units.count_of(one.quantity, one.unit, one.product)}, {one.declared_at:%d/%m}."
    if one.weight is None or one.weighed_at is None:
        return head
    grade = f", qualité {one.grade}" if one.grade else ""
    weighed = f"Pesé le {one.weighed_at:%d/%m}: {units.count(one.weight, one.unit)}{grade}."
    if one.reason:
        return f"{head}\nRefusé le {one.weighed_at:%d/%m}: {one.reason}."
    if one.price is None or one.gross is None:
        return f"{head}\n{weighed} Pas encore crédité."
    return f"{head}\n{weighed}\nx {number(one.price)} = {francs(one.gross)}. Le détail: Mes soldes, 1."


def what_moved(one: Movement) -> str:
    """Say with a verb what happened."""
    if one.kind == "delivery" and one.account in KEPT_BACK:
        return KEPT_BACK[one.account]
    return MOVEMENTS.get(one.kind, one.kind)


def sum_of(shared: Deductions) -> str:
    """Say in a line how a delivery's worth was shared out: `45 000 F - solidarité 900 - avance 8 820 = 35 280 F`."""
    less = "".join(f" - {label.lower()} {number(amount)}" for label, amount in _kept_back(shared))
    return f"{francs(shared.gross)}{less} = {francs(shared.payable)}" if less else f"Pour vous: {francs(shared.payable)}"


def _kept_back(shared: Deductions) -> list[tuple[str, int]]:
    every = (("Solidarité", shared.solidarity), ("Avance", shared.advance), ("Crédit-bail", shared.leasing))
    return [(label, amount) for label, amount in every if amount]


def lines_of(shared: Deductions, brought: BroughtProduce | None) -> Iterator[str]:
    """Say how a delivery's worth was shared out, a line each: the first is the worth, the last what is the member's."""
    what = "Livraison"
    if brought and brought.weight is not None and brought.price is not None:
        weight = units.count(brought.weight, brought.unit)
        what = f"{brought.product} {weight} x {number(brought.price)}"
    yield f"{what} = {number(shared.gross)}"
    for label, amount in _kept_back(shared):
        yield f"{label} {number(-amount)}"
    yield f"Pour vous {number(shared.payable)}"
