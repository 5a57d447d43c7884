"""Members by sex and age: those who are in, who are active, who delivered."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.imports.models import MemberProfile
from app.coop.imports.profiles import known_birth, young
from app.coop.kpi.cells import FigureCell, Month
from app.coop.ledger.models import JournalEntry
from app.coop.ledger.queries import is_reversed
from app.coop.members.models import Member
from app.coop.production.models import Declaration, Weighing

ACTIVE_DAYS = 90


def cooperatives(reader: Connection | Session, ids: Sequence[int], month: Month) -> list[FigureCell]:
    """Count each co-operative that is there at the month's end, under its legal form."""
    rows = select(Cooperative.id, Cooperative.legal_form).where(Cooperative.id.in_(ids), Cooperative.created_at < month.end)
    return [FigureCell("cooperatives", one, part, 1) for one, form in reader.execute(rows) for part in ("", f"form:{form}")]


def members(reader: Connection | Session, ids: Sequence[int], month: Month) -> list[FigureCell]:
    """Count members at the month's end, those who were active before it, and those who delivered in it."""
    last = month.next
    here = (Member.joined_on < last) & or_(Member.left_on >= last, and_(Member.left_on.is_(None), Member.state != "departed"))
    since = month.end - timedelta(days=ACTIVE_DAYS)
    booked = exists().where(JournalEntry.member_id == Member.id, JournalEntry.at >= since, JournalEntry.at < month.end)
    declared = exists().where(
        Declaration.member_id == Member.id, Declaration.declared_at >= since, Declaration.declared_at < month.end
    )
    delivered = Member.id.in_(select(Weighing.member_id).where(Weighing.cooperative_id.in_(ids), credited(month)))
    of_all = _counted(reader, ids, month, here)
    return [
        *_cells("members", of_all, of_all),
        *_cells("active", _counted(reader, ids, month, here & (booked | declared)), of_all),
        *_cells("producers", _counted(reader, ids, month, delivered), of_all),
    ]


def credited(month: Month) -> ColumnElement[bool]:
    """Say in SQL that a weighing of the month was credited, and isn't reversed."""
    within = (Weighing.weighed_at >= month.start) & (Weighing.weighed_at < month.end)
    return and_(Weighing.state == "credited", within, ~is_reversed(Weighing.entry_id))


def _counted(
    reader: Connection | Session, ids: Sequence[int], month: Month, which: ColumnElement[bool]
) -> Counter[tuple[int, str]]:
    today = month.next - timedelta(days=1)
    # The order counts: who isn't young and has a known birth is older, whoever is left didn't say.
    age: Any = case((young(today), "young"), (known_birth(), "older"), else_="-")
    sex: Any = func.coalesce(MemberProfile.sex, "-")
    rows = select(Member.cooperative_id, sex, age, func.count()).select_from(Member)
    rows = rows.outerjoin(MemberProfile, MemberProfile.member_id == Member.id).where(Member.cooperative_id.in_(ids), which)
    found: Counter[tuple[int, str]] = Counter()
    for one, sexed, aged, count in reader.execute(rows.group_by(Member.cooperative_id, sex, age)):
        for part in ("", f"sex:{sexed}", f"age:{aged}"):
            found[one, part] += count
    return found


def _cells(figure: str, some: Counter[tuple[int, str]], of: Counter[tuple[int, str]]) -> list[FigureCell]:
    return [FigureCell(figure, *where, count, persons=count, rest=max(0, of[where] - count)) for where, count in some.items()]
