"""Members by what is known of them: a name however spelled, a telephone number, a card. A page at a time."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, tuple_, union

from app import phones
from app.coop.cooperatives.models import Cooperative
from app.coop.members.lookup import read_card
from app.coop.members.models import CardAlias, Member, NameKey, Number, Person
from app.coop.members.name_keys import fold
from app.coop.scope import Scope
from app.db.rows import total

PAGE = 50
RARE = 1_000
"""Keys that begin with a word which fewer than this have are read, whatever the other words."""
_BEHIND = "~"
"""Stands behind every letter, figure and space of a key."""


class MemberRow(msgspec.Struct, frozen=True):
    """A member in a list."""

    id: int
    name: str
    card: str
    state: str
    cooperative: str


class MemberPage(msgspec.Struct, frozen=True):
    """Members, and behind which (a key and an id) the next page begins; None when there is none."""

    rows: list[MemberRow]
    after: tuple[str, int] | None = None


def search(reader: Connection, scope: Scope, typed: str, after: tuple[str, int] | None = None) -> MemberPage:
    """Return members in reach whose number, card or name was typed; of a name the beginnings of its words, in any order.

    Words are held to be the same when they sound alike (`name_keys.fold`). Not promised: that one who shares a name's beginning
    twice isn't met again on the next page.
    """
    phone = phones.read(typed)
    if phone is not None and phones.is_senegalese_mobile(phone):
        return _page(reader, _in_reach(scope).join(Number, Number.person_id == Member.person_id).where(Number.phone == phone))
    if digits := read_card(typed):
        spelled = {f"C{digits}"} | {f"C{int(digits):0{width}d}" for width in (5, 7)}
        merged = select(CardAlias.member_id).where(CardAlias.card.in_(spelled))
        # found by two indexes apart: with OR between them PostgreSQL reads all members
        either = union(select(Member.id).where(Member.card.in_(spelled)), merged).subquery()
        return _page(reader, _in_reach(scope).where(Member.id.in_(select(either.c.id))))
    return _by_name(reader, scope, fold(typed), after)


def members_of(reader: Connection, cooperative_id: int, after: int = 0) -> MemberPage:
    """Return the members of a co-operative in the order in which they came."""
    rows = _in_reach(Scope(cooperative_id)).where(Member.id > after).order_by(Member.id).limit(PAGE + 1)
    found = [MemberRow(*row) for row in reader.execute(rows)]
    return MemberPage(found[:PAGE], ("", found[PAGE - 1].id) if len(found) > PAGE else None)


def _in_reach(scope: Scope) -> Any:
    told = select(Member.id, Person.name, Member.card, Member.state, Cooperative.code).select_from(Member)
    return (
        told.join(Person, Person.id == Member.person_id)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(scope.reach(Member.cooperative_id))
    )


def _page(reader: Connection, rows: Any) -> MemberPage:
    return MemberPage([MemberRow(*row) for row in reader.execute(rows.order_by(Member.id).limit(PAGE))])


def _by_name(reader: Connection, scope: Scope, words: list[str], after: tuple[str, int] | None) -> MemberPage:
    if not words:
        return MemberPage([])
    first = words[0] if len(words) == 1 else _rarest(reader, words)
    others = list(words)
    others.remove(first)
    wanted = _begins(first)
    for other in others:
        wanted &= NameKey.key.like(f"% {other}%")
    if after:
        wanted &= tuple_(NameKey.key, NameKey.person_id) > tuple_(*after)
    keys = select(NameKey.key, NameKey.person_id).where(wanted)
    if not scope.is_federation:
        keys = keys.join(Member, Member.person_id == NameKey.person_id).where(scope.reach(Member.cooperative_id))
    # the page is cut before anything is joined: else PostgreSQL may join and sort all that begin so
    page = keys.order_by(NameKey.key, NameKey.person_id).limit(PAGE + 1).subquery()
    told = (Member.id, Person.name, Member.card, Member.state, Cooperative.code, page.c.key, page.c.person_id)
    rows = select(*told).select_from(page).join(Person, Person.id == page.c.person_id)
    rows = rows.outerjoin(Member, Member.person_id == Person.id).outerjoin(Cooperative, Cooperative.id == Member.cooperative_id)
    found = reader.execute(rows.order_by(page.c.key, page.c.person_id)).all()
    shown = {row.id: MemberRow(*row[:5]) for row in found[:PAGE] if row.id}
    return MemberPage(list(shown.values()), (found[PAGE - 1].key, found[PAGE - 1].person_id) if len(found) > PAGE else None)


def _rarest(reader: Connection, words: list[str]) -> str:
    """Return the word by whose keys to search: the one that few names have, else the longest."""
    counted = [(total(reader, select(func.count()).select_from(_some(word))), -len(word), word) for word in words]
    return min(counted)[2]


def _some(word: str) -> Any:
    return select(NameKey.person_id).where(_begins(word)).limit(RARE).subquery()


def _begins(word: str) -> ColumnElement[bool]:
    return (NameKey.key >= word) & (NameKey.key < word + _BEHIND)
