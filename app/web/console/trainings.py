"""Trainings and jobs at the console: seats, ranks, who applied; a list to take out; the company's choice."""

import io
from collections.abc import Set

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app import units
from app.coop.jobs import queries as job_queries
from app.coop.jobs import services as job_services
from app.coop.jobs.models import Job
from app.coop.offices import audit
from app.coop.rights import NotYours
from app.coop.training import choices, presence, queries, seats
from app.coop.training.applications import ApplicationNotOpen
from app.digits import is_number
from app.sheets import SheetRefused
from app.sheets.writer import write_table
from app.web.console.desk import act_here, denies, done, furnish
from app.web.console.list_pages import A_PAGE, mark, parted
from app.web.console.session import caller, desk, now, reader
from app.web.console.uploads import file_sent, take_files

trainings = Blueprint("trainings", __name__, template_folder="templates")
take_files(trainings)
furnish(trainings)
A_FEW = 200
"""Applicants of a page."""
GONE = "Déjà fait, ou pas à vous : regardez la liste. Rien n'est changé."
denies(
    trainings,
    "trainings.courses",
    {
        presence.TooManyChosen: lambda fault: f"Il reste {units.count(max(0, fault.args[0]), 'place')}. Rien n'est changé.",
        ApplicationNotOpen: GONE,
        seats.TrainingGone: GONE,
    },
)


@trainings.get("/trainings")
def courses() -> Response:
    """List the trainings in the caller's reach, soonest first."""
    found = queries.trainings_in(reader(), caller().office.scope, now().date(), after=mark("after"), most=A_PAGE + 1)
    rows, more = parted(found)
    return Response(render_template("console/trainings.html", rows=rows, more=more))


@trainings.get("/trainings/<int:training>")
def one(training: int) -> Response:
    """Show a training: its seats, who applied, each with seat or rank."""
    return _training(training)


@trainings.post("/uploads/trainings/<int:training>/choice")
def chosen_in_file(training: int) -> AnyResponse:
    """Read the company's list, and show whom it chose: ticked, and nothing noted yet."""
    sent = file_sent()
    with desk().database.transaction() as session:
        queries.training_in(session, act_here(session, "training", "console:choice").office.scope, training)
        try:
            named = choices.read_choice(sent) if sent is not None else []
        except SheetRefused as fault:
            return done(f"{fault} Rien n'est noté.", "trainings.one", training=training)
        chosen = choices.without_seats(session, training, named)
        strange = set(chosen) - {one.id for one in queries.applicants(session, training, ("applied",), most=None)}
    if strange or not chosen:
        numbers = ", ".join(str(one) for one in sorted(strange)[:10])
        why = f"Dossiers pas inscrits ici : {numbers}." if strange else "Ce fichier ne choisit personne de plus."
        return done(f"{why} Rien n'est noté.", "trainings.one", training=training)
    return _training(training, frozenset(chosen))


def _training(training: int, chosen: Set[int] = frozenset()) -> Response:
    """Show a training, with those ticked who are chosen, all of them first."""
    skip = mark("skip") or 0
    found = queries.training_in(reader(), caller().office.scope, training)
    people = queries.applicants(reader(), training, most=None if chosen else A_FEW + 1, skip=0 if chosen else skip)
    people = [one for one in people if one.id in chosen] if chosen else people
    more = skip + A_FEW if not chosen and len(people) > A_FEW else None
    page = {"people": people if chosen else people[:A_FEW], "chosen": chosen, "more": more, "acts": caller().may("training")}
    return Response(render_template("console/training.html", training=found, stands=queries.APPLICANTS, **page))


@trainings.post("/trainings/<int:training>/list.csv")
def applicants(training: int) -> Response:
    """Give who applied as a file, which the company fills; that it was taken out is written down."""
    with desk().database.transaction() as session:
        act = act_here(session, "read", f"console:training:{training}:list")
        queries.training_in(session, act.office.scope, training)
        rows = choices.list_for_company(session, training)
        audit.note(session, act, "applicants read", f"training:{training}")
    out = io.BytesIO()
    write_table(out, choices.HEADER, rows)
    named = {"Content-Disposition": f'attachment; filename="formation-{training}.csv"'}
    return Response(out.getvalue(), content_type="text/csv; charset=utf-8", headers=named)


@trainings.post("/trainings/<int:training>/choose")
def choose(training: int) -> AnyResponse:
    """Note whom the company chose: all of them or none."""
    chosen = [int(one) for one in request.form.getlist("chosen") if is_number(one, 9)]
    with desk().database.transaction() as session:
        act = act_here(session, "training", f"console:training:{training}:choose")
        count = presence.choose(session, act, training, chosen, act.now, last="last" in request.form)
    return done(f"{units.count(count, 'retenu')}. Un SMS le dit à chacun.", "trainings.one", training=training)


@trainings.get("/jobs")
def jobs() -> Response:
    """List the jobs of companies, the soonest to end first."""
    rows, more = parted(job_queries.jobs_behind(reader(), now().date(), mark("after"), most=A_PAGE + 1))
    return Response(render_template("console/jobs.html", rows=rows, more=more))


@trainings.get("/jobs/<int:job>")
def job(job: int) -> Response:
    """Show the federation who is interested in a job: a number once they agreed."""
    with desk().database.transaction() as session:
        try:
            job_services.read_candidates(session, act_here(session, "courses", f"console:job:{job}:read"), job)
        except job_services.JobClosed as fault:
            raise NotYours("courses") from fault
        found = job_queries.jobs(session.connection(), Job.id == job)
        people, more = parted(job_queries.candidates(session, job, after=mark("after"), most=A_PAGE + 1))
    return Response(render_template("console/job.html", job=found[0], people=people, more=more))
