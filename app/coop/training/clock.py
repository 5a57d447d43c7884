"""What the clock does to trainings: offers freed seats, ends offers, tells news, says at the start who has no seat."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop.references import draw_reference
from app.coop.training import notices
from app.coop.training.models import Training, TrainingApplication
from app.coop.training.seats import begins, free_seats, lock_training
from app.db.rows import each
from app.service import service_of

OFFER = timedelta(hours=24)
"""For how long a seat is offered, less before the start: one that is offered outside the quiet hours ends outside them."""
SHORTEST_OFFER = timedelta(hours=2)
"""With less before the start nobody is called any more."""
GRACE = timedelta(minutes=10)
"""An acceptance that came in time may be worked on so much later: the seat waits for it."""
MOST_TRAININGS = 1000
TOLD_RANKS = 5
"""Ranks whose holders hear, once a day at most, that theirs has changed; on USSD everybody sees it."""


def begun(session: Session, now: datetime) -> None:
    """Say of everybody who still waits for a training that has begun that there is no seat."""
    past = select(Training.id).where(Training.starts_on <= now.date(), Training.state == "open")
    still = TrainingApplication.state.in_(("waiting", "offered", "applied")) & TrainingApplication.training_id.in_(past)
    found = select(TrainingApplication.training_id).where(still).distinct().limit(MOST_TRAININGS)

    def end(training_id: int) -> None:
        training = lock_training(session, training_id)
        if begins(training) <= now:
            waits = TrainingApplication.state.in_(("waiting", "offered", "applied"))
            ended = update(TrainingApplication).where(TrainingApplication.training_id == training_id, waits)
            session.execute(ended.values(state="unplaced", news="state", changed_at=now))

    # In the order of their ids, as an application locks those that are taken one at a time.
    each(session, "a training that has begun", [(one, one) for one in sorted(session.scalars(found).all())], end)


def lapse(session: Session, now: datetime) -> None:
    """End offers that nobody took: who had one is off the list, and may apply again, at its end."""
    over = (TrainingApplication.state == "offered") & (TrainingApplication.offer_ends < now - GRACE)
    due = select(TrainingApplication.training_id).where(over).distinct().limit(MOST_TRAININGS)

    def end(training_id: int) -> None:
        lock_training(session, training_id)
        # The condition is asked again behind the lock: an acceptance may have come first.
        here = over & (TrainingApplication.training_id == training_id)
        session.execute(update(TrainingApplication).where(here).values(state="lapsed", news="state", changed_at=now))

    each(session, "a training's offers", [(one, one) for one in sorted(session.scalars(due).all())], end)


def offer(session: Session, now: datetime, draw: Callable[[int], int] = secrets.randbelow) -> None:
    """Offer each free seat once, to the first who waits; nobody is woken for it."""
    if not service_of(session).awake(now):
        return
    waits = select(TrainingApplication.training_id).where(TrainingApplication.state == "waiting")

    def offer_free(training_id: int) -> None:
        training = lock_training(session, training_id)
        ends = min(now + OFFER, begins(training))
        free = free_seats(session, training)
        if training.state != "open" or free <= 0 or ends - now < SHORTEST_OFFER:
            return
        first = select(TrainingApplication).where(
            TrainingApplication.training_id == training_id, TrainingApplication.state == "waiting"
        )
        for row in session.scalars(first.order_by(TrainingApplication.queued).limit(free)).all():
            row.state, row.code, row.offer_ends = "offered", draw_reference(draw), ends
            row.changed_at, row.news = now, None
            notices.tell_offer(session, row, training, now)

    found = sorted(session.scalars(waits.distinct().limit(MOST_TRAININGS)).all())
    each(session, "a training's free seats", [(one, one) for one in found], offer_free)


def tell_ranks(session: Session, now: datetime) -> None:
    """Tell those who have come near the front, once a day at most, what their rank is now."""
    if not service_of(session).awake(now):
        return
    waits = (TrainingApplication.state == "waiting") & TrainingApplication.told_rank.is_not(None)
    stale = waits & (TrainingApplication.told_rank_on < now.date())
    found = session.scalars(select(TrainingApplication.training_id).where(stale).distinct().limit(MOST_TRAININGS)).all()

    def tell(training_id: int) -> None:
        training = session.get_one(Training, training_id)
        front = select(TrainingApplication).where(
            TrainingApplication.training_id == training_id, TrainingApplication.state == "waiting"
        )
        for rank, row in enumerate(session.scalars(front.order_by(TrainingApplication.queued).limit(TOLD_RANKS)).all(), 1):
            if row.told_rank is None or row.told_rank_on is None or rank >= row.told_rank or row.told_rank_on >= now.date():
                continue
            row.told_rank, row.told_rank_on = rank, now.date()
            notices.tell_rank(session, row, training, rank, now)

    each(session, "a training's ranks", [(one, one) for one in found], tell)
