"""What screens and commands show of ideas."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Float, func, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.ideas.models import Idea, IdeaRound, IdeaScore, IdeaVoice
from app.coop.ideas.rounds import current_round
from app.coop.ideas.voices import CRITERIA
from app.coop.rights import NotYours
from app.coop.scope import Scope
from app.db.pages import behind

MOST = 40


class ShownIdea(msgspec.Struct, frozen=True):
    """An idea as shown: voices that a PIN has seen, those by SMS apart, points of 25 in the mean of `scores`."""

    id: int
    words: str
    state: str
    cooperative: str
    proposed_at: datetime
    support_until: datetime | None = None
    reason: str | None = None
    into_id: int | None = None
    by_pin: int = 0
    by_sms: int = 0
    scores: int = 0
    points: float = 0


class RoundPhases(msgspec.Struct, frozen=True):
    """A round: voices count until `support_until`, scores until `score_until`, then it is closed."""

    id: int
    opened_at: datetime
    support_until: datetime
    score_until: datetime
    closed_at: datetime | None


class GivenScore(msgspec.Struct, frozen=True):
    """Who gave what: the office, of which co-operative (None: the federation), the points by criterion."""

    role: str
    cooperative: str | None
    points: tuple[int, ...]


def open_ideas(reader: Connection | Session, now: datetime) -> list[ShownIdea]:
    """Return the ideas that can be supported now, newest last."""
    return shown(reader, Idea.round_id == current_round(reader, now), Idea.state == "open")


def scorable_ideas(reader: Connection | Session, now: datetime) -> list[ShownIdea]:
    """Return the ideas that a round still has scored."""
    return shown(reader, Idea.state == "open", IdeaRound.score_until > now)


def ideas_to_read(reader: Connection | Session, scope: Scope) -> list[ShownIdea]:
    """Return what waits for an officer, oldest first."""
    return shown(reader, Idea.state == "waiting", scope.reach(Idea.cooperative_id))


def ranked_ideas(reader: Connection | Session, round_id: int, *, most: int, skip: int = 0) -> list[ShownIdea]:
    """Return a round's ideas that anybody may read, from the most points to the least, then by the voices that a PIN has seen.

    The order moves with each voice, so that pages are counted off by rows.
    """
    rows = _rows(Idea.round_id == round_id, Idea.state.in_(PUBLIC), ranked=True)
    return [ShownIdea(*row) for row in reader.execute(rows.limit(most).offset(skip))]


def newest_ideas(reader: Connection | Session, *only: ColumnElement[bool], most: int, before: int | None = None) -> list[ShownIdea]:
    """Return ideas under conditions, newest first, behind one."""
    return shown(reader, *only, behind(Idea.id, before), most=most)[::-1]


def kept_ideas(reader: Connection | Session) -> list[ShownIdea]:
    """Return what the rounds have kept, newest first."""
    return shown(reader, Idea.state.in_(("shortlisted", "accepted")))[::-1]


def own_ideas(reader: Connection | Session, member_id: int) -> list[ShownIdea]:
    """Return a member's ideas, newest first."""
    return shown(reader, Idea.member_id == member_id)[::-1]


def shown(reader: Connection | Session, *only: ColumnElement[bool], most: int = MOST) -> list[ShownIdea]:
    """Return ideas under conditions, by number, at most the newest `most`; one SELECT."""
    return [ShownIdea(*row) for row in reader.execute(_rows(*only).limit(most))][::-1]


def _rows(*only: ColumnElement[bool], ranked: bool = False) -> Any:
    voices = select(func.count()).where(IdeaVoice.idea_id == Idea.id)
    points = IdeaScore.jobs + IdeaScore.inputs + IdeaScore.market + IdeaScore.people + IdeaScore.first
    scores = select(func.count()).where(IdeaScore.idea_id == Idea.id).scalar_subquery()
    mean = select(func.coalesce(func.avg(points * 1.0), 0, type_=Float())).where(IdeaScore.idea_id == Idea.id).scalar_subquery()
    by_pin, by_sms = voices.where(IdeaVoice.by_pin).scalar_subquery(), voices.where(~IdeaVoice.by_pin).scalar_subquery()
    columns = (
        Idea.id,
        Idea.words,
        Idea.state,
        Cooperative.code,
        Idea.proposed_at,
        IdeaRound.support_until,
        Idea.reason,
        Idea.into_id,
    )
    rows = select(*columns, by_pin, by_sms, scores, mean).join(Cooperative, Cooperative.id == Idea.cooperative_id)
    rows = rows.outerjoin(IdeaRound, IdeaRound.id == Idea.round_id).where(*only)
    return rows.order_by(mean.desc(), by_pin.desc(), Idea.id) if ranked else rows.order_by(Idea.id.desc())


PUBLIC = ("open", "merged", "shortlisted", "not_kept", "accepted", "declined")
"""States of ideas that anybody may read."""


def last_round(reader: Connection | Session) -> RoundPhases | None:
    """Return the newest round, open or closed; None when there was none."""
    row = IdeaRound
    columns = select(row.id, row.opened_at, row.support_until, row.score_until, row.closed_at)
    found = reader.execute(columns.order_by(row.id.desc()).limit(1)).first()
    return RoundPhases(*found) if found else None


def idea_in(reader: Connection | Session, scope: Scope, idea_id: int) -> ShownIdea:
    """Return an idea that an office of a scope may read: a public one, or its own that waits or is kept out. Raises NotYours."""
    found = shown(reader, Idea.id == idea_id, Idea.state.in_(PUBLIC) | scope.reach(Idea.cooperative_id))
    if not found:
        raise NotYours("read")
    return found[0]


def scores_of(reader: Connection | Session, idea_id: int) -> list[GivenScore]:
    """Return who scored an idea what."""
    rows = select(IdeaScore.role, Cooperative.code, *(getattr(IdeaScore, name) for name in CRITERIA))
    rows = rows.outerjoin(Cooperative, Cooperative.id == IdeaScore.cooperative_id).where(IdeaScore.idea_id == idea_id)
    return [GivenScore(row[0], row[1], tuple(row[2:])) for row in reader.execute(rows.order_by(IdeaScore.id))]
