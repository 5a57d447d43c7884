"""Batches of payments: what stands in them, the operator's file out, its references in."""

from uuid import uuid4

import msgspec
from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.coop.act import Act
from app.coop.offices import audit
from app.coop.offices.queries import office_for
from app.coop.payments import files
from app.coop.payments.operator_references import Line, forecast, take
from app.sheets import SheetRefused
from app.web.console.desk import done, furnish
from app.web.console.payment_file import PAGE, batches_of, find_batch, payments_of, went_out
from app.web.console.session import caller, desk, now, reader, say
from app.web.console.uploads import file_sent, take_files

payments = Blueprint("payments", __name__, template_folder="templates")
take_files(payments)
furnish(payments)
MOST_LINES = 2_000
NOT_THERE = "Ce lot n'existe pas, ou n'est pas de votre CPS."


@payments.get("/payments")
def index() -> Response:
    """Show the batches in reach, the newest first."""
    found = batches_of(reader(), caller().office, _mark("before"))
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return Response(render_template("console/payments.html", found=found[:PAGE], more=more, pays=caller().may("payment_files")))


@payments.get("/payments/<int:batch>")
def batch(batch: int) -> AnyResponse:
    """Show the payments of a batch, and when its file went out."""
    head = find_batch(reader(), caller().office, batch)
    if head is None:
        return say(NOT_THERE, 404)
    found, out = payments_of(reader(), batch, _mark("after")), went_out(reader(), batch)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    shown = {"head": head, "found": found[:PAGE], "more": more, "out": out}
    return Response(render_template("console/batch.html", pays=caller().may("payment_files"), **shown))


@payments.post("/payments/<int:batch>/file")
def file(batch: int) -> AnyResponse:
    """Give the operator's file of a batch, and write down that it went out."""
    act = _act(f"batch file:{batch}:{uuid4()}")
    with desk().database.transaction() as transaction:
        head = find_batch(transaction, act.office, batch)
        if head is None:
            return say(NOT_THERE, 404)
        if not head.goes_out:
            return done("Rien de ce lot n'est à payer par l'opérateur.", "payments.batch", batch=batch)
        out = files.export(transaction, batch, by=f"console {act.office.role} {act.person_id}", now=act.now)
        audit.note(transaction, act, "batch file out", f"batch:{batch}")
    headers = {"Content-Disposition": f'attachment; filename="lot-{batch}.csv"'}
    return Response(files.written(out.rows), mimetype="text/csv", headers=headers)


@payments.post("/uploads/references")
def references() -> AnyResponse:
    """Say what would become of each line of the operator's file; nothing is changed."""
    _act("")
    sent = file_sent()
    if sent is None:
        return done("Choisissez le fichier de l'opérateur. Rien n'est pris.", "payments.index")
    try:
        lines = files.read(sent)
    except SheetRefused as fault:
        return done(str(fault), "payments.index")
    if len(lines) > MOST_LINES:
        return done(f"Un fichier a {MOST_LINES} lignes au plus. Rien n'est pris.", "payments.index")
    told = list(forecast(desk().database, _by_file(), caller().office.scope, lines))
    kept = msgspec.json.encode(lines).decode()
    return Response(render_template("console/references.html", told=told, kept=kept, taken=False))


@payments.post("/uploads/references/take")
def take_references() -> AnyResponse:
    """Take in what was forecast, each line by itself: the same again changes nothing."""
    act = _act(f"references:{uuid4()}")
    try:
        lines = msgspec.json.decode(request.form.get("lines", ""), type=list[Line])
        lines = [(line, {column.field: row[column.field] for column in files.COLUMNS_IN}) for line, row in lines]
    except (msgspec.MsgspecError, KeyError):
        return done("Ce formulaire n'est pas entier : envoyez le fichier de nouveau. Rien n'est pris.", "payments.index")
    with desk().database.transaction() as transaction:
        # Written down first, by itself: each line is then committed alone,
        # and a call that is cut leaves its trace all the same.
        audit.note(transaction, act, "references in", "payments")
    told = list(take(desk().database, _by_file(), act.office.scope, lines[:MOST_LINES]))
    return Response(render_template("console/references.html", told=told, kept="", taken=True))


def _by_file() -> Act:
    """Return the act of the operator's file: no officer hands this money over."""
    return Act(0, "file", f"import:{uuid4()}", now())


def _act(operation: str) -> Act:
    """Return the act of who takes files out and brings them in. Raises NotYours."""
    here, at = caller(), now()
    office = office_for(reader(), here.person_id, "payment_files", at.date(), scope=here.office.scope)
    return Act(office.person_id, "web", operation, at, by=office)


def _mark(name: str) -> int:
    mark = request.args.get(name, "")
    return int(mark) if mark.isdecimal() and len(mark) < 16 else 0
