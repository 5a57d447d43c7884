"""Jobs, as everybody sees them."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.coop.audience import seekers
from app.coop.jobs import queries, services
from app.coop.jobs.models import Job
from app.coop.members import consent, privacy_notice
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Lead, Refused
from menus.hop import Hop, Nothing, own_act
from menus.training_words import TypedName, read_typed_name
from menus.trainings import CommuneFound

menu = Bindings("jobs")
Places = Annotated[str, kinds.Kind("words", "999 places")]
NOT_NOTED: Denials = {
    services.JobClosed: "Cette offre n'est plus ouverte.",
    services.NoCandidate: "Votre compte n'est pas actif.",
    services.TooManyInterests: "3 personnes au plus par numéro.",
    services.InterestGone: "Dites d'abord que vous êtes intéressé: 1.",
}


class JobRow(msgspec.Struct, frozen=True):
    """A job, by its own number on the screen too: `EMPLOI n`."""

    id: int
    slot: int
    trade: kinds.ProductName
    place: kinds.Short


class JobTerms(msgspec.Struct, frozen=True):
    company: kinds.ProductName
    places: Places
    until: kinds.Day


class OfJob(msgspec.Struct, frozen=True):
    job: JobRow


class JobNoted(msgspec.Struct, frozen=True):
    """Which job a word was noted for."""

    job_trade: kinds.ProductName


class NamedCandidate(OfJob, frozen=True):
    candidate_name: str | None = None


class NamedInterest(OfJob, frozen=True):
    interested_name: str | None = None


class JobsWish(msgspec.Struct, frozen=True):
    jobs_wish: str
    jobs_commune: CommuneFound | None = None


class JobsNow(msgspec.Struct, frozen=True):
    jobs_now: kinds.Short


class JobsWished(msgspec.Struct, frozen=True):
    jobs_wished: kinds.ProductName


@menu.rows()
def jobs(hop: Hop, reader: Connection) -> Sequence[JobRow]:
    """Give the jobs that are open."""
    return [JobRow(one.id, one.id, one.trade, one.place) for one in queries.open_jobs(reader, hop.now.date())]


@menu.source(leads={"gone": None})
def job_terms(reader: Connection, kept: OfJob) -> JobTerms:
    """Say whose it is, for how many, until when."""
    found = queries.jobs(reader, Job.id == kept.job.id, Job.state == "open")
    if not found:
        raise Lead("gone")
    return JobTerms(found[0].company, units.count(found[0].places, "place"), found[0].until)


@menu.source(leads={"nameless": None})
def candidate(hop: Hop, kept: NamedCandidate) -> Nothing:
    """Ask who is no member for a name first."""
    if hop.who is None and kept.candidate_name is None:
        raise Lead("nameless")
    return Nothing()


@menu.answer(secret=True, refuses={"bad": None})
def candidate_name(typed: str) -> TypedName:
    """Read the name of who is no member."""
    return read_typed_name(typed)


@menu.effect(denies=NOT_NOTED)
def job_interest(hop: Hop, session: Session, kept: NamedCandidate) -> JobNoted:
    """Note that the person is interested."""
    services.interest(session, own_act(hop), kept.job.id, kept.candidate_name)
    return JobNoted(kept.job.trade)


@menu.source(leads={"several": None})
def interested(hop: Hop, reader: Connection, kept: NamedInterest) -> Nothing:
    """Ask whose word it is where several strangers of this number are interested."""
    if hop.who is None and kept.interested_name is None and len(services.interests(reader, own_act(hop), kept.job.id)) > 1:
        raise Lead("several")
    return Nothing()


@menu.answer(secret=True, refuses={"bad": None})
def interested_name(hop: Hop, reader: Connection, typed: str, kept: OfJob) -> TypedName:
    """Read the name of somebody on this number who is interested."""
    name = read_typed_name(typed)
    if not services.interests(reader, own_act(hop), kept.job.id, name):
        raise Refused("bad")
    return name


@menu.effect(denies=NOT_NOTED)
def job_agree(hop: Hop, session: Session, kept: NamedInterest) -> JobNoted:
    """Let the company have the number."""
    services.agree(session, own_act(hop), kept.job.id, kept.interested_name)
    return JobNoted(kept.job.trade)


@menu.source()
def jobs_by_sms(hop: Hop, reader: Connection) -> JobsNow:
    """Say whether this number hears of jobs."""
    hears = consent.agreed(reader, hop.phone, consent.JOBS) and (hop.who is not None or seekers.seeks(reader, hop.phone))
    return JobsNow("oui" if hears else "non")


@menu.source(leads={"commune": None})
def jobs_wish(hop: Hop, kept: JobsWish) -> JobsWished:
    """Say what is wished; who is no member names a commune first."""
    if hop.who is None and kept.jobs_wish == "oui" and kept.jobs_commune is None:
        raise Lead("commune")
    return JobsWished("les recevoir" if kept.jobs_wish == "oui" else "ne plus les recevoir")


@menu.effect()
def set_jobs_by_sms(hop: Hop, session: Session, kept: JobsWish) -> Nothing:
    """Note for the number whether it hears of jobs; that of who is no member, in which commune."""
    wished = kept.jobs_wish == "oui"
    consent.note(session, own_act(hop), (consent.JOBS,), given=wished, notice=privacy_notice.VERSION)
    if wished and kept.jobs_commune:
        seekers.seek(session, hop.phone, kept.jobs_commune.id, hop.now)
    elif not wished:
        seekers.forget(session, (hop.phone,))
    return Nothing()


@menu.effect(denies=NOT_NOTED)
def job_withdraw(hop: Hop, session: Session, kept: NamedInterest) -> JobNoted:
    """Be interested no more."""
    services.withdraw(session, own_act(hop), kept.job.id, kept.interested_name)
    return JobNoted(kept.job.trade)
