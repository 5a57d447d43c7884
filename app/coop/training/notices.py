"""What applicants are told: at once by a receipt, later by the clock, by day."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.members.notices import tell_member, tell_number
from app.coop.training.models import Certificate, Training, TrainingApplication
from app.coop.training.seats import rank
from app.db.rows import each
from app.service import service_of

MOST_TOLD = 500


def receipt(session: Session, row: TrainingApplication, training: Training) -> texts.Said:
    """Return what an application has led to: a seat, a rank (which counts as told), or that the company chooses."""
    title, day = training.title, training.starts_on
    if row.state == "waiting":
        row.told_rank, row.told_rank_on = rank(session, row), row.applied_at.date()
        return texts.say("training_rank", training=title, day=day, rank=row.told_rank)
    if row.state == "applied":
        return texts.say("training_applied", training=title, day=day)
    return texts.say("training_seat", training=title, day=day, site=training.place, code=service_of(session).code)


def tell_offer(session: Session, row: TrainingApplication, training: Training, now: datetime) -> None:
    """Tell the one whose turn it is that a seat is theirs if they say so before its end."""
    service = service_of(session)
    words = texts.say(
        "training_offer",
        training=training.title,
        day=training.starts_on,
        reference=row.code or "",
        until=row.offer_ends or now,
        code=service.code,
        cost=service.cost,
    )
    tell(session, Act.by_clock(f"training offer:{row.id}:{row.code}", now), row, "receipt", words)


def tell_rank(session: Session, row: TrainingApplication, training: Training, now_at: int, now: datetime) -> None:
    """Tell somebody near the front of the waiting list their rank."""
    words = texts.say("training_rank_now", training=training.title, day=training.starts_on, rank=now_at)
    tell(session, Act.by_clock(f"training rank:{row.id}:{now:%Y%m%d}", now), row, "notice", words)


def tell_news(session: Session, now: datetime) -> None:
    """Tell some of those whose application changed without them, by day, each once."""
    if not service_of(session).awake(now):
        return
    due = select(TrainingApplication).where(TrainingApplication.news.is_not(None)).order_by(TrainingApplication.id)
    rows = session.scalars(due.limit(MOST_TOLD).with_for_update(skip_locked=True)).all()

    def tell_one(one: tuple[TrainingApplication, str | None]) -> None:
        row, news = one
        training = session.get_one(Training, row.training_id)
        act = Act.by_clock(f"training news:{row.id}:{row.state}:{training.starts_on}:{now:%Y%m%d%H%M%S}", now)
        tell(session, act, row, "receipt", _news(row, training, news))

    told = [(row.id, (row, row.news)) for row in rows]
    for row in rows:
        row.news = None
    each(session, "an application's news", told, tell_one)


def tell_certificate(session: Session, act: Act, row: TrainingApplication, certificate: Certificate) -> None:
    """Tell somebody the number of their certificate."""
    words = texts.say(
        "certificate_given", training=certificate.title, certificate=certificate.number, code=service_of(session).code
    )
    tell(session, act, row, "receipt", words, cause=f"certificate:{certificate.number}")


def tell(session: Session, act: Act, row: TrainingApplication, purpose: str, words: str, cause: str = "") -> None:
    """Put an SMS to an applicant into the outbox: to the number that applied, else to the member's first."""
    if row.phone:
        tell_number(session, act, row.phone, purpose, cause or act.operation, words)
    elif row.member_id is not None:
        tell_member(session, act, row.member_id, purpose, cause or act.operation, words)


def _news(row: TrainingApplication, training: Training, news: str | None) -> texts.Said:
    if news == "moved":
        return texts.say("training_moved", training=training.title, day=training.starts_on, site=training.place)
    return texts.say("training_stands", training=training.title, day=training.starts_on, stands=row.state)
