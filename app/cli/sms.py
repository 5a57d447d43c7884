"""`jappoo sms`: counting a message before anybody pays for it."""

import json
import sys

import click
import msgspec

from app.gsm7 import Size, fold, measure, outside


@click.group()
def sms() -> None:
    """Count and look at text messages.

    Example: jappoo sms count "Réunion demain à 9h"
    """


@sms.command(context_settings={"ignore_unknown_options": True})
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print parts, alphabet and units as JSON.")
def count(text: str, *, as_json: bool) -> None:
    """Count TEXT as given, unfolded: the parts it travels in. "-" reads standard input.

    Example: jappoo sms count "Réunion demain à 9h"
    """
    given = _given(text)
    size = measure(given)
    if as_json:
        click.echo(json.dumps(msgspec.structs.asdict(size)))
        return
    click.echo(_in_words(size))
    if size.alphabet == "UCS-2":
        click.echo(f"UCS-2 because of: {' '.join(map(_shown, outside(given)))}")
        click.echo(f"folded: {_in_words(measure(fold(given)))}")


def _given(text: str) -> str:
    if text != "-":
        return text
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise click.ClickException("standard input is not UTF-8") from error


def _in_words(size: Size) -> str:
    return f"{size.parts} part{'' if size.parts == 1 else 's'}, {size.alphabet}, {size.units} units"


def _shown(character: str) -> str:
    return character if character.isprintable() and character != " " else f"U+{ord(character):04X}"
