"""A member's file, read within the officer's reach. Amounts are said in the words of the member's own screens."""

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import phones
from app.amounts import francs
from app.coop.contests.own import OwnContest, contests_of
from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.queries import Balances, Movement, balances_of, deductions_of, movements_of
from app.coop.members.looks import SeenBy, looks_at
from app.coop.members.messages import Exchanged, exchanged_with
from app.coop.members.models import Member, Person
from app.coop.members.telephones import numbers_of
from app.coop.offices.acts import ActDone, acts_on
from app.coop.production.statement import brought_by, brought_in
from app.coop.rights import Office
from app.digits import is_number
from menus.contests import STANDS, SUBJECTS
from menus.statement import BALANCES, lines_of, weighed_words, what_moved

MOST_MOVEMENTS = 20


class Head(msgspec.Struct, frozen=True):
    """Whose file it is."""

    id: int
    person_id: int
    name: str
    card: str
    state: str
    joined_on: date
    leaving_on: date | None
    left_on: date | None
    cooperative_id: int
    code: str
    cooperative: str


class ShownNumber(msgspec.Struct, frozen=True):
    """A telephone number, masked where the office may not call it."""

    phone: str
    trusted: bool
    proof_wanted: bool


class ShownMovement(msgspec.Struct, frozen=True):
    """A movement in the member's words, with the lines that add up to it."""

    on: date
    what: str
    amount: str
    balance: str
    lines: tuple[str, ...]


class MemberFile(msgspec.Struct, frozen=True):
    """All of it. `letters` is None where the office may not read them; `older` leads to the movements behind these."""

    head: Head
    numbers: list[ShownNumber]
    balances: list[tuple[str, str]]
    movements: list[ShownMovement]
    older: str | None
    brought: list[str]
    letters: list[Exchanged] | None
    contests: list[tuple[OwnContest, str, str]]
    acts: list[ActDone]
    looks: list[SeenBy]


def find_head(reader: Connection | Session, office: Office, member_id: int) -> Head | None:
    """Return whose file it is; None when there is none in the office's reach."""
    told = (
        Member.id,
        Member.person_id,
        Person.name,
        Member.card,
        Member.state,
        Member.joined_on,
        Member.leaving_on,
        Member.left_on,
    )
    rows = select(*told, Cooperative.id, Cooperative.code, Cooperative.name).select_from(Member)
    rows = rows.join(Person, Person.id == Member.person_id).join(Cooperative, Cooperative.id == Member.cooperative_id)
    row = reader.execute(rows.where(Member.id == member_id, office.scope.reach(Member.cooperative_id))).first()
    return Head(*row) if row else None


def read_file(reader: Connection, head: Head, before: str, *, calls: bool, letters: bool) -> MemberFile:
    """Return a member's file; its movements those behind `before`, a mark that a page gave (else the last ones).

    With whole numbers where the reader `calls`, and `letters` where they may read these.
    """
    moved, older = _movements(reader, head.id, before)
    return MemberFile(
        head=head,
        numbers=_numbers(reader, head.person_id, calls=calls),
        balances=_balances(balances_of(reader, head.id)),
        movements=moved,
        older=older,
        brought=[weighed_words(one) for one in brought_by(reader, head.id, MOST_MOVEMENTS)],
        letters=exchanged_with(reader, head.person_id) if letters else None,
        contests=[(one, SUBJECTS[one.subject], STANDS[one.state]) for one in contests_of(reader, head.id)],
        acts=acts_on(reader, head.id),
        looks=looks_at(reader, head.id),
    )


def masked(phone: str) -> str:
    """Leave the last two digits of a number, so that two of them can be told apart."""
    return f"•• ••• •• {phone[-2:]}"


def _numbers(reader: Connection, person_id: int, *, calls: bool) -> list[ShownNumber]:
    return [
        ShownNumber(phones.write(one.phone) if calls else masked(one.phone), one.trusted, one.proof_wanted)
        for one in numbers_of(reader, person_id)
    ]


def _balances(found: Balances) -> list[tuple[str, str]]:
    figures = {"payable": found.payable, "advance": found.owed, "savings": found.savings, "shares": found.shares}
    return [(BALANCES[kind], francs(amount)) for kind, amount in figures.items()]


def _movements(reader: Connection, member_id: int, before: str) -> tuple[list[ShownMovement], str | None]:
    found: Sequence[Movement] = movements_of(reader, member_id, MOST_MOVEMENTS + 1, _mark(before))
    last = found[MOST_MOVEMENTS - 1] if len(found) > MOST_MOVEMENTS else None
    shown = [_shown(reader, one) for one in found[:MOST_MOVEMENTS]]
    return shown, f"{last.entry_id}-{last.id}" if last else None


def _mark(before: str) -> Movement | None:
    entry, _, first = before.partition("-")
    if not (is_number(entry, 15) and is_number(first, 15)):
        return None
    return Movement(int(first), date.min, "", 0, "", int(entry), 0)


def _shown(reader: Connection, one: Movement) -> ShownMovement:
    shared = deductions_of(reader, one.entry_id)
    lines = tuple(lines_of(shared, brought_in(reader, one.of))) if shared.gross else ()
    sign = "+" * (one.amount > 0)
    return ShownMovement(one.on, what_moved(one), f"{sign}{francs(one.amount)}", BALANCES[one.account], lines)
