"""The rounds of ideas: opened with their dates, closed by the clock into a shortlist, which all who spoke are told."""

from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.ideas.models import Idea, IdeaRound, IdeaScore, IdeaVoice
from app.coop.members.notices import tell_member
from app.db.rows import each, store
from app.service import service_of

SHORTLIST = 5
"""Ideas that a round may keep."""
LEAST_SCORES = 2
"""By how many an idea must be scored before it can be kept."""
MOST_TOLD = 500
"""Members whom one sweep tells how a round ended."""


class RoundOpen(Exception):
    """A round is open already, or the dates are past or in the wrong order."""


def current_round(reader: Connection | Session, now: datetime) -> int | None:
    """Return the round in which voices count now."""
    return reader.scalar(select(IdeaRound.id).where(IdeaRound.closed_at.is_(None), IdeaRound.support_until > now).limit(1))


def check_round(reader: Connection | Session, *, support_until: datetime, score_until: datetime, now: datetime) -> None:
    """Raise RoundOpen when a round can't be opened so."""
    if not now < support_until <= score_until or reader.scalar(select(IdeaRound.id).where(IdeaRound.closed_at.is_(None)).limit(1)):
        raise RoundOpen("a round is open, or the dates are past or in the wrong order")


def begin_round(session: Session, *, support_until: datetime, score_until: datetime, now: datetime) -> IdeaRound:
    """Open a round. Raises RoundOpen."""
    # The federation has no row to lock: of two who open one at once the second waits at the first co-operative's.
    session.execute(select(Cooperative.id).order_by(Cooperative.id).limit(1).with_for_update(key_share=True))
    check_round(session, support_until=support_until, score_until=score_until, now=now)
    row = IdeaRound(opened_at=now, support_until=support_until, score_until=score_until)
    return store(session, row)


def close_rounds(session: Session, now: datetime) -> None:
    """Close rounds whose scoring is over, by day: the best scored by LEAST_SCORES or more are kept, more voices before fewer."""
    if not service_of(session).awake(now):
        return
    due = select(IdeaRound).where(IdeaRound.closed_at.is_(None), IdeaRound.score_until <= now)

    def tell(one: tuple[int, int, str]) -> None:
        tell_result(session, Act.by_clock(f"idea:{one[0]}:closed", now), *one)

    for round_ in session.scalars(due.with_for_update()).all():
        kept = [idea for idea, _, scores, _ in ranking(session, round_.id) if scores >= LEAST_SCORES][:SHORTLIST]
        of = (Idea.round_id == round_.id) & (Idea.state == "open")
        # In this order: the second statement takes all that is still open.
        session.execute(update(Idea).where(of, Idea.id.in_(kept)).values(state="shortlisted"))
        session.execute(update(Idea).where(of).values(state="not_kept"))
        round_.closed_at = now
        ended = (Idea.round_id == round_.id) & Idea.state.in_(("shortlisted", "not_kept"))
        found = session.execute(select(Idea.id, Idea.member_id, Idea.state).where(ended)).all()
        each(session, "an idea whose round is closed", [(one[0], one) for one in found], tell)


def ranking(reader: Connection | Session, round_id: int) -> list[tuple[int, float, int, int]]:
    """Return a round's open ideas, the best first: id, mean points of 25, by how many scored, voices that a PIN has seen."""
    points = IdeaScore.jobs + IdeaScore.inputs + IdeaScore.market + IdeaScore.people + IdeaScore.first
    scored = select(IdeaScore.idea_id, func.avg(points * 1.0).label("mean"), func.count().label("by"))
    scored_by = scored.group_by(IdeaScore.idea_id).subquery()
    voices = select(func.count()).where(IdeaVoice.idea_id == Idea.id, IdeaVoice.by_pin).scalar_subquery()
    rows = reader.execute(
        select(Idea.id, func.coalesce(scored_by.c.mean, 0), func.coalesce(scored_by.c.by, 0), voices)
        .outerjoin(scored_by, scored_by.c.idea_id == Idea.id)
        .where(Idea.round_id == round_id, Idea.state == "open")
    )
    found = [(idea, float(mean), int(by), int(voices)) for idea, mean, by, voices in rows]
    return sorted(found, key=lambda row: (-row[1], -row[3], row[0]))


def tell_supporters(session: Session, now: datetime) -> None:
    """Tell some of those whose voice a closed round has counted how it ended, by day."""
    if not service_of(session).awake(now):
        return
    untold = (
        select(IdeaVoice, Idea.state).join(Idea, Idea.id == IdeaVoice.idea_id).join(IdeaRound, IdeaRound.id == IdeaVoice.round_id)
    )
    closed = untold.where(IdeaVoice.told_at.is_(None), IdeaRound.closed_at.is_not(None)).order_by(IdeaVoice.member_id)
    rows = session.execute(closed.limit(MOST_TOLD).with_for_update(of=IdeaVoice, skip_locked=True)).all()

    def tell(one: tuple[IdeaVoice, str]) -> None:
        voice, state = one
        tell_result(session, Act.by_clock(f"idea:{voice.idea_id}:closed", now), voice.idea_id, voice.member_id, state)

    for voice, _ in rows:
        voice.told_at = now
    each(session, "a voice that was counted", [(one[0].member_id, one) for one in rows], tell)


def tell_result(session: Session, act: Act, idea_id: int, member_id: int, state: str) -> None:
    """Tell a member what became of an idea that they proposed or supported, once a state."""
    service = service_of(session)
    words = texts.say("idea_result", number=str(idea_id), idea_became=state, code=service.code, cost=service.cost)
    tell_member(session, act, member_id, "notice", f"idea:{idea_id}:{state}:{member_id}", words)
