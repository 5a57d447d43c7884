"""`jappoo sms inbox` and `jappoo sms answer`: what no command understood, and an officer's answer to it."""

from datetime import UTC, datetime

import click

from app.cli.context import open_database, operator, operator_act, scope_of
from app.cli.outputs import in_lines


@click.command()
@click.option("--cooperative", "code", help="The code of a CPS; without it, what came from members of none.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def inbox(code: str | None, *, as_json: bool) -> None:
    """List the SMS that no command understood and nobody has answered, oldest first.

    Example: jappoo sms inbox --cooperative CPS1
    """
    from app.coop.correspondence.inbox import unread

    with open_database() as database, database.read() as reader:
        found = unread(reader, scope_of(reader, code).cooperative_id, limit=1000)
    rows = [{"id": one.id, "number": one.phone, "at": one.at.isoformat(), "text": one.text} for one in found]
    for one in in_lines(found, as_json, rows):
        click.echo(f"{one.id:>8}  {one.phone}  {one.at:%Y-%m-%dT%H:%M}  {' '.join(one.text.split())}")


@click.command()
@click.argument("letter", type=int)
@click.argument("words")
@click.option("--for", "--by", "officer", required=True, help="The number of the officer for whom you answer.")
def answer(letter: int, words: str, officer: str) -> None:
    """Answer an SMS by its number in `jappoo sms inbox`, for an officer; that it was you at this machine is written down.

    Example: jappoo sms answer 4711 "La pesée est à 7h." --for +221771234567
    """
    import secrets

    from app.commands.officer import officer_of
    from app.coop.access.identity import who_holds
    from app.coop.act import Act
    from app.coop.correspondence import inbox

    now = datetime.now(UTC)
    with operator_act("sms answer", letter=letter, officer=officer) as session:
        office = officer_of(session, who_holds(session.connection(), officer), "call_backs", now.date())
        if office is None:
            raise click.ClickException(f"{officer} is not the number of one officer who may answer")
        act = Act(office.person_id, "cli", f"cli:{operator()[:40]}:{secrets.token_hex(8)}", now, by=office)
        try:
            parts = inbox.answer(session, act, letter, words)
        except inbox.LetterClosed as fault:
            raise click.ClickException("answered already, or not of this officer's co-operative") from fault
        except inbox.ReplyTooLong as fault:
            raise click.ClickException(f"from 1 to {inbox.MOST_CHARACTERS} characters") from fault
    click.echo(f"queued, {parts} part{'' if parts == 1 else 's'}")
