"""Broadcasts at the console: write, estimate, confirm by the code that goes to the officer's telephone, follow, report."""

import secrets

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.commands import broadcast_replies
from app.coop.audience import words
from app.coop.broadcasts import queries, templates
from app.web.console import broadcast_drafts as drafts
from app.web.console.desk import act_here, done, furnish
from app.web.console.list_pages import before, parted
from app.web.console.session import caller, desk, now, order_key, reader, terms

broadcasts = Blueprint("broadcasts", __name__, url_prefix="/broadcasts", template_folder="templates")
furnish(broadcasts)
A_PAGE = 20


@broadcasts.get("")
def sent() -> Response:
    """List the scope's broadcasts, the newest first, and the texts that it keeps."""
    at, scope = now(), caller().office.scope
    found = queries.lately(reader(), scope.cooperative_id, at, most=A_PAGE + 1, before=before() or 0)
    kept, day = templates.templates_of(reader(), scope), queries.today(reader(), scope.cooperative_id, terms(), at)
    writes = caller().may("broadcast")
    rows, more = parted(found, A_PAGE)
    page = {"sent": rows, "more": more, "kept": kept, "day": day, "writes": writes, "now": at}
    return Response(render_template("console/broadcasts.html", **page))


@broadcasts.get("/new")
def write() -> Response:
    """Show the form: empty, or with a text that is kept or was estimated before."""
    with desk().database.transaction() as session:
        act_here(session, "broadcast", "console:write")
        form = drafts.form_from(session, caller(), request.args)
    return _form(form)


@broadcasts.post("/new")
def ask() -> AnyResponse:
    """Estimate what the form says, keep it, or write the estimate down and send its code to the officer's telephone."""
    form = drafts.form_of(request.form)
    try:
        with desk().database.transaction() as session:
            act = act_here(session, "broadcast", drafts.operation(caller(), form))
            draft = drafts.read(form, terms())
            if form.wish == "keep":
                templates.keep(session, act, form.name, draft, seen=form.kept)
                return done(f"Modèle « {form.name} » gardé.", "broadcasts.sent")
            if form.wish == "code":
                made = drafts.send_code(session, act, draft, order_key(), terms())
                return redirect(url_for("broadcasts.one", broadcast=made), 303)
            return _form(form, drafts.preview(session, act, draft, terms()))
    except (drafts.FormRefused, templates.TemplateChanged, templates.TemplateRefused, *broadcast_replies.REFUSALS) as fault:
        return _form(form, error=drafts.words_of(fault, terms()))


@broadcasts.get("/<int:broadcast>")
def one(broadcast: int) -> Response:
    """Show an estimate of the caller's that waits for its code, or how far an ordered broadcast is."""
    return _page_of(broadcast)


@broadcasts.post("/<int:broadcast>/confirm")
def confirm(broadcast: int) -> AnyResponse:
    """Order an estimate by its code, as `OUI <code>` does by SMS."""
    with desk().database.transaction() as session:
        act = act_here(session, "broadcast", f"console:confirm:{broadcast}")
        why_not = drafts.confirm(session, act, broadcast, request.form.get("code", ""), order_key(), terms())
    if why_not:
        return _page_of(broadcast, why_not)
    return done("C'est ordonné. Les autres responsables reçoivent une copie par SMS.", "broadcasts.one", broadcast=broadcast)


@broadcasts.post("/templates/<int:template>/drop")
def drop(template: int) -> AnyResponse:
    """Forget a text that the scope keeps."""
    with desk().database.transaction() as session:
        templates.drop(session, act_here(session, "broadcast", f"console:template:{secrets.token_hex(8)}"), template)
    return done("Modèle retiré.", "broadcasts.sent")


def _form(form: drafts.BroadcastForm, preview: drafts.Preview | None = None, error: str = "") -> Response:
    page = {"kept": templates.templates_of(reader(), caller().office.scope), "known": words.vocabulary(reader())}
    most = {"most": templates.LONGEST, "most_audience": templates.LONGEST_AUDIENCE, "most_name": templates.LONGEST_NAME}
    shown = render_template("console/broadcast_new.html", form=form, seen=preview, error=error, now=now(), **page, **most)
    return Response(shown, status=400 if error else 200)


def _page_of(broadcast: int, error: str = "") -> Response:
    at, here = now(), caller()
    with desk().database.transaction() as session:
        waiting = drafts.waiting(session, here, broadcast, at)
        if waiting is not None:
            page = {"one": waiting.broadcast, "open": waiting.open, "error": error, "code": desk().database.service.code}
            return Response(render_template("console/broadcast_code.html", now=at, **page), status=400 if error else 200)
    page = {"one": queries.report(reader(), here.office.scope, broadcast, at), "stops": caller().may("stop")}
    return Response(render_template("console/broadcast.html", now=at, error=error, **page), status=400 if error else 200)
