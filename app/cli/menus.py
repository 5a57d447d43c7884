"""`jappoo menus`: prove, publish, look at and go back to menus."""

import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from app.cli.context import open_database, operator, operator_act, read_settings
from app.cli.outputs import in_json, in_lines, output
from app.cli.replay import replay
from app.cli.sheets import FORMATS, write_rows

if TYPE_CHECKING:
    from app.coop.kpi.screens import ScreenFigures


@click.group()
def menus() -> None:
    """Prove, publish and look at what members see.

    Example: jappoo menus check
    """


menus.add_command(replay)


@menus.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(file: Path | None, *, as_json: bool) -> None:
    """Prove the menu and the SMS of this version, or with FILE in them (or alone, when it is a menu by itself).

    Example: jappoo menus check
    """
    from app.texts.catalogues import catalogues
    from app.texts.declaration import FILE, compile_texts, declared
    from app.texts.proof import prove as prove_texts
    from app.ussd.compiler import Unreadable
    from menus.publication import compiled, prove

    sms = file if file and file.name == FILE else None
    try:
        menu = compiled(None if sms else file)
        known = compile_texts(sms.read_text("utf-8"), catalogues()) if sms else declared()
        findings = prove(menu) + prove_texts(known)
    except Unreadable as fault:
        findings = fault.findings
    except UnicodeDecodeError as fault:
        raise click.ClickException(f"{file} is not UTF-8") from fault
    if as_json:
        click.echo(in_json([str(finding) for finding in findings]))
    elif not findings:
        click.echo(f"proved: {len(menu.screens)} screens in {', '.join(menu.languages)}")
        click.echo(f"proved: {len(known.texts)} SMS in {', '.join(known.languages)}")
    else:
        for finding in findings:
            click.echo(str(finding))
    if findings:
        raise click.ClickException(f"{len(findings)} findings: the menu can't be published")


@menus.command()
@click.option("--by", show_default="you", help="Who publishes.")
def publish(by: str | None) -> None:
    """Prove and publish the menu of this version.

    Example: jappoo menus publish
    """
    from app.ussd.compiler import Unreadable
    from menus import publication

    try:
        menu = publication.compiled()
        with operator_act("menus publish", version=_shown(publication.version_of(menu)), by=by) as session:
            version = publication.publish(session, menu, by=by or operator(), now=datetime.now(UTC))
    except Unreadable as fault:
        raise click.ClickException("; ".join(map(str, fault.findings))) from fault
    click.echo(f"published {version[:12]}")
    _serve()


@menus.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def versions(*, as_json: bool) -> None:
    """List what was published, newest first.

    Example: jappoo menus versions
    """
    from menus import publication

    with open_database() as database:
        rows = publication.versions(database)
    told = [{"version": v, "at": at.isoformat(), "by": by, "served": served} for v, at, by, served in rows]
    for version, at, by, served in in_lines(rows, as_json, told):
        click.echo(f"{'*' if served else ' '} {version[:12]}  {at:%Y-%m-%d %H:%M}  {by}")


@menus.command()
@click.argument("version", required=False)
def rollback(version: str | None) -> None:
    """Serve the version before again, or VERSION by its first characters.

    Example: jappoo menus rollback
    """
    from menus import publication

    try:
        with open_database() as database, database.read() as reader:
            found = publication.served_before(reader, version)
        with operator_act("menus rollback", version=_shown(found)) as session:
            publication.roll_back(session, found, now=datetime.now(UTC))
    except publication.NotPublished as fault:
        raise click.ClickException(f"no such version: {fault}") from fault
    except publication.NotBound as fault:
        raise click.ClickException(f"not served by this version of the program: {fault}") from fault
    click.echo(f"serving {found[:12]}")
    _serve()


@menus.command()
@click.argument("screen", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(screen: str | None, *, as_json: bool) -> None:
    """Show the screens of this version, or one SCREEN, as words.

    Example: jappoo menus show home
    """
    from menus.publication import compiled

    menu = compiled()
    if screen and screen not in menu.screens:
        raise click.ClickException(f"no screen is called {screen}")
    wanted = [menu.screens[screen]] if screen else list(menu.screens.values())
    for found in in_lines(wanted, as_json):
        click.echo(f"[{found.name}] {found.form}{' (PIN)' if found.guard else ''}")
        click.echo("  " + found.text.get("fr", "").replace("\n", "\n  "))
        for number, choice in found.choices.items():
            click.echo(f"  {number} {choice.label['fr']} -> {choice.to}")
            for caller, face in choice.faces.items():
                click.echo(f"  {number} {face.label['fr']} -> {face.to} ({caller})")


@menus.command()
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True, help="How far back, today counted.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", help="What to write.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@output
def funnel(days: int, form: str, output: Path | None, *, as_json: bool) -> None:
    """Write by screen and language how often it was shown, answered, refused an answer, and left; the most left first.

    `exits` are arrivals without an answer, `seconds` what an answer took. What the last minute did may be missing.

    Example: jappoo menus funnel --days 7
    """
    from app.coop.kpi.screens import ScreenFigures

    rows = [msgspec.to_builtins(one) for one in _funnel(days)]
    write_rows(rows, ScreenFigures.__struct_fields__, "json" if as_json else form, output)


def _funnel(days: int) -> "list[ScreenFigures]":
    from app.coop.kpi import screens

    today = datetime.now(UTC).date()
    with open_database(statement_ms=600_000) as database, database.read() as reader:
        return screens.funnel(reader, today - timedelta(days=days - 1), today)


@menus.command()
@click.option("--days", type=click.IntRange(1, 400), help="Mark the screens that were left most in so many days.")
def draw(days: int | None) -> None:
    """Draw the state machine of this version, as Mermaid.

    With --days a screen that every second caller left is red, one that every fifth left is yellow.

    Example: jappoo menus draw --days 30 > menu.mmd
    """
    from menus.publication import compiled

    menu = compiled()
    click.echo("stateDiagram-v2")
    click.echo(f"  [*] --> {menu.start}")
    for screen in menu.screens.values():
        for way, target in screen.targets().items():
            click.echo(f"  {screen.name} --> {target.replace('@', '')}: {way}")
        if screen.form == "ending":
            click.echo(f"  {screen.name} --> [*]")
    if days:
        _mark([screen.name for screen in menu.screens.values() if screen.form != "ending"], days)


def _mark(screens: list[str], days: int) -> None:
    """Colour the screens that were left without an answer."""
    arrivals, exits = Counter[str](), Counter[str]()
    for one in _funnel(days):
        arrivals[one.screen] += one.arrivals
        exits[one.screen] += one.exits
    click.echo("  classDef half fill:#e5533d\n  classDef fifth fill:#f4c95d")
    for name in screens:
        share = exits[name] / arrivals[name] if arrivals[name] else 0
        if share >= 0.2:
            click.echo(f"  class {name} {'half' if share >= 0.5 else 'fifth'}")


@menus.command()
def texts() -> None:
    """Print every text of this version's menu and SMS as a .pot file, for translators' catalogues to be brought up to date with.

    Example: jappoo menus texts > menus.pot
    """
    from babel.messages.pofile import write_po

    from app.texts.declaration import declared
    from menus.publication import compiled
    from menus.translation import template

    write_po(sys.stdout.buffer, template(compiled(), declared(), now=datetime.now(UTC)), width=0)


def _shown(version: str) -> str:
    """Return the beginning of a hash, too short to look like a telephone number."""
    return version[:9]


def _serve() -> None:
    """Have the sessions' store follow what was committed; where none is set, or in reach, the service does it itself."""
    from config.redis import connect
    from config.settings import BadSetting
    from menus import publication

    try:
        store = connect(read_settings().sessions_url)
    except BadSetting:
        return
    with open_database() as database:
        publication.serve(database, store)
