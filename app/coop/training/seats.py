"""The seats of a training: who may have one, who is next. All that changes them locks the training's row first."""

from datetime import UTC, date, datetime, time, timedelta

import msgspec
from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app import units
from app.coop.act import Act
from app.coop.offices import audit
from app.coop.offices.partners import PartnerKind, PartnerRefused, lock_partner
from app.coop.rights import Office
from app.coop.training.models import Training, TrainingApplication
from app.db.rows import require, store, total
from app.public_words import spelled

LIVE = ("applied", "waiting", "offered", "seated")
TAKEN = ("offered", "seated", "certified")
"""States that have a seat, or hold it."""
BEGINS = time(8)
"""When a training's first day begins, UTC, which is Dakar's."""
MOST_SEATS = 999


class TrainingGone(Exception):
    """There is no such training, or it isn't this office's."""


class TrainingClosed(Exception):
    """Nobody applies any more, or it was cancelled or has begun."""


class TrainingRefused(ValueError):
    """A training can't be so; the argument says why, in French."""


class NewTraining(msgspec.Struct, frozen=True, kw_only=True):
    """What a training begins with; ages in years on the first day."""

    title: str
    place: str
    starts_on: date
    ends_on: date
    apply_until: date
    seats: int
    kind: str = "short"
    audience: str = "all"
    min_age: int = 16
    max_age: int = 60
    level: str | None = None
    contract: str | None = None
    company_chooses: bool = False
    exclusive: bool = False
    centre_id: int | None = None
    company_id: int | None = None


def begins(training: Training) -> datetime:
    """Return the instant at which a training begins."""
    return datetime.combine(training.starts_on, BEGINS, UTC)


def in_charge(office: Office, training: Training, part: PartnerKind) -> bool:
    """Tell whether an office sees to a training: that of its scope, or of the partner whose part of it this is."""
    if office.partner_id is None:
        return office.scope.includes(training.cooperative_id)
    return office.partner_id == (training.centre_id if part == "centre" else training.company_id)


def lock_training(session: Session, training_id: int) -> Training:
    """Lock a training's row until the transaction ends, and return it as it stands now. Raises TrainingGone."""
    return require(
        session.scalar(
            select(Training).where(Training.id == training_id).with_for_update().execution_options(populate_existing=True)
        ),
        TrainingGone(training_id),
    )


def counts(reader: Connection | Session, training_id: int) -> dict[str, int]:
    """Return how many applications of a training are in each state."""
    rows = select(TrainingApplication.state, func.count()).where(TrainingApplication.training_id == training_id)
    return dict(reader.execute(rows.group_by(TrainingApplication.state)).all())


def free_seats(session: Session, training: Training) -> int:
    """Return how many seats nobody has or is offered; below 0 where seats were lowered."""
    by_state = counts(session, training.id)
    return training.seats - sum(by_state.get(state, 0) for state in TAKEN)


def rank(reader: Connection | Session, row: TrainingApplication) -> int:
    """Return an application's rank on the waiting list, from 1."""
    before = (TrainingApplication.training_id == row.training_id) & (TrainingApplication.state == "waiting")
    return total(reader, select(func.count()).where(before, TrainingApplication.queued <= row.queued))


def add_training(session: Session, act: Act | None, cooperative_id: int | None, told: NewTraining, today: date) -> Training:
    """Write a training; an officer's is noted as their act. Raises TrainingRefused."""
    told = msgspec.structs.replace(told, title=spelled(told.title), place=spelled(told.place))
    _check(told, today)
    row = store(session, Training(cooperative_id=cooperative_id, **msgspec.structs.asdict(told)))
    _check_agreements(session, row)
    if act is not None:
        _note(session, act, "training added", row)
    return row


def set_seats(session: Session, act: Act | None, training_id: int, seats: int) -> Training:
    """Change how many seats there are: more are offered to who waits, fewer turn nobody out. Raises TrainingRefused."""
    row = _of(session, act, training_id)
    if not 0 < seats <= MOST_SEATS:
        raise TrainingRefused(f"De 1 à {MOST_SEATS} places.")
    row.seats = seats
    session.flush()
    _check_agreements(session, row)
    _note(session, act, "training seats", row)
    return row


def move(session: Session, act: Act | None, training_id: int, starts_on: date, today: date) -> Training:
    """Put a training on other days, as many as before; all who applied are told. Raises TrainingRefused."""
    row = _of(session, act, training_id)
    if not today < starts_on <= today + timedelta(days=730):
        raise TrainingRefused("Un jour à venir, dans les 2 ans.")
    if row.starts_on <= today:
        raise TrainingRefused("Elle a déjà commencé.")
    later = starts_on - row.starts_on
    row.starts_on, row.ends_on, row.apply_until = starts_on, row.ends_on + later, row.apply_until + later
    session.flush()
    _check_agreements(session, row)
    # News that waits for the morning tells the new day, too.
    _tell_all(session, row, news=func.coalesce(TrainingApplication.news, "moved"))
    _note(session, act, "training moved", row)
    return row


def cancel(session: Session, act: Act | None, training_id: int, now: datetime) -> Training:
    """Cancel a training; all who applied are told. Raises TrainingGone, and TrainingClosed for one that is over."""
    row = _of(session, act, training_id)
    if row.ends_on < now.date():
        raise TrainingClosed(training_id)
    row.state = "cancelled"
    _tell_all(session, row, news="state", state="cancelled", changed_at=now)
    _note(session, act, "training cancelled", row)
    return row


def _of(session: Session, act: Act | None, training_id: int) -> Training:
    """Lock a training of the officer's scope that is on; an operator's (None) is any."""
    row = lock_training(session, training_id)
    if act is not None and not act.office.scope.includes(row.cooperative_id):
        raise TrainingGone(training_id)
    if row.state != "open":
        raise TrainingGone(training_id)
    return row


def _check(told: NewTraining, today: date) -> None:
    if not 3 <= len(told.title) <= 20 or not 2 <= len(told.place) <= 16:
        raise TrainingRefused("Un titre de 3 à 20 lettres, un lieu de 2 à 16.")
    if len(told.level or "") > 16 or len(told.contract or "") > 20:
        raise TrainingRefused("Un niveau de 16 lettres au plus, un contrat de 20.")
    if any("CPS" in words.upper() for words in (told.title, told.place, told.level or "")):
        raise TrainingRefused("Sans CPS dans le titre, le lieu ou le niveau: c'est aussi un diplôme.")
    if not today < told.starts_on <= today + timedelta(days=730):
        raise TrainingRefused("Un premier jour à venir, dans les 2 ans.")
    if (
        not told.starts_on <= told.ends_on <= told.starts_on + timedelta(days=1100)
        or not today <= told.apply_until <= told.starts_on
    ):
        raise TrainingRefused("Les jours ne vont pas ensemble.")
    if not 0 < told.seats <= MOST_SEATS:
        raise TrainingRefused(f"De 1 à {MOST_SEATS} places.")
    if not 16 <= told.min_age <= told.max_age < 100:
        raise TrainingRefused("Un âge de 16 à 99 ans.")


def _check_agreements(session: Session, row: Training) -> None:
    """Hold a training to the agreements of its centre and its company: their period, and their places. Raises TrainingRefused."""
    parts: tuple[tuple[int | None, PartnerKind, InstrumentedAttribute[int | None]], ...] = (
        (row.centre_id, "centre", Training.centre_id),
        (row.company_id, "company", Training.company_id),
    )
    for partner_id, kind, column in parts:
        if partner_id is None:
            continue
        try:
            # Locked before it is summed: two courses at once would both find the last places free.
            partner = lock_partner(session, partner_id, kind, row.starts_on)
        except PartnerRefused as refused:
            raise TrainingRefused(str(refused)) from None
        within = Training.starts_on.between(partner.from_on, partner.until_on)
        given = total(session, select(func.sum(Training.seats)).where(column == partner_id, Training.state == "open", within))
        if given > partner.places:
            taken = given - row.seats
            words = f"{units.count(partner.places, 'place')}, déjà {taken} {units.agree(taken, 'prise')}"
            raise TrainingRefused(f"Convention {partner.name}: {words}.")


def _tell_all(session: Session, row: Training, **values: object) -> None:
    live = (TrainingApplication.training_id == row.id) & TrainingApplication.state.in_(LIVE)
    session.execute(update(TrainingApplication).where(live).values(**values))


def _note(session: Session, act: Act | None, what: str, row: Training) -> None:
    if act is not None and act.by is not None:
        audit.note(session, act, what, f"training:{row.id}", audit.Of(None, row.cooperative_id))
