"""`jappoo import`: read the file, forecast, write what was forecast, say what became of it; and take an import back."""

import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import click

from app.cli.context import open_database, operator
from app.cli.outputs import in_json

if TYPE_CHECKING:
    from app.coop.imports.forecast import Forecast, Problem, Verdict
    from app.coop.imports.turns import ImportSource
    from app.coop.scope import Scope
    from app.db.database import Database
    from app.sheets import Table

KINDS = ("members", "balances", "prices", "deliveries")


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what all kinds of files have."""
    for option in (
        click.option("--column", "given", multiple=True, metavar="field=NAME", help="Which column a field is, by its name."),
        click.option("--only-good", is_flag=True, help="Take what can be taken; the rest goes into FILE.a-corriger.xlsx."),
        click.option("--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The questions, answered."),
        click.option("--json", "as_json", is_flag=True, help="Print the forecast as JSON."),
        click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing."),
        click.option("--cooperative", help="The co-operative's code, when the file has no such column."),
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    ):
        command = option(command)
    return command


def take(
    kind: str,
    file: Path,
    cooperative: str | None,
    answers: Path | None,
    given: tuple[str, ...],
    *,
    dry_run: bool,
    as_json: bool,
    only_good: bool,
) -> int:
    """Take a file in, and return the exit code: 0 when each row was taken or known."""
    from app.coop.imports import headings, turns
    from app.coop.imports.slices import Moved, keep_answers, kept_answers, write

    now, named, given_now = _now(), _named(given), _answers(answers)
    with _database() as database:
        scope = _scope(database, cooperative)
        with database.read() as reader:
            answered, confirmed = kept_answers(reader) | given_now, headings.confirmed(reader, scope, kind)
        table = _table(kind, file, named, confirmed, now)
        source = turns.ImportSource(kind, table.digest, operator(), scope)
        if dry_run:
            found = _look(database, table, source, answered, now)
            return _say(kind, found, None, as_json, _files(kind, file, table, found, given_now, only_good=only_good))
        import_id = _begin(database, source, cooperative)
        state = "stopped"
        try:
            with database.transaction() as session:
                # In a transaction of its own: what was answered stays so,
                # also where nothing of the file can be taken yet.
                keep_answers(session, given_now, now)
                headings.keep(session, scope, kind, headings.named(table, named), operator(), now)
            found = _look(database, table, source, answered, now, turns.heartbeat(database, import_id, _now))
            # Before the rows: where the file of what is left over can't be
            # written nothing is taken, or it would be lost.
            unwritten = _files(kind, file, table, found, given_now, only_good=only_good)
            takes = bool(found.lines) and (only_good or not found.blocked) and not unwritten
            if takes:
                with click.progressbar(length=len(found.planned), file=sys.stderr, hidden=not sys.stderr.isatty()) as progress:
                    writing = partial(write, database, kind, import_id, found.planned)
                    writing(scope=source.scope, stated=table.totals, now=_now, progress=progress.update)
                state = "done"
        except (Moved, turns.ImportOvertaken) as fault:
            raise click.ClickException(str(fault)) from fault
        except KeyboardInterrupt:
            raise click.ClickException(f"Import n° {import_id} coupé: ce qui est écrit reste, le même fichier continue.") from None
        finally:
            # However it ended, the turn is given back: the next import would wait for it until it runs out.
            counts = {str(name): count for name, count in found.counts.items()} if state == "done" else {}
            with database.transaction() as session:
                turns.end(session, import_id, state, counts)
        return _say(kind, found, import_id if takes else None, as_json, unwritten)


def take_back(import_id: int) -> str:
    """Take an import back; return what is to be said."""
    from app.coop.imports.forecast import RestsOn
    from app.coop.imports.undo import undo
    from app.coop.offices.audit import record_operator

    with _database() as database:
        with database.transaction() as session:
            # Written down first, by itself: rows are taken back in slices,
            # and one that is cut leaves its trace all the same.
            record_operator(session, operator(), socket.gethostname(), "import undo", {"id": import_id}, _now())
        try:
            return undo(database, import_id, now=_now).says
        except RestsOn as why:
            raise click.ClickException(str(why)) from None


@contextmanager
def _database() -> "Iterator[Database]":
    """Give the database; in French, what ends the command when it is out of reach or full."""
    from sqlalchemy.exc import DBAPIError

    try:
        with open_database() as database:
            yield database
    except click.ClickException as said:
        if not isinstance(said.__cause__, DBAPIError):
            raise
        # The words of SQLite, then those of PostgreSQL, which passes the system's on.
        full = any(words in str(said.__cause__.orig) for words in ("is full", "No space left"))
        why = "est pleine: libérez de la place sur le disque" if full else "ne répond pas"
        words = f"la base de données {why}, puis recommencez avec le même fichier: ce qui est écrit reste, rien n'est en double"
        raise click.ClickException(words) from said


def _now() -> datetime:
    return datetime.now(UTC)


def _named(given: tuple[str, ...]) -> dict[str, str]:
    if any("=" not in one for one in given):
        raise click.UsageError("--column s'écrit champ=NOM, par exemple --column phone=Portable.")
    named = dict(one.split("=", 1) for one in given)
    if len(named) < len(given):
        raise click.UsageError("--column nomme deux fois le même champ.")
    return named


def _table(kind: str, file: Path, given: Mapping[str, str], confirmed: Mapping[str, str], now: datetime) -> "Table":
    from app.coop.imports.kinds import KINDS
    from app.sheets import ColumnsUnknown, SheetRefused, read_table

    try:
        return read_table(file, KINDS[kind].reads(now.date()), given=given, confirmed=confirmed)
    except ColumnsUnknown as fault:
        raise click.ClickException(f'{fault} --column {fault.field}="{fault.guess or "NOM"}"') from fault
    except SheetRefused as fault:
        raise click.ClickException(str(fault)) from fault


def _scope(database: "Database", cooperative: str | None) -> "Scope":
    from app.coop.cooperatives.queries import cooperative_by_code
    from app.coop.scope import Scope

    with database.read() as reader:
        place = None if cooperative is None else cooperative_by_code(reader, cooperative)
    if cooperative is not None and place is None:
        raise click.ClickException(f"aucune CPS n'a le code {cooperative[:16]}")
    return Scope(place)


def _answers(answers: Path | None) -> dict[str, str]:
    from app.coop.imports.columns import ANSWER_COLUMNS
    from app.coop.imports.forecast import answers_of
    from app.sheets import ColumnsUnknown, SheetRefused, read_table

    try:
        return answers_of(read_table(answers, ANSWER_COLUMNS)) if answers else {}
    except ColumnsUnknown as fault:
        says = "--answers: ce n'est pas le fichier des questions, qui a les colonnes « Clé » et « Réponse »."
        raise click.ClickException(says) from fault
    except SheetRefused as fault:
        raise click.ClickException(str(fault)) from fault


def _begin(database: "Database", source: "ImportSource", cooperative: str | None) -> int:
    """Wait for the turn for as long as one that was broken off keeps it; who imports is written down with it."""
    from app.coop.imports import turns
    from app.coop.offices.audit import record_operator

    until, waits = monotonic() + turns.LEASE.total_seconds() + 2, False
    while True:
        try:
            with database.transaction() as session:
                import_id = turns.begin(session, source, _now())
                arguments = {"cooperative": cooperative, "import": import_id}
                record_operator(session, operator(), socket.gethostname(), f"import {source.kind}", arguments, _now())
                return import_id
        except turns.ImportUnderWay as busy:
            if monotonic() > until:
                raise click.ClickException(f"{busy}: attendez sa fin, puis recommencez.") from busy
            if not waits:
                click.echo(f"{busy}: celui-ci attend son tour, {turns.LEASE.seconds} secondes au plus.", err=True)
            waits = True
        sleep(0.5)


def _look(
    database: "Database",
    table: "Table",
    source: "ImportSource",
    answers: Mapping[str, str],
    now: datetime,
    alive: Callable[[Any], None] | None = None,
) -> "Forecast":
    from app.coop.imports import outlook
    from app.sheets import SheetRefused

    try:
        return outlook.look(database, table, source, answers, now, alive=alive)
    except SheetRefused as fault:
        raise click.ClickException(str(fault)) from fault


def _files(kind: str, file: Path, table: "Table", found: "Forecast", given: Mapping[str, str], *, only_good: bool) -> str:
    """Write the questions, those `given` an answer too, and with `only_good` what must be mended: both can be imported.

    Return why they can't be written, empty when they are.
    """
    from app.coop.imports.kinds import KINDS
    from app.coop.imports.repairs import to_mend
    from app.sheets import SheetRefused, write_table

    try:
        if found.questions:
            head = ("Ligne", "Question", "Propositions", "Clé", "Réponse")
            asked = {one.key: (one.row, one.says, " / ".join(one.proposals), one.key, "") for one in found.questions}
            answered = [(None, "Déjà répondu", "", key, answer) for key, answer in given.items() if key not in asked]
            write_table(Path(f"{file}.questions.xlsx"), head, [*asked.values(), *answered], form="xlsx")
        if only_good and found.left:
            names, rows = to_mend(table, found, KINDS[kind].reads(_now().date()))
            write_table(Path(f"{file}.a-corriger.xlsx"), names, rows, form="xlsx")
    except SheetRefused as fault:
        return f"{fault} Rien n'est pris: copiez votre fichier dans un dossier où l'on peut écrire, et recommencez."
    return ""


VERDICT_WORDS: "dict[Verdict, str]" = {"create": "nouvelle", "update": "changée", "refuse": "refusée", "skip": "passée"}


def _say(kind: str, found: "Forecast", import_id: int | None, as_json: bool, unwritten: str) -> int:
    """Say the forecast; then what couldn't be written beside it ends the command."""
    from app.coop.imports.forecast import VERDICTS
    from app.coop.imports.kinds import KINDS
    from app.units import agree

    names = {column.field: f", {column.names[0]}" for column in KINDS[kind].columns(_now().date())}

    counts = {verdict: found.counts[verdict] for verdict in VERDICTS}
    said = [(one, f"{one.says}{_how_to_name(found, one)}") for one in found.problems]
    if as_json:
        problems = [{"row": one.row, "column": one.column, "kind": one.kind, "says": says} for one, says in said]
        click.echo(in_json({"rows": counts, "problems": problems, "id": str(import_id or "")}))
    else:
        for one, says in said:
            click.echo(f"ligne {one.row}{names.get(one.column, '')}: {says}" if one.row is not None else says)
        told = [f"{counts[one]} {agree(counts[one], word)}" for one, word in VERDICT_WORDS.items()]
        words = f"Lignes: {', '.join(told)}, {counts['same']} déjà là, {counts['ask']} à répondre"
        click.echo(words + (f"; import n° {import_id}" if import_id else "; rien n'est écrit"))
    if unwritten:
        raise click.ClickException(unwritten)
    return 1 if found.blocked else 0


def _how_to_name(found: "Forecast", problem: "Problem") -> str:
    """Return by which option a column that isn't read, or is by what was confirmed, is said to be another."""
    if problem.kind == "column" and (field := found.unread.get(problem.column)):
        return f' Dites-le: --column {field}="{problem.column[:40]}".'
    return f" Pour changer: --column {found.confirmed[problem.column]}=NOM." if problem.kind == "confirmed" else ""
