"""Apply for a training: a seat, a rank, or the reason; take an offered seat; give one back."""

from datetime import datetime
from hashlib import blake2b

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.imports.models import MemberProfile
from app.coop.members.lock import ACTIVE, lock_member
from app.coop.members.models import Member, Person
from app.coop.training.ages import Birth, check_age
from app.coop.training.models import Training, TrainingApplication
from app.coop.training.seats import LIVE, TAKEN, TrainingClosed, begins, counts, free_seats, lock_training
from app.db.rows import require, store, total
from app.letters import plain

MOST_OF_A_NUMBER = 3
"""Live applications of strangers from one number: a family's telephone, not a broker's."""


class NoApplicant(Exception):
    """Only an active member of this co-operative applies, where it is for members."""


class BirthWanted(Exception):
    """Nobody knows how old the applicant is, and it must be known."""


class GuardianWanted(Exception):
    """Who is 16 or 17 names a guardian."""


class AppliedElsewhere(Exception):
    """The same person applied from another number or under another card: the same name, commune and year of birth."""


class TooManyApplications(Exception):
    """This number has enough live applications of people who are no members."""


class OtherTraining(Exception):
    """The applicant is in another training, and these are taken one at a time; the argument is its title."""


class ApplicationNotOpen(Exception):
    """The application isn't in the state that this needs, not this person's, or too late."""


class ApplicantTold(msgspec.Struct, frozen=True):
    """What an applicant tells; who is no member tells birth, name and commune."""

    birth: Birth | None = None
    name: str | None = None
    commune_id: int | None = None
    guardian: str | None = None
    wants_jobs: bool = False


class _Applicant(msgspec.Struct, frozen=True):
    """Who applies, as the same person is known again: the member, or the number in hand; a mark, and the year of birth."""

    member_id: int | None
    cooperative_id: int | None
    phone: str
    mark: str
    birth: Birth | None

    def is_same(self) -> ColumnElement[bool]:
        """Return the condition for applications of the same person, also from another number or under another card.

        Members tell each other apart by their cards; a year of birth that nobody knows tells nobody apart.
        """
        row = TrainingApplication
        alike = row.mark == self.mark
        if self.birth:
            alike &= row.born_in.is_(None) | (row.born_in == self.birth.year)
        if self.member_id is None:
            return alike
        person = select(Member.person_id).where(Member.id == self.member_id).scalar_subquery()
        return row.member_id.in_(select(Member.id).where(Member.person_id == person)) | (row.member_id.is_(None) & alike)


def apply(session: Session, act: Act, training_id: int, told: ApplicantTold) -> tuple[TrainingApplication, bool]:
    """Apply, and tell whether it is new: one who has applied keeps what they have; the same operation gives the first.

    Raises TrainingGone, TrainingClosed, NoApplicant, WrongAge, BirthWanted, BirthDayWanted, GuardianWanted, AppliedElsewhere,
    TooManyApplications, OtherTraining.
    """
    who = _lock_applicant(session, act, told)
    # Member, then trainings in the order of their ids: two applications of one person can't wait in a circle.
    _lock_exclusives(session, training_id)
    training = lock_training(session, training_id)
    same = session.scalar(select(TrainingApplication).where(TrainingApplication.operation == act.operation))
    if same is not None:
        return same, False
    known = _live_of(session, who, training)
    if known is not None:
        return known, False
    if training.state != "open" or act.today > training.apply_until or act.now >= begins(training):
        raise TrainingClosed(training_id)
    if training.audience == "members" and (who.member_id is None or training.cooperative_id not in (None, who.cooperative_id)):
        raise NoApplicant(training_id)
    _check_age(training, who.birth, told)
    _check_others(session, act, training, who)
    training.queue += 1
    row = TrainingApplication(
        training_id=training.id,
        member_id=act.member_id,
        phone=act.phone or None,
        name=None if act.member_id else told.name,
        mark=who.mark,
        commune_id=told.commune_id,
        born_in=who.birth.year if who.birth else None,
        guardian=told.guardian,
        wants_jobs=told.wants_jobs,
        state=_first_state(session, training),
        queued=training.queue,
        applied_at=act.now,
        changed_at=act.now,
        channel=act.channel,
        operation=act.operation,
    )
    store(session, row)
    return row, True


def accept(session: Session, act: Act, application_id: int, at: datetime) -> TrainingApplication:
    """Take the seat that was offered, by a word that came at an instant: twice is once. Raises ApplicationNotOpen.

    A word that came in time and is read late still counts while the seat is there.
    """
    row = _own(session, act, application_id)
    if row.state == "seated":
        return row
    training = lock_training(session, row.training_id)
    # Read anew behind the lock: the clock may have ended the offer, or an officer cancelled, meanwhile.
    session.refresh(row)
    if row.offer_ends is None or at > row.offer_ends or act.now >= begins(training) or training.state != "open":
        raise ApplicationNotOpen(application_id)
    if row.state != "offered" and not (row.state == "lapsed" and free_seats(session, training) > 0):
        raise ApplicationNotOpen(application_id)
    row.state, row.changed_at, row.news = "seated", act.now, None
    return row


def give_back(session: Session, act: Act, application_id: int) -> TrainingApplication:
    """Give a seat, an offer or a rank back; who applies again goes to the end. Raises ApplicationNotOpen."""
    row = _own(session, act, application_id)
    training = lock_training(session, row.training_id)
    session.refresh(row)
    if row.state not in LIVE or act.now >= begins(training):
        raise ApplicationNotOpen(application_id)
    row.state, row.changed_at, row.news = "given_back", act.now, None
    return row


def offered(session: Session, phone: str, code: str) -> int | None:
    """Return the application of a number to which a seat was offered under a code, whatever became of it."""
    found = select(TrainingApplication.id).where(TrainingApplication.phone == phone, TrainingApplication.code == code)
    return session.scalar(found.order_by(TrainingApplication.id.desc()).limit(1))


def known_birth(reader: Connection | Session, member_id: int | None) -> Birth | None:
    """Return what is known of a member's birth: of the register, or of an earlier application."""
    if member_id is None:
        return None
    profile = select(MemberProfile.born_on, MemberProfile.born_in).where(MemberProfile.member_id == member_id)
    known = reader.execute(profile).first()
    if known is not None and known.born_on:
        return Birth(known.born_on.year, known.born_on)
    mine = (TrainingApplication.member_id == member_id) & TrainingApplication.born_in.is_not(None)
    said = select(TrainingApplication.born_in).where(mine).order_by(TrainingApplication.id.desc()).limit(1)
    year = (known.born_in if known else None) or reader.scalar(said)
    return Birth(year) if year else None


def mark_of(name: str, commune_id: int | None) -> str:
    """Return by what somebody is known again besides the year of birth, in any order of their names: `N'Diaye` is `Ndiaye`."""
    letters = "".join(one for one in plain(name).replace("-", " ") if one.isalnum() or one.isspace())
    names = " ".join(sorted(letters.split()))
    return blake2b(f"{names}\0{commune_id}".encode(), digest_size=16, person=b"applicant").hexdigest()


def _lock_applicant(session: Session, act: Act, told: ApplicantTold) -> _Applicant:
    """Lock the member who applies, where it is one, and return who it is. Raises NoApplicant, BirthWanted for a stranger."""
    if act.member_id is None:
        if told.birth is None:
            raise BirthWanted(act.phone)
        return _Applicant(None, None, act.phone, mark_of(told.name or "", told.commune_id), told.birth)
    member = lock_member(session, act.member_id, NoApplicant, ACTIVE)
    known = select(Person.name, Cooperative.commune_id).join(Member, Member.person_id == Person.id)
    known = known.join(Cooperative, Cooperative.id == Member.cooperative_id).where(Member.id == member.id)
    mark = mark_of(*session.execute(known).one())
    birth = told.birth or known_birth(session, act.member_id)
    return _Applicant(act.member_id, member.cooperative_id, act.phone, mark, birth)


def _lock_exclusives(session: Session, training_id: int) -> None:
    """Lock all trainings that are taken one at a time, in order, where this is one: a stranger has no row of their own to lock."""
    if session.scalar(select(Training.exclusive).where(Training.id == training_id)):
        session.execute(
            select(Training.id).where(Training.exclusive, Training.state == "open").order_by(Training.id).with_for_update()
        )


def _live_of(session: Session, who: _Applicant, training: Training) -> TrainingApplication | None:
    """Return the live application of the same person; a member takes over what they applied for as a stranger on this number.

    Raises AppliedElsewhere.
    """
    here = (TrainingApplication.training_id == training.id) & TrainingApplication.state.in_((*LIVE, "certified"))
    row = session.scalar(select(TrainingApplication).where(here, who.is_same()).order_by(TrainingApplication.id).limit(1))
    if row is None or (row.member_id is not None and row.member_id == who.member_id):
        return row
    if row.member_id is not None or row.phone != who.phone:
        raise AppliedElsewhere(training.id)
    row.member_id, row.name = who.member_id, None if who.member_id else row.name
    return row


def _check_age(training: Training, birth: Birth | None, told: ApplicantTold) -> None:
    if birth is None:
        if training.kind == "pf2e":
            raise BirthWanted(training.id)
        return  # a member by SMS: whoever opens the door on the first day sees the identity card
    if check_age(birth, training.starts_on, training.min_age, training.max_age) and not told.guardian:
        raise GuardianWanted(training.id)


def _check_others(session: Session, act: Act, training: Training, who: _Applicant) -> None:
    live = TrainingApplication.state.in_(LIVE)
    if act.member_id is None:
        theirs = (TrainingApplication.phone == act.phone) & TrainingApplication.member_id.is_(None)
        if total(session, select(func.count()).where(theirs, live)) >= MOST_OF_A_NUMBER:
            raise TooManyApplications(act.phone)
    if not training.exclusive:
        return
    other = select(Training.title).join(TrainingApplication, TrainingApplication.training_id == Training.id)
    other = other.where(Training.exclusive, Training.state == "open", Training.ends_on >= act.today, who.is_same(), live)
    title = session.scalar(other.limit(1))
    if title:
        raise OtherTraining(title)


def _first_state(session: Session, training: Training) -> str:
    """A seat, unless those who wait need all that are free; where the company chooses, neither."""
    if training.company_chooses:
        return "applied"
    by_state = counts(session, training.id)
    free = training.seats - sum(by_state.get(state, 0) for state in TAKEN)
    return "seated" if free > by_state.get("waiting", 0) else "waiting"


def _own(session: Session, act: Act, application_id: int) -> TrainingApplication:
    return require(
        session.scalar(select(TrainingApplication).where(TrainingApplication.id == application_id, whose(act))),
        ApplicationNotOpen(application_id),
    )


def whose(act: Act) -> ColumnElement[bool]:
    """Return the condition for a person's own applications: a member's, or those of strangers on the number in hand."""
    if act.member_id:
        return TrainingApplication.member_id == act.member_id
    return (TrainingApplication.phone == act.phone) & TrainingApplication.member_id.is_(None)
