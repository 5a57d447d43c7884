"""`jappoo member`: find and show members, print their cards, erase what is kept of those who left."""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from app.amounts import francs
from app.cli.context import open_database, operator_act, read_settings, scope_of
from app.cli.outputs import in_json, written
from app.cli.paper import seat

if TYPE_CHECKING:
    from app.coop.enrolment.cards import PrintedCard
    from app.service import Service


@click.group()
def member() -> None:
    """Look after members.

    Example: jappoo member find awa diop
    """


@member.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--cooperative", help="Only this co-operative's, by code.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def find(words: tuple[str, ...], cooperative: str | None, *, as_json: bool) -> None:
    """Find members by name however spelled, telephone number or card; 50 at the most.

    Example: jappoo member find aissatou ndiay
    """
    from app.coop.members.search import search

    with open_database() as database, database.read() as reader:
        page = search(reader, scope_of(reader, cooperative), " ".join(words)[:60])
    if as_json:
        told = [{"card": one.card, "name": one.name, "cooperative": one.cooperative, "state": one.state} for one in page.rows]
        click.echo(in_json(told))
        return
    for one in page.rows:
        click.echo(f"{one.card:12} {one.cooperative:10} {one.state:9} {one.name}")
    if page.after:
        click.echo("there are more: type more of the name", err=True)


@member.command()
@click.argument("card")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(card: str, *, as_json: bool) -> None:
    """Show a member by CARD or telephone number: co-operative, state, numbers, balances in XOF. Who looked is written down.

    Example: jappoo member show C0000012
    """
    from app.coop.ledger.queries import balances_of
    from app.coop.members import lookup
    from app.coop.members.telephones import numbers_of
    from app.coop.registers.queries import seat_of

    with operator_act("member show", card=card) as session:
        try:
            found = lookup.find(session, None, card)
        except lookup.NoCard:
            raise click.ClickException(f"no member, or more than one, has {card}: see jappoo member find") from None
        reader = session.connection()
        owned = msgspec.to_builtins(balances_of(reader, found.member_id))
        phones = [one.phone for one in numbers_of(reader, found.person_id)]
        place = seat_of(reader, found.cooperative_id).code
    told: dict[str, Any] = {"card": found.card, "name": found.name, "cooperative": place, "state": found.state}
    told |= {"leaving_on": found.leaving_on and str(found.leaving_on), "numbers": phones, "balances": owned}
    if as_json:
        click.echo(in_json(told))
        return
    told |= {"numbers": ", ".join(phones), "balances": ", ".join(f"{kind} {francs(owned[kind])}" for kind in owned)}
    for name, value in told.items():
        click.echo(f"{name:12} {value or '-'}")


@member.command()
@click.option("--cooperative", required=True, help="The co-operative's code.")
@click.option("--renew", is_flag=True, help="Also those whose card has a number that works: it dies.")
@click.option("--all", "everybody", is_flag=True, help="Also members who need no activation number: their cards have none.")
@click.option("--days", type=click.IntRange(1, 180), default=90, show_default=True, help="How long the numbers live.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write them there, eight on an A4 page to be cut.")
def cards(cooperative: str, renew: bool, everybody: bool, days: int, pdf: Path | None) -> None:
    """Print the cards of those who haven't activated yet and have no activation number that works, each with a new one.

    Again, after some weeks, it gives new numbers to those whose number died unused, and to nobody else.
    When the file can't be written, no number was given.

    Example: jappoo member cards --cooperative CPS1 --pdf cartes.pdf
    """
    from app.coop.enrolment.cards import issue_cards

    settings, now = read_settings(), datetime.now(UTC)
    with (
        written(pdf, "a PDF") if pdf else nullcontext() as write,
        operator_act("member cards", cooperative=cooperative, renew=renew, all=everybody, days=days) as session,
    ):
        issued = issue_cards(
            session, cooperative, key=settings.key("members"), now=now, renew=renew, everybody=everybody, days=days
        )
        if issued is None:
            raise click.ClickException(f"no co-operative has the code {cooperative}")
        if write:
            from app import documents

            named = seat(session, cooperative).name
            write(documents.member_cards(session.connection(), settings.service, named, issued, now))
    for card in () if pdf else issued:
        _print(card, settings.service)
    click.echo(f"{len(issued)} cards", err=True)


@member.command()
@click.argument("card")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and change nothing.")
def erase(card: str, dry_run: bool) -> None:
    """Erase name and numbers of a member who left ten years ago, or whom no book names; the books keep their entries.

    Example: jappoo member erase C0000012 --dry-run
    """
    from app.coop.closing.erasure import NotYet, erase_member

    with operator_act("member erase", dry_run=dry_run, card=card) as session:
        try:
            erased = erase_member(session, card, now=datetime.now(UTC))
        except NotYet as why:
            raise click.ClickException(f"{card} stays: {why}") from None
    click.echo(
        f"{card}: {'would erase' if dry_run else 'erased'} the name, {erased.numbers} numbers, {erased.acts} acts' arguments"
    )


def _print(card: "PrintedCard", here: "Service") -> None:
    from app.coop.members import privacy_notice

    place = f"   Place {card.place}" if card.place else ""
    sms = f"   SMS au {here.sms}" if here.sms else ""
    first = f"Numéro d'activation (jusqu'au {card.until:%d/%m/%Y}): {card.activation}\n" if card.activation else ""
    click.echo(f"Carte {card.card}   {card.name}   {card.phone or 'sans téléphone'}{place}")
    click.echo(f"Composez {here.code or 'le code de Jappoo'}{sms}\n{first}{privacy_notice.WHOLE}\n")
