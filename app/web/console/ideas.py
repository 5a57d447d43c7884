"""Ideas at the console: a round's phases and ranking, what waits to be read, who scored what. Scores take the PIN, on the phone."""

from datetime import date
from typing import cast, get_args

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.coop.foundation.console import AskedFiliere
from app.coop.foundation.products import short_name, unit_name
from app.coop.ideas import decisions, queries, services, voices
from app.coop.ideas.console import AskedDecline, AskedRound, AskedScore
from app.coop.ideas.models import Idea
from app.coop.rights import NotYours
from app.digits import is_number
from app.web.console.desk import NotAsked, act_here, ask_on_phone, denies, done, furnish
from app.web.console.list_pages import A_PAGE, mark, parted
from app.web.console.session import caller, desk, now, reader

ideas = Blueprint("ideas", __name__, url_prefix="/ideas", template_folder="templates")
furnish(ideas)
denies(ideas, "ideas.round_", {services.IdeaNotOpen: "Cette idée est déjà décidée, ou pas à vous. Rien n'est changé."})
CRITERIA = dict(zip(voices.CRITERIA, ("Emplois", "Produits d'ici", "Marché", "Femmes et jeunes", "Jamais financé"), strict=True))


@ideas.get("")
def round_() -> Response:
    """Show the newest round: its phases, its ideas by points and voices, what waits to be read, what was kept."""
    phases, skip, most = queries.last_round(reader()), mark("skip") or 0, A_PAGE + 1
    ranked = queries.ranked_ideas(reader(), phases.id, skip=skip, most=most) if phases else []
    here = caller().office.scope.reach(Idea.cooperative_id), Idea.state == "waiting"
    waiting, more_waiting = parted(queries.newest_ideas(reader(), *here, before=mark("waiting"), most=most))
    told = Idea.state.in_(("shortlisted", "accepted"))
    kept, more_kept = parted(queries.newest_ideas(reader(), told, before=mark("kept"), most=most))
    more = {"waiting": more_waiting, "kept": more_kept, "skip": skip + A_PAGE if len(ranked) > A_PAGE else None}
    begins = caller().may("boutiques") and caller().office.scope.is_federation and not (phases and not phases.closed_at)
    page = {
        "begins": begins,
        "phases": phases,
        "ranked": ranked[:A_PAGE],
        "waiting": waiting,
        "kept": kept,
        "more": more,
        "now": now(),
    }
    return Response(render_template("console/ideas.html", **page))


@ideas.post("")
def begin() -> AnyResponse:
    """Ask for a round, with the days on which its phases end."""
    if not caller().office.scope.is_federation:
        raise NotYours("boutiques")
    try:
        days = [date.fromisoformat(request.form.get(phase, "")[:10]) for phase in ("support", "score")]
    except ValueError:
        raise NotAsked("Deux dates, svp.", "ideas.round_") from None
    return ask_on_phone(AskedRound(*days), "ideas.round_")


@ideas.get("/<int:idea>")
def one(idea: int) -> Response:
    """Show an idea, what was merged with it, who gave what, and what the caller may decide."""
    found = queries.idea_in(reader(), caller().office.scope, idea)
    page = {
        "merged": queries.shown(reader(), Idea.into_id == idea),
        "scores": queries.scores_of(reader(), idea),
        "reads": caller().may("boutiques") and found.state == "waiting",
        "scores_now": caller().may("score") and any(one.id == idea for one in queries.scorable_ideas(reader(), now())),
        "decides": caller().may("boutiques") and caller().office.scope.is_federation and found.state == "shortlisted",
    }
    return Response(render_template("console/idea.html", idea=found, criteria=CRITERIA, **page))


@ideas.post("/<int:idea>/decide")
def decide(idea: int) -> AnyResponse:
    """Publish an idea that waits, merge it with another, or keep it out, as at the Bureau; its member is told."""
    wish, into = request.form.get("wish", ""), request.form.get("into", "").strip()
    with desk().database.transaction() as session:
        act = act_here(session, "boutiques", f"console:idea:{idea}:decide")
        if wish == "publish":
            decisions.publish(session, act, idea)
        elif wish == "merge" and is_number(into, 6):
            decisions.merge(session, act, idea, int(into))
        elif wish in get_args(services.Reason):
            decisions.keep_out(session, act, idea, cast(services.Reason, wish))
        else:
            return done("Choisissez, et pour réunir le numéro de l'autre idée. Rien n'est changé.", "ideas.one", idea=idea)
    return done("C'est fait. Un SMS le dit au membre.", "ideas.round_")


@ideas.post("/<int:idea>/score")
def score(idea: int) -> AnyResponse:
    """Ask that five points be noted for an idea."""
    points = "".join(request.form.get(name, "")[:1] for name in CRITERIA)
    if len(points) != len(CRITERIA) or not set(points) <= set("012345"):
        return done("De 0 à 5 pour chaque critère, svp. Rien n'est demandé.", "ideas.one", idea=idea)
    return ask_on_phone(AskedScore(idea, points), "ideas.one", idea=idea)


@ideas.post("/<int:idea>/realise")
def realise(idea: int) -> AnyResponse:
    """Ask that a kept idea become a product of the co-operative that it comes from: its words stay with it."""
    if not caller().office.scope.is_federation:
        raise NotYours("boutiques")
    name, unit = short_name(request.form.get("name", "")), unit_name(request.form.get("unit", ""))
    if name is None or unit is None:
        raise NotAsked("Un nom de 2 à 20 lettres, et une unité de 8 lettres au plus, svp.", "ideas.one", idea=idea)
    return ask_on_phone(AskedFiliere(idea, name, unit), "ideas.one", idea=idea)


@ideas.post("/<int:idea>/decline")
def decline(idea: int) -> AnyResponse:
    """Ask that a kept idea not be realised."""
    if not caller().office.scope.is_federation:
        raise NotYours("boutiques")
    return ask_on_phone(AskedDecline(idea), "ideas.one", idea=idea)
