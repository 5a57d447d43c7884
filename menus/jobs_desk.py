"""Bureau 12, 3: jobs of companies under agreement: opened, told, read who is interested, filled."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import units
from app.coop.broadcasts.estimates import BroadcastRefused, Draft, estimate
from app.coop.cooperatives.models import Filiere
from app.coop.cooperatives.queries import communes_meant
from app.coop.jobs import queries, services
from app.coop.jobs.models import Job
from app.coop.members import consent
from app.coop.offices import partners
from app.coop.rights import NotYours
from app.letters import packed
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Lead, Refused
from menus.hop import Hop, Nothing, officers_act, reading_office
from menus.training_words import WrittenDay, read_coming_day, read_day, read_words

menu = Bindings("jobs_desk")
MOST_CANDIDATES = 100
"""Names that a phone goes through; the list has all (`jappoo job candidates`, the console)."""
Interested = Annotated[str, kinds.Kind("words", "999 intéressés")]
Whom = Annotated[str, kinds.Kind("words", "MARAICHAGE+MALICOUNDA")]
CandidateName = Annotated[str, kinds.Kind("name", "m" * 20, private=True)]
CandidateNumber = Annotated[str, kinds.Kind("name", "771234567", private=True)]
NOT_DONE: Denials = {
    services.JobClosed: "Cette offre n'est plus ouverte, ou pas à vous.",
    services.JobRefused: lambda refused: str(refused),
    NotYours: "Pas de votre entreprise.",
    BroadcastRefused: "Personne n'a demandé ces offres ici, ou le texte ne passe pas.",
}


class DeskJobRow(msgspec.Struct, frozen=True):
    id: int
    trade: kinds.ProductName
    company: kinds.ProductName


class JobDeskChoices(msgspec.Struct, frozen=True):
    """The choices that are not this office's."""

    hidden: tuple[int, ...] = ()


class DeskJobShown(msgspec.Struct, frozen=True):
    interested: Interested
    until: kinds.Day
    hidden: tuple[int, ...] = ()


class OfDeskJob(msgspec.Struct, frozen=True):
    desk_job: DeskJobRow


class CandidateRow(msgspec.Struct, frozen=True):
    """Somebody who is interested, as the session keeps them: name and number are shown and never kept."""

    id: int
    name: CandidateName = ""
    number: CandidateNumber = ""


class OfCandidate(OfDeskJob, frozen=True):
    candidate: CandidateRow


class CandidateShown(msgspec.Struct, frozen=True):
    candidate_says: kinds.PrivateText


class JobAudience(msgspec.Struct, frozen=True):
    whom: Whom


class CompanyRow(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName


class FiliereRow(msgspec.Struct, frozen=True):
    """A filière; 0 is all of them."""

    id: int
    name: kinds.Short


class CommuneMeant(msgspec.Struct, frozen=True):
    """A commune; 0 is all of them."""

    id: int
    name: kinds.Short


class NewJobTyped(msgspec.Struct, frozen=True):
    job_company: CompanyRow
    job_trade: str
    job_place: str
    job_places: int
    job_until: str
    job_filiere: FiliereRow
    job_commune: CommuneMeant


class AddedJob(msgspec.Struct, frozen=True):
    job_number: kinds.Reference


@menu.source(leads={"not_yours": None})
def jobs_desk(hop: Hop, reader: Connection) -> JobDeskChoices:
    """Hide from a co-operative's officer what is the federation's and the companies'; a centre has no jobs."""
    office = reading_office(reader, hop, "courses")
    if office.role == "centre":
        raise Lead("not_yours")
    return JobDeskChoices(() if office.cooperative_id is None else (2,))


@menu.rows()
def desk_jobs(hop: Hop, reader: Connection) -> Sequence[DeskJobRow]:
    """Give the open jobs: a company its own."""
    found = queries.jobs_of(reader, reading_office(reader, hop, "courses").scope, hop.now.date())
    return [DeskJobRow(one.id, one.trade, one.company) for one in found]


@menu.source(leads={"gone": None})
def desk_job(hop: Hop, reader: Connection, kept: OfDeskJob) -> DeskJobShown:
    """Say how many are interested, until when; hide what isn't this office's."""
    office = reading_office(reader, hop, "courses")
    one = _open_job(reader, hop, kept)
    interested = f"{one.interested} {'intéressés' if one.interested > 1 else 'intéressé'}"
    hidden = (2,) if office.partner_id else () if office.scope.is_federation else (1, 3, 4)
    return DeskJobShown(interested, one.until, hidden)


@menu.effect(leads={"not_yours": None}, denies=NOT_DONE)
def read_candidates(hop: Hop, session: Session, kept: OfDeskJob) -> Nothing:
    """Write down that the list was taken out."""
    services.read_candidates(session, officers_act(session, hop, "courses"), kept.desk_job.id)
    return Nothing()


@menu.rows()
def candidates(hop: Hop, kept: OfDeskJob) -> Sequence[CandidateRow]:
    """Give who is interested, to the company and the federation: the number of those who gave it."""
    return [CandidateRow(one.id, one.name, _number(one)) for one in _candidates(hop, kept)]


@menu.source()
def candidate_shown(hop: Hop, kept: OfCandidate) -> CandidateShown:
    """Say who it is, whole, and the number where it was given."""
    one = next(iter(_candidates(hop, kept, after=kept.candidate.id - 1, most=1)), None)
    if one is None or one.id != kept.candidate.id:
        return CandidateShown("Cette personne s'est retirée.")
    return CandidateShown(f"{one.name}, {_number(one) or 'numéro pas donné'}")


@menu.source(leads={"gone": None})
def job_audience(hop: Hop, reader: Connection, kept: OfDeskJob) -> JobAudience:
    """Say whose filière and commune fit."""
    return JobAudience(audience_of(_open_job(reader, hop, kept)))


@menu.effect(leads={"not_yours": None, "gone": None}, denies=NOT_DONE)
def announce_job(hop: Hop, session: Session, kept: OfDeskJob) -> Nothing:
    """Estimate the broadcast that tells of it, to those who agreed to hear of jobs; the officer's PIN then sends it."""
    act = officers_act(session, hop, "broadcast")
    one = _open_job(session, hop, kept)
    draft = Draft(audience_of(one), words_of(one, hop), agreed=consent.JOBS)
    estimate(session, act, draft, key=hop.desk.key, terms=hop.desk.terms, by_pin=True)
    return Nothing()


@menu.effect(leads={"not_yours": None}, denies=NOT_DONE)
def fill_job(hop: Hop, session: Session, kept: OfDeskJob) -> Nothing:
    """Say that somebody has it."""
    services.end(session, kept.desk_job.id, "filled", officers_act(session, hop, "courses"))
    return Nothing()


@menu.effect(leads={"not_yours": None}, denies=NOT_DONE)
def close_job(hop: Hop, session: Session, kept: OfDeskJob) -> Nothing:
    """Take an offer back."""
    services.end(session, kept.desk_job.id, "closed", officers_act(session, hop, "courses"))
    return Nothing()


@menu.rows()
def job_companies(hop: Hop, reader: Connection) -> Sequence[CompanyRow]:
    """Give the companies whose agreement holds today: a company itself alone."""
    scope = reading_office(reader, hop, "courses").scope
    found = partners.partners(reader, "company", hop.now.date())
    return [CompanyRow(one.id, one.name) for one in found if services.sees_to(scope, one.id)]


@menu.answer(refuses={"bad": None})
def job_trade(typed: str) -> kinds.ProductName:
    """Read a trade."""
    return read_words(typed, 3, 20)


@menu.answer(refuses={"bad": None})
def job_until(hop: Hop, typed: str) -> WrittenDay:
    """Read an offer's last day."""
    return read_coming_day(typed, hop.now.date(), timedelta(days=365))


@menu.rows()
def job_filieres(reader: Connection) -> Sequence[FiliereRow]:
    """Give the filières, all of them first."""
    found = reader.execute(select(Filiere.id, Filiere.name).order_by(Filiere.id)).all()
    return [FiliereRow(0, "Toutes"), *(FiliereRow(row.id, row.name) for row in found)]


@menu.answer(refuses={"unknown": None})
def job_commune(reader: Connection, typed: str) -> CommuneMeant:
    """Find a commune by its name or the beginning of it; `TOUTES` is none in particular."""
    if packed(typed) in ("TOUTES", "TOUS"):
        return CommuneMeant(0, "toutes")
    meant = communes_meant(reader, typed)
    if len(meant) != 1:
        raise Refused("unknown")
    return CommuneMeant(*meant[0])


@menu.effect(leads={"not_yours": None}, denies=NOT_DONE)
def add_job(hop: Hop, session: Session, kept: NewJobTyped) -> AddedJob:
    """Open a job of a company under agreement."""
    told = services.NewJob(
        kept.job_company.name,
        kept.job_trade,
        kept.job_place,
        kept.job_places,
        read_day(kept.job_until),
        kept.job_company.id,
        kept.job_filiere.id or None,
        kept.job_commune.id or None,
    )
    act = officers_act(session, hop, "courses")
    return AddedJob(str(services.add_job(session, told, hop.now.date(), act).id))


def audience_of(one: queries.ShownJob) -> str:
    """Return whom a job is told to, as `DIFF` has it."""
    words = [one.filiere, packed(one.commune) if one.commune else None]
    return "+".join(word for word in words if word) or "TOUS"


def words_of(one: queries.ShownJob, hop: Hop) -> str:
    """Say a job in one SMS, and how to answer at which cost."""
    service = hop.desk.service
    return (
        f"emploi {one.trade}, {one.place}, {one.company}, {units.count(one.places, 'place')}, jusqu'au {one.until:%d/%m}. "
        f"{service.code} puis 5, 2, ou EMPLOI {one.id}. {service.cost}."
    )


def _open_job(reader: Connection | Session, hop: Hop, kept: OfDeskJob) -> queries.ShownJob:
    found = queries.jobs(reader, Job.id == kept.desk_job.id, Job.state == "open", Job.until >= hop.now.date())
    if not found:
        raise Lead("gone")
    return found[0]


def _candidates(hop: Hop, kept: OfDeskJob, *, after: int | None = None, most: int = MOST_CANDIDATES) -> list[queries.Candidate]:
    with hop.desk.read() as reader:
        scope = reading_office(reader, hop, "courses").scope
        company = reader.scalar(select(Job.company_id).where(Job.id == kept.desk_job.id))
        if not services.sees_to(scope, company):
            return []
        return queries.candidates(reader, kept.desk_job.id, after=after, most=most)


def _number(one: queries.Candidate) -> str:
    return (one.phone or "").removeprefix("+221")
