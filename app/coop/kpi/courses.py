"""Trainings: seats, who applied, who was certified, who works after 3 and after 6 months."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative, Filiere
from app.coop.imports.models import MemberProfile
from app.coop.imports.profiles import is_young
from app.coop.kpi.cells import NOWHERE, FigureCell, Month
from app.coop.members.models import Member
from app.coop.training.models import Certificate, PlacementQuestion, Training, TrainingApplication

AGE = {True: "young", False: "older", None: "-"}


def courses(reader: Connection | Session, ids: Sequence[int], month: Month) -> list[FigureCell]:
    """Return the figures of trainings of co-operatives, and with NOWHERE among them of the federation's."""
    own = Training.cooperative_id.in_(ids)
    here = or_(own, Training.cooperative_id.is_(None)) if NOWHERE in ids else own
    begun = (Training.starts_on >= month.first) & (Training.starts_on < month.next) & (Training.state == "open")
    seats = select(Training.cooperative_id, func.sum(Training.seats)).where(here, begun).group_by(Training.cooperative_id)
    found = [FigureCell("seats", one or NOWHERE, "", int(count)) for one, count in reader.execute(seats)]
    applied = (TrainingApplication.applied_at >= month.start) & (TrainingApplication.applied_at < month.end)
    found += _persons("applicants", _parts(reader, here & applied, month))
    given = (Certificate.given_on >= month.first) & (Certificate.given_on < month.next)
    found += _persons("certified", _parts(reader, here & given, month, Certificate))
    for months in (3, 6):
        asked = (PlacementQuestion.asked_at >= month.start) & (PlacementQuestion.asked_at < month.end)
        asked = asked & (PlacementQuestion.months == months)
        found += _placed(f"placed_{months}", _parts(reader, here & asked, month, PlacementQuestion))
    return found


def _parts(reader: Connection | Session, which: Any, month: Month, of: Any = None) -> Iterator[tuple[tuple[int, str], bool | None]]:
    """Give for each application, and each part that it belongs to, the co-operative and the part, and whether the person works."""
    answer = PlacementQuestion.works if of is PlacementQuestion else TrainingApplication.wants_jobs
    rows = select(
        Training.cooperative_id, MemberProfile.sex, MemberProfile.born_on, MemberProfile.born_in, TrainingApplication.born_in,
        Filiere.code, answer,
    ).select_from(TrainingApplication)  # fmt: skip
    rows = rows.join(Training, Training.id == TrainingApplication.training_id)
    rows = rows.join(of, of.application_id == TrainingApplication.id) if of else rows
    rows = rows.outerjoin(Member, Member.id == TrainingApplication.member_id)
    rows = rows.outerjoin(MemberProfile, MemberProfile.member_id == Member.id)
    rows = rows.outerjoin(Cooperative, Cooperative.id == Member.cooperative_id)
    rows = rows.outerjoin(Filiere, Filiere.id == Cooperative.filiere_id).where(which)
    today = month.next - timedelta(days=1)
    for one, sex, born_on, born_in, told, trade, works in reader.execute(rows):
        aged = AGE[is_young(born_on, born_in or told, today)]
        for part in ("", f"sex:{sex or '-'}", f"age:{aged}", f"filiere:{trade or '-'}"):
            yield (one or NOWHERE, part), works


def _persons(figure: str, parts: Iterator[tuple[tuple[int, str], bool | None]]) -> list[FigureCell]:
    counts = Counter(where for where, _ in parts)
    return [FigureCell(figure, one, part, count, persons=count) for (one, part), count in counts.items()]


def _placed(figure: str, parts: Iterator[tuple[tuple[int, str], bool | None]]) -> list[FigureCell]:
    """Count who works of those who were asked, and who doesn't."""
    asked, work = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for where, works in parts:
        asked[where] += 1
        work[where] += works is True
    return [FigureCell(figure, *where, work[where], count, work[where], count - work[where]) for where, count in asked.items()]
