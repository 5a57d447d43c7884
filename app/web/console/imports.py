"""Files in: brought, forecast row by row, questions answered here, agreed to on the telephone, written, taken back."""

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select, update
from werkzeug.wrappers import Response as AnyResponse

from app import sheets
from app.coop.act import Act
from app.coop.cooperatives.queries import cooperative_by_code
from app.coop.imports import files
from app.coop.imports.console import AskedImport
from app.coop.imports.files import ForecastChanged
from app.coop.imports.forecast import VERDICTS, RestsOn
from app.coop.imports.kinds import KINDS
from app.coop.imports.models import ImportFile
from app.coop.imports.slices import Moved
from app.coop.imports.turns import ImportOvertaken, ImportUnderWay
from app.coop.scope import Scope
from app.sheets import ColumnsUnknown, SheetRefused
from app.web.console.desk import act_here, ask_on_phone, done, furnish
from app.web.console.session import caller, desk, now, reader, say
from app.web.console.uploads import file_sent, take_files

imports = Blueprint("imports", __name__, template_folder="templates")
take_files(imports)
furnish(imports)
MOST_SHOWN = 200
GONE = "Ce fichier n'est plus là, ou n'est pas à vous."


@imports.get("/imports")
def index() -> Response:
    """Show the officer's files, and take another."""
    scope = _act("").office.scope
    columns = (ImportFile.id, ImportFile.kind, ImportFile.name, ImportFile.at, ImportFile.import_id)
    mine = (
        select(*columns)
        .where(ImportFile.person_id == caller().person_id, scope.reach(ImportFile.cooperative_id))
        .order_by(ImportFile.id.desc())
        .limit(MOST_SHOWN)
    )
    found = reader().execute(mine).all()
    federation = scope.is_federation
    return Response(render_template("console/imports.html", found=found, kinds=files.WORDS, federation=federation))


@imports.get("/imports/template")
def template() -> AnyResponse:
    """Give the empty table of a kind."""
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        return say("Il n'y a pas de modèle de ce nom.", 404)
    name = f"attachment; filename={kind}.xlsx"
    body = sheets.template(KINDS[kind].columns(now().date()))
    return Response(body, content_type=sheets.TYPES["xlsx"], headers={"Content-Disposition": name})


@imports.post("/uploads/imports")
def upload() -> AnyResponse:
    """Keep a file and lead to its forecast."""
    act, kind, sent = _act("file kept"), request.form.get("kind", ""), file_sent()
    if kind not in KINDS or sent is None:
        return done("Choisissez un fichier et dites ce qu'il contient. Rien n'est pris.", "imports.index")
    code = request.form.get("cooperative", "").strip()
    with desk().database.transaction() as transaction:
        place = act.office.cooperative_id or (cooperative_by_code(transaction, code) if code else None)
        if code and place is None:
            return done(f"Aucune CPS n'a le code {code[:16]}. Rien n'est pris.", "imports.index")
        try:
            kept = files.keep(transaction, act, kind, request.files["file"].filename or "fichier", sent.getvalue(), Scope(place))
        except SheetRefused as fault:
            return done(str(fault), "imports.index")
    return done("Fichier reçu. Rien n'est encore écrit.", "imports.file", file=kept)


@imports.get("/imports/<int:file>")
def file(file: int) -> AnyResponse:
    """Say what would become of each row, ask what must be asked, and show what is to be done next."""
    act = _act("")
    row = files.find(reader(), act, file)
    if row is None:
        return say(GONE, 404)
    fields = {column.field: column.names[0] for column in KINDS[row.kind].columns(act.today)}
    try:
        found = files.look(desk().database, act, row).found
    except ColumnsUnknown as fault:
        names = dict.fromkeys(fault.names, "") | ({fault.guess: fault.field} if fault.guess else {})
        return Response(render_template("console/import_columns.html", file=row, says=str(fault), names=names, fields=fields))
    except SheetRefused as fault:
        return say(str(fault), 200)
    cut = any(one.kind == "continues" for one in found.problems)
    shown = {"file": row, "cut": cut, "found": found, "counts": [(one, found.counts[one]) for one in VERDICTS], "most": MOST_SHOWN}
    names = found.unread | found.confirmed
    return Response(render_template("console/import.html", words=files.WORDS, names=names, fields=fields, **shown))


@imports.post("/imports/<int:file>/columns")
def columns(file: int) -> AnyResponse:
    """Keep what columns are, for this file and those that come after; the forecast is made anew."""
    act = _act("columns named")
    said = zip(request.form.getlist("name"), request.form.getlist("field"), strict=False)
    try:
        with desk().database.transaction() as transaction:
            row = files.find(transaction, act, file)
            if row is None:
                return say(GONE, 404)
            files.confirm(transaction, act, row, dict(said))
    except SheetRefused as fault:
        return done(str(fault), "imports.file", file=file)
    return done("Colonnes gardées, aussi pour vos prochains fichiers.", "imports.file", file=file)


@imports.post("/imports/<int:file>/answers")
def answers(file: int) -> AnyResponse:
    """Keep what was answered; the forecast is made anew."""
    act = _act("")
    given = {key[7:39]: words[:80] for key, words in request.form.items() if key.startswith("answer-") and words.strip()}
    with desk().database.transaction() as transaction:
        row = files.find(transaction, act, file)
        if row is None:
            return say(GONE, 404)
        mine = update(ImportFile).where(ImportFile.id == file, ImportFile.person_id == act.person_id)
        transaction.execute(mine.values(answers=row.answers | given))
    return done("Réponses gardées.", "imports.file", file=file)


@imports.post("/imports/<int:file>/ask")
def ask(file: int) -> AnyResponse:
    """Ask that it be written: the officer's PIN agrees to the counts that were shown."""
    act, only_good = _act(""), "only_good" in request.form
    row = files.find(reader(), act, file)
    if row is None:
        return say(GONE, 404)
    try:
        found = files.look(desk().database, act, row).found
    except SheetRefused as fault:
        return done(str(fault), "imports.file", file=file)
    if found.blocked and not only_good:
        return done("Répondez d'abord aux questions, ou ne prenez que ce qui est bon.", "imports.file", file=file)
    # The officer agrees to these two counts on the telephone. What has other counts by then isn't written.
    wanted = AskedImport(file, found.counts["create"], found.counts["update"], only_good)
    return ask_on_phone(wanted, "imports.file", file=file)


@imports.post("/imports/<int:file>/write")
def write(file: int) -> AnyResponse:
    """Write what the PIN agreed to."""
    act = _act("file imported")
    row = files.find(reader(), act, file)
    if row is None or row.import_id:
        return say(GONE, 404) if row is None else done("Ce fichier est déjà écrit.", "imports.file", file=file)
    try:
        made = files.take(desk().database, act, row, now)
    except ForecastChanged:
        return done("La prévision a changé depuis votre accord : regardez-la et demandez de nouveau.", "imports.file", file=file)
    except ImportUnderWay as busy:
        return done(f"{busy} : attendez sa fin, puis appuyez de nouveau.", "imports.file", file=file)
    except (ImportOvertaken, Moved, SheetRefused) as fault:
        return done(str(fault), "imports.file", file=file)
    return done(f"C'est écrit : import n° {made}.", "imports.file", file=file)


@imports.post("/imports/<int:file>/undo")
def take_back(file: int) -> AnyResponse:
    """Take an import back while nothing rests on it."""
    act = _act("file taken back")
    row = files.find(reader(), act, file)
    if row is None:
        return say(GONE, 404)
    try:
        undone = files.take_back(desk().database, act, row, now)
    except RestsOn as why:
        return done(str(why), "imports.file", file=file)
    return done(undone.says, "imports.file", file=file)


def _act(what: str) -> Act:
    """Return the act of who may bring files. Raises NotYours."""
    with desk().database.transaction() as transaction:
        return act_here(transaction, "people", f"console:{what}:{now().isoformat()}")
