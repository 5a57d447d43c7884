"""`jappoo ledger`: the books."""

import json

import click
import msgspec

from app.cli.desk import open_database


@click.group()
def ledger() -> None:
    """Look after the books.

    Example: jappoo ledger verify
    """


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def verify(*, as_json: bool) -> None:
    """Recompute the books from their postings; fails when anything doesn't agree.

    Example: jappoo ledger verify
    """
    from app.coop.ledger.verify import verify as look

    with open_database(statement_ms=600_000) as database, database.read() as reader:
        found = look(reader)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(found)))
    else:
        click.echo(f"{found.entries} entries, {found.postings} postings, {found.accounts} accounts")
        for wrong in found.wrong:
            click.echo(wrong)
    if found.wrong:
        raise click.ClickException(f"the books don't agree: {len(found.wrong)} findings")
