"""What waits for several officers, and what members contest: read within the officer's reach. Both are decided on the telephone."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.approvals.rules import counts
from app.coop.contests.models import Contest
from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Member, Person
from app.coop.offices.models import Role
from app.coop.offices.queries import in_term
from app.coop.rights import Office

PAGE = 50
AID = ("aid", "aid_after")
"""Kinds of approvals that only those who decide read."""
Asker, Subject, Holder = aliased(Person), aliased(Person), aliased(Person)


class OpenApproval(msgspec.Struct, frozen=True):
    """Something that waits. `given` are who approved, `needed` how many it takes in all; the word of `missing` can still count, and
    the reader's own where it is `mine`."""

    id: int
    kind: str
    words: str
    amount: int | None
    cooperative: str | None
    member_id: int | None
    member: str | None
    asker: str | None
    asked_at: datetime
    expires_at: datetime
    needed: int
    given: list[str]
    missing: list[str]
    mine: bool


class OpenContest(msgspec.Struct, frozen=True):
    """A contest that waits for its answer."""

    id: int
    number: str
    subject: str
    reference: str
    cooperative: str
    member_id: int
    member: str
    card: str
    opened_at: datetime
    answer_by: date
    late: bool
    level: int


def open_approvals(reader: Connection, office: Office, now: datetime, after: int = 0, *, aid: bool) -> list[OpenApproval]:
    """Return what waits in the office's reach, oldest first, with cases of `aid` or without: a page and one more."""
    told = (Approval, Cooperative.code, Subject.name.label("member"), Subject.id.label("whose"), Asker.name.label("asker"))
    rows = select(*told).outerjoin(Cooperative, Cooperative.id == Approval.cooperative_id)
    rows = rows.outerjoin(Member, Member.id == Approval.member_id).outerjoin(Subject, Subject.id == Member.person_id)
    rows = rows.outerjoin(Asker, Asker.id == Approval.asked_by).where(Approval.state == "waiting", Approval.expires_at > now)
    rows = rows.where(Approval.told != "ended")  # none that waits is: it leads to the index in their order
    rows = rows.where(office.scope.reach(Approval.cooperative_id), Approval.id > after)
    if not aid:
        rows = rows.where(Approval.kind.not_in(AID))
    found: Sequence[Any] = reader.execute(
        rows.with_only_columns(*Approval.__table__.c, *told[1:]).order_by(Approval.id).limit(PAGE + 1)
    ).all()
    votes = _votes(reader, [row.id for row in found])
    holders = _holders(reader, {row.cooperative_id for row in found}, now.date())
    return [_approval(row, votes[row.id], holders, office.person_id) for row in found]


def open_contests(reader: Connection, office: Office, today: date, after: int = 0) -> list[OpenContest]:
    """Return the contests that wait in the office's reach, oldest first: a page and one more."""
    told = (Contest.id, Contest.number, Contest.subject, Contest.reference, Cooperative.code, Contest.member_id, Person.name)
    rows: Any = select(*told, Member.card, Contest.opened_at, Contest.answer_by, Contest.investigate_by < today, Contest.level)
    rows = rows.join(Cooperative, Cooperative.id == Contest.cooperative_id).join(Member, Member.id == Contest.member_id)
    rows = rows.join(Person, Person.id == Member.person_id).where(Contest.state == "open", Contest.id > after)
    rows = rows.where(office.scope.reach(Contest.cooperative_id)).order_by(Contest.id).limit(PAGE + 1)
    return [OpenContest(*row) for row in reader.execute(rows)]


def _votes(reader: Connection, approvals: Collection[int]) -> dict[int, dict[int, str]]:
    rows = select(ApprovalVote.approval_id, ApprovalVote.person_id, Person.name).join(Person, Person.id == ApprovalVote.person_id)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for approval, person, name in reader.execute(rows.where(ApprovalVote.approval_id.in_(approvals)).order_by(ApprovalVote.id)):
        found[approval][person] = name
    return found


def _holders(reader: Connection, places: Collection[int | None], today: date) -> list[Any]:
    here = Role.cooperative_id.in_([place for place in places if place]) | Role.cooperative_id.is_(None)
    rows = select(Role.person_id, Role.role, Role.cooperative_id, Holder.name).join(Holder, Holder.id == Role.person_id)
    return list(reader.execute(rows.where(here, in_term(today)).order_by(Role.id)))


def _approval(row: Any, votes: dict[int, str], holders: Sequence[Any], reader_id: int) -> OpenApproval:
    # Who asked, who is barred, whom it concerns and who has voted: none of them has a word left to give.
    out = {row.asked_by, row.barred_id, row.whose, *votes}
    may = {
        one.person_id: one.name
        for one in holders
        if one.person_id not in out and counts(Office(one.person_id, one.role, one.cooperative_id), row)
    }
    told = (row.id, row.kind, row.words, row.amount, row.code, row.member_id, row.member, row.asker, row.asked_at, row.expires_at)
    return OpenApproval(
        *told, row.needed, list(votes.values()), [name for person, name in may.items() if person != reader_id], reader_id in may
    )
