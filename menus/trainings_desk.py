"""Bureau 12: trainings of an officer's scope, or of a partner's."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.coop.training import presence, queries, seats
from app.coop.training.applications import ApplicationNotOpen
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Lead, Refused
from menus.hop import Hop, Nothing, officers_act, reading_office
from menus.member_lookup import Named
from menus.training_words import WrittenDay, read_coming_day, read_day, read_words

menu = Bindings("trainings_desk")
SeatsNow = Annotated[str, kinds.Kind("words", "999 places sur 999, 999 en attente")]
ApplicantStands = Annotated[str, kinds.Kind("words", "certifié")]

NOT_CHANGED: Denials = {
    seats.TrainingGone: "Cette formation n'est pas à vous, ou finie.",
    seats.TrainingClosed: "Pas encore, ou plus: regardez ses jours.",
    seats.TrainingRefused: lambda refused: str(refused),
    ApplicationNotOpen: "Pas dans cet état, ou déjà fait.",
    presence.TooManyChosen: lambda many: f"Plus de place: il en reste {max(0, many.args[0])}.",
}


class DeskTrainingRow(msgspec.Struct, frozen=True):
    id: int
    title: kinds.ProductName
    day: kinds.Day


class SeatsWords(msgspec.Struct, frozen=True):
    seats: SeatsNow
    hidden: tuple[int, ...] = ()


class DeskChoices(msgspec.Struct, frozen=True):
    """The choices that are not this office's."""

    hidden: tuple[int, ...] = ()


class ShownApplicant(msgspec.Struct, frozen=True):
    name: kinds.PersonName
    hidden: tuple[int, ...] = ()


class ApplicantRow(msgspec.Struct, frozen=True):
    """An applicant as the session keeps them. No name: it is read when shown."""

    id: int
    initials: kinds.Short
    stands: ApplicantStands
    days: kinds.Count


class OfDeskTraining(msgspec.Struct, frozen=True):
    desk_training: DeskTrainingRow


class OfApplicant(OfDeskTraining, frozen=True):
    applicant: ApplicantRow


class OtherSeats(OfDeskTraining, frozen=True):
    training_seats: int


class OtherDay(OfDeskTraining, frozen=True):
    training_day: str


class NewTrainingTyped(msgspec.Struct, frozen=True):
    training_title: str
    training_place: str
    training_day: str
    training_seats: int


class DayCode(msgspec.Struct, frozen=True):
    day_code_is: kinds.Reference


class GivenCertificate(msgspec.Struct, frozen=True):
    certificate_number: Annotated[str, kinds.Kind("reference", "9" * 9)]
    certificate_for: kinds.Short


class NotedApplicant(msgspec.Struct, frozen=True):
    """What was noted of whom, by initials: no outcome holds a name."""

    applicant_noted: kinds.Phrase


class AddedTraining(msgspec.Struct, frozen=True):
    training_number: kinds.Reference


@menu.source()
def trainings_desk(hop: Hop, reader: Connection) -> DeskChoices:
    """Hide what a partner, or an office of a co-operative, doesn't do."""
    office = reading_office(reader, hop, "courses")
    if office.scope.is_federation:
        return DeskChoices()
    own = {"centre": (2, 3, 4, 5), "entreprise": (2, 4, 5)}
    return DeskChoices(own.get(office.role, (4, 5)))


@menu.rows()
def desk_trainings(hop: Hop, reader: Connection) -> Sequence[DeskTrainingRow]:
    """Give the scope's own trainings, or a partner's."""
    office = reading_office(reader, hop, "courses")
    found = queries.trainings_of(reader, office.scope, hop.now.date())
    return [DeskTrainingRow(one.id, one.title, one.starts_on) for one in found]


@menu.source()
def desk_training(hop: Hop, reader: Connection, kept: OfDeskTraining) -> SeatsWords:
    """Say how many seats are taken, and how many wait."""
    hidden = {"centre": (2, 4, 5), "entreprise": (2, 3, 4, 5)}
    office = reading_office(reader, hop, "courses")
    by_state = seats.counts(reader, kept.desk_training.id)
    one = queries.training_by_id(reader, kept.desk_training.id)
    taken = sum(by_state.get(state, 0) for state in seats.TAKEN)
    words = f"{units.count(taken, 'place')} sur {one.seats if one else 0}, {by_state.get('waiting', 0)} en attente"
    return SeatsWords(words, hidden.get(office.role, ()))


@menu.rows()
def applicants(hop: Hop, reader: Connection, kept: OfDeskTraining) -> Sequence[ApplicantRow]:
    """Give who applied for a training of the officer's, by initials."""
    scope = reading_office(reader, hop, "courses").scope
    theirs = queries.training_by_id(reader, kept.desk_training.id)
    if theirs is None or not (scope.includes(theirs.cooperative_id) or scope.partner_id in theirs.partners):
        return []
    found = queries.applicants(reader, kept.desk_training.id)
    return [ApplicantRow(one.id, initials(one.name), queries.APPLICANTS[one.state], one.days) for one in found]


@menu.source(leads={"own": None})
def applicants_read_by(hop: Hop, reader: Connection) -> Nothing:
    """Let an officer of the training read it straight away."""
    if reading_office(reader, hop, "courses").partner_id is None:
        raise Lead("own")
    return Nothing()


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def read_applicants(hop: Hop, session: Session, kept: OfDeskTraining) -> Nothing:
    """Write down that a partner took the list out."""
    presence.read_applicants(session, officers_act(session, hop, "courses"), kept.desk_training.id)
    return Nothing()


@menu.source()
def applicant_shown(hop: Hop, reader: Connection, kept: OfApplicant) -> ShownApplicant:
    """Say who it is; a centre doesn't choose, a company does nothing else."""
    hidden = {"centre": (1,), "entreprise": (2, 3, 4)}
    office = reading_office(reader, hop, "courses")
    return ShownApplicant(queries.applicant_name(reader, office.scope, kept.applicant.id), hidden.get(office.role, ()))


@menu.source()
def applicant_name(hop: Hop, reader: Connection, kept: OfApplicant) -> Named:
    """Say who it is."""
    scope = reading_office(reader, hop, "courses").scope
    return Named(queries.applicant_name(reader, scope, kept.applicant.id))


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def choose_applicant(hop: Hop, session: Session, kept: OfApplicant) -> NotedApplicant:
    """Note the company's choice."""
    act = officers_act(session, hop, "courses")
    presence.choose(session, act, kept.desk_training.id, (kept.applicant.id,), hop.now, last=False)
    return NotedApplicant(f"{kept.applicant.initials}: choix de l'entreprise noté.")


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def attend_by_list(hop: Hop, session: Session, kept: OfApplicant) -> NotedApplicant:
    """Note that somebody is there, by the centre's list."""
    presence.attend_by_list(session, officers_act(session, hop, "courses"), kept.applicant.id)
    return NotedApplicant(f"{kept.applicant.initials}: présence d'aujourd'hui notée.")


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def certify(hop: Hop, session: Session, kept: OfApplicant) -> GivenCertificate:
    """Give the certificate."""
    given = presence.certify(session, officers_act(session, hop, "courses"), kept.applicant.id)
    return GivenCertificate(given.number, kept.applicant.initials)


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def drop_applicant(hop: Hop, session: Session, kept: OfApplicant) -> NotedApplicant:
    """Note that somebody has left the training."""
    presence.drop(session, officers_act(session, hop, "courses"), kept.applicant.id)
    return NotedApplicant(f"{kept.applicant.initials}: abandon noté.")


@menu.answer(refuses={"bad": None})
def training_seats(typed: str) -> kinds.Count:
    """Read how many seats."""
    if not typed.isdigit() or not typed.isascii() or not 0 < int(typed[:6]) <= seats.MOST_SEATS:
        raise Refused("bad")
    return int(typed)


@menu.answer(refuses={"bad": None})
def training_day(hop: Hop, typed: str) -> WrittenDay:
    """Read a day to come."""
    return read_coming_day(typed, hop.now.date(), timedelta(days=730))


@menu.answer(refuses={"bad": None})
def training_title(typed: str) -> kinds.ProductName:
    """Read a title; no CPS in it, which is a diploma too."""
    title = read_words(typed, 3, 20)
    if "CPS" in title.upper():
        raise Refused("bad")
    return title


@menu.answer(refuses={"bad": None})
def training_place(typed: str) -> kinds.Short:
    """Read a place."""
    return read_words(typed, 2, 16)


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def set_seats(hop: Hop, session: Session, kept: OtherSeats) -> Nothing:
    """Change how many seats there are."""
    seats.set_seats(session, officers_act(session, hop, "training"), kept.desk_training.id, kept.training_seats)
    return Nothing()


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def day_code_draw(hop: Hop, session: Session, kept: OfDeskTraining) -> DayCode:
    """Give the day's code."""
    return DayCode(presence.day_code(session, officers_act(session, hop, "courses"), kept.desk_training.id))


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def move_training(hop: Hop, session: Session, kept: OtherDay) -> Nothing:
    """Put the training on another day."""
    seats.move(session, officers_act(session, hop, "training"), kept.desk_training.id, read_day(kept.training_day), hop.now.date())
    return Nothing()


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def cancel_training(hop: Hop, session: Session, kept: OfDeskTraining) -> Nothing:
    """Cancel the training."""
    seats.cancel(session, officers_act(session, hop, "training"), kept.desk_training.id, hop.now)
    return Nothing()


@menu.effect(leads={"not_yours": None}, denies=NOT_CHANGED)
def add_training(hop: Hop, session: Session, kept: NewTrainingTyped) -> AddedTraining:
    """Open a training of one day, of the officer's scope, for everybody from 16 to 60."""
    act, day = officers_act(session, hop, "training"), read_day(kept.training_day)
    told = seats.NewTraining(
        title=kept.training_title,
        place=kept.training_place,
        starts_on=day,
        ends_on=day,
        apply_until=day - timedelta(days=1),
        seats=kept.training_seats,
    )
    return AddedTraining(str(seats.add_training(session, act, act.office.cooperative_id, told, hop.now.date()).id))


def initials(name: str) -> str:
    """Return a name's initials."""
    return "".join(part[0] for part in name.split()).upper()
