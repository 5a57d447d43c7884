"""Co-operatives as the console lists and shows them, read within the officer's reach."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from app import phones
from app.coop import foundation
from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.foundation import Slot
from app.coop.foundation.console import figure, setting_words
from app.coop.ideas.models import Idea
from app.coop.members.models import Member, Person
from app.coop.members.telephones import first_numbers
from app.coop.offices.acts import ActDone, acts_in
from app.coop.offices.models import OfficerAct, OperatorAct, Role
from app.coop.offices.queries import in_term
from app.coop.production.models import Weighing
from app.coop.products.models import Product
from app.coop.rights import Office
from app.letters import packed

PAGE = 50
MOST_COUNTED = 10_000
"""Members of a page's co-operatives together: more are not counted for a page."""


class Officer(msgspec.Struct, frozen=True):
    """Who holds an office there; `phone` where the reader may call it, `member_id` when they are a member."""

    name: str
    role: str
    phone: str | None
    member_id: int | None
    since: date


class CooperativeLine(msgspec.Struct, frozen=True):
    """A co-operative in the list: its officers, its members by state, when something was weighed last."""

    id: int
    code: str
    name: str
    commune: str
    trade: str
    officers: list[Officer]
    members: dict[str, int]
    weighed_at: datetime | None


class CooperativePage(msgspec.Struct, frozen=True):
    """Co-operatives, and behind which one the next page begins; None when there is none."""

    rows: list[CooperativeLine]
    after: int | None


class ChangedSetting(msgspec.Struct, frozen=True):
    """A setting that was changed: by an officer of the federation, or (`by` None) by whoever runs the service."""

    at: datetime
    what: str
    value: str
    by: str | None = None


class CooperativeFile(msgspec.Struct, frozen=True):
    """All of a co-operative's page; settings by their names, words and values; ideas by the products that they became."""

    head: CooperativeLine
    settings: list[tuple[str, str, str]]
    changed: list[ChangedSetting]
    slots: list[Slot]
    ideas: dict[str, Any]
    acts: list[ActDone]


def list_cooperatives(
    reader: Connection, office: Office, today: date, typed: str = "", after: int = 0, *, calls: bool
) -> CooperativePage:
    """Return a page of the co-operatives in reach, by id; of `typed` those whose code begins so, else whose name or commune has it.

    Officers have their numbers where the reader `calls`.
    """
    rows = _rows(office).where(Cooperative.id > after).order_by(Cooperative.id)
    if wanted := packed(typed):
        rows = rows.where(_meant(reader, office, wanted, after))
    found: Sequence[Any] = reader.execute(rows.limit(PAGE + 1)).all()
    shown = _filled(reader, found[:PAGE], today, calls=calls)
    return CooperativePage(shown, found[PAGE - 1].id if len(found) > PAGE else None)


def read_cooperative(
    reader: Connection, office: Office, cooperative_id: int, today: date, *, calls: bool
) -> CooperativeFile | None:
    """Return a co-operative's page; None when it isn't in the office's reach."""
    here = reader.execute(_rows(office).where(Cooperative.id == cooperative_id)).all()
    found = _filled(reader, here, today, calls=calls)
    if not found:
        return None
    sets, slots = foundation.shown(reader, found[0].code)
    said = [(name, words, str(sets[name])) for name, words in setting_words().items()]
    became = select(Product.name, Idea.id, Idea.words).join(Idea, Idea.product_id == Product.id)
    ideas = {row.name: row for row in reader.execute(became.where(Idea.cooperative_id == cooperative_id, Idea.state == "accepted"))}
    changed = _changed(reader, found[0].code, cooperative_id)
    return CooperativeFile(found[0], said, changed, slots, ideas, acts_in(reader, cooperative_id))


def _rows(office: Office) -> Any:
    told = select(Cooperative.id, Cooperative.code, Cooperative.name, Commune.name.label("commune"), Filiere.name.label("trade"))
    return told.join(Commune).join(Filiere).where(office.scope.reach(Cooperative.id))


def _meant(reader: Connection, office: Office, wanted: str, after: int) -> ColumnElement[bool]:
    """Return the condition for co-operatives by the beginning of their code, else by a part of their name or commune."""
    begins = Cooperative.code.startswith(wanted, autoescape=True)
    if reader.scalar(select(Cooperative.id).where(begins).limit(1)) is not None:
        return begins
    places = [id_ for id_, name in reader.execute(select(Commune.id, Commune.name)) if wanted in packed(name)]
    # Compared here, for accents: neither database folds them as people leave them out.
    names = select(Cooperative.id, Cooperative.name, Cooperative.commune_id).where(office.scope.reach(Cooperative.id))
    read = reader.execute(names.where(Cooperative.id > after).order_by(Cooperative.id))
    fits = (id_ for id_, name, place in read if place in places or wanted in packed(name))
    return Cooperative.id.in_(list(islice(fits, PAGE + 1)))


def _filled(reader: Connection, rows: Iterable[Any], today: date, *, calls: bool) -> list[CooperativeLine]:
    found = list(rows)
    ids = [row.id for row in found]
    last = select(Weighing.cooperative_id, func.max(Weighing.weighed_at)).where(Weighing.cooperative_id.in_(ids))
    weighed = {row[0]: row[1] for row in reader.execute(last.group_by(Weighing.cooperative_id))}
    officers, members = _officers(reader, ids, today, calls=calls), _members(reader, ids)
    return [_listed(row, officers[row.id], members[row.id], weighed.get(row.id)) for row in found]


def _listed(row: Any, officers: list[Officer], members: dict[str, int], weighed_at: datetime | None) -> CooperativeLine:
    return CooperativeLine(row.id, row.code, row.name, row.commune, row.trade, officers, members, weighed_at)


def _officers(reader: Connection, ids: Sequence[int], today: date, *, calls: bool) -> dict[int, list[Officer]]:
    told = select(Role.cooperative_id, Role.person_id, Person.name, Role.role, Member.id.label("member"), Role.from_on)
    held = told.join(Person, Person.id == Role.person_id).outerjoin(Member, Member.person_id == Role.person_id)
    rows = reader.execute(held.where(Role.cooperative_id.in_(ids), in_term(today)).order_by(Role.id)).all()
    numbers = first_numbers(reader, [row.person_id for row in rows]) if calls else {}
    found: dict[int, list[Officer]] = defaultdict(list)
    for row in rows:
        phone = numbers.get(row.person_id)
        found[row.cooperative_id].append(Officer(row.name, row.role, phone and phones.write(phone), row.member, row.from_on))
    return found


def _members(reader: Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    some = select(Member.cooperative_id, Member.state).where(Member.cooperative_id.in_(ids)).limit(MOST_COUNTED + 1).subquery()
    counted = reader.execute(select(some.c.cooperative_id, some.c.state, func.count()).group_by(*some.c)).all()
    found: dict[int, dict[str, int]] = defaultdict(dict)
    # Counting ended at that number: past it some co-operative has too few, and none is told.
    if sum(members for _, _, members in counted) <= MOST_COUNTED:
        for cooperative, state, members in counted:
            found[cooperative][state] = members
    return found


def _changed(reader: Connection, code: str, cooperative_id: int) -> list[ChangedSetting]:
    rows = select(OperatorAct.at, OperatorAct.arguments).where(OperatorAct.command == "cooperative set")
    words, found = setting_words(), []
    for at, given in reader.execute(rows.order_by(OperatorAct.id.desc()).limit(1_000)):
        if str(given.get("code", "")).upper() == code:
            told = {given["setting"]: given.get("value", 0)} if "setting" in given else given
            for setting, value in told.items():
                if setting != "code" and value is not None:
                    name = {"form": "legal_form"}.get(setting, setting.replace("-", "_"))
                    found.append(ChangedSetting(at, words.get(name, name), figure(value)))
    here = (OfficerAct.cooperative_id == cooperative_id) & (OfficerAct.act == "setting changed")
    acts = select(OfficerAct.at, OfficerAct.about, Person.name).join(Person, Person.id == OfficerAct.person_id).where(here)
    for at, about, by in reader.execute(acts.order_by(OfficerAct.id.desc()).limit(PAGE)):
        name, _, value = about.partition(":")
        found.append(ChangedSetting(at, words.get(name, name), figure(value), by))
    return sorted(found, key=lambda one: one.at, reverse=True)
