"""Trainings, as members and everybody else see them."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.coop.audience import seekers
from app.coop.cooperatives.queries import communes_meant
from app.coop.members import consent, privacy_notice
from app.coop.members import notices as messages
from app.coop.training import ages, applications, notices, presence, queries
from app.coop.training.models import Training, TrainingApplication
from app.coop.training.seats import TrainingClosed, TrainingGone, rank
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Denied, Divert, Lead, Refused
from menus.hop import Hop, Nothing, Words, holders_of, own_act, who_of
from menus.identity import STATES, unproved
from menus.training_words import (
    BirthRefused,
    TypedName,
    certificate_words,
    read_digits,
    read_typed_birth,
    read_typed_name,
    stands_words,
    terms_of,
)

menu = Bindings("trainings")
Terms = Annotated[str, kinds.Kind("words", "l'entreprise choisit, 16 à 35 ans, mmmmmmmmmmmmmmmm")]
Seats = Annotated[str, kinds.Kind("words", "complet, 999 en attente")]
Stands = Annotated[str, kinds.Kind("words", "place offerte jusqu'au 22:22 le 30/11")]

NOT_APPLIED: Denials = {
    TrainingClosed: "Les inscriptions sont closes.",
    TrainingGone: "Cette formation n'est plus ouverte.",
    applications.NoApplicant: "Pour les membres actifs de sa coopérative.",
    applications.AppliedElsewhere: "Déjà inscrit d'un autre numéro. Sinon: rappel.",
    applications.TooManyApplications: "3 inscriptions au plus par numéro.",
    applications.OtherTraining: lambda other: f"Une à la fois: déjà {other.args[0]}.",
    applications.BirthWanted: "Il faut l'année de naissance.",
    applications.GuardianWanted: "Moins de 18 ans: il faut un tuteur.",
    ages.BirthDayWanted: "Il faut le jour de naissance.",
    ages.WrongAge: lambda wrong: f"De {wrong.args[0]} à {wrong.args[1]} ans le 1er jour.",
}
NOT_PRESENT: Denials = {
    presence.WrongDayCode: "Pas le code d'aujourd'hui pour vos formations.",
    presence.SeveralHere: "Choisissez d'abord l'inscription de ce jour.",
}
NOT_OPEN: Denials = {applications.ApplicationNotOpen: "Trop tard, ou plus à prendre."}


class TrainingRow(msgspec.Struct, frozen=True):
    """A training, by its own number on the screen too: `FORMATION n`, `INSCRIRE n`."""

    id: int
    slot: int
    title: kinds.ProductName
    place: kinds.Short
    day: kinds.Day


class TrainingTerms(msgspec.Struct, frozen=True):
    seats: Seats
    terms: Terms
    apply_until: kinds.Day


class CommuneFound(msgspec.Struct, frozen=True):
    id: int


class ApplicationRow(msgspec.Struct, frozen=True):
    id: int
    title: kinds.ProductName
    day: kinds.Day
    stands: Stands


class OfTraining(msgspec.Struct, frozen=True):
    training: TrainingRow


class NewApplicant(OfTraining, frozen=True):
    """What is known so far of who applies; what is missing is asked for."""

    newcomer_name: str | None = None
    newcomer_commune: CommuneFound | None = None
    birth: str | None = None
    guardian: str | None = None
    jobs: str | None = None


class OfApplication(msgspec.Struct, frozen=True):
    own_application: ApplicationRow


class OfDayCode(OfApplication, frozen=True):
    day_code: str


class OfCertificate(msgspec.Struct, frozen=True):
    certificate_number: str


class AppliedWords(msgspec.Struct, frozen=True):
    applied: Annotated[str, kinds.Kind("words", "m" * 64)]


class AttendedTraining(msgspec.Struct, frozen=True):
    attended: kinds.ProductName


@menu.guard(name="applicant", leads=dict.fromkeys(STATES))
def applicant(hop: Hop) -> Divert | None:
    """Let pass a member who has proved to be there, and a number that is nobody's: a stranger's applications are the number's."""
    if hop.proved or not holders_of(hop):
        return None
    return unproved(hop)


@menu.rows()
def trainings(hop: Hop) -> Sequence[TrainingRow]:
    """Give what is open; what is for a co-operative's members, to the numbers of these."""
    theirs = tuple({who.cooperative_id for who in holders_of(hop) if who.cooperative_id})
    with hop.desk.read() as reader:
        found = queries.open_trainings(reader, hop.now.date(), theirs)
    return [TrainingRow(one.id, one.id, one.title, one.place, one.starts_on) for one in found]


@menu.source(leads={"gone": None})
def training_terms(reader: Connection, kept: OfTraining) -> TrainingTerms:
    """Say how many seats are free or how many wait, for whom it is, until when."""
    one = queries.training_by_id(reader, kept.training.id)
    if one is None or one.state != "open":
        raise Lead("gone")
    seats = f"{units.count(one.free, 'place')} libre{'s' * (one.free > 1)}" if one.free else f"complet, {one.waiting} en attente"
    if one.company_chooses:
        seats = units.count(one.seats, "place")
    return TrainingTerms(seats, terms_of(one), one.apply_until)


@menu.source(
    leads={"newcomer": None, "birth": None, "birth_day": None, "guardian": None, "gone": None, "denied": Denied},
)
def applying(hop: Hop, reader: Connection, kept: NewApplicant) -> Nothing:
    """Ask for what is missing, or say why nobody need ask."""
    if hop.who is None and kept.newcomer_name is None:
        if not hop.phone.startswith("+221"):
            raise Lead("denied", Denied("D'un numéro du Sénégal seulement."))
        raise Lead("newcomer")
    member = who_of(hop).member_id if hop.who else None
    training = queries.training_by_id(reader, kept.training.id)
    birth = _birth(hop, kept) or applications.known_birth(reader, member)
    if training is None or training.state != "open":
        raise Lead("gone")
    if birth is None:
        raise Lead("birth")
    try:
        minor = ages.check_age(birth, kept.training.day, training.min_age, training.max_age)
    except ages.BirthDayWanted:
        raise Lead("birth_day") from None
    except ages.WrongAge:
        raise Lead("denied", Denied(f"De {training.min_age} à {training.max_age} ans le 1er jour.")) from None
    if minor and kept.guardian is None:
        raise Lead("guardian")
    return Nothing()


@menu.effect(denies=NOT_APPLIED)
def apply(hop: Hop, session: Session, kept: NewApplicant) -> AppliedWords:
    """Apply, with an SMS; what a stranger agrees to by it is noted for the number."""
    act = own_act(hop)
    told = applications.ApplicantTold(
        _birth(hop, kept),
        kept.newcomer_name,
        kept.newcomer_commune.id if kept.newcomer_commune else None,
        kept.guardian,
        kept.jobs == "oui",
    )
    row, new = applications.apply(session, act, kept.training.id, told)
    consent.note(session, act, ("formation",) * new + (consent.JOBS,) * told.wants_jobs, given=True, notice=privacy_notice.VERSION)
    if told.wants_jobs and told.commune_id:
        seekers.seek(session, hop.phone, told.commune_id, hop.now)
    words = notices.receipt(session, row, session.get_one(Training, row.training_id))
    messages.answer(
        session, act, "answer", f"application:{row.id}:{hop.operation}", words, who_of(hop).cooperative_id if hop.who else None
    )
    return AppliedWords(f"{kept.training.title}: {'' if new else 'déjà inscrit, '}{_stands_now(session, row)}")


@menu.answer(secret=True, refuses={"bad": None})
def newcomer_name(typed: str) -> TypedName:
    """Read the name of who is no member."""
    return read_typed_name(typed)


@menu.answer(secret=True, refuses={"bad": None})
def guardian(typed: str) -> TypedName:
    """Read a guardian's name."""
    return read_typed_name(typed)


@menu.answer(refuses={"unknown": None})
def newcomer_commune(reader: Connection, typed: str) -> CommuneFound:
    """Find a commune by its name or the beginning of it."""
    meant = communes_meant(reader, typed)
    if len(meant) != 1:
        raise Refused("unknown")
    return CommuneFound(meant[0][0])


@menu.answer(refuses={"bad": BirthRefused})
def birth(hop: Hop, typed: str) -> str:
    """Read a year of birth, or its day."""
    return read_typed_birth(typed, hop.now.date())


@menu.answer(refuses={"bad": BirthRefused})
def birth_day(hop: Hop, typed: str) -> str:
    """Read a day of birth."""
    if len(read := read_typed_birth(typed, hop.now.date())) < 8:
        raise Refused("bad", BirthRefused("Le jour en 8 chiffres, comme 29022004."))
    return read


@menu.rows()
def own_applications(hop: Hop, reader: Connection) -> Sequence[ApplicationRow]:
    """Give a member's applications, or those of a stranger's number."""
    member = who_of(hop).member_id if hop.who else None
    found = queries.own_applications(reader, member, hop.phone, hop.now.date())
    return [ApplicationRow(one.id, one.training, one.starts_on, stands_words(one)) for one in found]


@menu.effect(denies=NOT_OPEN)
def accept_seat(hop: Hop, session: Session, kept: OfApplication) -> Nothing:
    """Take the seat that was offered, with an SMS."""
    act = own_act(hop)
    row = applications.accept(session, act, kept.own_application.id, hop.now)
    words = notices.receipt(session, row, session.get_one(Training, row.training_id))
    messages.answer(session, act, "answer", f"seat taken:{row.id}", words)
    return Nothing()


@menu.effect(denies=NOT_OPEN)
def give_back(hop: Hop, session: Session, kept: OfApplication) -> Nothing:
    """Give a seat or a rank back."""
    applications.give_back(session, own_act(hop), kept.own_application.id)
    return Nothing()


@menu.answer(refuses={"bad": None})
def day_code(typed: str) -> str:
    """Read a day's code."""
    return read_digits(typed, 6)


@menu.effect(denies=NOT_PRESENT, notes=True)
def attend(hop: Hop, session: Session, kept: OfDayCode) -> AttendedTraining:
    """Note that the person is there today."""
    return AttendedTraining(presence.attend(session, own_act(hop), kept.day_code, kept.own_application.id).title)


@menu.answer(refuses={"bad": None})
def certificate_number(typed: str) -> str:
    """Read a certificate's number."""
    return read_digits(typed, 9)


@menu.source()
def certificate(reader: Connection, kept: OfCertificate) -> Words:
    """Say whether a certificate is valid, of what, when, and whose by initials; unknown ones all look alike."""
    found = queries.certificate(reader, kept.certificate_number)
    return Words(certificate_words(kept.certificate_number, found))


def _stands_now(session: Session, row: TrainingApplication) -> str:
    if row.state == "waiting":
        return f"liste d'attente, rang {rank(session, row)}."
    if row.state == "applied":
        return "noté, l'entreprise choisit."
    return "une place est offerte." if row.state == "offered" else "vous avez une place."


def _birth(hop: Hop, kept: NewApplicant) -> ages.Birth | None:
    return ages.read_birth(kept.birth, hop.now.date()) if kept.birth else None
