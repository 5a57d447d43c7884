"""Balances of a paper book: what each row would bring over. Nothing is in the books before the co-operative's officers agree.

What moved here since the sheet was written stays, and that is said; where nobody can tell, it is asked.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.amounts import francs
from app.coop import law
from app.coop.act import Act
from app.coop.imports.forecast import Asked, Planned, Problem, RestsOn, RowRefused, RowSkipped, confirmed, key_of, value
from app.coop.imports.holders import Holders
from app.coop.imports.models import ImportRow
from app.coop.imports.register import Places, RegisteredMember
from app.coop.ledger.models import Account, JournalEntry
from app.coop.ledger.services import MOST_HELD, OWED
from app.coop.openings import services as openings
from app.coop.openings.services import ACCOUNTS, LiveBalance, OpeningDecided, PaperBalance
from app.coop.scope import Scope
from app.db.bulk import bring
from app.sheets import Row, Value

SAID = {"shares": "parts", "savings": "épargne", "payable": "à payer", "advance": "avance", "leasing": "crédit-bail"}
WAITS = "Des soldes de {code} attendent déjà l'accord de ses responsables: attendez, ou annulez cet import-là."
APPROVED = "Les responsables ont approuvé ces soldes: une correction se demande au Bureau."


class BroughtBalance(msgspec.Struct, frozen=True):
    """A member's balances to be brought over, as of a day."""

    cooperative_id: int
    brought: PaperBalance
    day: date


class _Books:
    """What a co-operative's books hold, by member, and what was brought over before."""

    def __init__(self, reader: Connection | Session, place: int) -> None:
        mine = select(Account.member_id, Account.kind, func.abs(Account.balance)).where(Account.cooperative_id == place)
        self.balances: dict[int | None, dict[str, int]] = defaultdict(dict)
        for member, kind, balance in reader.execute(mine.where(Account.member_id.is_not(None), Account.balance != 0)):
            self.balances[member][kind] = balance
        first = select(JournalEntry.member_id, func.min(JournalEntry.at)).where(JournalEntry.cooperative_id == place)
        self.first = {member: at.date() for member, at in reader.execute(first.group_by(JournalEntry.member_id))}
        self.live: dict[int, LiveBalance] = openings.live(reader, place)
        self.waits = (openings.under_way(reader, place) or (0, "noted"))[1] != "noted"


class BalancePlan:
    """The plan of a file of balances."""

    def __init__(self, reader: Connection | Session, scope: Scope, answers: Mapping[str, str], now: datetime) -> None:
        self._reader, self._answers, self._today = reader, answers, now.date()
        self._places = Places(reader, scope)
        self._holders = Holders(self._places, answers)
        self._books: dict[int, _Books] = {}
        self._rows_of: dict[int, int] = {}
        self._notes: list[Problem] = []

    def prepare(self, rows: Sequence[Row]) -> None:
        """Read nothing: a co-operative is read whole at its first row."""

    def leave(self, row: Row, values: Mapping[str, Any]) -> None:
        """Know whose balance a row would say: another row of theirs isn't taken in its place."""
        with suppress(RowRefused, Asked):
            self._rows_of.setdefault(self._holders.of(row, values)[1].id or 0, row.number)

    def plan(self, row: Row, values: Mapping[str, Any]) -> Planned | None:
        """Say what a row brings over."""
        place, known = self._holders.of(row, values)
        member = known.id or 0
        amounts = _amounts(values)
        if not any(isinstance(values.get(kind), Value) for kind in ACCOUNTS):
            raise RowSkipped(f"{known.card}: aucun solde n'est écrit")
        if (before := self._rows_of.setdefault(member, row.number)) != row.number:
            raise RowRefused("card", f"{known.card} est déjà à la ligne {before}: un seul solde par membre.")
        if place not in self._books:
            self._books[place] = _Books(self._reader, place)
        books = self._books[place]
        as_of = value(values, "as_of")
        if amounts == {kind: books.balances[member].get(kind, 0) for kind in ACCOUNTS}:
            return None
        if known.state == "departed":
            raise RowRefused("card", f"{known.card} est parti: son compte est clos.")
        if member in books.live:
            self._again(row, known, amounts, books.live[member], exported=as_of is not None)
            return None
        said = any(amounts.values())
        if (not said and as_of is None) or not self._adds(row, known, amounts, books.first.get(member), as_of) or not said:
            return None
        if books.waits:
            raise RowRefused("cooperative", WAITS.format(code=self._places.code(place)))
        self._say_law(row, place, amounts)
        return Planned(row.number, "create", BroughtBalance(place, PaperBalance(member, amounts), as_of or self._today))

    def finish(self) -> list[Problem]:
        """Return what must be said beside."""
        return self._notes

    def _again(self, row: Row, known: RegisteredMember, amounts: Mapping[str, int], live: LiveBalance, *, exported: bool) -> None:
        if amounts == live.amounts:
            return
        if live.posted and exported:
            self._kept(row, known)
            return
        why = "ses soldes du cahier sont déjà dans les comptes: une correction se demande au Bureau"
        if not live.posted:
            why = "d'autres soldes attendent l'accord des responsables: annulez d'abord cet import-là"
        raise RowRefused("", f"{known.card}: {why}.")

    def _adds(self, row: Row, known: RegisteredMember, amounts: Mapping[str, int], first: date | None, as_of: date | None) -> bool:
        """Tell whether a row adds to what has moved here; what began before the sheet's day wins over the sheet."""
        if first is None or (as_of is not None and first > as_of):
            return True
        if as_of is not None:
            self._kept(row, known)
            return False
        says = f"{known.card} « {known.name} » (ligne {row.number}) a déjà des écritures depuis le {first:%d/%m/%Y}. "
        says += f"Ces soldes sont-ils en plus ({_words(amounts)}) ? oui ou non"
        return confirmed(self._answers, row, key_of("adds", known.card, sorted(amounts.items())), says)

    def _kept(self, row: Row, known: RegisteredMember) -> None:
        says = f"{known.card}: ce qui est écrit dans les comptes reste; les soldes de la feuille ne sont pas pris."
        self._notes.append(Problem(row.number, "", "kept", says))

    def _say_law(self, row: Row, place: int, amounts: Mapping[str, int]) -> None:
        """Say that the law voids a loan: it is brought over, for what was lent is to be given back."""
        form = self._places.form(place)
        for kind in OWED:
            if amounts[kind] and any(rule.verdict == "void" and rule.whom == "members" for rule in law.rules(kind, form)):
                says = f"{law.FORBIDDEN[law.rule_of(kind, form).article]} Ce qui est dû reste dû."
                self._notes.append(Problem(row.number, kind, "law", says))


def write(session: Session, import_id: int, rows: Sequence[Planned], now: datetime) -> None:
    """Note what rows bring over, by co-operative."""
    for place in sorted({row.change.cooperative_id for row in rows}):
        mine = [row for row in rows if row.change.cooperative_id == place]
        day = max(row.change.day for row in mine)
        made = openings.note(session, place, [row.change.brought for row in mine], day, now)
        told = {"import_id": import_id, "act": "create", "before": {}}
        bring(
            session.connection(),
            ImportRow,
            [
                told | {"number": row.number, "member_id": row.change.brought.member_id, "made_id": one}
                for row, one in zip(mine, made, strict=True)
            ],
        )


def finish(session: Session, import_id: int, scope: Scope, stated: Mapping[str, int], now: datetime) -> None:
    """Ask each co-operative's officers for their word on what was noted, also by an import that was broken off."""
    noted = openings.noted(session, scope)
    for opening, place in noted:
        act = Act(0, "file", f"import:{import_id}:{place}", now)
        # The totals of a sheet are of all its co-operatives together: of several they say nothing of each.
        openings.ask(session, act, opening, stated if len(noted) == 1 else {})


def check(session: Session, imports: Sequence[int]) -> None:
    """Raise RestsOn when officers have agreed to what these imports noted."""
    mine = select(ImportRow.made_id).where(ImportRow.import_id.in_(imports))
    if openings.decided(session, mine):
        raise RestsOn(APPROVED)


def take_back(session: Session, rows: Sequence[ImportRow], now: datetime) -> None:
    """Take back what rows noted. Raises RestsOn."""
    try:
        openings.take_back(session, [row.made_id for row in rows if row.made_id is not None], now)
    except OpeningDecided:
        raise RestsOn(APPROVED) from None


def _amounts(values: Mapping[str, Any]) -> dict[str, int]:
    """Return a row's amounts by account; savings or dues below nothing are an advance.

    A negative advance is one, too: it was asked whether the member owes it.
    """
    if not values.keys() & set(ACCOUNTS):
        raise RowRefused("", "Aucune colonne de solde: Parts, Épargne, À payer, Avance ou Crédit-bail.")
    amounts = {kind: value(values, kind) or 0 for kind in ACCOUNTS}
    amounts |= {kind: abs(amounts[kind]) for kind in OWED}
    for kind in ("savings", "payable"):
        if amounts[kind] < 0:
            amounts["advance"] -= amounts[kind]
            amounts[kind] = 0
    # Screens show what is owed as one sum, advance and lease together.
    for kind, amount in (*amounts.items(), ("advance", amounts["advance"] + amounts["leasing"])):
        if not 0 <= amount <= MOST_HELD:
            raise RowRefused(kind, f"{SAID[kind]}: un montant de 0 à 999 999 999 F.")
    return amounts


def _words(amounts: Mapping[str, int]) -> str:
    return ", ".join(f"{SAID[kind]} {francs(amount)}" for kind, amount in amounts.items() if amount)
