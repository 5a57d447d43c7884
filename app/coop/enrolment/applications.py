"""Join a co-operative: an application, typed on a telephone that nobody knows or by an officer; another person approves it.

The act of membership is on paper: signed or fingerprinted, with identity and address (AUSCOOP, article 10). Kept here are its
number, the day, the name and who approved.
"""

import secrets
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.access import activation, numbers
from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.cooperatives.queries import communes_meant
from app.coop.enrolment.models import Application
from app.coop.ledger.services import open_accounts
from app.coop.members.models import Member, Person
from app.coop.members.telephones import places_on
from app.coop.offices import audit
from app.coop.rights import Office
from app.db.rows import store, total

MOST_WAITING, MOST_A_DAY = 3, 6
"""Applications of one number that may wait, and that it may make in a day."""
MOST_CARD_DRAWS = 20
KEPT = timedelta(days=90)
"""For how long an application may wait, and how long after its refusal it is known whose it was."""
MOST_FORGOTTEN = 1000


class ApplicationNotYours(Exception):
    """Nobody approves what they typed themselves, nor what came from their own number, nor what another co-operative was asked."""


class ApplicationClosed(Exception):
    """The application was decided already."""


class TooOften(Exception):
    """This number applied often enough."""


class BadName(ValueError):
    """Not a person's name."""


class Applied(msgspec.Struct, frozen=True):
    """An application as an officer sees it."""

    id: int
    name: str
    phone: str | None
    on: date
    place: str
    cooperative_id: int


class Admitted(msgspec.Struct, frozen=True):
    """A new member: what goes on the card. The activation number is for the officer's eyes, once.

    It is typed in place of the PIN where `beside` an owner who has the number alone.
    """

    member_id: int
    person_id: int
    cooperative_id: int
    card: str
    phone: str | None
    place: int | None
    activation: str
    beside: bool = False


def read_name(typed: str) -> str:
    """Return a name as typed, spaces put right. Raises BadName."""
    name = " ".join(typed.split())
    if not 5 <= len(name) <= 40 or not all(letter.isalpha() or letter in " '’.-" for letter in name) or " " not in name:
        raise BadName
    return name


def cooperatives_of(reader: Connection | Session, typed: str) -> list[tuple[int, str, str]]:
    """Return the co-operatives meant by a code, or by a commune or the beginning of its name: id, code, name."""
    words = " ".join(typed.split())
    rows = select(Cooperative.id, Cooperative.code, Cooperative.name)
    coded = rows.where(Cooperative.code == words.upper().replace(" ", ""))
    by_code = [(row.id, row.code, row.name) for row in reader.execute(coded)]
    if by_code or len(words) < 3:
        return by_code
    meant = [commune for commune, _ in communes_meant(reader, words)]
    there = rows.where(Cooperative.commune_id.in_(meant)).order_by(Cooperative.id).limit(16)
    return [(row.id, row.code, row.name) for row in reader.execute(there)]


def apply(session: Session, cooperative_id: int, name: str, phone: str, *, now: datetime) -> int:
    """Note that somebody wants to join; the same name again from the same number is the same application. Raises TooOften."""
    mine = select(func.count()).select_from(Application).where(Application.phone == phone, Application.entered_by.is_(None))
    waiting = select(Application.id).where(
        Application.phone == phone,
        Application.cooperative_id == cooperative_id,
        Application.state == "waiting",
        func.lower(Application.name) == name.lower(),
    )
    known = session.scalar(waiting)
    if known is not None:
        return known
    if (
        total(session, mine.where(Application.state == "waiting")) >= MOST_WAITING
        or total(session, mine.where(Application.at > now - timedelta(days=1))) >= MOST_A_DAY
    ):
        raise TooOften
    return _keep(session, Application(cooperative_id=cooperative_id, name=name, phone=phone, state="waiting", at=now))


def enter(
    session: Session,
    act: Act,
    cooperative_id: int,
    name: str,
    phone: str | None,
    paper: str | None,
) -> int:
    """Note a new member whom an officer has before her, with or without a telephone; another officer approves."""
    row = Application(
        cooperative_id=cooperative_id,
        name=name,
        phone=phone,
        paper=paper,
        entered_by=act.person_id,
        state="waiting",
        at=act.now,
    )
    _keep(session, row)
    audit.note(session, act, "application entered", f"application:{row.id}", row)
    return row.id


def to_decide(reader: Connection | Session, office: Office, limit: int = 16) -> list[Applied]:
    """Return the applications that this officer may decide, oldest first: not those that they typed."""
    rows = select(Application.id, Application.name, Application.phone, Application.at, Cooperative.code, Cooperative.id)
    rows = rows.join(Cooperative, Cooperative.id == Application.cooperative_id)
    rows = rows.where(Application.state == "waiting", *_theirs(office)).order_by(Application.id).limit(limit)
    return [Applied(row, name, phone, at.date(), code, place) for row, name, phone, at, code, place in reader.execute(rows)]


def approve(
    session: Session,
    act: Act,
    application_id: int,
    paper: str | None,
    *,
    key: bytes,
) -> Admitted:
    """Make an applicant a member who hasn't activated yet, with a card, accounts, and the number if there is one.

    Raises ApplicationNotYours, ApplicationClosed, numbers.TooManyNumbers.
    """
    now = act.now
    row = _decided(session, act, application_id, "approved")
    person = store(session, Person(name=row.name, language="fr", pin_pepper=1))
    member = _member(session, person.id, row.cooperative_id, row.paper or paper, now.date())
    place = None
    if row.phone:
        place = numbers.attach(session, person.id, row.phone, proof_wanted=False, by_person_id=act.person_id, now=now)
    open_accounts(session, row.cooperative_id, member.id)
    row.member_id = member.id
    number = activation.issue(session, person.id, key=key, now=now, draw=activation.drawn_from(act.operation, key))
    audit.note(session, act, "application approved", f"application:{row.id}", row)
    beside = bool(place and row.phone and not places_on(session, row.phone))
    return Admitted(member.id, person.id, row.cooperative_id, member.card, row.phone, place, number, beside)


def refuse(session: Session, act: Act, application_id: int) -> str | None:
    """Refuse an application; return the number to tell. Raises ApplicationNotYours, ApplicationClosed."""
    row = _decided(session, act, application_id, "refused")
    audit.note(session, act, "application refused", f"application:{row.id}", row)
    return row.phone


def forget(session: Session, *, now: datetime) -> bool:
    """Refuse what has waited for KEPT, and blank what was refused so long ago, the oldest of each; tell if there may be more."""
    old = now - KEPT
    undecided = (Application.state == "waiting") & (Application.at <= old)
    refused = (Application.state == "refused") & (Application.name != "") & (Application.decided_at <= old)
    blank = {"name": "", "phone": None, "paper": None}
    counts = []
    for ended, values in ((undecided, {"state": "refused", "decided_at": now}), (refused, {})):
        oldest = select(Application.id).where(ended).order_by(Application.id).limit(MOST_FORGOTTEN)
        # the condition is asked again: an officer may have decided meanwhile
        blanked = update(Application).where(Application.id.in_(oldest), ended).values(blank | values)
        counts.append(len(session.execute(blanked.returning(Application.id)).all()))
    return MOST_FORGOTTEN in counts


def _decided(session: Session, act: Act, application_id: int, state: str) -> Application:
    moved = (
        update(Application)
        .where(Application.id == application_id, Application.state == "waiting", *_theirs(act.office))
        .values(state=state, decided_by=act.person_id, decided_at=act.now)
    )
    if not session.execute(moved.returning(Application.id)).first():
        known = session.get(Application, application_id)
        raise ApplicationClosed if known is not None and known.state != "waiting" else ApplicationNotYours
    return session.get_one(Application, application_id)


def _theirs(office: Office) -> list[ColumnElement[bool]]:
    other = or_(Application.entered_by.is_(None), Application.entered_by != office.person_id)
    other &= or_(Application.phone.is_(None), Application.phone.not_in(numbers.phones_of(office.person_id)))
    return [other, office.scope.reach(Application.cooperative_id)]


def _member(session: Session, person_id: int, cooperative_id: int, paper: str | None, on: date) -> Member:
    """Write the membership with a card number: the person's, or any that is free where it was printed already."""
    for attempt in range(MOST_CARD_DRAWS):
        digits = person_id if attempt == 0 else 1_000_000 + secrets.randbelow(9_000_000)
        made = Member(
            person_id=person_id,
            cooperative_id=cooperative_id,
            card=f"C{digits:07d}",
            state="pending",
            joined_on=on,
            paper=paper,
        )
        try:
            # A card that was printed already fails at its unique key: only
            # the savepoint is lost, and another number is drawn.
            with session.begin_nested():
                store(session, made)
        except IntegrityError as error:
            if "card" not in str(error.orig):
                raise
        else:
            return made
    raise LookupError("no card number is free")


def _keep(session: Session, row: Application) -> int:
    return store(session, row).id
